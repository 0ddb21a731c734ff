// The watcher's first page says nothing that it does not know, and has a way to everything.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signInWatcher } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";
import { kindOf, readPull, writePull } from "./harness/wire.mjs";

const world = useWorld();
/** What the server told, changed on its way to the phone; what is no page stays. */
const rewritePull = (text, change) => (text.includes("\n") ? writePull(change(readPull(text))) : text);

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

test("nobody is told that everybody was visited where nobody is known to be visited", async () => {
  const withoutResidents = (text) =>
    rewritePull(text, (page) => ({ ...page, records: page.records.filter(({ key }) => kindOf(key) !== "resident") }));
  world.community.between.rules.rewrite = { "/api/sync/pull": withoutResidents };
  const phone = await world.phone();
  await signInWatcher(phone);
  await phone.page.getByText("都已上传").waitFor();
  assert.equal(await phone.page.getByText("该看望的都看望过了").count(), 0);
  assert.equal(await phone.page.getByText("今天要看望").count(), 0, "the residents arrived all the same");
});

test("长辈版 is one tap from the first page", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  await phone.page.getByRole("link", { name: "长辈版" }).click();
  await phone.page.getByRole("switch", { name: /长辈版/ }).check();
  await phone.page.getByRole("link", { name: "返回" }).click();
  await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
  assert.ok(await phone.page.evaluate(() => "elder" in document.documentElement.dataset));
});

test("a browser that never offers the home screen says how to get there, until one has had enough of it", async () => {
  const phone = await world.phone({ userAgent: IPHONE });
  await signInWatcher(phone);
  const hint = phone.page.getByText("点“分享”，选“添加到主屏幕”");
  await hint.waitFor();
  await phone.page.getByRole("button", { name: "不用了" }).click();
  await hint.waitFor({ state: "detached" });
  await phone.page.reload();
  await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
  assert.equal(await hint.count(), 0);
  const wechat = await world.phone({ userAgent: `${IPHONE} MicroMessenger/8.0.49` });
  await signInWatcher(wechat, "八经街46号院·2单元");
  await wechat.page.getByText(/选“在浏览器打开”/).waitFor();
});

test("the way back from a door leads to the stairwell one came from", async () => {
  const phone = await world.phone();
  await signInWatcher(phone);
  await phone.page.getByRole("link", { name: /^5-2/ }).first().click();
  const place = new URL(phone.page.url()).searchParams.get("micro_grid");
  assert.ok(place, "a door's page names its stairwell");
  await phone.page.getByRole("link", { name: "返回" }).click();
  await phone.page.getByRole("heading", { name: "八经街46号院·3单元" }).waitFor();
  assert.equal(new URL(phone.page.url()).searchParams.get("micro_grid"), place);
});

test("whoever watches a stairwell and reads for others starts at home, and has the desk one tap away", async () => {
  const alsoReads = (text) =>
    rewritePull(text, (page) => {
      for (const { key, record } of page.records) {
        const [post] = record.memberships ?? [];
        const community = key.split("/")[0];
        if (post?.role === "watcher") record.memberships.push({ ...post, role: "party_committee", place: community });
      }
      return page;
    });
  world.community.between.rules.rewrite = { "/api/sync/pull": alsoReads };
  const phone = await world.phone();
  await signInWatcher(phone);
  await phone.page.getByRole("link", { name: "看日志" }).click();
  await phone.page.getByRole("heading", { name: "日志", level: 1 }).waitFor();
  await phone.page.getByRole("listitem").filter({ hasText: "助餐送餐" }).first().waitFor();
});
