// The desk under rough hands and without signal: what was found stays, what was said once counts once, what is being
// typed is left alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signInSocialWorker } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

const opened = (page) => page.getByRole("region", { name: "打开的这一条" });
const rows = (page) => page.getByRole("region", { name: "日志" }).getByRole("listitem");
const searchField = (page) => page.getByRole("searchbox", { name: "搜日志里的字" });

async function atTheDesk() {
  const tablet = await world.tablet();
  await signInSocialWorker(tablet);
  return tablet;
}

test("older entries that were found stay when the signal goes, the open one too", async () => {
  const tablet = await atTheDesk();
  const { page } = tablet;
  await page.getByRole("combobox", { name: "急不急" }).selectOption({ label: "一般" });
  await page.getByText("到头了，再早的没有了").waitFor();
  const before = await rows(page).count();
  await rows(page).last().getByRole("link").click();
  const title = await opened(page).getByRole("heading", { level: 1 }).textContent();
  await tablet.loseSignal();
  // Each try in vain is a change of what can be reached.
  for (let tries = 0; tries < 2; tries++) {
    const tried = page.waitForEvent("requestfailed", { predicate: (request) => request.url().includes("/api/sync/") });
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await tried;
    await page.getByText("现在没信号，照常能写").first().waitFor();
  }
  await page.getByText("现在没信号，只找了这台平板里的").waitFor();
  assert.equal(await rows(page).count(), before, "the list shrank");
  assert.equal(await opened(page).getByRole("heading", { level: 1 }).textContent(), title);
});

test("a double tap on 已阅 is one 已阅", async () => {
  const { page } = await atTheDesk();
  await rows(page).filter({ hasText: "没看过" }).first().getByRole("link").click();
  const timeline = opened(page).getByRole("list").filter({ hasText: "记下" });
  const before = await timeline.getByText("已阅").count();
  await opened(page).getByRole("button", { name: /^已阅/ }).evaluate((button) => [button.click(), button.click()]);
  await opened(page).getByText("您看过了").waitFor();
  await page.getByRole("link", { name: "都已上传" }).waitFor();
  assert.equal(await timeline.getByText("已阅").count(), before + 1);
});

test("whoever lets go while several are being marked has the rest left alone", async () => {
  const { page } = await atTheDesk();
  const unread = rows(page).filter({ hasText: "没看过" });
  const before = await unread.count();
  for (let index = 0; index < 3; index++) await unread.nth(index).getByRole("checkbox", { name: /^选上 / }).check();
  await page.getByText("选了 3 条").waitFor();
  await page.evaluate(() => {
    const button = (words) => [...document.querySelectorAll("button")].find((one) => one.textContent.includes(words));
    button("都标已阅").click();
    button("不选了").click();
  });
  await page.getByText(/停下了，剩下的 3 条没标/).waitFor();
  assert.equal(await unread.count(), before);
});

test("half a syllable is never searched, and what is being typed is not replaced by what was typed before", async () => {
  const tablet = await atTheDesk();
  const { page } = tablet;
  const ime = await page.context().newCDPSession(page);
  // The pause after a stroke lasts until the test lets it end, and what is sought then is noted.
  await page.evaluate(() => {
    const { setTimeout, clearTimeout } = window;
    const waiting = new Map();
    window.sought = [];
    window.setTimeout = (act, pause, ...rest) => {
      const timer = setTimeout(pause === 200 ? () => {} : act, pause, ...rest);
      if (pause === 200) waiting.set(timer, act);
      return timer;
    };
    window.clearTimeout = (timer) => (waiting.delete(timer), clearTimeout(timer));
    window.endPause = () => {
      for (const act of waiting.values()) act();
      waiting.clear();
    };
    for (const step of ["pushState", "replaceState"]) {
      const real = history[step];
      history[step] = (...words) => {
        window.sought.push(decodeURIComponent(String(words[2]).split("#words=")[1] ?? ""));
        return real.apply(history, words);
      };
    }
  });
  await searchField(page).focus();
  await page.keyboard.insertText("漏");
  await ime.send("Input.imeSetComposition", { text: "shui", selectionStart: 4, selectionEnd: 4 });
  await page.evaluate(() => window.endPause());
  assert.deepEqual(await page.evaluate(() => window.sought), [], "searched in the middle of a syllable");
  await ime.send("Input.insertText", { text: "水" });
  await page.evaluate(() => window.endPause());
  // More is typed before the address is there.
  await page.keyboard.insertText("了");
  await page.getByText(/^找到/).waitFor();
  assert.equal(await searchField(page).inputValue(), "漏水了");
  assert.deepEqual(await page.evaluate(() => window.sought), ["漏水"]);
  await page.getByRole("button", { name: "清除筛选" }).first().click();
  await page.waitForFunction(() => document.querySelector("[type=search]").value === "");
});

test("the keys of one character can be switched off, and the tablet keeps it", async () => {
  const { page } = await atTheDesk();
  await page.getByRole("button", { name: "按键" }).click();
  const sheet = page.getByRole("dialog", { name: "按键" });
  await sheet.getByRole("switch", { name: /用单个字母的键/ }).uncheck();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  await page.reload();
  await rows(page).first().waitFor();
  await rows(page).first().getByRole("link").click();
  await opened(page).getByRole("button", { name: "点评", exact: true }).waitFor();
  for (const key of ["j", "r", "?"]) await page.keyboard.press(key);
  assert.equal(await page.getByRole("dialog").count(), 0, "a key opened a sheet");
  await page.getByRole("button", { name: "按键" }).click();
  await sheet.getByRole("switch", { name: /用单个字母的键/ }).check();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  await page.keyboard.press("r");
  await page.getByRole("dialog", { name: "点评" }).waitFor();
});

test("back from an entry that was closed does not open it again", async () => {
  const tablet = await world.tablet({ viewport: { width: 820, height: 1180 } });
  await signInSocialWorker(tablet);
  const { page } = tablet;
  await page.getByRole("link", { name: "传送" }).click();
  await page.getByRole("link", { name: "返回" }).click();
  await rows(page).first().getByRole("link").click();
  await page.getByRole("link", { name: "返回列表" }).click();
  await rows(page).first().waitFor();
  await page.goBack();
  await page.waitForFunction(() => location.pathname === "/review");
  assert.equal(await opened(page).isVisible(), false, "the entry came back");
});

test("the field of words follows the way back, also while it has the focus", async () => {
  const tablet = await world.tablet();
  await signInSocialWorker(tablet);
  const { page } = tablet;
  await rows(page).first().waitFor();
  await searchField(page).fill("独居");
  await page.getByText(/^找到/).waitFor();
  await page.getByRole("link", { name: "传送" }).click();
  await page.getByRole("heading", { name: "传送情况" }).waitFor();
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("[type=search]")?.value === "独居");
  await searchField(page).focus();
  await page.getByRole("button", { name: "清除筛选" }).dispatchEvent("click");
  await page.waitForFunction(() => document.querySelector("[type=search]")?.value === "");
});
