// The program comes in parts: the first screen waits for none of them, and one that cannot be had is asked for again.
// That all of them are there without signal is for cold_start.spec.mjs to see.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "./harness/between.mjs";
import { signInWatcher } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const isPart = (path) => /^\/assets\/(split|chunk)_.*\.wasm$/.test(path);
// A captive portal, and a browser that keeps no program.
const PORTAL = { status: 200, headers: { "content-type": "text/html" }, body: "<title>请先登录</title>" };
const NO_WORKER = { status: 503, headers: {}, body: "" };

test("a page whose part cannot be had says so, and comes when it can be had", async () => {
  const { between } = world.community;
  const signedIn = await world.phone();
  await signInWatcher(signedIn);
  const phone = await world.phone({ storageState: await signedIn.context.storageState() });
  let portal = true;
  between.rules.answer = (request) => {
    if (pathOf(request) === "/sw.js") return NO_WORKER;
    return portal && isPart(pathOf(request)) ? PORTAL : null;
  };
  const before = between.seen.length;
  await phone.page.goto("/");
  await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
  await phone.page.getByRole("link", { name: "记一条" }).waitFor();
  assert.deepEqual(between.seen.slice(before).filter(({ path }) => isPart(path)), [], "the first screen asked for a part");

  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await phone.page.getByRole("heading", { name: "这一页还没下到手机里" }).waitFor();
  phone.forgive(/Failed to execute 'compile'|Incorrect response MIME type|bad HTTP response code/);
  portal = false;
  await phone.page.getByRole("button", { name: "再试一次" }).click();
  await phone.page.getByRole("heading", { name: "日志", level: 1 }).waitFor();
});
