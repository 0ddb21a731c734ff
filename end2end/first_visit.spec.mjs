// A stranger opens the address: readable at once, a way in, and an honest word where there is none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readyForOffline, signIn } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const WATCHER = "hp-w-y03-3";

for (const shape of ["phone", "tablet"]) {
  test(`a stranger is led to the sign-in page on a ${shape}, and it needs no script to be read`, async () => {
    const { page } = await world[shape]({ javaScriptEnabled: false });
    await page.goto("/sign-in");
    await page.getByRole("heading", { name: "邻里守望工作日志" }).waitFor();
    await page.getByLabel("名字", { exact: true }).waitFor();
    await page.getByRole("link", { name: "急事先打电话" }).waitFor();
    const device = await world[shape]();
    await device.page.goto("/");
    await device.page.getByRole("heading", { name: "邻里守望工作日志" }).waitFor();
    assert.equal(new URL(device.page.url()).pathname, "/sign-in");
    await device.page.getByRole("heading", { name: "演示社区" }).waitFor();
  });
}

test("the form signs in without script, and says without script what is wrong", async () => {
  const { page } = await world.phone({ javaScriptEnabled: false });
  await page.goto("/sign-in");
  await page.getByLabel("名字", { exact: true }).fill(WATCHER);
  await page.getByLabel("密码", { exact: true }).fill("不是这个");
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByText("名字和密码对不上").waitFor();
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  assert.ok(!page.url().includes(encodeURIComponent("不是这个")), "the password is in the address");

  await page.getByLabel("名字", { exact: true }).fill(WATCHER);
  await page.getByLabel("密码", { exact: true }).fill(world.community.password);
  await page.getByRole("button", { name: "登录" }).click();
  assert.match(await page.locator("noscript").innerText(), /请打开浏览器的 JavaScript/);
  assert.equal(new URL(page.url()).pathname, "/");
});

test("name and password open the stairwell, and a wrong password is said at the form", async () => {
  const { page } = await world.phone();
  await page.goto("/sign-in");
  // Before the app is there, the browser itself posts the form: the test above.
  await page.locator("#server-page").waitFor({ state: "detached" });
  await page.getByLabel("名字", { exact: true }).fill(WATCHER);
  const password = page.getByLabel("密码", { exact: true });
  await password.fill("不是这个");
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByText("名字和密码对不上。再看一眼，或者问问网格员。").waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "password");
  assert.equal(await password.getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByLabel("名字", { exact: true }).inputValue(), WATCHER, "the name stays");

  await password.fill(world.community.password);
  await password.press("Enter");
  await page.getByRole("heading", { name: "六纬路2号院·3单元" }).waitFor();
});

test("one click on a demo person shows the table of doors, and says when it works without signal", async () => {
  const phone = await world.phone();
  await signIn(phone, "邻里守望员", "八经街46号院·3单元");
  const doors = phone.page.getByRole("region", { name: "门牌表" });
  await doors.getByRole("link", { name: /^5-2/ }).waitFor();
  assert.equal(await doors.getByRole("link").count(), 21, "seven floors of three doors");
  await phone.page.getByText("好了，现在没信号也能打开、能写。").waitFor();
  await readyForOffline(phone);
});

test("one click on a social worker shows the desk", async () => {
  const tablet = await world.tablet();
  await signIn(tablet, "专业社工", "律动公益");
  await tablet.page.getByRole("heading", { name: "日志", level: 1 }).waitFor();
  await tablet.page.getByRole("heading", { name: /^新的 \d+/ }).waitFor();
});

test("without signal nobody can sign in, and the page says so and what to do", async () => {
  const phone = await world.phone();
  await phone.page.goto("/sign-in");
  await readyForOffline(phone);
  await phone.loseSignal();
  await phone.page.getByLabel("名字", { exact: true }).fill(WATCHER);
  await phone.page.getByLabel("密码", { exact: true }).fill("随便什么");
  await phone.page.getByRole("button", { name: "登录" }).click();
  await phone.page.getByText(/连不上网，登录要有信号/).waitFor();
  await phone.page.reload();
  await phone.page.getByLabel("密码", { exact: true }).waitFor();
  await phone.page.getByRole("link", { name: "急事先打电话" }).click();
  await phone.page.getByRole("link", { name: "120" }).waitFor();
});

test("an address that leads nowhere says so and leads back", async () => {
  const phone = await world.phone();
  const { page } = phone;
  const answer = await page.goto("/no/such/page");
  assert.equal(answer.status(), 404);
  phone.forgive(/\/no\/such\/page: Failed to load resource: .*404/);
  await page.getByRole("heading", { name: "没有这一页" }).waitFor();
  await page.getByRole("link", { name: "回到第一页" }).click();
  await page.getByRole("heading", { name: "邻里守望工作日志" }).waitFor();
});

for (const javaScriptEnabled of [true, false]) {
  test(`110, 119 and 120 can be dialled by whoever is not signed in, script ${javaScriptEnabled ? "on" : "off"}`, async () => {
    const { page } = await world.phone({ javaScriptEnabled });
    await page.goto("/phone");
    await page.getByRole("heading", { name: "先保护自己" }).waitFor();
    for (const number of ["110", "119", "120"]) {
      const link = page.getByRole("link", { name: number, exact: false }).first();
      assert.equal(await link.getAttribute("href"), `tel:${number}`);
    }
  });
}
