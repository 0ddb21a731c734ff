// The export file: what is not sent comes into the log or onto another phone by it, and it is never there twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SAY, goToForm, openForm, problem } from "./harness/form.mjs";
import { line, savedOnDevice, signInSocialWorker, signInWatcher, write } from "./harness/people.mjs";
import { photo } from "./harness/photos.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

/** 存成文件: the path of the file. */
async function exportFile({ page }) {
  await page.goto("/sync");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "存成文件" }).click();
  return (await download).path();
}

test("a phone that finds no signal: its file goes into the log, and nothing is there twice when it finds some", async () => {
  const [phone, tablet] = [await world.phone(), await world.tablet()];
  await signInWatcher(phone);
  await phone.loseSignal();
  const texts = ["地下室里写的第一条", "地下室里写的第二条"];
  for (const text of texts) {
    await write(phone, { what: "没人在家", where: /^5-2/, text });
    await savedOnDevice(phone);
  }
  const { page } = phone;
  texts.push("地下室里拍的");
  await goToForm(page, SAY);
  await problem(page).fill(texts[2]);
  await page.getByLabel("相册").setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: await photo(page) });
  await page.getByRole("list", { name: "加上的照片" }).getByRole("img").waitFor();
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await savedOnDevice(phone);
  const file = await exportFile(phone);
  for (const _ of ["once", "and by mistake once more"]) {
    const { stdout } = await world.community.run("import", "outbox", file);
    assert.match(stdout, /3 are in the log, 0 wait/);
    assert.match(stdout, /1 of 1 photos/);
  }
  await signInSocialWorker(tablet);
  for (const text of texts) await line(tablet, text).waitFor();
  await line(tablet, texts[2]).click();
  await tablet.page.getByRole("button", { name: "看大图：照片 1" }).locator("img").waitFor();
  await tablet.page.goto("/review");

  await phone.page.getByText(/还有 3 条没传上去/).first().waitFor();
  await phone.findSignal();
  await phone.page.goto("/log");
  for (const text of texts) await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  for (const device of [phone, tablet]) {
    for (const text of texts) assert.equal(await line(device, text).count(), 1);
  }
});

test("another phone of the same person takes the file in, and nobody else does", async () => {
  const [phone, other, anothers] = [await world.phone(), await world.phone(), await world.phone()];
  const stairwell = "八经街46号院·2单元";
  await signInWatcher(phone, stairwell);
  await phone.loseSignal();
  const [text, unfinished] = ["旧手机里写的", "旧手机里没写完的"];
  await write(phone, { what: "没人在家", where: /^5-2/, text });
  await savedOnDevice(phone);
  await openForm(phone, "/write?template=light_out&door=stairwell&step=say");
  await problem(phone.page).fill(unfinished);
  const file = await exportFile(phone);

  await signInWatcher(anothers);
  const choose = async ({ page }, path) => {
    await page.goto("/sync");
    await page.getByLabel("从文件取回").setInputFiles(path);
  };
  await choose(anothers, file);
  await anothers.page.getByText("这个文件是别人的。").waitFor();
  await signInWatcher(other, stairwell);
  await choose(other, "package.json");
  await other.page.getByText("这不是从这里存出去的文件").waitFor();
  await choose(other, file);
  await other.page.getByText("取回了 2 段").waitFor();
  await other.page.getByText(unfinished).waitFor();
  await choose(other, file);
  await other.page.getByText("都有了").waitFor();
  await other.page.goto("/log");
  await line(other, text).getByText("已上传", { exact: true }).waitFor();
  assert.equal(await line(other, text).count(), 1);
});
