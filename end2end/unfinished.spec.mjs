// Unfinished texts: none takes another's place, whatever is open beside it and whoever is not signed in yet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keptOnDevice, openForm, problem, save, says } from "./harness/form.mjs";
import {
  chooseDemoPerson, line, openTab, savedOnDevice, signInWatcher, signOut, write, writeAndUpload,
} from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const say = (template) => `/write?template=${template}&door=stairwell&step=say`;

const offer = (page) => page.getByRole("region", { name: "没写完的" });

/** Declines one unfinished text after another, and says which of `texts` were offered. */
async function offered(page, texts) {
  const seen = [];
  for (const _ of texts) {
    const words = await offer(page).textContent();
    seen.push(...texts.filter((text) => words.includes(text)));
    await offer(page).getByRole("button", { name: "不要了" }).click();
    await page.waitForFunction((before) => document.querySelector("[aria-label=没写完的]")?.textContent !== before, words);
  }
  return seen.sort();
}

test("three unfinished texts are three, and each is offered", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const texts = ["第一条：灯泡坏了", "第二条：楼道堆着纸箱", "第三条：下水返味"];
  for (const [index, template] of ["light_out", "stairwell_clutter", "drain_blocked"].entries()) {
    await openForm(phone, say(template));
    await problem(phone.page).fill(texts[index]);
    await keptOnDevice(phone, texts[index]);
    await phone.page.close();
  }
  const page = await openTab(phone, "/write");
  await offer(page).waitFor();
  assert.deepEqual(await offered(page, texts), [...texts].sort());
  assert.equal(await offer(page).count(), 0);
});

test("two tabs that write at once keep both texts", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街46号院·2单元");
  const first = await openForm(phone, say("light_out"));
  const second = await openForm(phone, say("drain_blocked"));
  const texts = ["左边写的", "右边写的"];
  await first.bringToFront();
  await problem(first).fill(texts[0]);
  await second.bringToFront();
  await problem(second).fill(texts[1]);
  for (const text of texts) await keptOnDevice(phone, text);
  await first.close();
  await second.close();
  const page = await openTab(phone, "/write");
  await offer(page).waitFor();
  assert.deepEqual(await offered(page, texts), [...texts].sort());
});

test("a text that was finished in one tab is not offered in the other any more", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街32号院·2单元");
  const text = "两个页面里只记一次";
  await openForm(phone, say("light_out"));
  await problem(phone.page).fill(text);
  await phone.page.close();

  const first = await openTab(phone, "/write");
  await offer(first).getByText(text).waitFor();
  const second = await openTab(phone, "/write");
  await offer(second).getByRole("button", { name: "接着写" }).click();
  await problem(second).waitFor();
  await save(second);
  await savedOnDevice({ page: second });
  await offer(first).waitFor({ state: "hidden" });
});

test("what is written before anybody has signed in waits for whoever does", async () => {
  const phone = await world.phone();
  const text = "还没登录就写的：三楼灯不亮";
  await phone.page.goto(say("light_out"));
  await problem(phone.page).fill(text);
  await save(phone.page);
  await phone.page.getByText("还没有登录，存不下。").waitFor();
  await phone.page.getByRole("link", { name: "先登录" }).click();
  await phone.page.getByRole("heading", { name: "演示社区" }).waitFor();
  await chooseDemoPerson(phone, "邻里守望员", "六纬路2号院·3单元");
  await phone.page.getByRole("heading", { name: "六纬路2号院·3单元" }).waitFor();
  await phone.page.getByRole("link", { name: "记一条" }).click();
  await offer(phone.page).getByText(text).waitFor();
  // On the device, too.
  await phone.page.reload();
  await offer(phone.page).getByRole("button", { name: "接着写" }).click();
  await says(phone.page, text);
  await save(phone.page);
  await savedOnDevice(phone);
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();
});

test("the words of an entry that is changed are safe from every way through the form", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·4单元");
  const text = "六楼窗户关不上";
  await write(phone, { what: "灯不亮", where: "楼道", text });
  await savedOnDevice(phone);
  const { page } = phone;
  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).click();
  await page.getByRole("link", { name: "改一改" }).click();
  await says(page, text);
  await page.getByRole("link", { name: /个地方/ }).click();
  await page.getByRole("heading", { name: "在哪儿？" }).waitFor();
  await page.getByRole("link", { name: "返回" }).click();
  await says(page, text);
  await page.goto(`${page.url().replace("step=say", "step=what")}&step=what`);
  await page.getByRole("link", { name: "下水堵" }).click();
  await problem(page).waitFor();
  await says(page, text);
});

test("words that only a button has put there go when the button is taken back", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const { page } = phone;
  await page.getByRole("link", { name: "记一条" }).click();
  await page.getByRole("link", { name: "邻里吵架" }).click();
  await page.getByRole("link", { name: "返回" }).click();
  await page.getByRole("link", { name: "全部分类" }).click();
  await page.getByRole("link", { name: "设施报修" }).click();
  await page.getByRole("link", { name: /^楼道/ }).click();
  await problem(page).waitFor();
  assert.equal(await problem(page).inputValue(), "");
});

test("whoever lives behind the door that was left is not meant any more", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const page = await openForm(phone, "/write?template=all_well&door=5-2&step=say");
  const people = page.getByRole("group", { name: /^跟谁有关/ }).getByRole("checkbox");
  await people.first().check();
  for (const place of [/^院里/, /^5-2/]) {
    await page.getByRole("link", { name: /个地方/ }).click();
    await page.getByRole("link", { name: place }).first().click();
    await problem(page).waitFor();
  }
  await people.first().and(page.locator(":not(:checked)")).waitFor();
});

test("a second tab that goes on with a text has it at the same place, and what one saves the other does not save again", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·1单元");
  const first = await openForm(phone, say("light_out"));
  await problem(first).fill("一楼灯不亮");
  const second = await openTab(phone, "/write");
  await offer(second).getByRole("button", { name: "接着写" }).click();
  await problem(second).waitFor();
  // Another place, and more words.
  await second.getByRole("link", { name: /个地方/ }).click();
  await second.getByRole("link", { name: /^院里/ }).click();
  await problem(second).fill("一楼灯不亮，院里的也不亮");
  await first.getByText(/^院里 /).waitFor();
  await says(first, "一楼灯不亮，院里的也不亮");

  await save(second);
  await savedOnDevice({ page: second });
  await first.bringToFront();
  await first.getByText("这一条在另一页存好了").waitFor();
  await first.getByRole("heading", { name: "出了什么事？" }).waitFor();
  await first.getByRole("link", { name: "看日志" }).click();
  await line({ page: first }, "院里的也不亮").waitFor();
  assert.equal(await line({ page: first }, "一楼灯不亮").count(), 1);
});

test("what one tab is told to give up stays where it is still seen, and can be saved there", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·2单元");
  const text = "单元门关不严";
  const first = await openForm(phone, say("light_out"));
  await problem(first).fill(text);
  const [list, second] = [await openTab(phone, "/sync"), await openTab(phone, "/write")];
  await list.getByText(text).waitFor();
  await offer(second).getByRole("button", { name: "不要了" }).click();
  // The other tabs have heard of it.
  await list.getByText(text).waitFor({ state: "hidden" });
  await first.bringToFront();
  // What is begun elsewhere later on is heard of later: then this was, too.
  await problem(await openForm(phone, say("drain_blocked"))).fill("别处又写的");
  await list.getByText("别处又写的").waitFor();
  await first.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  assert.equal(await problem(first).inputValue(), text);
  await save(first);
  await savedOnDevice({ page: first });
  await first.getByRole("link", { name: "日志", exact: true }).click();
  await line({ page: first }, text).waitFor();
  assert.equal(await line({ page: first }, text).count(), 1);
});

test("what one saves the other hears of when it is looked at again, where tabs cannot tell each other", async () => {
  const phone = await world.phone();
  await phone.context.addInitScript(() => delete window.BroadcastChannel);
  await signInWatcher(phone, "六纬路2号院·5单元");
  assert.equal(await phone.page.evaluate(() => typeof BroadcastChannel), "undefined");
  const first = await openForm(phone, say("light_out"));
  await problem(first).fill("五楼灯不亮");
  const second = await openTab(phone, "/write");
  await offer(second).getByRole("button", { name: "接着写" }).click();
  await problem(second).fill("五楼灯不亮，六楼也不亮");
  await save(second);
  await savedOnDevice({ page: second });
  await first.bringToFront();
  // What a browser says when a person comes back to a tab; this one has no screen to leave.
  await first.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await first.getByText("这一条在另一页存好了").waitFor();
});

test("half-written words go from the screen with their writer, and wait for nobody else", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街32号院·3单元");
  const text = "张家的事，只给社区看";
  const first = await openForm(phone, say("light_out"));
  await problem(first).fill(text);
  const second = await openTab(phone, "/");
  await signOut(phone);
  await first.waitForFunction((text) => document.querySelector("#problem").value !== text, text);

  await chooseDemoPerson(phone, "邻里守望员", "八经街32号院·4单元");
  await second.getByRole("heading", { name: "八经街32号院·4单元" }).waitFor();
  const others = "四单元自己的话";
  await first.getByText("八经街32号院·4单元").waitFor();
  await problem(first).fill(others);
  const list = await openTab(phone, "/sync");
  await list.getByText(others).waitFor();
  assert.equal(await list.getByText(text).count(), 0);

  await openTab(phone, "/");
  await signOut(phone);
  await chooseDemoPerson(phone, "邻里守望员", "八经街32号院·3单元");
  await phone.page.getByRole("link", { name: "记一条" }).click();
  await offer(phone.page).getByText(text).waitFor();
});

test("a change that was begun is not given up for lost while the log is still being read", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone, "八经街32号院·1单元");
  const [text, change] = ["窗户关不严", "窗户关不严，已经报修"];
  await writeAndUpload(phone, { what: "灯不亮", where: "楼道", text });
  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).click();
  await page.getByRole("link", { name: "改一改" }).click();
  await says(page, text);
  await problem(page).fill(change);
  await page.goto("/");
  await signOut(phone);
  const { between } = world.community;
  between.rules.hold = (request) => request.url.startsWith("/api/sync/pull");
  await chooseDemoPerson(phone, "邻里守望员", "八经街32号院·1单元");
  // Only then the device knows who is signed in.
  await page.getByRole("heading", { name: "八经街32号院·1单元" }).waitFor();
  await page.goto("/sync");
  await page.getByText(change).waitFor();
  await page.getByText("要接着写的那一条还没传到").waitFor();
  between.letGo();
  await page.getByRole("link", { name: "接着写" }).click();
  await says(page, change);
});

test("what is written before anybody has signed in outlives a page that is loaded anew", async () => {
  const phone = await world.phone();
  const text = "没登录写的，页面又重开了";
  await phone.page.goto(say("light_out"));
  await problem(phone.page).fill(text);
  await phone.page.getByText("先登录").waitFor();
  await phone.page.reload();
  await says(phone.page, text);
});

test("every unfinished text is listed, with its way on, and goes only after a second thought", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·4单元");
  const text = "写了一半的：井盖松了";
  await openForm(phone, say("light_out"));
  await problem(phone.page).fill(text);
  await phone.page.close();
  const page = await openTab(phone, "/sync");
  await page.getByRole("heading", { name: /没写完的/ }).waitFor();
  await page.getByRole("link", { name: "接着写" }).click();
  await says(page, text);
  await page.goto("/sync");
  await page.getByText(text).waitFor();
  await page.getByRole("button", { name: "不要了" }).click();
  const sheet = page.getByRole("dialog", { name: "这一段不要了？" });
  await sheet.getByRole("button", { name: "先留着" }).click();
  await page.getByText(text).waitFor();
  await page.getByRole("button", { name: "不要了" }).click();
  await sheet.getByRole("button", { name: "不要了" }).click();
  await page.getByText(text).waitFor({ state: "hidden" });
  await page.reload();
  await page.getByText("手机里留着什么").waitFor();
  assert.equal(await page.getByText(text).count(), 0);
});
