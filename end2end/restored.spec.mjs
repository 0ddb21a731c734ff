// A server that was put back to an older backup gets from the phones what it has forgotten, once, as soon as their
// people have signed in again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { line, signIn, signInSocialWorker, signInWatcher, writeAndUpload } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const KEPT = ["备份以前的第一条", "备份以前的第二条"];
const FORGOTTEN = "备份以后的一条";
const ALL = [...KEPT, FORGOTTEN];

async function holdsEverythingOnce(device) {
  for (const text of ALL) {
    await line(device, text).first().waitFor();
    // A list that is read anew is empty for a moment.
    assert.ok((await line(device, text).count()) <= 1, `${text} is there several times`);
    await line(device, text).first().waitFor();
  }
}

/** Brings in what comes to an open desk, until the entry is there. One that was there before the restore comes back by
 * itself. */
async function bringIn(desk, text) {
  const [entry, news] = [line(desk, text), desk.page.getByRole("button", { name: /又来了/ })];
  while ((await entry.count()) === 0) {
    await entry.or(news).first().waitFor();
    if (await news.isVisible()) await news.click();
  }
}

test("what a restored server has forgotten comes back from the phone by itself, once", async () => {
  const { community } = world;
  const [phone, open, newcomer] = [await world.phone(), await world.tablet(), await world.tablet()];
  await signInWatcher(phone);
  await signInSocialWorker(open);
  const say = (text) => writeAndUpload(phone, { what: "没人在家", where: /^5-2/, text });
  for (const text of KEPT) await say(text);
  await community.backUp("before");
  await say(FORGOTTEN);
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  const rows = phone.page.getByRole("main").getByRole("link").filter({ has: phone.page.locator("time") });
  await holdsEverythingOnce(phone);
  const before = await rows.count();

  await phone.loseSignal();
  await community.restore("before");
  await signInSocialWorker(newcomer);
  for (const text of KEPT) await line(newcomer, text).waitFor();
  assert.equal(await line(newcomer, FORGOTTEN).count(), 0, "the backup is not older");

  // As soon as the phone hears of it, it says of nothing from the last 30 days any more that it is safe.
  community.between.rules.hold = (request) => request.url.startsWith("/api/sync/push");
  await phone.findSignal();
  // A backup brings no session back: everybody signs in again, and finds what was there.
  await signIn(phone, "邻里守望员", "八经街46号院·3单元");
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  for (const text of ALL) await line(phone, text).getByText("正在试着传").waitFor();
  community.between.letGo();

  await phone.page.getByText("都已上传").waitFor();
  for (const text of ALL) await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  await holdsEverythingOnce(phone);
  assert.equal(await rows.count(), before, "the log has other rows than before");
  await signInSocialWorker(open);
  for (const desk of [open, newcomer]) {
    for (const text of ALL) await bringIn(desk, text);
    await holdsEverythingOnce(desk);
  }
  // What was taken in is also what the devices keep: another start shows the same.
  for (const device of [phone, open]) {
    await device.page.reload();
    await device.page.getByText("都已上传").waitFor();
    await holdsEverythingOnce(device);
  }
});
