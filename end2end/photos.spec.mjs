// Photos and voice notes: from the camera to the tablet, without anything being lost, left out or said too early.
import assert from "node:assert/strict";
import { test } from "node:test";
import { failing } from "./harness/between.mjs";
import { SAY, added, filled, goToForm, problem, save, says } from "./harness/form.mjs";
import { chooseDemoPerson, line, openTab, readyForOffline, savedOnDevice, signInSocialWorker, signInWatcher, signOut } from "./harness/people.mjs";
import { file, photo } from "./harness/photos.mjs";
import { newProfile, startOn } from "./harness/profile.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const seen = (page) => page.getByRole("button", { name: "看大图：照片 1" }).locator("img");

/** How a picture came out: its sides, once it is there. */
const sides = (image) => image.evaluate(async (element) => {
  await element.decode();
  return [element.naturalWidth, element.naturalHeight];
});

test("photos taken without signal are small, upright, without a place, and reach the tablet after their words", async () => {
  const [phone, tablet] = [await world.phone(), await world.tablet()];
  const { page } = phone;
  await signInSocialWorker(tablet);
  await signInWatcher(phone);
  await phone.loseSignal();
  await goToForm(page, SAY);
  await problem(page).fill("门口堆着东西，拍了两张");
  const camera = await photo(page, { width: 3000, height: 2000, camera: true });
  assert.ok(camera.includes("WATCHCAM") && camera.length > 1_000_000, "the photo is not as a camera makes it");
  await page.getByLabel("拍照").setInputFiles(file("IMG_1.jpg", camera));
  await added(page).waitFor();
  await page.getByLabel("相册").setInputFiles(file("IMG_2.jpg", await photo(page, { seed: 2, width: 900, height: 700 })));
  await added(page).nth(1).waitFor();
  assert.deepEqual(await sides(added(page).first()), [1067, 1600]);
  assert.deepEqual(await sides(added(page).nth(1)), [900, 700]);
  await save(page);
  await savedOnDevice(phone);
  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, "拍了两张").getByText("2 张照片，还没传到").waitFor();

  await phone.findSignal();
  await page.getByText("都已上传").waitFor();
  await line(phone, "拍了两张").getByText("已上传", { exact: true }).waitFor();
  await line(phone, "拍了两张").getByText("2 张照片", { exact: true }).waitFor();
  const sent = await world.community.sentBlobs();
  assert.equal(sent.length, 2);
  for (const bytes of sent) {
    assert.ok(bytes.length <= 300_000, `${bytes.length} bytes`);
    assert.ok(!/Exif|WATCHCAM/.test(bytes.toString("latin1")), "the photo still says where it was taken, or by what");
  }
  await tablet.page.getByRole("button", { name: /又来了/ }).click();
  await line(tablet, "拍了两张").click();
  await tablet.page.getByRole("button", { name: "看大图：照片 1" }).click();
  const large = tablet.page.getByRole("dialog", { name: "照片" }).getByRole("img", { name: "照片 1" });
  assert.deepEqual(await sides(large), [1067, 1600]);
});

test("photos that are only on the phone are never called uploaded", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone);
  world.community.between.rules.answer = failing("/api/blobs/", 502);
  await filled(page, "照片传不上去的时候", [await photo(page)]);
  await save(page);
  const sheet = page.getByRole("dialog", { name: "记下了" });
  await sheet.getByText("字已上传 ✓", { exact: true }).waitFor();
  await savedOnDevice(phone);
  await page.getByText("字已上传，还有 1 个照片、语音没传").waitFor();
  await page.goto("/log");
  await line(phone, "照片传不上去的时候").getByText("字已上传", { exact: true }).waitFor();
  await page.getByRole("link", { name: "没传上" }).click();
  await line(phone, "照片传不上去的时候").waitFor();
  await page.goto("/sync");
  await page.getByRole("heading", { name: /还没传的照片、语音/ }).waitFor();
  await page.getByRole("link", { name: "看这一条" }).click();
  await page.getByText("还在手机里").waitFor();
  await seen(page).waitFor();
  world.community.between.rules.answer = null;
  await page.goto("/sync");
  await page.getByRole("button", { name: "现在再试一次" }).click();
  await page.getByText("都已上传").waitFor();
  phone.forgive(/passed over|502/);
});

test("a photo that was added is there after the tab was killed, and can be taken off again", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  await phone.loseSignal();
  await filled(phone.page, "写到一半，照片也加了", [await photo(phone.page)]);
  await phone.page.close();
  const page = await openTab(phone, SAY);
  await added(page).waitFor();
  await says(page, "写到一半，照片也加了");
  await page.getByRole("button", { name: /去掉/ }).click();
  await added(page).waitFor({ state: "detached" });
  await save(page);
  await savedOnDevice(phone);
  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, "照片也加了").waitFor();
  assert.equal(await line(phone, "照片也加了").getByText(/照片，还没传到/).count(), 0);
});

test("what is no picture, and more than nine of them, is said, and the rest is kept", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone);
  await filled(page, "选错了文件", [await photo(page, { width: 400, height: 300 })]);
  await page.getByLabel("相册").setInputFiles(file("notes.jpg", Buffer.from("<svg onload=alert(1)>")));
  await page.getByRole("alert").getByText("有一张打不开，没有加上").waitFor();
  const many = await Promise.all(Array.from({ length: 9 }, (_, index) => photo(page, { width: 300, height: 200, seed: index + 10 })));
  await page.getByLabel("相册").setInputFiles(many.map((bytes, index) => file(`${index}.jpg`, bytes)));
  await page.getByRole("alert").getByText("一条最多 9 张照片，多的没有加上").waitFor();
  assert.equal(await added(page).count(), 9);
  await save(page);
  await savedOnDevice(phone);
  await page.getByText("都已上传").waitFor();
  await page.goto("/log");
  await line(phone, "选错了文件").getByText("9 张照片", { exact: true }).waitFor();
});

test("a voice note is recorded, listened to, and heard on the tablet", async () => {
  const [phone, tablet] = [await world.phone(), await world.tablet()];
  const { page } = phone;
  await signInSocialWorker(tablet);
  await signInWatcher(phone);
  await goToForm(page, SAY);
  await problem(page).fill("说了一段");
  await page.getByRole("button", { name: "录音" }).click();
  const sheet = page.getByRole("dialog", { name: "正在录音" });
  await sheet.getByText("0:02").waitFor();
  await sheet.getByRole("button", { name: "停" }).click();
  await page.getByRole("button", { name: "听语音" }).click();
  const plays = (audio) => audio.evaluate((element) => new Promise((done) => {
    if (element.currentTime > 0) return done(true);
    element.addEventListener("timeupdate", () => element.currentTime > 0 && done(true));
    element.addEventListener("error", () => done(false));
  }));
  assert.ok(await plays(page.locator("audio")), "it does not play on the phone");
  const { rules } = world.community.between;
  rules.answer = failing("/api/blobs/", 502);
  await save(page);
  await savedOnDevice(phone);
  await tablet.page.getByRole("button", { name: /又来了/ }).click();
  await line(tablet, "说了一段").click();
  await tablet.page.getByText("语音 1，还没传到").waitFor();
  rules.answer = null;
  await page.goto("/sync");
  await page.getByRole("button", { name: "现在再试一次" }).click();
  await page.getByText("都已上传").waitFor();
  await line(tablet, "说了一段").getByText("1 段语音", { exact: true }).waitFor();
  await tablet.page.getByRole("button", { name: "听语音 1" }).click();
  const player = tablet.page.locator("audio");
  assert.ok(await plays(player), "it does not play on the tablet");

  // Something else about the entry changes: whoever listens is not interrupted.
  await player.evaluate((element) => (element.dataset.before = "it"));
  await page.goto("/log");
  await line(phone, "说了一段").click();
  await page.getByRole("link", { name: "改一改" }).click();
  await page.locator("summary", { hasText: "反馈" }).click();
  await page.getByLabel(/^反馈/).fill("后来好了");
  await save(page);
  await savedOnDevice(phone);
  await tablet.page.locator("dd").filter({ hasText: "后来好了" }).first().waitFor();
  assert.equal(await player.getAttribute("data-before"), "it", "the player was taken away");
  phone.forgive(/passed over|502/);
});

test("two people on one phone never send or see each other's photos", async () => {
  const phone = await world.phone();
  const { page } = phone;
  const { between } = world.community;
  await signInWatcher(phone);
  between.rules.answer = failing("/api/blobs/", 502);
  await filled(page, "我的照片", [await photo(page, { seed: 7 })]);
  await save(page);
  await savedOnDevice(phone);
  await page.getByText("还有 1 个照片、语音没传").waitFor();
  // Nobody who leaves is told that all is uploaded, nor whoever comes next.
  await page.getByRole("link", { name: "设置" }).click();
  await page.getByRole("button", { name: "退出登录" }).click();
  const leaving = page.getByRole("dialog", { name: "退出登录？" });
  await leaving.getByText("还有 1 个照片、语音没传上去").waitFor();
  await leaving.getByRole("button", { name: "退出登录" }).click();
  await page.getByText(/这台手机上还有 .+ 的 1 个照片、语音没传上去/).waitFor();
  between.rules.answer = null;
  const before = between.seen.length;
  await signInWatcher(phone, "八经街46号院·2单元");
  await page.getByText("都已上传").waitFor();
  assert.deepEqual(between.seen.slice(before).filter(({ path }) => path.startsWith("/api/blobs/")), []);
  await signOut(phone);
  await page.getByText(/这台手机上还有 .+ 的 1 个照片、语音没传上去/).waitFor();
  // Until the log is read again nobody knows which photos wait, but how many.
  between.rules.answer = failing("/api/sync/", 503);
  await page.goto("/sign-in");
  await chooseDemoPerson(phone, "邻里守望员", "八经街46号院·3单元");
  await page.getByText("还有 1 个照片、语音没传").waitFor();
  await signOut(phone);
  await page.getByText(/这台手机上还有 .+ 的 1 个照片、语音没传上去/).waitFor();
  between.rules.answer = null;
  await signInWatcher(phone);
  await page.getByText("都已上传").waitFor();
  assert.ok(between.seen.slice(before).some(({ method, path }) => method === "PUT" && path.startsWith("/api/blobs/")));
  phone.forgive(/passed over|502/);
});

const CUTS = 20;
test(`a browser that is killed ${CUTS} times in the middle of an upload loses no photo and sends none twice`, async () => {
  const { url, between } = world.community;
  const { profile, remove } = await newProfile();
  let phone = await startOn(profile);
  try {
    const watcher = async () => {
      await phone.page.goto(`${url}/sign-in`);
      await chooseDemoPerson(phone, "邻里守望员", "八经街46号院·3单元");
      await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
    };
    await watcher();
    await readyForOffline(phone);
    const before = (await world.community.sentBlobs()).length;
    between.rules.answer = failing("/api/blobs/", 503);
    const photos = await Promise.all([1, 2, 3].map((seed) => photo(phone.page, { seed: seed + 90 })));
    await goToForm(phone.page, `${url}${SAY}`);
    await problem(phone.page).fill("传到一半，手机没电了");
    await phone.page.getByLabel("相册").setInputFiles(photos.map((bytes, index) => file(`${index}.jpg`, bytes)));
    await added(phone.page).nth(2).waitFor();
    await save(phone.page);
    await phone.page.getByRole("dialog", { name: "记下了" }).getByText("字已上传 ✓").waitFor();
    between.rules.answer = null;
    let cuts = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      // Each time a little more of it comes through, and then neither network nor phone are there any more.
      const most = 1 + Math.floor(Math.random() * 60_000);
      const reached = new Promise((done) => {
        between.rules.cutAfter = ({ method, url }) => {
          if (method !== "PUT" || !url.startsWith("/api/blobs/")) return null;
          setTimeout(done, 20);
          cuts++;
          return most;
        };
      });
      await phone.kill();
      phone = await startOn(profile);
      await watcher();
      await Promise.race([reached, phone.page.getByText("都已上传").waitFor()]);
    }
    assert.ok(cuts >= CUTS, `only ${cuts} uploads were cut`);
    between.rules.cutAfter = null;
    await phone.kill();
    phone = await startOn(profile);
    await watcher();
    await phone.page.getByText("都已上传").waitFor();
    await phone.page.goto(`${url}/log`);
    await line(phone, "手机没电了").getByText("3 张照片", { exact: true }).waitFor();
    assert.equal((await world.community.sentBlobs()).length, before + 3);
  } finally {
    between.rules.cutAfter = null;
    await phone.kill();
    await remove();
  }
});
