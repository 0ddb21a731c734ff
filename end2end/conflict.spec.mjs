// Two change the same entry without knowing of each other: nothing is overwritten without a word.
import assert from "node:assert/strict";
import { test } from "node:test";
import { line, savedOnDevice, signInSocialWorker, signInWatcher, writeAndUpload } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const part = (page, name) => page.getByRole("textbox", { name: new RegExp(`^${name}`) });
const said = (page, words) => page.locator("dd").filter({ hasText: words }).first();
const clash = (page) => page.getByRole("region", { name: "两处改的不一样" });

/** Opens the entry with `text` and says something in one of its parts. */
async function change(device, text, name, words) {
  const { page } = device;
  await page.goto("/log");
  await line(device, text).click();
  await page.getByRole("link", { name: "改一改" }).click();
  await part(page, "问题").waitFor();
  const fold = page.locator("summary", { hasText: name });
  if (!(await part(page, name).isVisible())) await fold.click();
  await part(page, name).fill(words);
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await savedOnDevice(device);
}

async function open(device, text) {
  await device.page.goto("/log");
  await line(device, text).click();
}

/** A phone and another one of the same watcher, both with the same entry and without signal, and a tablet. */
async function apart(text) {
  const [one, other, tablet] = [await world.phone(), await world.phone(), await world.tablet()];
  await signInWatcher(one);
  await signInWatcher(other);
  await signInSocialWorker(tablet);
  await writeAndUpload(one, { what: "没人在家", where: /^5-2/, text });
  await other.page.goto("/log");
  await line(other, text).waitFor();
  await one.loseSignal();
  await other.loseSignal();
  return { one, other, tablet };
}

test("what two devices change in different fields becomes one entry", async () => {
  const text = "两台手机各改各的";
  const { one, other, tablet } = await apart(text);
  await change(one, text, "措施", "留了纸条");
  await change(other, text, "反馈", "晚上打了电话");
  for (const device of [one, other]) {
    await device.findSignal();
    await open(device, text);
  }
  for (const device of [one, other]) {
    for (const words of ["留了纸条", "晚上打了电话"]) await said(device.page, words).waitFor();
    assert.equal(await clash(device.page).count(), 0);
  }
  await tablet.page.getByRole("button", { name: /又来了/ }).click();
  await line(tablet, text).click();
  for (const words of ["留了纸条", "晚上打了电话"]) await said(tablet.page, words).waitFor();
});

test("what two devices say differently in one field is shown side by side, and its author settles it", async () => {
  const text = "两台手机改到了一处";
  const { one, other, tablet } = await apart(text);
  await change(one, text, "反馈", "女儿明天来");
  await change(other, text, "反馈", "女儿后天来");
  await one.findSignal();
  await open(one, text);
  await one.page.getByText("已上传", { exact: true }).first().waitFor();
  await other.findSignal();
  await open(other, text);
  for (const device of [one, other]) {
    for (const words of ["女儿明天来", "女儿后天来"]) await clash(device.page).getByText(words).waitFor();
  }
  await tablet.page.getByRole("button", { name: /又来了/ }).click();
  await line(tablet, text).click();
  await tablet.page.getByText("两处改的不一样，等作者定").waitFor();
  for (const words of ["女儿明天来", "女儿后天来"]) await clash(tablet.page).getByText(words).waitFor();
  assert.equal(await clash(tablet.page).getByRole("button").count(), 0);

  await clash(one.page).getByRole("radio", { name: /女儿明天来/ }).check();
  await clash(one.page).getByRole("button", { name: "就这样定" }).click();
  for (const { page } of [one, other, tablet]) {
    await clash(page).waitFor({ state: "detached" });
    await said(page, "女儿明天来").waitFor();
  }
});

test("a stand-in goes on with a watcher's entry, and both are named", async () => {
  const [watcher, standIn] = [await world.phone(), await world.phone()];
  const text = "代班的人接着写";
  await signInWatcher(watcher, "八经街50号院·3单元");
  await writeAndUpload(watcher, { what: "没人在家", where: /^5-2/, text });
  // Whose own stairwell is the one beside it.
  await signInWatcher(standIn, "八经街50号院·2单元");
  await change(standIn, text, "反馈", "替她去看过了");
  await watcher.page.goto("/log");
  await line(watcher, text).click();
  await said(watcher.page, "替她去看过了").waitFor();
  assert.equal(await watcher.page.getByRole("listitem").filter({ hasText: "改过一次" }).count(), 1);
});
