// The program comes in parts: the first screen waits for none of them, and one that cannot be had is asked for again.
// That all of them are there without signal is for cold_start.spec.mjs to see.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "./harness/between.mjs";
import { line, savedOnDevice, signIn, write } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const isPart = (path) => /^\/assets\/(split|chunk)_.*\.wasm$/.test(path);
// A captive portal, and a browser that keeps no program.
const PORTAL = { status: 200, headers: { "content-type": "text/html" }, body: "<title>请先登录</title>" };
const NO_WORKER = { status: 503, headers: {}, body: "" };

/** A signed-in phone whose browser keeps no program, at home, and what it asked for. Until `end()`, requests for parts
 * get `answer(request)`. */
async function phoneWithoutParts(answer) {
  const { between } = world.community;
  const phone = await world.phone();
  let missing = false;
  between.rules.answer = (request) => {
    if (pathOf(request) === "/sw.js") return NO_WORKER;
    return missing && isPart(pathOf(request)) ? answer(request) : null;
  };
  await signIn(phone, "邻里守望员", "八经街46号院·3单元");
  await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
  // Nothing of the program stays in the browser.
  const client = await phone.context.newCDPSession(phone.page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  missing = true;
  const before = between.seen.length;
  await phone.page.goto("/");
  await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
  const end = () => (missing = false);
  return { phone, end, asked: () => between.seen.slice(before) };
}

test("a page whose part cannot be had says so, and comes when it can be had", async () => {
  const { phone, end, asked } = await phoneWithoutParts(() => PORTAL);
  await phone.page.getByRole("link", { name: "记一条" }).waitFor();
  const pages = asked().filter(({ path }) => /^\/assets\/split_(more|desk)_?.*\.wasm$/.test(path));
  assert.deepEqual(pages, [], "the first screen asked for a page that nobody has opened");

  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await phone.page.getByRole("heading", { name: "这一页还没下到手机里" }).waitFor();
  end();
  await phone.page.getByRole("button", { name: "再试一次" }).click();
  await phone.page.getByRole("heading", { name: "日志", level: 1 }).waitFor();
  phone.forgive(/Failed to execute 'compile'|Incorrect response MIME type|bad HTTP response code/);
});

test("what is written before the part that talks with the server can be had waits, and goes up once it can", async () => {
  const { phone, end } = await phoneWithoutParts(() => PORTAL);
  await write(phone, { what: "没人在家", where: /^5-2/, text: "门口的奶还在" });
  await savedOnDevice(phone);
  await phone.page.getByRole("link", { name: /还有 1 条没传上去/ }).waitFor();
  end();
  await phone.page.getByRole("link", { name: /还有 1 条没传上去/ }).waitFor({ state: "detached" });
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, "门口的奶还在").getByText("已上传", { exact: true }).waitFor();
  phone.forgive(/Failed to execute 'compile'|Incorrect response MIME type|bad HTTP response code/);
});

test("a page whose part is on its way for too long says so, and is asked for anew", async () => {
  const { between } = world.community;
  const { phone } = await phoneWithoutParts(() => null);
  // A network that takes the request and never answers, also not when it works again.
  between.rules.hold = (request) => isPart(pathOf(request));
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await phone.page.getByRole("heading", { name: "正在打开" }).waitFor();
  await phone.page.getByRole("heading", { name: "这一页还没下到手机里" }).waitFor();
  between.rules.hold = null;
  await phone.page.getByRole("button", { name: "再试一次" }).click();
  await phone.page.getByRole("heading", { name: "日志", level: 1 }).waitFor({ timeout: 5_000 });
  phone.forgive(/AbortError|bad HTTP response code/);
});

test("a page whose part went with a version that is no more opens when it is loaded anew", async () => {
  const { phone, end } = await phoneWithoutParts(() => ({ status: 404, headers: {}, body: "" }));
  await phone.page.getByRole("link", { name: "设置" }).click();
  await phone.page.getByRole("heading", { name: "这一页还没下到手机里" }).waitFor();
  await phone.page.getByRole("button", { name: "再试一次" }).click();
  await phone.page.getByRole("heading", { name: "这一页还没下到手机里" }).waitFor();
  // The page that is loaded anew names the parts that there are.
  end();
  await phone.page.getByRole("link", { name: "重新打开" }).click();
  await phone.page.getByRole("heading", { name: "设置", level: 1 }).waitFor();
  phone.forgive(/404|bad HTTP response code|status code is not ok/);
});
