// Two tabs of one phone are one phone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { line, openTab, savedOnDevice, signInWatcher, signOut, write } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

const pushes = () => world.community.between.seen.filter((one) => one.path === "/api/sync/push").length;

test("an entry saved in one tab appears in the other, and is sent once", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const first = phone.page;
  const second = await openTab(phone, "/log");
  await second.getByText("都已上传").waitFor();
  await phone.loseSignal();
  phone.page = first;
  await first.bringToFront();
  const text = "一个页面里写的";
  await write(phone, { what: "灯不亮", where: "楼道", text });
  await savedOnDevice(phone);
  await line({ page: second }, text).getByText("已存本机，等信号").waitFor();
  await second.getByText(/还有 1 条没传上去/).waitFor();

  const before = pushes();
  await phone.findSignal();
  await line({ page: second }, text).getByText("已上传", { exact: true }).waitFor();
  await first.getByText("都已上传").waitFor();
  assert.equal(pushes() - before, 1, "both tabs sent it");
  assert.equal(await line({ page: second }, text).count(), 1);
});

test("signing out in one tab closes the log in the other", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街46号院·2单元");
  const first = phone.page;
  const second = await openTab(phone, "/log");
  await second.getByText("都已上传").waitFor();
  phone.page = first;
  await first.bringToFront();
  await signOut(phone);
  await second.getByLabel("密码", { exact: true }).waitFor();
});
