// What the server holds until its entry comes is asked about now and then, and keeps nobody from reading.
import assert from "node:assert/strict";
import { test } from "node:test";
import { line, savedOnDevice, signInWatcher, write } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

/** Takes the oldest command out of the phone's outbox, as if the server had refused it and its author given it up. */
function forgetOldestCommand() {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("watchlog-records");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("outbox", "readwrite");
      const oldest = transaction.objectStore("outbox").openCursor();
      oldest.onsuccess = () => oldest.result.delete();
      transaction.oncomplete = () => (opening.result.close(), done());
      transaction.onabort = () => failed(transaction.error);
    };
  });
}

test("a command whose entry never comes is pushed once a round, and reading goes on", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  await phone.loseSignal();
  const text = "写了又撤回的一条";
  await write(phone, { what: "一切平安", where: /^5-2/, text });
  await savedOnDevice(phone);
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).click();
  await phone.page.getByRole("main").getByRole("button", { name: "撤回" }).click();
  await phone.page.getByRole("dialog", { name: "撤回这一条？" }).getByRole("button", { name: "撤回" }).click();
  await phone.page.getByText("这一条撤回了，留着底，别人不再当真。").waitFor();
  await phone.page.evaluate(forgetOldestCommand);
  await phone.page.goto("/");

  const { seen } = world.community.between;
  const before = seen.length;
  const calls = (path) => seen.slice(before).filter((request) => request.path === path).length;
  const read = phone.page.waitForResponse("**/api/sync/pull");
  await phone.findSignal();
  await read;
  const pushes = calls("/api/sync/push");
  assert.ok(pushes >= 1 && pushes <= 2, `${pushes} pushes before the first pull`);
});
