// The service worker: lets the app start without signal, and lets the person decide when a new version takes over.
//
// It keeps the program, never what people wrote: no answer of the API, no server-rendered page, nothing personal.
// It answers same-origin GET only. Uploads do not pass through it: browsers have sent them out empty from here.

// `cargo xtask site` replaces this line: the version, names the shell page must contain, and the files with their SHA-256.
const BUILD = { version: "unbuilt", shellNames: [], precache: [] };

const CACHE_PREFIX = "watchlog-";
const CACHE = CACHE_PREFIX + BUILD.version;
const SHELL = "/offline-shell";
// Below these the app itself draws the page, from what the phone holds. Residents' pages are not among them.
const APP_PAGES = ["/", "/write", "/log", "/sync", "/phone", "/settings", "/check-up", "/review"];
const APP_FOLDERS = ["/log/", "/door/", "/review/"];
const SIGN_IN = "/sign-in";
const CONTENT_TYPES = { js: "text/javascript", wasm: "application/wasm", css: "text/css", svg: "image/svg+xml" };

self.addEventListener("install", (event) => {
  // The very first version has nobody to ask. Every later one waits until the person says so.
  if (!self.registration.active) self.skipWaiting();
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("message", (event) => {
  const type = event.data?.type;
  if (type === "activate") self.skipWaiting();
  if (type === "version") {
    const reply = { type: "version", version: BUILD.version };
    (event.ports[0] ?? event.source)?.postMessage(reply);
  }
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // Where nothing is answered here, the browser goes to the network as if there were no service worker:
  // the API, live events, health checks, this file itself, and every page that only the server can make.
  if (request.method !== "GET" || url.origin !== self.location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") {
    if (isAppPage(url.pathname)) event.respondWith(shellFirst(request));
    else if (url.pathname === SIGN_IN) event.respondWith(networkFirst(request));
  } else if (url.pathname.startsWith("/assets/")) {
    event.respondWith(assetFirst(request));
  }
});

function isAppPage(path) {
  return APP_PAGES.includes(path) || APP_FOLDERS.some((folder) => path.startsWith(folder));
}

// All or nothing: if one file is missing, cut short or not what the build made, the installation fails
// and the version that runs now keeps running.
async function install() {
  try {
    const cache = await caches.open(CACHE);
    await Promise.all([keepShell(cache), ...BUILD.precache.map((file) => keepFile(cache, file))]);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function keepFile(cache, file) {
  // First from the HTTP cache, which the page has just filled; past it, if that holds what a captive portal answered.
  const response = (await fetchFile(file, "default").catch(() => null)) ?? (await fetchFile(file, "reload"));
  // The response as it came, not a new one: browsers keep compiled code beside it.
  await cache.put(file.url, response);
}

async function fetchFile({ url, sha256 }, cache) {
  const response = await fetchPlain(url, cache);
  const expected = CONTENT_TYPES[url.split(".").pop()];
  if (expected && contentType(response) !== expected) {
    throw new Error(`${url} came as ${contentType(response)}`);
  }
  const digest = await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer());
  const actual = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (actual !== sha256) throw new Error(`${url} is not what the build made`);
  return response;
}

async function keepShell(cache) {
  const response = await fetchPlain(SHELL, "no-store");
  const page = await response.clone().text();
  // The page has no SHA-256, because the server renders it. It must be ours, and of this version.
  const ours = contentType(response) === "text/html" && page.includes("data-shell");
  if (!ours || !BUILD.shellNames.every((name) => page.includes(name))) {
    throw new Error(`${SHELL} is not the shell of version ${BUILD.version}`);
  }
  await cache.put(SHELL, response);
}

async function fetchPlain(url, cache) {
  // Without cookies: what is kept must be the same for everybody who uses this phone.
  const response = await fetch(url, { cache, credentials: "omit" });
  // A redirected answer cannot serve a navigation, and is not the file that was asked for.
  if (response.status !== 200 || response.redirected) throw new Error(`${url} answered ${response.status}`);
  return response;
}

function contentType(response) {
  return (response.headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
}

// Old versions go only now: until this moment an open page of the old version still finds its files.
async function activate() {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
  await self.clients.claim();
}

// At once and without asking the network: with one bar of signal, asking takes longer than starting.
async function shellFirst(request) {
  return (await keptShell()) ?? fetch(request);
}

// Signing in needs the server; without one, the app says so and shows what waits on the phone.
async function networkFirst(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const shell = await keptShell();
    if (shell) return shell;
    throw error;
  }
}

async function keptShell() {
  return (await caches.open(CACHE)).match(SHELL, { ignoreVary: true });
}

// The name carries the content, so a kept file is right whichever version kept it.
async function assetFirst(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
