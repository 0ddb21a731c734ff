// The README's pictures, from the demo community: `make pictures`.
import { mkdir, writeFile } from "node:fs/promises";
import { startCommunity } from "./harness/community.mjs";
import { newDevice, openBrowser } from "./harness/devices.mjs";
import { withPalette } from "./harness/png.mjs";
import { signInSocialWorker, signInWatcher } from "./harness/people.mjs";

const FOLDER = new URL("./pictures/", import.meta.url).pathname;
const MOST_BYTES = 150_000;

await mkdir(FOLDER, { recursive: true });
const [community, browser] = await Promise.all([startCommunity(), openBrowser()]);
try {
  const phone = await newDevice(browser, community.url, "phone", { deviceScaleFactor: 1 });
  await signInWatcher(phone);
  await phone.page.getByText("都已上传").waitFor();
  await keep(phone, "phone-home.png");

  const tablet = await newDevice(browser, community.url, "tablet");
  await signInSocialWorker(tablet);
  await tablet.page.getByRole("link").filter({ hasText: "待补充" }).first().click();
  await tablet.page.getByRole("region", { name: "打开的这一条" }).getByRole("heading", { name: "经过" }).waitFor();
  await tablet.page.getByText("都已上传").waitFor();
  await keep(tablet, "tablet-review.png");
} finally {
  await browser.close();
  await community.stop();
}

async function keep(device, name) {
  const path = FOLDER + name;
  await device.page.evaluate(() => document.fonts.ready);
  const passing = device.page.getByText("好了，现在没信号也能打开、能写。");
  await passing.waitFor();
  await passing.waitFor({ state: "hidden" });
  const screen = await device.page.screenshot({ animations: "disabled", caret: "hide" });
  const picture = await withPalette(device.page, screen);
  await device.putAway();
  await writeFile(path, picture);
  const size = picture.length;
  console.log(`end2end/pictures/${name}: ${size} bytes`);
  if (size > MOST_BYTES) throw new Error(`${name} has more than ${MOST_BYTES} bytes`);
}
