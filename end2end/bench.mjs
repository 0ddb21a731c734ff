// The browser's rows of the numbers that we hold ourselves to (`make bench`), on a phone that is four times slower than this
// machine.
process.env.WATCHLOG_BIN ??= new URL("../target/release/watchlog", import.meta.url).pathname;
const { startCommunity } = await import("./harness/community.mjs");
const { newDevice, openBrowser } = await import("./harness/devices.mjs");
const { savedOnDevice, signInWatcher } = await import("./harness/people.mjs");
const { file, photo } = await import("./harness/photos.mjs");
const { Table, median, p95 } = await import("./harness/table.mjs");

const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOWER = 4;
const RUNS = 5;
const SAVES = 30;
const DRAINED = 20;
/** Bytes a second. */
const UP = 1_600_000 / 8;
/** How long each photo took from the choice to the picture. */
const taken = [];
const SAY = "/write?template=light_out&door=stairwell&step=say";

const table = new Table();
const [community, browser] = await Promise.all([startCommunity(), openBrowser()]);
try {
  const phone = await newDevice(browser, community.url);
  await signInWatcher(phone);
  await phone.page.getByText("都已上传").waitFor();
  const [first, bytes] = await firstLoads(await phone.context.storageState({ indexedDB: true }));
  table.add("critical path, kB as transferred (brotli)", bytes / 1000, { must: 300, aim: 220 });
  table.add("first load to a form that saves, ms, median", median(first), { must: 3_500, aim: 2_500 });
  table.add("cold offline start to a form that saves, ms, median", median(await coldStarts(phone)), { must: 1_500, aim: 800 });
  const picture = await photo(phone.page, { camera: true });
  table.add("保存 to 已存本机, with a photo, ms, p95", p95(await saves(phone, picture)), { must: 300, aim: 120 });
  table.add("photo chosen to photo kept, ms, median", median(taken));
  const [seconds, ideal] = await drain();
  table.add("20 entries with 20 photos over 1.6 Mbit/s, times bytes/bandwidth", seconds / ideal, { must: 1.3 });
} finally {
  await browser.close();
  await community.stop();
}
console.log(`\n${table}\n`);
console.log(`Debian's Chromium, CPU ${SLOWER}× slower; slow 4G: 1.6 Mbit/s, 150 ms.`);
process.exitCode = table.holds() ? 0 : 1;

/** Nothing cached, only session and storage: how long until a tap on 保存 saves. It comes as soon as there is a button. */
async function firstLoads(storageState) {
  const times = [];
  let bytes = 0;
  for (let run = 0; run < RUNS; run++) {
    const device = await newDevice(browser, community.url, "phone", { storageState });
    const session = await slowed(device.page);
    await session.send("Network.emulateNetworkConditions", SLOW_4G);
    const transferred = new Map();
    const paths = new Map();
    session.on("Network.responseReceived", ({ requestId, response }) => paths.set(requestId, new URL(response.url).pathname));
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => transferred.set(requestId, encodedDataLength));
    times.push(await untilSaved(device.page, () => device.page.goto(SAY, { waitUntil: "commit" })));
    const critical = (path) => path === "/write" || /^\/assets\/.*\.(js|css|wasm)$/.test(path);
    bytes = [...transferred].reduce((sum, [id, size]) => sum + (critical(paths.get(id) ?? "") ? size : 0), 0);
    await device.putAway();
  }
  return [times, bytes];
}

/** The server is gone, and the tab is new. */
async function coldStarts(device) {
  await device.loseSignal();
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const page = await device.context.newPage();
    await slowed(page);
    times.push(await untilSaved(page, () => page.goto(SAY, { waitUntil: "commit" })));
    await page.close();
  }
  return times;
}

/** From the tap to the words, as the page itself sees them; the photo was added before. */
async function saves(device, picture) {
  const page = await device.context.newPage();
  await slowed(page);
  const times = [];
  for (let run = 0; run < SAVES; run++) {
    await page.goto(SAY);
    await page.getByRole("link", { name: "换" }).first().waitFor();
    await page.waitForFunction(() => document.querySelector("#problem")?.value);
    const chosen = performance.now();
    await page.getByLabel("拍照").setInputFiles(file("IMG.jpg", picture));
    await page.getByRole("list", { name: "加上的照片" }).getByRole("img").waitFor();
    taken.push(performance.now() - chosen);
    times.push(await page.evaluate(tapAndWait));
  }
  await page.close();
  return times;
}

/** What 20 entries with a photo each take from the moment when there is signal, in seconds, and what their bytes would take
 * alone. */
async function drain() {
  const device = await newDevice(browser, community.url);
  await signInWatcher(device);
  await device.loseSignal();
  const { page } = device;
  for (let seed = 0; seed < DRAINED; seed++) {
    await page.goto(SAY);
    await page.getByLabel("拍照").setInputFiles(file("IMG.jpg", await photo(page, { seed: seed + 200 })));
    await page.getByRole("list", { name: "加上的照片" }).getByRole("img").waitFor();
    await page.getByRole("button", { name: "保存", exact: true }).click();
    await savedOnDevice(device);
  }
  const before = await sizes();
  const session = await device.context.newCDPSession(page);
  await session.send("Network.enable");
  const start = performance.now();
  await device.findSignal();
  await session.send("Network.emulateNetworkConditions", { ...SLOW_4G, uploadThroughput: UP });
  await page.getByText("都已上传").waitFor({ timeout: 300_000 });
  const seconds = (performance.now() - start) / 1000;
  const bytes = (await sizes()) - before;
  await device.putAway();
  console.log(`${DRAINED} photos, ${Math.round(bytes / 1000)} kB, ${seconds.toFixed(1)} s`);
  return [seconds, bytes / UP];
}

async function sizes() {
  return (await community.sentBlobs()).reduce((sum, bytes) => sum + bytes.length, 0);
}

async function slowed(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  return session;
}

/** Milliseconds from the start of the navigation until 已存本机 or 已上传 can be read; taps as soon as it makes sense. */
async function untilSaved(page, navigate) {
  await page.addInitScript(() => {
    const look = () => {
      // Until the first entries have come, the stairwell is not known and a tap is refused: an impatient person taps again.
      const save = document.querySelector("body > main #save:not([aria-disabled])");
      if (save && document.querySelector("body > main #problem")?.value) save.click();
      if (!window.savedAfter && /已存本机 ✓|已上传 ✓✓/.test(document.querySelector(".saved")?.textContent ?? "")) {
        window.savedAfter = performance.now();
      }
    };
    const beat = setInterval(() => (window.savedAfter ? clearInterval(beat) : look()), 10);
  });
  await navigate();
  await page.waitForFunction(() => window.savedAfter, null, { timeout: 30_000 });
  return page.evaluate(() => window.savedAfter);
}

function tapAndWait() {
  return new Promise((done) => {
    const start = performance.now();
    const look = () => {
      if (!/已存本机 ✓|已上传 ✓✓/.test(document.querySelector(".saved")?.textContent ?? "")) return;
      observer.disconnect();
      done(performance.now() - start);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    document.querySelector("#save").click();
  });
}
