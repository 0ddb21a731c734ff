// A new version never takes over by itself, never costs a word, and never leaves a phone without one that works.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { pathOf } from "./harness/between.mjs";
import { openForm } from "./harness/form.mjs";
import { line, lookForNewVersion, openTab, readyForOffline, savedOnDevice, signInWatcher, write } from "./harness/people.mjs";
import { file, photo, slowCapture } from "./harness/photos.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const SAY = "/write?template=light_out&door=stairwell&step=say";

/** From now on the server has another version, with the same files or with other ones. */
function deploy(change = (text) => text) {
  world.community.between.rules.rewrite = {
    "/sw.js": (text) => change(text.replace(/("?version"?: ?")[^"]*/, `$1version-${++versions}`)),
    "/offline-shell": change,
  };
}
let versions = 0;

const banner = (page) => page.getByText("有新版本。写了一半的字都会留着。");

/** How often a page has been loaded since. */
function countLoads(page) {
  const loads = { count: 0 };
  page.on("load", () => loads.count++);
  return loads;
}

test("the person is asked, may put it off, and the app stays as it is", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const loads = countLoads(phone.page);
  deploy();
  assert.equal(await lookForNewVersion(phone.page), "installed");
  await banner(phone.page).waitFor();
  await phone.page.getByRole("button", { name: "以后再说" }).click();
  await banner(phone.page).waitFor({ state: "hidden" });
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await phone.page.getByRole("heading", { name: "日志" }).waitFor();
  assert.equal(loads.count, 0, "the page was loaded anew");

  // Loading the page is not consent; it is asked again.
  await openTab(phone, "/");
  await banner(phone.page).waitFor();
  assert.equal(await lookForNewVersion(phone.page), "installed", "it took over by itself");
});

test("taking the new version loads the page once and keeps the draft", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街46号院·2单元");
  deploy();
  assert.equal(await lookForNewVersion(phone.page), "installed");
  const write = await openForm(phone, SAY);
  await write.getByLabel(/^问题/).fill("更新的时候写了一半");
  await write.close();

  const page = await openTab(phone, "/settings");
  await banner(page).waitFor();
  const loads = countLoads(page);
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "现在更新" }).click()]);
  await page.getByText("备好了，没信号也能打开、能写").waitFor();
  assert.equal(await banner(page).count(), 0, "it is asked once more");
  await page.getByRole("link", { name: "返回" }).click();
  await page.getByRole("link", { name: "记一条" }).click();
  await page.getByRole("region", { name: "没写完的" }).getByText("更新的时候写了一半").waitFor();
  assert.equal(loads.count, 1, "loads");
  await phone.loseSignal();
  await openTab(phone, "/");
  await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
});

test("whoever is writing in another tab is not interrupted by an update", async () => {
  const phone = await world.phone();
  await signInWatcher(phone, "六纬路2号院·3单元");
  const writing = await openForm(phone, SAY);
  await writing.getByLabel(/^问题/).fill("正写着呢");
  const loads = countLoads(writing);
  deploy();
  await lookForNewVersion(writing);
  const page = await openTab(phone, "/settings");
  await banner(page).waitFor();
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "现在更新" }).click()]);
  await page.getByText("备好了，没信号也能打开、能写").waitFor();
  await writing.bringToFront();
  await writing.getByLabel(/^问题/).pressSequentially("，还写着");
  assert.equal(await writing.getByLabel(/^问题/).inputValue(), "正写着呢，还写着");
  assert.equal(loads.count, 0, "the tab was loaded anew");
});

test("a photo that is being taken in is waited for", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone);
  deploy();
  assert.equal(await lookForNewVersion(page), "installed");
  await page.getByRole("link", { name: "记一条" }).click();
  await page.getByRole("link", { name: "没人在家" }).click();
  await page.getByRole("link", { name: /^5-2/ }).first().click();
  await page.getByLabel(/^问题/).fill("拍完照就点了更新");
  const goOn = await slowCapture(page);
  await page.getByLabel("相册").setInputFiles(file("a.jpg", await photo(page)));
  await page.getByText("正在收进手机").waitFor();
  // Over the steps before, and the door.
  for (let step = 0; step < 4; step++) await page.getByRole("link", { name: "返回" }).click();
  await page.getByText("有新版本。照片、语音还在收进手机，收好再更新。").waitFor();
  assert.equal(await page.getByRole("button", { name: "现在更新" }).count(), 0);
  await goOn();
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "现在更新" }).click()]);
  await page.getByRole("link", { name: "记一条" }).click();
  await page.getByRole("region", { name: "没写完的" }).getByRole("button", { name: "接着写" }).click();
  await page.getByRole("link", { name: "没人在家" }).click();
  await page.getByRole("list", { name: "加上的照片" }).getByRole("img").waitFor();
  assert.equal(await page.getByLabel(/^问题/).inputValue(), "拍完照就点了更新");
});

test("a version that is too old for the server keeps what is written, says what to do, and sends it once it is renewed", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone, "八经街46号院·2单元");
  const tooOld = { status: 426, headers: { "content-type": "application/json" }, body: JSON.stringify("too_old") };
  world.community.between.rules.answer = ({ url }) => (url.startsWith("/api/sync/") ? tooOld : null);
  await write(phone, { what: "没人在家", where: /^5-2/, text: "旧版本里写的" });
  await savedOnDevice(phone);
  await page.getByRole("link", { name: "版本太旧，请更新。写的都在手机里" }).click();
  await page.getByText("手机上的版本太旧，服务器听不懂了").waitFor();
  await page.getByText("旧版本里写的").waitFor();
  world.community.between.rules.answer = null;
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "现在更新" }).click()]);
  await page.goto("/log");
  await line(phone, "旧版本里写的").getByText("已上传", { exact: true }).waitFor();
});

const built = JSON.parse(await readFile(new URL("../target/site/site.json", import.meta.url)));
const NEW = "/assets/watchlog.00000000";

/** A deploy that names a new file, and what the server has under that name. */
const BROKEN = {
  "a missing file": { kind: "wasm", status: 404, type: "text/plain", body: () => "not found" },
  "a page in the place of a script": { kind: "js", status: 200, type: "text/html", body: () => "<h1>欢迎</h1>" },
  "a file that was cut short": { kind: "css", status: 200, type: "text/css", body: (whole) => whole.subarray(0, 1000) },
  "a file of another type": { kind: "css", status: 200, type: "text/plain", body: (whole) => whole },
};

for (const [what, { kind, status, type, body }] of Object.entries(BROKEN)) {
  test(`a broken deploy with ${what} leaves the old version working, without signal too`, async () => {
    const phone = await world.phone();
    await signInWatcher(phone, "六纬路2号院·4单元");
    const whole = await readFile(new URL(`../target/site${built[kind]}`, import.meta.url));
    const name = `${NEW}.${kind}`;
    deploy((text) => text.replaceAll(built[kind], name));
    world.community.between.rules.answer = (request) =>
      pathOf(request) === name && { status, headers: { "content-type": type }, body: body(whole) };
    assert.equal(await lookForNewVersion(phone.page), "redundant");
    assert.ok(world.community.between.seen.some((one) => one.path === name), "the new file was asked for");
    assert.equal(await banner(phone.page).count(), 0);
    await phone.loseSignal();
    await openTab(phone, "/");
    await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();

    // The next good deploy is offered like any other.
    await phone.findSignal();
    await readyForOffline(phone);
    deploy();
    world.community.between.rules.answer = null;
    assert.equal(await lookForNewVersion(phone.page), "installed");
    await banner(phone.page).waitFor();
  });
}
