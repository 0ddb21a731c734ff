// A browser of its own on a profile, as a process that can be killed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { FLAGS } from "./devices.mjs";

const SECOND = 1000;

/** An empty profile; `remove()` takes it away. */
export async function newProfile() {
  const profile = await mkdtemp(path.join(tmpdir(), "watchlog-profile-"));
  return { profile, remove: () => rm(profile, { recursive: true, force: true }) };
}

/** A browser on a profile, with one page, and how to kill it. */
export async function startOn(profile) {
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
