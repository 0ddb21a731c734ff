// After one visit every page opens in a fresh tab, with the network cut and the server gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openTab, signInSocialWorker, signInWatcher } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

/** Opens each address in a tab of its own and waits for what it has to show. */
async function everyPageOpens(device, pages) {
  for (const [path, whatItShows] of pages) {
    const page = await openTab(device, path);
    await whatItShows(page).first().waitFor().catch((error) => assert.fail(`${path}: ${error.message}`));
    await page.close();
  }
}

const heading = (name) => (page) => page.getByRole("heading", { name });
const text = (words) => (page) => page.getByText(words);
const link = (name) => (page) => page.getByRole("link", { name });

async function firstEntry(device, path) {
  const page = await openTab(device, path);
  const row = page.getByRole("main").getByRole("link").filter({ has: page.locator("time") }).first();
  const address = await row.getAttribute("href");
  await page.close();
  return address;
}

test("a watcher's phone opens every page without network and without server", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const entry = await firstEntry(phone, "/log");
  await phone.page.close();
  await world.community.kill();
  await phone.loseSignal();
  await everyPageOpens(phone, [
    ["/", link(/^5-2/)],
    ["/write", heading("出了什么事？")],
    ["/write?step=categories", link(/关爱探访/)],
    ["/write?template=gas_smell&step=danger", heading("先保护自己")],
    ["/write?template=all_well", link(/^5-2/)],
    ["/write?template=all_well&door=5-2&step=say", (page) => page.getByLabel(/^问题/)],
    ["/log", (page) => page.getByRole("main").getByRole("link").filter({ hasText: "已上传" })],
    ["/log?show=asked", (page) => page.getByRole("link", { name: /待补充/ })],
    [entry, heading("经过")],
    ["/door/5-2", heading("这一户的日志")],
    ["/sync", heading("手机里留着什么")],
    ["/sync", text("现在没信号，照常能写")],
    ["/phone", text("本地号码，没信号也在")],
    ["/settings", text(/邻里守望员 · 八经街46号院·3单元/)],
    ["/review", heading("这一页给看日志的人用")],
    ["/log/not-an-entry", heading("这台手机上没有这一条")],
    ["/door/99-9", heading("这台手机上没有这个门")],
  ]);
  await world.community.restart();
});

test("a social worker's tablet opens every page without network and without server", async () => {
  const tablet = await world.tablet();
  await signInSocialWorker(tablet);
  const entry = await firstEntry(tablet, "/review");
  await tablet.page.close();
  await world.community.kill();
  await tablet.loseSignal();
  await everyPageOpens(tablet, [
    ["/", heading(/^新的/)],
    ["/review", heading(/^新的/)],
    [entry, (page) => page.getByRole("region", { name: "打开的这一条" }).getByRole("heading", { name: "经过" })],
    ["/review?urgency=3", text(/找到/)],
    ["/sync", heading("手机里留着什么")],
    ["/phone", text("本地号码，没信号也在")],
    ["/settings", text(/专业社工 · /)],
    ["/write", heading("出了什么事？")],
    ["/log", heading("日志")],
  ]);
  await world.community.restart();
});
