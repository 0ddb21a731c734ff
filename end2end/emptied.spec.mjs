// A browser that was emptied: said plainly, until somebody has seen it, and everything that was uploaded is there again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { line, readyForOffline, signInSocialWorker, signInWatcher, writeAndUpload } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const words = ({ page }) => page.getByText("这里存的东西被浏览器清过");

/** Takes from the browser what it would clear first; localStorage stays and tells. */
async function emptyBrowser(device) {
  const { page, context } = device;
  const origin = new URL(page.url()).origin;
  const client = await context.newCDPSession(page);
  await page.goto("about:blank");
  await client.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
}

/** The words stay over a reload, and are gone for good when somebody has seen them. */
async function seen(device) {
  const { page } = device;
  await words(device).waitFor();
  await page.reload();
  await words(device).waitFor();
  await page.getByRole("button", { name: "知道了" }).click();
  await words(device).waitFor({ state: "detached" });
  await page.reload();
  await page.getByText("都已上传").waitFor();
  assert.equal(await words(device).count(), 0);
}

test("a phone whose browser was emptied says so, and has everything from the server again", async () => {
  const phone = await world.phone();
  const { page } = phone;
  await signInWatcher(phone);
  const text = "清掉以前传上去的";
  await writeAndUpload(phone, { what: "没人在家", where: /^5-2/, text });
  await emptyBrowser(phone);
  await page.goto("/");
  // The session still holds, and still nobody is signed in by it alone: the phone may be in other hands.
  await page.getByRole("heading", { name: "邻里守望工作日志" }).waitFor();
  await words(phone).waitFor();
  await signInWatcher(phone);
  await seen(phone);
  // “都已上传” says nothing of what is still being read.
  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).waitFor();
  await phone.loseSignal();
  await page.reload();
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  // The older entries came back as well.
  assert.ok((await page.getByRole("main").getByRole("link").filter({ has: page.locator("time") }).count()) > 1);
});

test("a desk whose browser was emptied says so", async () => {
  const tablet = await world.tablet();
  await signInSocialWorker(tablet);
  await emptyBrowser(tablet);
  await tablet.page.goto("/review");
  await words(tablet).waitFor();
  await signInSocialWorker(tablet);
  await seen(tablet);
  await tablet.page.getByRole("heading", { name: /^新的/ }).waitFor();
});

test("an emptied browser is also said where nobody is signed in", async () => {
  const phone = await world.phone();
  await phone.page.goto("/sign-in");
  await phone.page.getByRole("heading", { name: "演示社区" }).waitFor();
  // By then the device has a name.
  await readyForOffline(phone);
  await emptyBrowser(phone);
  await phone.page.goto("/");
  await phone.page.waitForFunction(() => location.pathname === "/sign-in");
  await words(phone).waitFor();
});
