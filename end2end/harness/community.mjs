// A demo community of its own for each spec: the real binary, an empty folder, a free port.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { startBetween } from "./between.mjs";

const DATABASE = "watchlog.db";
const BINARY = process.env.WATCHLOG_BIN ?? new URL("../../target/debug/watchlog", import.meta.url).pathname;

/** Starts the server with the demo community. `url` is what phones know; it stays the same over `restart()`. */
export async function startCommunity() {
  const folder = await mkdtemp(path.join(tmpdir(), "watchlog-"));
  const between = await startBetween();
  let server = await startServer(folder, between.url).catch(async (error) => {
    await between.stop();
    throw error;
  });
  between.leadTo(server.url);
  return {
    url: between.url,
    between,
    /** The password of every demo person, as the server said it at its first start. */
    password: server.password,
    /** Ends the server at once, without any goodbye. */
    async kill() {
      await server.end("SIGKILL");
    },
    async restart() {
      server = await startServer(folder, between.url);
      between.leadTo(server.url);
    },
    /** The photos and voice notes that phones have sent, as the server keeps them. */
    async sentBlobs() {
      const sent = path.join(folder, "blobs", "sent");
      const names = await readdir(sent).catch(() => []);
      return Promise.all(names.map((name) => readFile(path.join(sent, name))));
    },
    /** One command of the binary, on this community's database, also while the server works. */
    run: (...words) => run(folder, ...words),
    /** `watchlog backup`, while the server works. */
    async backUp(name) {
      await run(folder, "backup", name);
    },
    /** Stops the server, takes its database away, puts a backup in its place, and starts it again. */
    async restore(name) {
      await server.end("SIGTERM");
      const files = (await readdir(folder)).filter((file) => file.startsWith(DATABASE));
      await Promise.all(files.map((file) => rm(path.join(folder, file))));
      await run(folder, "restore", name);
      await this.restart();
    },
    async stop() {
      await server.end("SIGTERM");
      await between.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function environment(folder) {
  return { PATH: process.env.PATH, WATCHLOG_DATABASE_URL: `sqlite:${path.join(folder, DATABASE)}`, WATCHLOG_BLOBS: path.join(folder, "blobs") };
}

/** One command of the binary, to its end. */
function run(folder, ...words) {
  return promisify(execFile)(BINARY, words, { cwd: folder, env: environment(folder) });
}

function startServer(folder, publicUrl) {
  const child = spawn(BINARY, ["serve", "--demo"], {
    cwd: folder,
    env: {
      ...environment(folder),
      WATCHLOG_ADDR: "127.0.0.1:0",
      WATCHLOG_PUBLIC_URL: publicUrl,
      WATCHLOG_LOG: process.env.WATCHLOG_LOG ?? "warn",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((done) => child.once("exit", done));
  let said = "";
  return new Promise((started, failed) => {
    const listen = (text) => {
      said += text;
      const address = said.match(/http:\/\/127\.0\.0\.1:\d+/g)?.find((url) => url !== publicUrl);
      const password = said.match(/password: (\S+)/)?.[1];
      if (address) started({ url: address, password, end: (signal) => (child.kill(signal), ended) });
    };
    child.stdout.setEncoding("utf8").on("data", listen);
    child.stderr.setEncoding("utf8").on("data", listen);
    child.once("error", failed);
    ended.then((code) => failed(new Error(`watchlog ended with ${code}:\n${said}`)));
  });
}
