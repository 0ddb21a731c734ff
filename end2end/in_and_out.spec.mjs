// Signing in and out, a wrong clock, and the sheet after 保存: nothing is claimed that is not so, nobody is thrown out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "./harness/between.mjs";
import { line, openTab, savedOnDevice, signInSocialWorker, signInWatcher, signOut, write } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const sheet = (page) => page.getByRole("dialog", { name: "记下了" });

test("whoever types a password while the app asks how it stands is left in peace", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·3单元");
  const { page } = phone;
  await phone.context.clearCookies();
  await page.reload();
  await page.getByRole("link", { name: /登录过期了/ }).click();
  await page.getByRole("link", { name: "再登录一次" }).click();
  await page.getByLabel("名字", { exact: true }).fill("hp-w-y03-3");
  await page.getByLabel("密码", { exact: true }).fill(world.community.password);
  // Back from another app, where the password was written down; with a network that answers late, and with none.
  const { between } = world.community;
  between.rules.hold = (request) => pathOf(request) === "/api/session/me";
  const asked = page.waitForRequest("**/api/session/me");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await asked;
  assert.equal(await page.getByLabel("名字", { exact: true }).inputValue(), "hp-w-y03-3");
  const failed = page.waitForEvent("requestfailed");
  between.cut();
  between.letGo();
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await failed;
  assert.equal(await page.getByLabel("名字", { exact: true }).inputValue(), "hp-w-y03-3");
  between.mend();
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.getByRole("heading", { name: "六纬路2号院·3单元" }).waitFor();
  await page.getByText("都已上传").waitFor();
});

test("signing out waits for no server", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·4单元");
  const { between } = world.community;
  between.rules.hold = (request) => pathOf(request) === "/api/session/sign-out";
  await signOut(phone);
  await phone.page.getByRole("heading", { name: "演示社区" }).waitFor();
});

test("a phone whose clock is years behind shows its stairwell, and what was done today as done today", async () => {
  const phone = await world.phone();
  await phone.page.clock.setSystemTime(new Date("2019-03-05T10:00:00+08:00"));
  await signInWatcher(phone, "八经街32号院·2单元");
  const text = "钟慢了七年写的";
  await write(phone, { what: "一切平安", where: /^5-2/, text });
  await savedOnDevice(phone);
  await phone.page.getByText("都已上传").waitFor();
  await phone.page.getByRole("link", { name: /^5-2.*今天见过/ }).first().waitFor();
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  const today = phone.page.locator("section").filter({ has: phone.page.getByRole("heading", { name: /^今天/ }) });
  await today.getByRole("link").filter({ hasText: text }).waitFor();
});

test("a sheet that is still open when somebody signs out claims nothing", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街46号院·2单元");
  const first = phone.page;
  await phone.loseSignal();
  await write(phone, { what: "灯不亮", where: "楼道", text: "没传上就退出了" });
  await sheet(first).getByText("已存本机 ✓").waitFor();
  await first.keyboard.press("Tab");
  await first.evaluate(() => {
    window.claims = [];
    new MutationObserver(() => {
      if (document.body.textContent.includes("已上传 ✓✓")) window.claims.push(document.body.textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await openTab(phone, "/");
  await signOut(phone);
  await sheet(first).waitFor({ state: "hidden" });
  assert.deepEqual(await first.evaluate(() => window.claims), []);
});

test("a withdrawal that is refused says so, and leads to the entry", async () => {
  const phone = await world.phone();
  const tablet = await world.tablet();
  await signInWatcher(phone);
  await signInSocialWorker(tablet);
  const text = "刚写好就被看过的";
  await write(phone, { what: "一切平安", where: /^5-2/, text });
  // Who comes in by keyboard decides when the sheet goes.
  await sheet(phone.page).waitFor();
  await phone.page.keyboard.press("Tab");
  await sheet(phone.page).getByText("已上传 ✓✓").waitFor();
  await tablet.page.getByRole("button", { name: /又来了 1 条/ }).click();
  await line(tablet, text).click();
  const told = phone.page.waitForResponse("**/api/sync/pull");
  await tablet.page.getByRole("button", { name: /^已阅/ }).click();
  await (await told).finished();
  await sheet(phone.page).getByRole("button", { name: "撤回" }).click();
  const answer = phone.page.getByRole("dialog", { name: "没撤回" });
  await answer.getByText(/社工已经看过这一条/).waitFor();
  await answer.getByRole("link", { name: "看这一条" }).click();
  await phone.page.getByRole("heading", { name: "经过" }).waitFor();
});

test("where the phone's storage cannot be opened that is said in its own words, and tried again", async () => {
  const phone = await world.phone();
  await phone.context.addInitScript(() => {
    if (location.protocol === "about:" || sessionStorage.asked) return;
    sessionStorage.asked = "once";
    IDBFactory.prototype.open = () => {
      throw new DOMException("blocked by another tab", "InvalidStateError");
    };
  });
  for (const path of ["/", "/write?template=all_well"]) {
    const page = await openTab(phone, path);
    await page.getByRole("heading", { name: "这里存不住东西" }).waitFor();
    await page.getByText(/先关掉那边/).waitFor();
    assert.equal(await page.getByText("再点保存").count(), 0);
    await page.getByRole("link", { name: "再试一次" }).click();
    await page.getByRole("heading", { name: path === "/" ? "演示社区" : "先登录，才有门牌表" }).waitFor();
  }
});
