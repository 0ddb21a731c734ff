// One phone, several people: nobody's words are lost, shown to somebody else, or sent in somebody else's name.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseDemoPerson, line, openTab, readyForOffline, savedOnDevice, signInSocialWorker, signInWatcher, signOut, write,
} from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

const pushes = () => world.community.between.seen.filter((one) => one.path === "/api/sync/push").length;

test("unsent entries stay on the phone over sign-out and another person, and are sent when their author is back", async () => {
  const phone = await world.phone();
  const tablet = await world.tablet();
  await signInSocialWorker(tablet);
  const text = "没信号时写的：四楼老人头晕";
  await signInWatcher(phone);
  await phone.loseSignal();
  await write(phone, { what: "老人不舒服", where: /^4-2/, text });
  await savedOnDevice(phone);

  // Without signal, too, one can sign out, and it is said what stays.
  await phone.page.getByRole("link", { name: "设置" }).click();
  await phone.page.getByRole("button", { name: "退出登录" }).click();
  await phone.page.getByRole("dialog", { name: "退出登录？" }).getByText(/还有 1 条没传上去/).waitFor();
  await phone.page.getByRole("button", { name: "不退了" }).click();
  await phone.page.goto("/");
  await signOut(phone);
  await phone.page.getByText(/这台手机上还有 .+ 的 1 条没传上去/).waitFor();

  // Somebody else: sees nothing of it, sends nothing of it.
  await phone.findSignal();
  await signInWatcher(phone, "八经街32号院·2单元");
  const before = pushes();
  await phone.page.getByText("都已上传").waitFor();
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await phone.page.getByRole("main").getByRole("link").filter({ hasText: "已上传" }).first().waitFor();
  assert.equal(await line(phone, text).count(), 0, "another person sees it");
  await openTab(phone, "/sync");
  await phone.page.getByRole("heading", { name: "都已上传" }).waitFor();
  assert.equal(pushes(), before, "something was sent in another person's session");
  assert.equal(await tablet.page.getByRole("button", { name: /又来了/ }).count(), 0);
  await openTab(phone, "/");
  await signOut(phone);

  // The author is back.
  await signInWatcher(phone);
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  await tablet.page.getByRole("button", { name: /又来了 1 条/ }).click();
  await line(tablet, text).waitFor();
});

test("whoever signed out without signal is not brought back by their old session", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街46号院·2单元");
  await phone.loseSignal();
  await signOut(phone);
  await phone.findSignal();
  await phone.page.reload();
  await phone.page.getByRole("heading", { name: "演示社区" }).waitFor();
  await openTab(phone, "/");
  await phone.page.getByLabel("密码", { exact: true }).waitFor();
});

test("a session that has ended stops nobody from writing, and signing in again sends it", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·3单元");
  await phone.context.clearCookies();
  const text = "会话过期以后写的";
  await write(phone, { what: "灯不亮", where: "楼道", text });
  await savedOnDevice(phone);
  const strip = phone.page.getByRole("link", { name: /还有 1 条没传上去，再登录一次就接着传/ });
  await strip.waitFor();
  await phone.page.reload();
  await strip.click();
  await phone.page.getByText("登录过期了。照常能写，再登录一次就接着传。").waitFor();
  await phone.page.getByRole("link", { name: "再登录一次" }).click();
  await phone.page.getByRole("heading", { name: "演示社区" }).waitFor();

  // Another person on this phone does not send it either.
  await chooseDemoPerson(phone, "邻里守望员", "六纬路2号院·4单元");
  await phone.page.getByRole("heading", { name: "六纬路2号院·4单元" }).waitFor();
  await phone.page.getByText("都已上传").waitFor();
  await signOut(phone);
  await phone.page.getByText(/这台手机上还有 .+ 的 1 条没传上去/).waitFor();

  await signInWatcher(phone, "六纬路2号院·3单元");
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  assert.equal(await line(phone, text).count(), 1);
});

test("an account that was closed keeps its unsent entries on its phone, to be read and carried", async () => {
  const phone = await world.phone();
  const { page } = phone;
  const { stdout: people } = await world.community.run("person", "list");
  const [, place] = /watcher (\d{18})/.exec(people);
  const added = await world.community.run("person", "add", "--name", "钱某", "--login", "qian", "--role", "watcher", "--place", place);
  const [, password] = /password: (\S+)/.exec(added.stdout);
  const signIn = async (secret = password) => {
    await page.goto("/sign-in");
    await page.locator("#server-page").waitFor({ state: "detached" });
    await page.getByLabel("名字", { exact: true }).fill("qian");
    await page.getByLabel("密码", { exact: true }).fill(secret);
    await page.getByRole("button", { name: "登录", exact: true }).click();
  };
  await signIn();
  await page.getByRole("link", { name: /^\d-\d/ }).first().waitFor();
  await readyForOffline(phone);
  await phone.loseSignal();
  const text = "离任前最后一条";
  await write(phone, { what: "没人在家", where: /^\d-\d/, text });
  await savedOnDevice(phone);

  await world.community.run("person", "close", "qian");
  await phone.findSignal();
  await page.getByRole("link", { name: /还有 1 条没传上去，再登录一次就接着传/ }).waitFor();
  await signIn();
  await page.getByText("名字和密码对不上").waitFor();
  await page.goto("/log");
  await line(phone, text).getByText("已存本机").waitFor();
  await page.goto("/sync");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "存成文件" }).click();
  const { stdout } = await world.community.run("import", "outbox", await (await download).path());
  assert.match(stdout, /1 are in the log, 0 wait/);

  // Signed out as well: they are let in once more, without posts.
  await page.goto("/");
  await signOut(phone);
  await page.getByText(/这台手机上还有 钱某 的 1 条没传上去/).waitFor();
  const again = await world.community.run("person", "password", "qian");
  await signIn(/password: (\S+)/.exec(again.stdout)[1]);
  await page.locator("#password").waitFor({ state: "detached" });
  const told = page.waitForResponse("**/api/sync/pull");
  await page.goto("/log");
  assert.equal((await told).status(), 200, "they are told of what they wrote");
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();
});
