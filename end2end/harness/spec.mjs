// One community and one browser for the tests of a file; devices are put away after each test.
import { mkdir } from "node:fs/promises";
import { after, afterEach, before } from "node:test";
import { EVERYTHING_PASSES } from "./between.mjs";
import { startCommunity } from "./community.mjs";
import { newDevice, openBrowser } from "./devices.mjs";

/** What every device showed when a test failed: `end2end/report/`. */
async function keepPictures(name, devices) {
  const folder = new URL("../report/", import.meta.url).pathname;
  await mkdir(folder, { recursive: true });
  for (const [index, { page, errors }] of devices.entries()) {
    const path = `${folder}${name.replaceAll(" ", "-").slice(0, 60)}-${index + 1}.png`;
    await page.screenshot({ path, timeout: 5_000 }).catch(() => {});
    console.error(`${page.url()} → ${path}`, errors);
  }
}

/** `world.community`, `world.phone()`, `world.tablet()` inside of tests. */
export function useWorld() {
  const world = { community: null, browser: null, devices: [] };
  const device = (shape) => async (options) => {
    const one = await newDevice(world.browser, world.community.url, shape, options);
    world.devices.push(one);
    return one;
  };
  world.phone = device("phone");
  world.tablet = device("tablet");
  before(async () => {
    [world.community, world.browser] = await Promise.all([startCommunity(), openBrowser()]);
  });
  afterEach(async (context) => {
    if (context.passed === false) await keepPictures(context.name, world.devices);
    const { between } = world.community;
    between.mend();
    between.letGo();
    Object.assign(between.rules, EVERYTHING_PASSES);
    const devices = world.devices.splice(0);
    const results = await Promise.allSettled(devices.map((one) => one.putAway()));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  });
  after(async () => {
    await world.browser?.close();
    await world.community?.stop();
  });
  return world;
}
