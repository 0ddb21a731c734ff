// Storage that fails: nothing is claimed that is not so, no word goes from the screen, and all is well when it works again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { failing } from "./harness/between.mjs";
import { keptOnDevice, openForm, problem, save } from "./harness/form.mjs";
import { line, openTab, readyForOffline, savedOnDevice, signInWatcher, write, writeAndUpload } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const rows = (page) => page.getByRole("main").getByRole("link").filter({ has: page.locator("time") });

/** What the browser does with this device's storage. */
async function storage({ context, page }, what, more) {
  const origin = new URL(page.url()).origin;
  const client = await context.newCDPSession(page);
  await client.send(`Storage.${what}`, { origin, ...more });
}

test("when the browser empties the storage under the open app, all that is not uploaded is kept anew", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const [uploaded, unsent, unfinished] = ["传上去了的一条", "还没传的一条", "没写完的一段"];
  await writeAndUpload(phone, { what: "没人在家", where: /^5-2/, text: uploaded });
  await phone.loseSignal();
  await write(phone, { what: "没人在家", where: /^5-2/, text: unsent });
  await savedOnDevice(phone);
  const other = phone.page;
  const page = await openForm(phone, "/write?template=light_out&door=stairwell&step=say");
  // The tab with the form is the slower one, and is left before it can keep anything anew.
  await (await phone.context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: 6 });
  await problem(page).fill(unfinished);

  await storage(phone, "clearDataForOrigin", { storageTypes: "indexeddb" });
  await other.getByText("这里存的东西被浏览器清过").waitFor();
  await page.goto("/");
  await page.getByText("这里存的东西被浏览器清过").waitFor();
  await page.getByRole("button", { name: "知道了" }).click();
  await other.close();
  await page.getByRole("link", { name: /还有 1 条没传上去/ }).click();
  for (const text of [unsent, unfinished]) await page.getByText(text).waitFor();

  await phone.findSignal();
  await page.goto("/log");
  for (const text of [uploaded, unsent]) await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  const there = await rows(page).count();
  assert.ok(there > 2, "the older entries have not come back");
  await phone.loseSignal();
  await page.reload();
  await line(phone, uploaded).waitFor();
  assert.equal(await rows(page).count(), there);
});

test("what a page that went had left does not come back once it was given up, even if the storage is emptied then", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街46号院·4单元");
  const text = "写了一半，后来不要了";
  const first = phone.page;
  await first.goto("/sync");
  const second = await openForm(phone, "/write?template=light_out&door=stairwell&step=say");
  await problem(second).fill(text);
  await keptOnDevice(phone, text);
  await second.goto("/healthz");
  await first.getByText(text).waitFor();
  await first.getByRole("button", { name: "不要了" }).click();
  await first.getByRole("dialog").getByRole("button", { name: "不要了" }).click();
  await first.getByText(text).waitFor({ state: "hidden" });
  await first.getByRole("link", { name: "返回" }).click();
  await storage({ context: phone.context, page: first }, "clearDataForOrigin", { storageTypes: "indexeddb" });
  await first.getByText("这里存的东西被浏览器清过").waitFor();
  const page = await openTab(phone, "/sync");
  await page.getByText("手机里留着什么").waitFor();
  assert.equal(await page.getByText(text).count(), 0);
  // The page that took the form's place has no icon.
  phone.forgive(/404/);
});

/** Something else of the same origin that takes all the room, to the last hundred bytes; or gives it back. */
const takeAllRoom = (page) => page.evaluate(async () => {
  const event = (target, name) => new Promise((done) => target.addEventListener(name, done, { once: true }));
  const request = indexedDB.open("something else");
  request.onupgradeneeded = () => request.result.createObjectStore("all", { autoIncrement: true });
  await event(request, "success");
  // What does not get smaller when it is packed.
  const noise = new Uint8Array(2 ** 21);
  for (let at = 0; at < noise.length; at += 2 ** 16) crypto.getRandomValues(noise.subarray(at, at + 2 ** 16));
  for (let size = noise.length; size >= 100; size = Math.floor(size / 2)) {
    for (let fits = true; fits;) {
      const transaction = request.result.transaction("all", "readwrite");
      transaction.objectStore("all").put(noise.subarray(0, size));
      fits = await Promise.race([
        event(transaction, "complete").then(() => true), event(transaction, "abort").then(() => false),
      ]);
    }
  }
  request.result.close();
});
const giveRoomBack = (page) => page.evaluate(() => new Promise((done, failed) => {
  const request = indexedDB.deleteDatabase("something else");
  request.onsuccess = done;
  request.onerror = failed;
}));

test("a phone without room says so, keeps the words on the screen, and saves them when there is room", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await page.goto("/sign-in");
  await storage(phone, "overrideQuotaForOrigin", { quotaSize: 30_000_000 });
  await signInWatcher(phone, "八经街46号院·2单元");
  await readyForOffline(phone);
  await takeAllRoom(page);
  const text = "存不下的时候写的";
  await write(phone, { what: "没人在家", where: /^5-2/, text });
  await page.getByText("手机存满了，这一条还没存下").waitFor();
  assert.equal(await problem(page).inputValue(), text);
  await giveRoomBack(page);
  await save(page);
  await savedOnDevice(phone);
  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  assert.equal(await line(phone, text).count(), 1);
});

test("a connection that the system has closed is opened anew, and nobody notices", async () => {
  const phone = await world.phone();
  await phone.context.addInitScript(() => {
    const { transaction } = IDBDatabase.prototype;
    window.connections = new Set();
    IDBDatabase.prototype.transaction = function (...all) {
      window.connections.add(this);
      return transaction.apply(this, all);
    };
  });
  await signInWatcher(phone, "八经街46号院·2单元");
  await phone.loseSignal();
  await write(phone, { what: "没人在家", where: /^5-2/, text: "从后台回来以后写的" });
  // As iPhones do to an app in the background: without a word.
  const closed = await phone.page.evaluate(() => {
    window.connections.forEach((connection) => connection.close());
    return window.connections.size;
  });
  assert.ok(closed > 0, "there was no connection");
  await savedOnDevice(phone);
  await write(phone, { what: "没人在家", where: /^5-2/, text: "又写了一条" });
  await savedOnDevice(phone);
  await phone.findSignal();
  await phone.page.getByText("都已上传").waitFor();
  await openTab(phone, "/log");
  for (const text of ["从后台回来以后写的", "又写了一条"]) await line(phone, text).getByText("已上传", { exact: true }).waitFor();
});

test("another tab that blocks the storage is named, and all is well when it is gone", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街46号院·2单元");
  const old = phone.page;
  await old.goto("/healthz");
  // A tab that hears nothing, because it hangs, while somebody clears the storage.
  await old.evaluate(async () => {
    const request = indexedDB.open("watchlog-records");
    window.held = await new Promise((done) => (request.onsuccess = () => done(request.result)));
    indexedDB.deleteDatabase("watchlog-records");
  });
  const page = await openTab(phone, "/");
  await page.getByRole("heading", { name: "这里存不住东西" }).waitFor();
  await page.getByText(/先关掉那边/).waitFor();
  await old.close();
  await page.getByRole("link", { name: "再试一次" }).click();
  await page.getByRole("heading", { name: "邻里守望工作日志" }).waitFor();
  await signInWatcher(phone, "八经街46号院·2单元");
  // The page of before has no icon.
  phone.forgive(/404/);
});

test("a phone that a newer version has used works with this one", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone, "八经街46号院·2单元");
  await page.goto("/healthz");
  await page.evaluate(() => new Promise((done, failed) => {
    const request = indexedDB.open("watchlog-records", 99);
    request.onupgradeneeded = () => request.result.createObjectStore("of the future");
    request.onsuccess = () => (request.result.close(), done());
    request.onerror = failed;
  }));
  await page.goto("/");
  await write(phone, { what: "没人在家", where: /^5-2/, text: "新版本退回以后写的" });
  await savedOnDevice(phone);
  await page.getByText("都已上传").waitFor();
  // That page has no icon.
  phone.forgive(/404/);
});

test("a browser that keeps nothing says so before anybody relies on it", async () => {
  const phone = await world.phone();
  await phone.context.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", { value: { open: () => { throw new DOMException("no", "SecurityError"); } } });
  });
  await phone.page.goto("/");
  await phone.page.getByText("打不开手机里存的东西").waitFor();
  await openTab(phone, "/write?template=light_out&door=stairwell&step=say");
  await phone.page.locator("#server-page").waitFor({ state: "detached" });
  await problem(phone.page).fill("没处存");
  await save(phone.page);
  await phone.page.getByText("这一条还没存下").waitFor();
  assert.equal(await problem(phone.page).inputValue(), "没处存");
});
