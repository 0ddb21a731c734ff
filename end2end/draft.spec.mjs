// Nothing typed is ever lost: not by a killed tab, a reload, a way round, nor by an app that is not there yet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openForm, problem, says, someFieldSays } from "./harness/form.mjs";
import {
  line, openAtDesk, openTab, savedOnDevice, signIn, signInSocialWorker, signInWatcher, write, writeAndUpload,
} from "./harness/people.mjs";
import { pathOf } from "./harness/between.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const SAY = "/write?template=light_out&door=stairwell&step=say";

/** The tab is gone from one moment to the next, as when the phone runs out of memory. */
async function kill(page) {
  const gone = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  session.send("Page.crash").catch(() => {});
  await gone;
  await page.close();
}

const offer = (page) => page.getByRole("region", { name: "没写完的" });

test("what was being written is offered again after the tab was killed, and goes on where it was", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  await openForm(phone, SAY);
  await problem(phone.page).fill("三楼的灯泡又憋了");
  await phone.page.locator("summary", { hasText: "措施" }).click();
  await phone.page.getByLabel(/^措施/).pressSequentially("给物业打了电话");
  await phone.page.getByRole("radio", { name: "紧急" }).check();
  await kill(phone.page);

  await openTab(phone, "/write");
  await offer(phone.page).getByText("三楼的灯泡又憋了").waitFor();
  await offer(phone.page).getByRole("button", { name: "接着写" }).click();
  await says(phone.page, "三楼的灯泡又憋了");
  assert.equal(await phone.page.getByLabel(/^措施/).inputValue(), "给物业打了电话");
  assert.ok(await phone.page.getByRole("radio", { name: "紧急" }).isChecked(), "the urgency is kept");
  await phone.page.getByRole("button", { name: "保存", exact: true }).click();
  await savedOnDevice(phone);

  // What was saved is no draft any more.
  await openTab(phone, "/write");
  await phone.page.getByRole("heading", { name: "出了什么事？" }).waitFor();
  assert.equal(await offer(phone.page).count(), 0);
});

test("a draft survives a closed tab, a reload, and going back and forth", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街32号院·2单元");
  await openForm(phone, SAY);
  await problem(phone.page).fill("地下室进水了");
  await phone.page.close();

  const page = await openTab(phone, SAY);
  await says(page, "地下室进水了");
  await page.reload();
  await says(page, "地下室进水了");
  await page.getByRole("link", { name: /个地方/ }).click();
  await page.getByRole("link", { name: /^院里/ }).click();
  await page.getByText("院里").first().waitFor();
  await says(page, "地下室进水了");
  await page.goBack();
  await page.goForward();
  await says(page, "地下室进水了");
});

test("who begins anew decides about the old text: not wanted, and it is gone", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·4单元");
  await openForm(phone, SAY);
  await problem(phone.page).fill("写了一半不想写了");
  await phone.page.getByRole("link", { name: "返回" }).click();
  const page = await openTab(phone, "/write");
  await offer(page).getByText("写了一半不想写了").waitFor();
  await offer(page).getByRole("button", { name: "不要了" }).click();
  await offer(page).waitFor({ state: "hidden" });
  await page.reload();
  await page.getByRole("heading", { name: "出了什么事？" }).waitFor();
  await page.getByRole("link", { name: "没人在家" }).waitFor();
  assert.equal(await offer(page).count(), 0);
});

test("an unfinished answer and an unfinished comment survive a killed tab", async () => {
  const phone = await world.phone();
  const tablet = await world.tablet();
  await signInWatcher(phone, "八经街46号院·2单元");
  await signInSocialWorker(tablet);
  const text = "五楼老人两天没下楼";
  await writeAndUpload(phone, { what: "老人不舒服", where: /^5-2/, text });
  await openAtDesk(tablet, text);
  await tablet.page.getByRole("button", { name: /退回补充/ }).click();
  await tablet.page.getByRole("button", { name: /^问题/ }).click();
  await tablet.page.getByLabel(/要补充什么/).fill("敲门了吗？");
  await tablet.page.getByRole("button", { name: "退回去问" }).click();
  await tablet.page.getByRole("dialog").waitFor({ state: "hidden" });
  await tablet.page.getByRole("button", { name: /^点评/ }).click();
  await tablet.page.getByLabel("写给作者").fill("写到一半的点评");
  const address = tablet.page.url();
  await kill(tablet.page);
  await openTab(tablet, address);
  await tablet.page.getByRole("button", { name: /^点评/ }).click();
  await someFieldSays(tablet.page, "写到一半的点评");

  await phone.page.getByRole("link", { name: "回答" }).first().click();
  await phone.page.getByLabel("您的回答").fill("敲了，没人应");
  const question = phone.page.url();
  await kill(phone.page);
  await openTab(phone, question);
  await someFieldSays(phone.page, "敲了，没人应");
});

const theApp = (request) => pathOf(request).endsWith(".wasm");

test("what is typed into the form before the app has arrived stays, and is saved", async () => {
  // Somebody is signed in, but the browser has kept nothing of the app.
  const { between } = world.community;
  between.rules.answer = (request) => (pathOf(request) === "/sw.js" ? { status: 503, headers: {}, body: "" } : null);
  const phone = await world.phone();
  await signIn(phone, "邻里守望员", "六纬路2号院·3单元");
  await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
  const client = await phone.context.newCDPSession(phone.page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  between.rules.hold = theApp;
  await phone.page.goto(SAY, { waitUntil: "commit" });
  await problem(phone.page).click();
  await problem(phone.page).pressSequentially("网慢的时候写的");
  await phone.page.getByRole("radio", { name: "刚才" }).waitFor();
  between.letGo();
  await phone.page.locator("#server-page").waitFor({ state: "detached" });
  assert.equal(await problem(phone.page).inputValue(), "网慢的时候写的");
  await phone.page.keyboard.type("，接着写");
  await phone.page.getByRole("button", { name: "保存", exact: true }).click();
  await savedOnDevice(phone);
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, "网慢的时候写的，接着写").waitFor();
  between.rules.answer = null;
  phone.forgive(/bad HTTP response code/);
});

test("name and password typed before the app has arrived stay, and open the log", async () => {
  const phone = await world.phone();
  const { between } = world.community;
  between.rules.hold = theApp;
  await phone.page.goto("/sign-in", { waitUntil: "commit" });
  await phone.page.getByLabel("名字", { exact: true }).fill("hp-w-y03-3");
  await phone.page.getByLabel("密码", { exact: true }).fill(world.community.password);
  between.letGo();
  await phone.page.locator("#server-page").waitFor({ state: "detached" });
  assert.equal(await phone.page.getByLabel("名字", { exact: true }).inputValue(), "hp-w-y03-3");
  await phone.page.getByRole("button", { name: "登录" }).click();
  await phone.page.getByRole("heading", { name: "六纬路2号院·3单元" }).waitFor();
});
