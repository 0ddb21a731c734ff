// Phones and tablets: real Chromium profiles that hold what a person's device would hold.
// A device fails its test on any error in the console that the test did not cause on purpose.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** How every browser is started. */
export const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
  // A microphone that hums, and that is given whenever it is asked for.
  "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
];
const SHAPES = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  tablet: { viewport: { width: 1180, height: 820 }, hasTouch: true, deviceScaleFactor: 1 },
};
// What the browser itself writes when a request fails or is refused. The app has to show such things on the screen,
// and the tests look at the screen.
const BROWSERS_OWN = /^Failed to load resource: (net::ERR_|the server responded with a status of (401|426|429|503))/;

/** One browser for a spec. */
export async function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** A phone or tablet with nothing on it yet. */
export async function newDevice(browser, url, shape = "phone", options = {}) {
  const context = await browser.newContext({
    ...SHAPES[shape], baseURL: url, locale: "zh-CN", timezoneId: "Asia/Shanghai", colorScheme: "light", ...options,
  });
  // A phone that cannot reach the server tries again after half a minute at the latest; nobody waits longer for a word.
  context.setDefaultTimeout(45_000);
  const errors = [];
  const watch = (page) => {
    page.on("pageerror", (error) => errors.push(`${page.url()}: ${error.stack ?? error}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !BROWSERS_OWN.test(message.text())) errors.push(`${page.url()}: ${message.text()}`);
      if (message.type() === "warning" && /hydrat/i.test(message.text())) errors.push(`${page.url()}: ${message.text()}`);
    });
  };
  context.on("page", watch);
  const page = await context.newPage();
  return {
    context,
    page,
    errors,
    loseSignal: () => context.setOffline(true),
    findSignal: () => context.setOffline(false),
    /** What the browser has to say about something that the test does on purpose. */
    forgive(pattern) {
      errors.splice(0, errors.length, ...errors.filter((error) => !pattern.test(error)));
    },
    /** Closes the device; it must have had nothing to complain about. */
    async putAway() {
      await context.close();
      assert.deepEqual(errors, [], "errors in the console");
    },
  };
}
