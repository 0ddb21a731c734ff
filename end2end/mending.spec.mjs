// What needs a person: each has a way on that leads somewhere, and no question closes by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { added, problem, save, says, someFieldSays } from "./harness/form.mjs";
import {
  line, openAtDesk, openTab, savedOnDevice, signInSocialWorker, signInWatcher, write, writeAndUpload,
} from "./harness/people.mjs";
import { file, photo } from "./harness/photos.mjs";
import { useWorld } from "./harness/spec.mjs";
import * as wire from "./harness/wire.mjs";

const world = useWorld();
const DAYS = 24 * 3_600_000;

const pushes = () => world.community.between.seen.filter((one) => one.path === "/api/sync/push").length;

/** Puts another text under the id of the newest command that waits, beside it, as a phone that was set up from another
 * one's copy would. */
function copyUnderSameId([text, other]) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("watchlog-records");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("outbox", "readwrite");
      const newest = transaction.objectStore("outbox").openCursor(null, "prev");
      newest.onsuccess = () => {
        const row = newest.result.value;
        transaction.objectStore("outbox").add({ ...row, bytes: row.bytes.replace(text, other) });
      };
      transaction.oncomplete = () => (opening.result.close(), done());
      transaction.onabort = () => failed(transaction.error);
    };
  });
}

/** Writes an entry that the server refuses: the phone's clock is three days ahead. */
async function writeRefused(phone, text) {
  await phone.loseSignal();
  await phone.page.clock.setSystemTime(Date.now() + 3 * DAYS);
  await write(phone, { what: "灯不亮", where: "楼道", text });
  await savedOnDevice(phone);
  await phone.page.close();
  await phone.findSignal();
  const page = await openTab(phone, "/");
  await page.getByRole("link", { name: /有 1 条没传上，要您看一下/ }).click();
  return page.getByRole("listitem").filter({ hasText: text });
}

test("the same id with other words is a conflict, and mended there are both", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const [text, other] = ["先写下的那一份", "后来的另外一份"];
  await phone.loseSignal();
  await write(phone, { what: "灯不亮", where: "楼道", text });
  await savedOnDevice(phone);
  await phone.page.evaluate(copyUnderSameId, [text, other]);
  await phone.page.goto("/");
  await phone.findSignal();
  await phone.page.getByRole("link", { name: /有 1 条没传上，要您看一下/ }).click();
  const item = phone.page.getByRole("listitem").filter({ hasText: other });
  await item.getByText(/同一个编号下，服务器有另一份不一样的内容/).waitFor();
  await item.getByRole("link", { name: "改一改再存" }).click();
  await says(phone.page, other);
  await save(phone.page);
  await savedOnDevice(phone);
  await openTab(phone, "/log");
  await phone.page.getByText("都已上传").waitFor();
  for (const words of [text, other]) await line(phone, words).getByText("已上传", { exact: true }).waitFor();
});

test("what was mended is mended, also where the phone could not take out what it mends", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·4单元");
  const text = "改好了的一条";
  const item = await writeRefused(phone, text);
  await item.getByRole("link", { name: "改一改再存" }).click();
  await says(phone.page, text);
  await problem(phone.page).fill(`${text}，这回对了`);
  await phone.page.evaluate(() => {
    const remove = IDBObjectStore.prototype.delete;
    IDBObjectStore.prototype.delete = function (key) {
      if (this.name === "outbox") throw new DOMException("full", "QuotaExceededError");
      return remove.call(this, key);
    };
  });
  await save(phone.page);
  await savedOnDevice(phone);
});

test("a refused answer stands in its field again, and reaches the one who asked", async () => {
  const phone = await world.phone();
  const tablet = await world.tablet();
  await signInWatcher(phone, "八经街46号院·2单元");
  await signInSocialWorker(tablet);
  const text = "四楼老人咳嗽";
  await writeAndUpload(phone, { what: "老人不舒服", where: /^4-2/, text });
  await openAtDesk(tablet, text);
  for (const [part, question] of [["问题", "发烧吗？"], ["反馈", "家属知道吗？"]]) {
    await tablet.page.getByRole("button", { name: /退回补充/ }).click();
    await tablet.page.getByRole("button", { name: new RegExp(`^${part}`) }).click();
    await tablet.page.getByLabel(/要补充什么/).fill(question);
    await tablet.page.getByRole("button", { name: "退回去问" }).click();
    await tablet.page.getByRole("dialog").waitFor({ state: "hidden" });
  }

  await phone.page.getByRole("link", { name: "回答" }).first().click();
  const fields = () => phone.page.getByLabel("您的回答");
  await fields().nth(1).waitFor();
  await phone.loseSignal();
  await phone.page.clock.setSystemTime(Date.now() + 3 * DAYS);
  const question = () => phone.page.getByRole("region", { name: "要补充的" }).filter({ hasText: "发烧吗？" });
  await question().getByLabel("您的回答").fill("三十七度二");
  await question().getByRole("button", { name: "保存回答" }).click();
  await question().waitFor({ state: "hidden" });
  await phone.page.close();
  await phone.findSignal();
  await openTab(phone, "/");
  await phone.page.getByRole("link", { name: /有 1 条没传上，要您看一下/ }).click();
  const item = phone.page.getByRole("listitem").filter({ hasText: "三十七度二" });
  await item.getByRole("link", { name: "改一改再存" }).click();
  await question().waitFor();
  await someFieldSays(phone.page, "三十七度二");
  await question().getByRole("button", { name: "保存回答" }).click();
  await question().waitFor({ state: "hidden" });
  await tablet.page.getByText("三十七度二").first().waitFor();
});

test("what was refused can be offered once more as it is, and a question about it stays while others are sent", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街32号院·2单元");
  const item = await writeRefused(phone, "手机时间快了的时候写的");
  const list = phone.page;
  const before = pushes();
  await item.getByRole("button", { name: "再传一次" }).click();
  await list.waitForResponse("**/api/sync/push");
  await item.getByText(/手机上的时间走快了/).waitFor();
  assert.ok(pushes() > before, "it was not offered again");

  await phone.loseSignal();
  await openTab(phone, "/");
  await write(phone, { what: "下水堵", where: "楼道", text: "别的一条" });
  await savedOnDevice(phone);
  await list.bringToFront();
  await list.getByText("还没传上去的").getByText("2 条").waitFor();
  await item.getByRole("button", { name: "不要了" }).click();
  const question = list.getByRole("dialog", { name: "这一条不要了？" });
  await question.waitFor();
  await phone.findSignal();
  await list.getByText("还没传上去的").getByText("1 条").waitFor();
  await question.getByRole("button", { name: "不要了" }).click();
  await list.getByRole("heading", { name: "都已上传" }).waitFor();
  await list.waitForFunction(() => document.activeElement?.tagName === "H1");
});

test("who changes an entry is told when it was changed somewhere else meanwhile", async () => {
  const phone = await world.phone();
  const other = await world.phone();
  await signInWatcher(phone, "六纬路2号院·3单元");
  await signInWatcher(other, "六纬路2号院·3单元");
  const text = "二楼扶手松了";
  await write(phone, { what: "灯不亮", where: "楼道", text });
  await savedOnDevice(phone);
  for (const one of [phone, other]) {
    await one.page.getByRole("link", { name: "日志", exact: true }).click();
    await line(one, text).click();
    await one.page.getByRole("link", { name: "改一改" }).click();
    await says(one.page, text);
  }
  await problem(phone.page).fill(`${text}，要换螺丝`);
  assert.equal(await phone.page.getByText("这一条在别处又改过").count(), 0);
  await problem(other.page).fill(`${text}，已经报了`);
  await save(other.page);
  await savedOnDevice(other);
  await phone.page.getByText("这一条在别处又改过").waitFor();
  assert.equal(await problem(phone.page).inputValue(), `${text}，要换螺丝`);
});

test("an entry that takes no more changes hands words and photos over to another one, with one tap", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone, "六纬路2号院·3单元");
  // The same watcher, on a second phone, has changed one entry as often as one person may.
  const second = await wire.signIn(world.community.url, "hp-w-y03-3", world.community.password);
  const { key, bytes } = second.entry({ problem: "门禁坏了0" });
  const commands = [bytes];
  for (let n = 1; n <= 80; n++) {
    const act = wire.acts.amendEntry(wire.idOf(commands.at(-1)), wire.change("problem", `门禁坏了${n - 1}`, `门禁坏了${n}`));
    commands.push(second.command([key, second.post], act));
  }
  const { replies } = await second.push(commands);
  const taken = replies.filter((reply) => reply.outcome.accepted).length;
  assert.ok(taken > 1 && taken < commands.length, `${taken} were taken`);
  const before = `门禁坏了${taken - 1}`;

  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, before).click();
  await page.getByRole("link", { name: "改一改" }).click();
  await says(page, before);
  const text = "门禁坏了，师傅说配件周五到";
  await problem(page).fill(text);
  await page.getByLabel("相册").setInputFiles([file("0.jpg", await photo(page, { width: 400, height: 300 }))]);
  await added(page).first().waitFor();
  await save(page);
  await page.getByRole("alert").filter({ hasText: "改得太多次了" }).waitFor();
  await page.getByRole("button", { name: "另记一条" }).click();
  await page.getByRole("heading", { name: "记一条" }).waitFor();
  await says(page, text);
  assert.equal(await added(page).count(), 1);
  // It is kept as an entry of its own, and no longer as a change.
  await page.reload();
  await says(page, text);
  await added(page).first().waitFor();
  await save(page);
  await savedOnDevice(phone);
  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, before).waitFor();
  await line(phone, text).getByText("已上传", { exact: true }).click();
  await page.getByText("1 张照片").waitFor();
  await openTab(phone, "/sync");
  await phone.page.getByRole("heading", { name: "都已上传" }).waitFor();
  assert.equal(await phone.page.getByText(text).count(), 0, "the change is not unfinished any more");
});
