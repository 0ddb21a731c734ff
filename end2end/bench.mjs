// The browser's rows of DESIGN.md 9, on a phone that is four times slower than this machine: `make bench`.
process.env.WATCHLOG_BIN ??= new URL("../target/release/watchlog", import.meta.url).pathname;
const { startCommunity } = await import("./harness/community.mjs");
const { newDevice, openBrowser } = await import("./harness/devices.mjs");
const { signInWatcher } = await import("./harness/people.mjs");
const { Table, median, p95 } = await import("./harness/table.mjs");

const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOWER = 4;
const RUNS = 5;
const SAVES = 30;
const SAY = "/write?template=light_out&door=stairwell&step=say";

const table = new Table();
const [community, browser] = await Promise.all([startCommunity(), openBrowser()]);
try {
  const phone = await newDevice(browser, community.url);
  await signInWatcher(phone);
  const cookies = await phone.context.cookies();
  const [first, bytes] = await firstLoads(cookies);
  table.add("critical path, kB as transferred (brotli)", bytes / 1000, { must: 300, aim: 220 });
  table.add("first load to a form that saves, ms, median", median(first), { must: 3_500, aim: 2_500 });
  table.add("cold offline start to a form that saves, ms, median", median(await coldStarts(phone)), { must: 1_500, aim: 800 });
  table.add("保存 to 已存本机, without photo, ms, p95", p95(await saves(phone)), { must: 300, aim: 120 });
} finally {
  await browser.close();
  await community.stop();
}
console.log(`\n${table}\n`);
console.log(`Debian's Chromium, CPU ${SLOWER}× slower; slow 4G: 1.6 Mbit/s, 150 ms. Photos are not part of the product yet.`);
process.exitCode = table.holds() ? 0 : 1;

/** Nothing cached, only the session: how long until a tap on 保存 saves. The tap comes as soon as there is a button. */
async function firstLoads(cookies) {
  const times = [];
  let bytes = 0;
  for (let run = 0; run < RUNS; run++) {
    const device = await newDevice(browser, community.url, "phone", { storageState: { cookies, origins: [] } });
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

/** From the tap to the words, as the page itself sees them. */
async function saves(device) {
  const page = await device.context.newPage();
  await slowed(page);
  const times = [];
  for (let run = 0; run < SAVES; run++) {
    await page.goto(SAY);
    await page.getByRole("link", { name: "换" }).first().waitFor();
    await page.waitForFunction(() => document.querySelector("#problem")?.value);
    times.push(await page.evaluate(tapAndWait));
  }
  await page.close();
  return times;
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
