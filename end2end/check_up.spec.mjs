// 手机体检: what is fine, what to do, and a code that the other end of the telephone can read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { savedOnDevice, signInWatcher, write } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const finding = (page, words) => page.getByRole("listitem").filter({ hasText: words });

/** The six characters, as they stand on the screen. */
async function code(page) {
  const shown = await page.locator("p", { hasText: /^[0-9A-Z]{3} [0-9A-Z]{3}$/ }).innerText();
  return shown.trim();
}

async function doctor(words) {
  const { stdout } = await world.community.run("doctor", "--code", words);
  return stdout;
}

test("a phone says how it stands, and the doctor reads the same from its code", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone);
  await page.getByRole("link", { name: "设置" }).click();
  await page.getByRole("link", { name: /手机体检/ }).click();
  await finding(page, "写的东西：都传上去了").waitFor();
  await finding(page, "跟社区的服务器：连着").waitFor();
  await finding(page, "没信号时：也能打开、能写").waitFor();
  await finding(page, "手机的时间：准").waitFor();
  const well = await doctor(await code(page));
  for (const line of ["  ok  unsent: everything is here", "  ok  server: reached", "  ok  without signal: opens"]) {
    assert.ok(well.includes(line), `${line} in\n${well}`);
  }

  await phone.loseSignal();
  await page.goto("/");
  await write(phone, { what: "没人在家", where: /^5-2/, text: "体检以前写的" });
  await savedOnDevice(phone);
  await page.goto("/check-up");
  await finding(page, "跟社区的服务器：连不上").waitFor();
  await finding(page, "写的东西：有刚写的在等着传").waitFor();
  const offline = await doctor(await code(page));
  assert.ok(offline.includes("LOOK  server: cannot be reached") && offline.includes("  ok  unsent: something waits"), offline);
});

test("a clock that is off by more than ten minutes, and a browser inside WeChat without service worker, are told with what to do", async () => {
  const phone = await world.phone({
    userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49",
    serviceWorkers: "block",
  });
  const { page } = phone;
  await phone.context.addInitScript(() => {
    delete Navigator.prototype.serviceWorker;
    const { now } = Date;
    Date.now = () => now() - 40 * 60_000;
  });
  await page.goto("/sign-in");
  await page.locator("summary", { hasText: "邻里守望员" }).click();
  await page.getByRole("searchbox").first().fill("八经街46号院·3单元");
  await page.getByRole("button", { name: "八经街46号院·3单元" }).first().click();
  await page.getByRole("link", { name: /^5-2/ }).first().waitFor();
  await page.getByText("在浏览器打开").waitFor();

  // The open page goes on without signal, and the outbox holds.
  await phone.loseSignal();
  await write(phone, { what: "没人在家", where: /^5-2/, text: "在微信里写的" });
  await savedOnDevice(phone);
  await phone.findSignal();
  await page.getByText("都已上传").waitFor();
  await page.getByRole("link", { name: "设置" }).click();
  await page.getByRole("link", { name: /手机体检/ }).click();
  await finding(page, "打开的地方：是微信里面").getByText("在浏览器打开").waitFor();
  await finding(page, "没信号时：关掉就打不开了").waitFor();
  await finding(page, "手机的时间：慢了十分钟以上").getByText("自动设置时间").waitFor();
  const told = await doctor(await code(page));
  for (const line of ["LOOK  browser: inside WeChat", "LOOK  clock: more than ten minutes behind"]) {
    assert.ok(told.includes(line), `${line} in\n${told}`);
  }
});
