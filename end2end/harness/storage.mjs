// All that a browser keeps for the app, read raw and without the app's help, as somebody would who takes the device apart.
import { createHash } from "node:crypto";

/**
 * `{ stores, small, cached }`: each object store's rows as `{ key, value }`, bytes as `{ bytes: base64 }`; the small
 * storages; what the service worker keeps, as `{ address, body }` with the body in base64.
 */
export async function readOut(page) {
  return page.evaluate(readAll);
}

/** Everything in one text, bytes as well, to look for words in. */
export function asText({ stores, small, cached }) {
  const whole = (bytes) => Buffer.from(bytes, "base64").toString("utf8");
  const areBytes = (value) => typeof value?.bytes === "string" && Object.keys(value).length === 1;
  const rows = JSON.stringify(stores, (_, value) => (areBytes(value) ? whole(value.bytes) : value));
  return [rows, JSON.stringify(small), ...cached.flatMap(({ address, body }) => [address, whole(body)])].join("\n");
}

/** The hash by which bytes of the dump are named. */
export const hashOf = ({ bytes }) => createHash("sha256").update(Buffer.from(bytes, "base64")).digest("hex");

async function readAll() {
  const base64 = async (blob) => {
    const reader = new FileReader();
    const read = new Promise((done) => (reader.onload = done));
    reader.readAsDataURL(blob);
    await read;
    return reader.result.slice(reader.result.indexOf(",") + 1);
  };
  const plain = async (value) => {
    if (value instanceof Blob) return { bytes: await base64(value) };
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return { bytes: await base64(new Blob([value])) };
    if (Array.isArray(value)) return Promise.all(value.map(plain));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, one]) => [name, await plain(one)])));
  };
  const answer = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const stores = {};
  for (const { name: base } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(base));
    for (const name of database.objectStoreNames) {
      const store = database.transaction(name).objectStore(name);
      const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
      stores[name] = await plain(keys.map((key, index) => ({ key, value: values[index] })));
    }
    database.close();
  }
  const cached = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const response = await cache.match(request);
      cached.push({ address: new URL(request.url).pathname, body: await base64(await response.blob()) });
    }
  }
  return { stores, small: { local: { ...localStorage }, session: { ...sessionStorage } }, cached };
}
