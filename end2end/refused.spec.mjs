// What the rules do not take is said where it can be mended, and holds up nothing else.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { openForm, problem, save, says } from "./harness/form.mjs";
import {
  line, openTab, savedOnDevice, signInSocialWorker, signInWatcher, write, writeAndUpload,
} from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const SAY = "/write?template=light_out&door=stairwell&step=say";

/** The field says what is wrong, has the focus, and still holds what was typed. */
async function refusedAt(field, words, typed) {
  const page = field.page();
  await page.getByRole("alert").filter({ hasText: words }).waitFor();
  await page.waitForFunction((element) => document.activeElement === element, await field.elementHandle());
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.equal(await field.inputValue(), typed);
}

test("text that cannot be taken is refused at its field, and nothing of it is lost", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const page = await openForm(phone, SAY);
  const refused = [
    ["", "这里还空着，写几个字。"],
    ["字".repeat(2001), "字太多了：最多 2000 个字，现在 2001 个。"],
    ["三楼\u202e灯不亮", "里面有看不见的符号"],
    ["三楼\u200b灯不亮", "里面有看不见的符号"],
    ["三楼\u0007灯不亮", "里面有看不见的符号"],
  ];
  for (const [text, words] of refused) {
    await problem(page).fill(text);
    await save(page);
    await refusedAt(problem(page), words, text);
  }
  await problem(page).fill("字".repeat(2000));
  await save(page);
  await savedOnDevice(phone);
  await page.getByText("都已上传").waitFor();
});

test("a time that has not come yet is refused at its field", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街46号院·2单元");
  const page = await openForm(phone, SAY);
  await problem(page).fill("明天的事");
  await page.getByRole("radio", { name: "选时间" }).check();
  const when = page.getByLabel("哪一天几点几分");
  await when.fill("2099-01-01T08:00");
  await when.blur();
  await save(page);
  await page.getByRole("alert").filter({ hasText: "这个时间还没到，改成已经过去的时间。" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.name === "when");
  assert.equal(await problem(page).inputValue(), "明天的事");
  await page.getByRole("radio", { name: "刚才" }).check();
  await save(page);
  await savedOnDevice(phone);
});

test("what the server refuses is shown with a way on, and does not hold up the next entry", async () => {
  const phone = await world.phone();
  const tablet = await world.tablet();
  await signInWatcher(phone, "八经街46号院·2单元");
  await signInSocialWorker(tablet);
  const text = "要撤回又已经被看过的";
  await writeAndUpload(phone, { what: "一切平安", where: /^5-2/, text });
  await tablet.page.getByRole("button", { name: /又来了 1 条/ }).click();

  // The watcher takes it back without signal, while the social worker reads it.
  await phone.loseSignal();
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).click();
  await phone.page.getByRole("main").getByRole("button", { name: "撤回" }).click();
  await phone.page.getByRole("dialog", { name: "撤回这一条？" }).getByRole("button", { name: "撤回" }).click();
  await phone.page.getByText("这一条撤回了，留着底，别人不再当真。").waitFor();
  await line(tablet, text).click();
  await tablet.page.getByRole("button", { name: /^已阅/ }).click();
  await tablet.page.getByText("您看过了").waitFor();
  await tablet.page.getByRole("link", { name: "都已上传" }).waitFor();
  await openTab(phone, "/");
  await write(phone, { what: "一切平安", where: /^3-1/, text: "下一条不等它" });
  await savedOnDevice(phone);

  await phone.findSignal();
  await phone.page.getByRole("link", { name: /有 1 条没传上，要您看一下/ }).click();
  const item = phone.page.getByRole("listitem").filter({ hasText: "撤回" });
  await item.getByText(/社工已经看过这一条，不能撤回了/).waitFor();
  const download = phone.page.waitForEvent("download");
  await item.getByRole("button", { name: "把它存成文件" }).click();
  const { commands, unfinished } = JSON.parse(await readFile(await (await download).path(), "utf8"));
  assert.deepEqual([commands.length, unfinished.length], [1, 0]);
  assert.match(commands[0], /withdraw_entry/);
  await item.getByText("存好了").waitFor();
  await item.getByRole("button", { name: "不要了" }).click();
  await phone.page.getByRole("dialog").getByRole("button", { name: "不要了" }).click();
  await phone.page.getByRole("heading", { name: "都已上传" }).waitFor();
  await openTab(phone, "/log");
  await line(phone, "下一条不等它").getByText("已上传", { exact: true }).waitFor();
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  assert.equal(await line(phone, text).getByText("已撤回").count(), 0);
});

test("an entry that a wrong clock made impossible is kept, explained, mended and sent", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街32号院·2单元");
  await phone.loseSignal();
  await phone.page.clock.setSystemTime(Date.now() + 3 * 24 * 3600_000);
  const text = "手机时间快了三天的时候写的";
  await write(phone, { what: "灯不亮", where: "楼道", text });
  await savedOnDevice(phone);
  await phone.page.close();

  // Somebody sets the clock right.
  await phone.findSignal();
  const page = await openTab(phone, "/");
  await page.getByRole("link", { name: /有 1 条没传上，要您看一下/ }).click();
  const item = page.getByRole("listitem").filter({ hasText: text });
  await item.getByText(/手机上的时间走快了/).waitFor();
  await item.getByRole("link", { name: "改一改再存" }).click();
  await says(page, text);
  await problem(page).fill(`${text}，改过`);
  await save(page);
  await savedOnDevice(phone);
  await openTab(phone, "/log");
  await line(phone, `${text}，改过`).getByText("已上传", { exact: true }).waitFor();
  await phone.page.getByText("都已上传").waitFor();
  assert.equal(await line(phone, text).count(), 1);
});
