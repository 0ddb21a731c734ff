// The main job: written without signal, read and reviewed on a tablet, answered without signal.
import assert from "node:assert/strict";
import { test } from "node:test";
import { line, savedOnDevice, signInSocialWorker, signInWatcher, write, writeAndUpload } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

test("an entry written without signal reaches the tablet, is asked about, and the answer comes back", async () => {
  const phone = await world.phone();
  const tablet = await world.tablet();
  await signInWatcher(phone);
  await signInSocialWorker(tablet);

  const text = "张大娘感冒两天，帮取药，明天再来";
  await phone.loseSignal();
  await write(phone, { what: "一切平安", where: /^5-2/, text });
  await savedOnDevice(phone);
  await phone.page.getByText(/还有 1 条没传上去/).waitFor();

  // Still there after the app was closed and opened again, and still honest about where it is.
  await phone.page.reload();
  await phone.page.getByText(/还有 1 条没传上去/).waitFor();
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).getByText("已存本机，等信号").waitFor();

  await phone.findSignal();
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();

  // On the tablet it waits behind a button, so that the list keeps its place. Nobody reloads anything.
  await tablet.page.getByRole("button", { name: /又来了 1 条/ }).click();
  await line(tablet, text).click();
  const entry = tablet.page.getByRole("region", { name: "打开的这一条" });
  await entry.getByText("离线补传").waitFor({ state: "detached" });
  await entry.getByRole("button", { name: /退回补充/ }).click();
  const sheet = tablet.page.getByRole("dialog", { name: "退回补充" });
  await sheet.getByRole("button", { name: /^反馈/ }).click();
  await sheet.getByLabel(/要补充什么/).fill("女儿的电话是多少？");
  await sheet.getByRole("button", { name: "退回去问" }).click();
  await sheet.waitFor({ state: "hidden" });

  // The watcher sees only that question, answers without signal, and the answer arrives.
  await line(phone, text).getByText("待补充").waitFor();
  await phone.loseSignal();
  await phone.page.getByRole("link", { name: "待补充" }).first().click();
  await phone.page.getByRole("link", { name: "回答" }).first().click();
  await phone.page.getByRole("region", { name: "要补充的" }).getByText("女儿的电话是多少？").waitFor();
  await phone.page.getByLabel("您的回答").fill("写在床头的本子上了，13800000001");
  await phone.page.getByRole("button", { name: "保存回答" }).click();
  await phone.page.getByText("写在床头的本子上了").first().waitFor();
  await phone.findSignal();
  await entry.getByText("写在床头的本子上了，13800000001").first().waitFor();
  assert.match(await entry.textContent(), /HPXC-\d{8}-\d{4}/);
});

test("what is sent goes past the service worker, which has only the program", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const answers = [];
  phone.page.on("response", (answer) => answers.push(answer));
  await phone.page.reload();
  await writeAndUpload(phone, { what: "没人在家", where: /^5-2/, text: "不经过它" });
  const [from, past] = [answers.filter((one) => one.fromServiceWorker()), answers.filter((one) => !one.fromServiceWorker())];
  assert.ok(from.some((one) => one.url().endsWith(".wasm")), "the program did not come from the service worker");
  assert.ok(past.some((one) => one.url().includes("/api/sync/push")));
  assert.deepEqual(from.filter((one) => one.request().method() !== "GET" || one.url().includes("/api/")), []);
});

test("the server is killed while a phone sends, and nothing is lost or doubled", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街32号院·2单元");
  await world.community.kill();
  for (const text of ["第一条：二楼管井返潮", "第二条：三楼窗户关不严"]) {
    await write(phone, { what: "下水堵", where: /^2-1/, text });
    await savedOnDevice(phone);
  }
  await phone.page.getByText(/还有 2 条没传上去/).waitFor();
  await world.community.restart();
  await phone.page.getByText("都已上传").waitFor({ timeout: 60_000 });
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  assert.equal(await line(phone, "第一条：二楼管井返潮").count(), 1);
  assert.equal(await line(phone, "第二条：三楼窗户关不严").count(), 1);
});

test("an answer that is lost after the server has stored the entry does no harm", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·4单元");
  let lost = 0;
  world.community.between.rules.loseAnswer = (request) => request.url.startsWith("/api/sync/push") && lost++ < 2;
  await write(phone, { what: "灯不亮", where: "楼道", text: "四楼灯不亮，老人摸黑" });
  await savedOnDevice(phone);
  await phone.page.getByText("都已上传").waitFor({ timeout: 60_000 });
  assert.ok(lost >= 2, "the answers were lost");
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  assert.equal(await line(phone, "四楼灯不亮，老人摸黑").count(), 1);
});

test("a captive portal's friendly page is not taken for our server", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·3单元");
  world.community.between.rules.answer = (request) =>
    request.url.startsWith("/api/") && { status: 200, headers: { "content-type": "text/html" }, body: "<h1>欢迎使用免费上网</h1>" };
  await write(phone, { what: "灯不亮", where: "楼道", text: "门口灯也不亮" });
  await savedOnDevice(phone);
  await phone.page.getByText(/还有 1 条没传上去/).waitFor();
  world.community.between.rules.answer = null;
  await phone.page.getByRole("link", { name: /还有 1 条没传上去/ }).click();
  await phone.page.getByRole("button", { name: "现在再试一次" }).click();
  await phone.page.getByText("都已上传").first().waitFor({ timeout: 60_000 });
});
