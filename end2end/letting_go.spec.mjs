// A device that somebody takes apart: after sign-out, after the end of the session, and at the first start after long
// silence it holds nothing but places with doors, numbers to dial, one's own card, drafts and outbox, and writing goes on
// where it may.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SAY, filled, goToForm, problem, save } from "./harness/form.mjs";
import { line, openTab, savedOnDevice, signInSocialWorker, signInWatcher, signOut, write } from "./harness/people.mjs";
import { photo } from "./harness/photos.mjs";
import { useWorld } from "./harness/spec.mjs";
import { asText, hashOf, readOut } from "./harness/storage.mjs";
import { acts, ask, kindOf, signInDemo } from "./harness/wire.mjs";

const world = useWorld();
const DAY = 24 * 3600_000;

/** No photo is like another one: the server names them by what they are. */
let seed = 0;
const UPLOADED = "传上去了的：三楼声控灯不亮";
const COMMENT = "点评一句：写得清清楚楚";
const UNSENT = "地下室里没信号，先记下这一条";
const UNFINISHED = "写到一半：纸箱堵着";

/** The program and its storage: whatever else is found was added since, and has to be thought about here. */
const STORES = ["blob_times", "blobs", "device", "drafts", "marks", "outbox", "people", "records", "sent"];
const MARKS = [
  "blobs_left", "clock_offset", "cursors", "epoch", "first_sync_done", "last_contact", "server_version", "still_awaited",
];
const OF_THE_DEVICE = ["id", "life", "sign_out_owed", "signed_in"];

/** The words of a record that are nobody's but those whom it concerns. */
function wordsOf({ key, record }) {
  switch (kindOf(key)) {
    case "resident":
      return [record.id, record.name, record.note, ...(record.phones ?? []).map((phone) => phone.number)];
    case "person":
      return [record.id, record.name, record.agency];
    case "entry":
      return [record.number, record.content.problem, record.content.measures, record.content.feedback];
    default:
      return [];
  }
}

/** A watcher's phone with an entry that is uploaded, photo and all, and has a comment; then, without signal, one with a
 * photo that is not, and an unfinished text. `others`: all that the server tells of other people, and what it has of one's
 * own. */
async function usedPhone(stairwell) {
  seed += 2;
  const phone = await world.phone();
  const { page } = phone;
  const { url } = world.community;
  await signInWatcher(phone, stairwell);
  const program = (await readOut(page)).cached;
  await filled(page, UPLOADED, [await photo(page, { width: 400, height: 300, seed })]);
  await save(page);
  await savedOnDevice(phone);
  await page.getByText("都已上传").waitFor();

  const me = JSON.parse((await readOut(page)).stores.people[0].value.split("\n")[0]);
  const myself = await signInDemo(url, (card) => card.id === me.person);
  const told = await myself.pullAll();
  const entry = told.find(({ record }) => record.content?.problem === UPLOADED);
  const committee = await signInDemo(url, (card) => card.memberships.some((post) => post.role === "party_committee"));
  const { replies } = await committee.push([committee.command([entry.key], acts.comment(entry.record.steps[0].id, COMMENT))]);
  assert.ok(replies[0].outcome.accepted, JSON.stringify(replies));
  await page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, UPLOADED).click();
  await page.getByText(COMMENT).waitFor();

  await phone.loseSignal();
  await filled(page, UNSENT, [await photo(page, { width: 300, height: 400, seed: seed + 1 })]);
  await save(page);
  await savedOnDevice(phone);
  await goToForm(page, SAY);
  await problem(page).fill(UNFINISHED);
  await page.goto("/");
  await page.getByRole("link", { name: /^5-2/ }).first().waitFor();

  const words = told.filter(({ key }) => !key.endsWith(me.person)).flatMap(wordsOf);
  const others = [...new Set([...words, COMMENT])].filter((word) => word && word !== me.name);
  const before = await readOut(page);
  const text = asText(before);
  assert.ok(others.length > 200, "the demo has people");
  for (const word of others) assert.ok(text.includes(word), `${word} was never on the phone`);
  assert.equal(before.stores.blobs.length, 2);
  return { phone, me, others, program };
}

/** Holds what a phone has to what may stay on it. */
async function holdsNothingElse({ phone, me, others, program }, unsent = [UNSENT]) {
  const dump = await readOut(phone.page);
  const { stores, small, cached } = dump;
  assert.deepEqual(Object.keys(stores).sort(), STORES);
  const isMine = ([whose]) => assert.equal(whose, me.person);

  // Places with their doors, numbers to dial, one's own card.
  for (const { key } of stores.records) {
    isMine(key);
    const [, kind, id] = key[1].split("/");
    assert.ok(["community", "place"].includes(kind) || (kind === "person" && id === me.person), `${key[1]} is still here`);
  }
  const kinds = new Set(stores.records.map(({ key }) => kindOf(key[1])));
  assert.ok(kinds.has("community") && kinds.has("place"), "writing cannot go on");
  assert.deepEqual(stores.people.map(({ key }) => key), [me.person]);
  for (const { key } of stores.device) assert.ok(OF_THE_DEVICE.includes(key), `${key} is kept of the device`);

  // Outbox and drafts, with the photo that is not uploaded.
  assert.deepEqual(stores.sent, []);
  for (const { value } of stores.outbox) assert.ok(!value.state.includes("acknowledged"), value.bytes);
  const written = stores.outbox.map(({ value }) => value.bytes).filter((bytes) => bytes.includes("write_entry"));
  assert.deepEqual(written.map((bytes) => unsent.findIndex((text) => bytes.includes(text))), unsent.map((_, index) => index));
  assert.equal(stores.drafts.length, 1);
  isMine(stores.drafts[0].key);
  assert.ok(JSON.stringify(stores.drafts[0]).includes(UNFINISHED));
  assert.equal(stores.blobs.length, 1);
  const [{ key, value }] = stores.blobs;
  assert.equal(hashOf(value), key[1]);
  assert.ok(written[0].includes(key[1]), "it is the photo that nobody else has");
  assert.deepEqual(stores.blob_times.map((one) => one.key), [key]);

  // How far it came, and nothing of what it read there.
  assert.deepEqual(stores.marks.map((one) => one.key), [me.person]);
  const marks = JSON.parse(stores.marks[0].value);
  for (const name of Object.keys(marks)) assert.ok(MARKS.includes(name), `${name} is kept of the marks`);
  assert.deepEqual(marks.cursors, []);

  // What the service worker keeps is the program, byte for byte as before anybody had written a word.
  assert.deepEqual(cached, program);
  assert.deepEqual([Object.keys(small.local), small.session], [["watchlog-device"], {}]);
  const text = asText({ ...dump, cached: [] });
  for (const word of [...others, UPLOADED]) assert.ok(!text.includes(word), `${word} is still on the phone`);
}

test("a phone that is read out after sign-out holds nothing but what may stay, and its writer sends it later", async () => {
  const used = await usedPhone("八经街46号院·3单元");
  const { phone } = used;
  const before = (await world.community.sentBlobs()).length;
  await signOut(phone);
  await holdsNothingElse(used);
  // With signal again the session is ended, and nothing comes back.
  const isEnd = (response) => response.url().endsWith("/api/session/sign-out");
  const ended = phone.context.waitForEvent("response", isEnd);
  await phone.findSignal();
  await openTab(phone, "/sign-in");
  await phone.page.getByRole("heading", { name: "演示社区" }).waitFor();
  await (await ended).finished();
  await holdsNothingElse(used);

  await signInWatcher(phone, "八经街46号院·3单元");
  await phone.page.getByText("都已上传").waitFor();
  assert.equal((await world.community.sentBlobs()).length, before + 1, "the photo came");
  await phone.page.getByRole("link", { name: "日志", exact: true }).click();
  await line(phone, UNSENT).getByText("1 张照片", { exact: true }).waitFor();
  await phone.page.goto("/write");
  await phone.page.getByRole("region", { name: "没写完的" }).getByText(UNFINISHED).waitFor();
});

test("a phone whose session was ended on the server holds nothing but what may stay, and writing goes on", async () => {
  const used = await usedPhone("八经街46号院·2单元");
  const { phone } = used;
  const { page } = phone;
  const before = (await world.community.sentBlobs()).length;
  const cookie = (await phone.context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const { status } = await ask(world.community.url, "POST", "/api/session/sign-out", { body: "{}", cookie });
  assert.equal(status, 200);
  await phone.findSignal();
  await page.getByRole("link", { name: /还有 1 条没传上去，再登录一次就接着传/ }).waitFor();
  await holdsNothingElse(used);

  const text = "登录过期以后记的一条";
  await write(phone, { what: "没人在家", where: /^5-2/, text });
  await savedOnDevice(phone);
  await holdsNothingElse(used, [UNSENT, text]);
  await signInWatcher(phone, "八经街46号院·2单元");
  await page.getByText("都已上传").waitFor();
  assert.equal((await world.community.sentBlobs()).length, before + 1, "the photo came");
  await page.getByRole("link", { name: "日志", exact: true }).click();
  for (const one of [UNSENT, text, UPLOADED]) await line(phone, one).getByText("已上传", { exact: true }).waitFor();
});

test("a phone that was silent for 31 days shows and holds nothing but what may stay, and writing goes on", async () => {
  const used = await usedPhone("八经街32号院·2单元");
  const { phone, others } = used;
  const { page } = phone;
  await phone.context.addInitScript((words) => {
    window.drawn = [];
    const look = () => {
      const text = document.documentElement?.textContent ?? "";
      window.drawn.push(...words.filter((word) => text.includes(word)));
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  }, [...others, UPLOADED]);
  const start = async () => {
    await page.goto("/log");
    await line(phone, UNSENT).waitFor();
    return page.evaluate(() => [...new Set(window.drawn)]);
  };
  // A day before it is all still here: a watcher without signal needs it.
  await page.clock.setSystemTime(Date.now() + 29 * DAY);
  assert.ok((await start()).includes(UPLOADED), "it went too early, or nobody looked");
  assert.ok(asText(await readOut(page)).includes(UPLOADED));

  await page.clock.setSystemTime(Date.now() + 31 * DAY);
  assert.deepEqual(await start(), [], "it was drawn before it went");
  await holdsNothingElse(used);
  const text = "一个月没信号也照样记";
  await page.goto("/");
  await write(phone, { what: "没人在家", where: /^5-2/, text });
  await savedOnDevice(phone);
  await page.getByRole("link", { name: "日志", exact: true }).click();
  for (const one of [UNSENT, text]) await line(phone, one).getByText("已存本机").waitFor();
  assert.equal(await line(phone, UPLOADED).count(), 0);
  await holdsNothingElse(used, [UNSENT, text]);
});

test("a desk that was silent for eight days holds neither entries nor people", async () => {
  const tablet = await world.tablet();
  const { page } = tablet;
  await signInSocialWorker(tablet);
  await page.getByRole("main").getByRole("link").filter({ has: page.locator("time") }).first().waitFor();
  const kinds = async () => [...new Set((await readOut(page)).stores.records.map(({ key }) => kindOf(key[1])))].sort();
  await tablet.loseSignal();
  await page.clock.setSystemTime(Date.now() + 6 * DAY);
  await page.reload();
  await page.getByText(/新的 \d+|新的，都看过了/).waitFor();
  assert.deepEqual(await kinds(), ["community", "entry", "person", "place", "resident"]);
  await page.clock.setSystemTime(Date.now() + 8 * DAY);
  await page.reload();
  await page.getByRole("heading", { name: "正在取日志" }).waitFor();
  assert.deepEqual(await kinds(), ["community", "person", "place"]);
  assert.equal((await readOut(page)).stores.records.filter(({ key }) => kindOf(key[1]) === "person").length, 1);
});
