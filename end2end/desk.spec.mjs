// The social worker's desk: finding, reading, reviewing, by hand and by keyboard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { line, openTab, savedOnDevice, signInSocialWorker, signInWatcher, write } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

const entry = (page) => page.getByRole("region", { name: "打开的这一条" });
const rows = (page) => page.getByRole("region", { name: "日志" }).getByRole("listitem");
const found = async (page) => Number((await page.getByText(/^找到/).textContent()).match(/\d+/)[0]);

/** Chooses the first real choice of a filter and waits until the list has followed. */
async function choose(page, label, option = { index: 1 }) {
  const select = page.getByRole("combobox", { name: label, exact: true });
  const words = await select.locator("option").nth(option.index ?? 0).textContent();
  await select.selectOption(option);
  await page.getByText(/^找到/).waitFor();
  return words;
}

test("each filter narrows the list, the address keeps it over a reload, and one tap clears it", async () => {
  const tablet = await world.tablet();
  const { page } = tablet;
  await signInSocialWorker(tablet);
  const all = await rows(page).count();
  for (const label of ["楼院", "微网格", "类别", "急不急", "状态", "时间", "谁写的"]) {
    const words = await choose(page, label);
    const hits = await found(page);
    assert.ok(hits <= all, `${label} finds more than there is`);
    await page.reload();
    await page.getByText(/^找到/).waitFor();
    const chosen = page.getByRole("combobox", { name: label, exact: true }).locator("option:checked");
    assert.equal(await chosen.textContent(), words, `${label} is forgotten`);
    assert.equal(await found(page), hits);
    await page.getByRole("button", { name: "清除筛选" }).first().click();
    await page.getByText(/^找到/).waitFor({ state: "detached" });
    assert.equal(await rows(page).count(), all);
  }
  await choose(page, "时间", { label: "选日期" });
  await page.getByLabel("从", { exact: true }).fill("2001-01-01");
  await page.getByLabel("到", { exact: true }).fill("2001-01-02");
  await page.getByRole("heading", { name: "没有这样的日志" }).waitFor();
});

test("two characters find every entry that says them, and no address tells the server what was sought", async () => {
  const tablet = await world.tablet();
  const { page } = tablet;
  await signInSocialWorker(tablet);
  const seen = world.community.between.seen.length;
  await page.getByRole("searchbox", { name: "搜日志里的字" }).fill("探访");
  await page.getByText(/^找到/).waitFor();
  await page.getByRole("searchbox", { name: "搜日志里的字" }).fill("独居");
  await page.waitForFunction(() => decodeURIComponent(location.hash) === "#words=独居");
  const hits = await found(page);
  assert.ok(hits > 0);
  assert.equal(await rows(page).filter({ hasText: "独居" }).count(), hits);
  await page.reload();
  await page.getByText(/^找到/).waitFor();
  assert.equal(await page.getByRole("searchbox", { name: "搜日志里的字" }).inputValue(), "独居");
  const paths = world.community.between.seen.slice(seen).map((one) => decodeURIComponent(one.path));
  assert.ok(!paths.some((path) => path.includes("独居")), "the words travelled in an address");
  await page.getByRole("button", { name: "清除筛选" }).click();
  await page.getByRole("heading", { name: /^新的/ }).waitFor();
});

test("older entries are asked for until there are none", async () => {
  const tablet = await world.tablet();
  const { page } = tablet;
  await signInSocialWorker(tablet);
  const more = page.getByRole("button", { name: /再看早一些|再显示一些/ });
  const end = page.getByText("到头了，再早的没有了");
  while (!(await end.isVisible())) await more.click({ timeout: 5_000 }).catch(() => {});
  const ids = await rows(page).getByRole("link").evaluateAll((links) => links.map((link) => link.pathname));
  assert.equal(new Set(ids).size, ids.length, "an entry is listed twice");
});

test("everything at the desk works by keyboard, and the focus goes along", async () => {
  const tablet = await world.tablet();
  const { page } = tablet;
  await signInSocialWorker(tablet);
  const { keyboard } = page;
  const focus = () => page.evaluate(() => document.activeElement?.id ?? "");
  await keyboard.press("?");
  await page.getByRole("dialog", { name: "按键" }).getByText("下一条、上一条").waitFor();
  await keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await keyboard.press("j");
  await page.waitForFunction(() => document.activeElement?.id.startsWith("row-"));
  const first = await focus();
  await keyboard.press("j");
  await page.waitForFunction((before) => document.activeElement?.id !== before, first);
  await keyboard.press("k");
  await page.waitForFunction((before) => document.activeElement?.id === before, first);
  await keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "entry-title");
  const title = await page.locator("#entry-title").textContent();
  await keyboard.press("j");
  await page.waitForFunction((before) => document.querySelector("#entry-title")?.textContent !== before, title);
  await keyboard.press("k");
  await page.waitForFunction((before) => document.querySelector("#entry-title")?.textContent === before, title);

  await keyboard.press("r");
  const sheet = page.getByRole("dialog", { name: "点评" });
  await sheet.waitFor();
  await keyboard.type("用键盘写的 jke");
  await keyboard.press("Control+Enter");
  await sheet.waitFor({ state: "hidden" });
  await entry(page).getByText("用键盘写的 jke").waitFor();
  await keyboard.press("j");
  await entry(page).getByRole("button", { name: /^已阅/ }).waitFor();
  await keyboard.press("e");
  await entry(page).getByText("您看过了").waitFor();
  await keyboard.press("b");
  await page.getByRole("dialog", { name: "退回补充" }).waitFor();
  await keyboard.press("Escape");
  await keyboard.press("x");
  await page.getByText("选了 1 条").waitFor();
  await keyboard.press("x");
  await page.getByText("选了 1 条").waitFor({ state: "hidden" });
  await keyboard.press("/");
  await page.waitForFunction(() => document.activeElement?.id === "desk-search");
  await keyboard.press("Escape");
  await keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.id.startsWith("row-"));
  assert.equal(new URL(page.url()).pathname, "/review");
});

test("several entries are marked as read at once", async () => {
  const tablet = await world.tablet();
  const { page } = tablet;
  await signInSocialWorker(tablet);
  const unread = rows(page).filter({ hasText: "没看过" });
  const before = await unread.count();
  await unread.nth(1).getByRole("checkbox").check();
  await unread.nth(2).getByRole("checkbox").check();
  await page.getByText("选了 2 条").waitFor();
  await page.getByRole("button", { name: "都标已阅" }).click();
  await page.getByText("2 条标了已阅，已存本机。").waitFor();
  await page.getByRole("heading", { name: `新的 ${before - 2}` }).waitFor();
});

test("a review written without signal is kept, sent later, and reaches the phone; arrivals keep the list's place", async () => {
  const [phone, tablet] = [await world.phone(), await world.tablet()];
  const { page } = tablet;
  await signInWatcher(phone);
  await signInSocialWorker(tablet);
  const text = "离线点评的那一条";
  await write(phone, { what: "一切平安", where: /^5-2/, text });
  await savedOnDevice(phone);
  await page.getByRole("button", { name: /又来了 1 条/ }).waitFor();
  assert.equal(await line(tablet, text).count(), 0, "the list jumped");
  await page.keyboard.press("n");
  await line(tablet, text).click();
  await tablet.loseSignal();
  await entry(page).getByRole("button", { name: /^点评/ }).click();
  const sheet = page.getByRole("dialog", { name: "点评" });
  await sheet.getByRole("button", { name: /记录清楚/ }).click();
  await sheet.getByRole("button", { name: "保存点评" }).click();
  await page.getByText("点评写好了，已存本机").waitFor();
  await line(tablet, text).getByText("已存本机，等信号").waitFor();
  await page.getByText(/还有 1 条没传上去/).first().waitFor();
  await tablet.findSignal();
  await page.getByRole("link", { name: "都已上传" }).waitFor();
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, text).getByText("已点评").click();
  await phone.page.getByText("记录清楚，请补充老人紧急联系人和下次走访时间。").waitFor();
});

test("whoever wrote an entry is told that another one has to review it", async () => {
  const tablet = await world.tablet();
  await signInSocialWorker(tablet, "专职网格员");
  const text = "网格员自己写的";
  await openTab(tablet, "/write?template=light_out");
  await tablet.page.getByLabel("先选单元，再点门牌").selectOption({ index: 1 });
  await tablet.page.getByRole("link", { name: /^\d+-\d+/ }).first().click();
  const problem = tablet.page.getByLabel(/^问题/);
  await problem.fill(text);
  await tablet.page.getByRole("button", { name: "保存", exact: true }).click();
  await savedOnDevice(tablet);
  await openTab(tablet, "/review");
  await line(tablet, text).click();
  await entry(tablet.page).getByText("您自己写的，得由别人来审。").waitFor();
  assert.equal(await entry(tablet.page).getByRole("button", { name: /^点评/ }).count(), 0);
});
