// From the camera into the text: 保存 waits for what was chosen, and nothing that did not come is passed over in silence.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SAY, added, filled, goToForm, problem, save, says } from "./harness/form.mjs";
import { line, savedOnDevice, signInWatcher } from "./harness/people.mjs";
import { file, photo, slowCapture } from "./harness/photos.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

/** A watcher's phone in a stairwell without signal. */
async function withoutSignal() {
  const phone = await world.phone();
  await signInWatcher(phone, "八经街46号院·2单元");
  await phone.loseSignal();
  return phone;
}

/** How much the greens differ in the middle of a picture, within one of the squares that 打码 makes. */
const detail = (image) => image.evaluate(async (element) => {
  await element.decode();
  const context = new OffscreenCanvas(element.naturalWidth, element.naturalHeight).getContext("2d");
  context.drawImage(element, 0, 0);
  const { data } = context.getImageData(element.naturalWidth / 2 + 2, element.naturalHeight / 2 + 2, 12, 12);
  const greens = data.filter((_, at) => at % 4 === 1);
  return Math.max(...greens) - Math.min(...greens);
});

/** A finger goes over the middle of the photo. */
async function cover(page) {
  await page.getByRole("button", { name: /打码/ }).click();
  const { x, y, width, height } = await page.getByRole("img", { name: "要打码的照片" }).boundingBox();
  await page.mouse.move(x + width * 0.4, y + height * 0.4);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.6, y + height * 0.6, { steps: 6 });
  await page.mouse.up();
  await page.getByRole("button", { name: "好了" }).click();
  await page.getByRole("dialog", { name: "打码" }).waitFor({ state: "hidden" });
}

/** 记一条, three steps long, and back over them and the door. */
async function begin(page, text) {
  await page.getByRole("link", { name: "记一条" }).click();
  await page.getByRole("link", { name: "没人在家" }).click();
  await page.getByRole("link", { name: /^5-2/ }).first().click();
  await problem(page).fill(text);
}
async function leave(page) {
  for (let step = 0; step < 4; step++) await page.getByRole("link", { name: "返回" }).click();
}
async function goOnWith(page, text) {
  await page.getByRole("link", { name: "记一条" }).click();
  const offer = page.getByRole("region", { name: "没写完的" }).filter({ hasText: text });
  await offer.getByRole("button", { name: "接着写" }).click();
  await page.getByRole("link", { name: "没人在家" }).click();
  await says(page, text);
}

test("what was under a finger is on no device any more", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone);
  await phone.loseSignal();
  await filled(page, "照片里有人脸", [await photo(page, { width: 800, height: 600 })]);
  const before = await detail(added(page));
  assert.ok(before > 20, `the photo has nothing to hide: ${before}`);
  await cover(page);
  await page.getByText("正在收进手机").waitFor({ state: "hidden" });
  await added(page).waitFor();
  const after = await detail(added(page));
  assert.ok(after < before / 2, `${before} before, ${after} after`);
  const kept = await page.evaluate(async () => {
    const wait = (request) => new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
    const database = await wait(indexedDB.open("watchlog-records"));
    const count = await wait(database.transaction("blobs").objectStore("blobs").count());
    database.close();
    return count;
  });
  assert.equal(kept, 1, "the photo from before is still on the phone");
});

test("a phone that is full says so of a photo, and the words are saved without it", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone);
  await goToForm(page, SAY);
  await problem(page).fill("存不下照片");
  // What a full phone answers.
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (value, key) {
      if (this.name === "blobs") throw new DOMException("full", "QuotaExceededError");
      return put.call(this, value, key);
    };
  });
  // 保存 is tapped while the photo is still on its way into the phone.
  const goOn = await slowCapture(page);
  await page.getByLabel("相册").setInputFiles(file("a.jpg", await photo(page)));
  await save(page);
  await page.getByText("等照片、语音收进手机").waitFor();
  await goOn();
  await page.getByRole("alert").getByText("手机存满了，没有加上").waitFor();
  assert.equal(await problem(page).inputValue(), "存不下照片", "it was saved without the photo, and nobody was told");
  await save(page);
  await savedOnDevice(phone);
});

test("a photo that is still being taken in finds its text where it is open again, and no other one", async () => {
  const phone = await withoutSignal();
  const { page } = phone;
  for (const text of ["有照片的一条", "另外一条"]) {
    await begin(page, text);
    await leave(page);
  }
  await goOnWith(page, "有照片的一条");
  const goOn = await slowCapture(page);
  await page.getByLabel("相册").setInputFiles(file("a.jpg", await photo(page)));
  await page.getByText("正在收进手机").waitFor();
  await leave(page);
  await goOnWith(page, "有照片的一条");
  await save(page);
  await page.getByText("等照片、语音收进手机").waitFor();
  await goOn();
  await savedOnDevice(phone);
  await goOnWith(page, "另外一条");
  assert.equal(await added(page).count(), 0, "the photo is in another text");
  await page.goto("/log");
  await line(phone, "有照片的一条").getByText(/1 张照片/).waitFor();
});

test("an entry that waits for a photo is not saved without it, also where its form was opened again meanwhile", async () => {
  const phone = await withoutSignal();
  const { page } = phone;
  await begin(page, "照片打不开");
  const goOn = await slowCapture(page);
  await page.getByLabel("相册").setInputFiles(file("a.jpg", Buffer.from("not a photo")));
  await page.getByText("正在收进手机").waitFor();
  await leave(page);
  await goOnWith(page, "照片打不开");
  await save(page);
  await page.getByText("等照片、语音收进手机").waitFor();
  await goOn();
  await page.getByRole("alert").getByText("有一张打不开，没有加上").waitFor();
  assert.equal(await problem(page).inputValue(), "照片打不开");
  await save(page);
  await savedOnDevice(phone);
});

test("打码 takes the place of its photo, whatever is typed meanwhile", async () => {
  const phone = await withoutSignal();
  const { page } = phone;
  await filled(page, "已经存好的照片", [await photo(page, { width: 800, height: 600 })]);
  await save(page);
  await savedOnDevice(phone);
  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, "已经存好的照片").click();
  await page.getByRole("link", { name: "改一改" }).click();
  const before = await detail(added(page));
  const goOn = await slowCapture(page);
  await cover(page);
  await problem(page).pressSequentially("，改了");
  await goOn();
  await page.getByText("正在收进手机").waitFor({ state: "hidden" });
  await added(page).waitFor();
  const after = await detail(added(page));
  assert.ok(after < before / 2, `${before} before, ${after} after`);
  assert.equal(await added(page).count(), 1);
  await save(page);
  await savedOnDevice(phone);
});
