// Everybody can read and work it: axe finds nothing, type and targets are big enough, nothing needs a pointer.
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { test } from "node:test";
import { line, signInSocialWorker, signInWatcher, write } from "./harness/people.mjs";
import { sidewaysScroll, smallTargets, smallText, tightLines } from "./harness/sizes.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SAY = "/write?template=light_out&door=stairwell&step=say";
const PHONE_PAGES = [
  "/", "/write", "/write?step=categories", "/write?template=gas_smell&step=danger", "/write?template=all_well", SAY,
  "/log", "/log?show=asked", "/log?show=unsent", "/door/5-2", "/sync", "/phone", "/settings", "/check-up", "/log/none", "/no/such/page",
];
const LOOKS = { light: {}, dark: { theme: "dark" }, "长辈版": { elder: true } };

// What fades in has its contrast only at the end.
const STILL = { reducedMotion: "reduce" };

async function nothingForAxe(page, where) {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  const told = violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
  assert.deepEqual(told, [], where);
}

/** The look as 设置 keeps it on the device. */
async function look(device, how) {
  await device.context.addInitScript((text) => {
    if (location.protocol === "http:") localStorage.setItem("watchlog-look", text);
  }, JSON.stringify(how));
}

async function bigEnough(page, where, { text, target }) {
  assert.deepEqual(await smallText(page, text), [], `${where}: text below ${text} px`);
  assert.deepEqual(await smallTargets(page, target), [], `${where}: targets below ${target} px`);
  assert.deepEqual(await tightLines(page), [], `${where}: tight lines`);
  assert.deepEqual(await sidewaysScroll(page), [], `${where}: scrolls sideways`);
}

/** A page that has drawn what it holds. */
async function drawn(device, path) {
  await device.page.goto(path);
  await device.page.locator("#server-page, .skeleton").first().waitFor({ state: "detached" });
  await device.page.getByRole("heading", { level: 1 }).first().waitFor();
}

for (const [name, how] of Object.entries(LOOKS)) {
  test(`every page of the phone, ${name}`, async () => {
    const phone = await world.phone(STILL);
    await look(phone, how);
    await signInWatcher(phone);
    const sizes = how.elder ? { text: 18, target: 60 } : { text: 18, target: 48 };
    for (const path of PHONE_PAGES) {
      await drawn(phone, path);
      await nothingForAxe(phone.page, path);
      await bigEnough(phone.page, path, sizes);
    }
    phone.forgive(/404/);
    await phone.loseSignal();
    await drawn(phone, "/");
    await write(phone, { what: "灯不亮", where: "楼道" });
    await phone.page.getByRole("dialog", { name: "记下了" }).waitFor();
    await phone.page.keyboard.press("Shift");
    await nothingForAxe(phone.page, "the sheet after saving");
    await bigEnough(phone.page, "the sheet after saving", sizes);
    await phone.page.keyboard.press("Escape");
    for (const path of ["/", "/sync", "/log?show=unsent"]) {
      await drawn(phone, path);
      await nothingForAxe(phone.page, `${path} offline`);
      await bigEnough(phone.page, `${path} offline`, sizes);
    }
    await drawn(phone, SAY);
    await phone.page.getByLabel(/^问题/).fill("");
    await phone.page.getByRole("button", { name: "保存", exact: true }).click();
    await phone.page.getByText("这里还空着，写几个字。").waitFor();
    await nothingForAxe(phone.page, "a field with a mistake");
    await drawn(phone, "/settings");
    await phone.page.getByRole("button", { name: "退出登录" }).click();
    await nothingForAxe(phone.page, "the question before signing out");
    await bigEnough(phone.page, "the question before signing out", sizes);
  });

  test(`the sign-in page and the desk, ${name}`, async () => {
    const [stranger, tablet] = [await world.phone(STILL), await world.tablet(STILL)];
    await look(stranger, how);
    await look(tablet, how);
    await drawn(stranger, "/sign-in");
    await stranger.page.getByRole("heading", { name: "演示社区" }).waitFor();
    await nothingForAxe(stranger.page, "/sign-in");
    await bigEnough(stranger.page, "/sign-in", how.elder ? { text: 18, target: 60 } : { text: 18, target: 48 });
    await signInSocialWorker(tablet);
    const { page } = tablet;
    await nothingForAxe(page, "the desk");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "经过" }).waitFor();
    await nothingForAxe(page, "an open entry");
    assert.deepEqual(await smallTargets(page, how.elder ? 60 : 48), [], "targets of the desk");
    assert.deepEqual(await sidewaysScroll(page), []);
    for (const key of ["r", "b", "?"]) {
      await page.keyboard.press(key);
      await page.getByRole("dialog").waitFor();
      await nothingForAxe(page, `the sheet of ${key}`);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
    }
    for (const path of ["/review?urgency=4#words=没有这样的字", "/settings", "/sync", "/phone"]) {
      await drawn(tablet, path);
      await nothingForAxe(page, `${path} on the tablet`);
    }
  });
}

test("nothing scrolls sideways on the smallest phone, nor with type twice as big", async () => {
  const phone = await world.phone({ viewport: { width: 320, height: 640 } });
  await signInWatcher(phone, "八经街46号院·2单元");
  const everyPageFits = async (what) => {
    for (const path of PHONE_PAGES) {
      await drawn(phone, path);
      assert.deepEqual(await sidewaysScroll(phone.page), [], `${path}, ${what}`);
    }
    phone.forgive(/404/);
  };
  await everyPageFits("320 px");
  await phone.page.setViewportSize({ width: 390, height: 844 });
  await phone.context.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => document.documentElement.style.setProperty("--base-size", "36"));
  });
  await everyPageFits("200 %");
});

test("the main story needs no pointer", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  const { page } = phone;
  const { keyboard } = page;
  /** Goes on with Tab until the focus is on what one looks for. */
  const tabTo = async (locator) => {
    const target = await locator.first().elementHandle();
    for (let presses = 0; presses < 80; presses++) {
      if (await page.evaluate((element) => document.activeElement === element, target)) return;
      await keyboard.press("Tab");
    }
    assert.fail(`the focus does not reach ${locator}`);
  };
  await tabTo(page.getByRole("link", { name: "记一条" }));
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "出了什么事？" }).waitFor();
  await tabTo(page.getByRole("link", { name: "一切平安" }));
  await keyboard.press("Enter");
  await tabTo(page.getByRole("link", { name: /^5-2/ }));
  await keyboard.press("Enter");
  await tabTo(page.getByLabel(/^问题/));
  await keyboard.press("Control+A");
  await keyboard.type("只用键盘写的");
  await tabTo(page.getByRole("button", { name: "保存", exact: true }));
  await keyboard.press("Space");
  const sheet = page.getByRole("dialog", { name: "记下了" });
  await sheet.waitFor();
  await keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  await tabTo(page.getByRole("link", { name: "日志", exact: true }));
  await keyboard.press("Enter");
  await tabTo(line(phone, "只用键盘写的"));
  await keyboard.press("Enter");
  await tabTo(page.getByRole("main").getByRole("button", { name: "撤回" }));
  await keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "撤回这一条？" });
  await question.waitFor();
  await tabTo(question.getByRole("button", { name: "不撤了" }));
  await keyboard.press("Enter");
  await question.waitFor({ state: "hidden" });
});
