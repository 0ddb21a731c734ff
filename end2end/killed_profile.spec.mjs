// The browser is killed in the moment after 已存本机 ✓, again and again: what was said to be kept is kept, whole and once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS } from "./harness/devices.mjs";
import { chooseDemoPerson, line, readyForOffline, write } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const TIMES = 50;
const SECOND = 1000;

/** A browser of its own on a profile, as a process that can be killed. */
async function startOn(profile) {
  await rm(path.join(profile, "DevToolsActivePort"), { force: true });
  const size = "--window-size=390,844";
  const flags = [...FLAGS, "--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`, size, "about:blank"];
  // A group of its own: all of its processes die together.
  const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", flags, { detached: true, stdio: "ignore" });
  const gone = once(child, "exit");
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await portOf(profile)}`);
  const [context] = browser.contexts();
  context.setDefaultTimeout(45 * SECOND);
  const page = await context.newPage();
  const kill = async () => {
    process.kill(-child.pid, "SIGKILL");
    await gone;
  };
  return { page, kill };
}

async function portOf(profile) {
  for (const deadline = Date.now() + 20 * SECOND; ; await new Promise((next) => setTimeout(next, 20))) {
    const port = await readFile(path.join(profile, "DevToolsActivePort"), "utf8").catch(() => "");
    if (port.includes("\n")) return port.split("\n")[0];
    assert.ok(Date.now() < deadline, "the browser did not start");
  }
}

test(`a browser that is killed ${TIMES} times right after 已存本机 ✓ keeps every entry, whole and once`, async () => {
  const { url, between } = world.community;
  const profile = await mkdtemp(path.join(tmpdir(), "watchlog-profile-"));
  const texts = Array.from({ length: TIMES }, (_, index) => `第 ${index + 1} 次关掉以前记的，字要一个不少`);
  let phone = await startOn(profile);
  try {
    await phone.page.goto(`${url}/sign-in`);
    await chooseDemoPerson(phone, "邻里守望员", "八经街46号院·3单元");
    await phone.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
    await readyForOffline(phone);
    // Nothing is uploaded until the end.
    between.cut();
    for (const text of texts) {
      await phone.page.goto(`${url}/`);
      await write(phone, { what: "没人在家", where: /^5-2/, text });
      await phone.page.getByRole("dialog", { name: "记下了" }).getByText("已存本机 ✓").waitFor();
      await phone.kill();
      phone = await startOn(profile);
    }
    await phone.page.goto(`${url}/log`);
    await line(phone, texts.at(-1)).waitFor();
    for (const text of texts) assert.equal(await line(phone, text).count(), 1, text);
    between.mend();
    // The browser writes its cookies down twice a minute: who is signed in is not what we promise to keep.
    await phone.page.goto(`${url}/sign-in`);
    await chooseDemoPerson(phone, "邻里守望员", "八经街46号院·3单元");
    await phone.page.waitForURL(`${url}/`);
    await phone.page.getByText("都已上传").waitFor();
    await phone.page.goto(`${url}/log`);
    for (const text of texts) await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  } finally {
    await phone.kill();
    await rm(profile, { recursive: true, force: true });
  }
});
