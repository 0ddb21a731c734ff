// The harness speaks the product's wire: it has every act that a person can do, and the server understands each.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { startCommunity } from "./harness/community.mjs";
import { acts, change, idOf, keyOf, newId, newKey, signInDemo } from "./harness/wire.mjs";

/** Only of the system: a push that carries one is refused. */
const OF_THE_SYSTEM = [
  "make_community", "take_blob", "set_aside_entry", "erase_entry", "set_aside_resident", "erase_resident",
];
const DOMAIN = new URL("../app/domain/src/", import.meta.url);

let community;
before(async () => (community = await startCommunity()));
after(() => community?.stop());

const nameOf = (act) => Object.keys(act)[0];
const done = new Set();

/** Pushes commands, `[about, act]` each, all of which must be taken; returns their ids. */
async function does(someone, ...commands) {
  const all = commands.map(([about, act]) => someone.command(about, act));
  const { status, replies } = await someone.push(all);
  assert.equal(status, 200);
  assert.equal(replies.length, all.length);
  for (const [index, { outcome }] of replies.entries()) {
    const name = nameOf(commands[index][1]);
    assert.ok(outcome.accepted, `${name}: ${JSON.stringify(outcome)}`);
    done.add(name);
  }
  return all.map(idOf);
}

const holds = (role) => (card) => card.memberships.some((post) => post.role === role);

/** Somebody of the demo who holds such a post. */
const signIn = (role) => signInDemo(community.url, holds(role));

/** What the server tells somebody of a record. */
async function toldOf(someone, key) {
  someone.cursors = [];
  return (await someone.pullAll()).find((one) => one.key === key)?.record;
}

test("whoever keeps the organisation changes it by commands", async () => {
  const committee = await signIn("party_committee");
  const root = keyOf(committee.community, "community", committee.community);
  const at = (kind) => newKey(committee.community, kind);
  const [grid, other, yard, stairwell, person] = [at("place"), at("place"), at("place"), at("place"), at("person")];
  const floors = [[{ label: "2-1" }, { label: "2-2" }], [{ label: "1-1" }]];
  const now = Date.now();
  await does(
    committee,
    [[root], acts.changeCommunity(change("number", undefined, "02400000009 供热"))],
    [[grid, root], acts.makePlace("grid", "试网格")],
    [[other, root], acts.makePlace("grid", "另一网格")],
    [[yard, grid], acts.makePlace("yard", "试验路1号院")],
    [[stairwell, yard], acts.makePlace("stairwell", "9单元", { floors, water_valve: "一楼楼梯下", power_switch: "单元门内" })],
    [[stairwell], acts.changePlace([change("water_valve", "一楼楼梯下", "地下室")], [
      { add: { label: "3-1", beside: { above: "2-1" } } },
      { rename: { from: "1-1", to: "1-3" } },
      { set_vacant: { label: "2-1", vacant: true } },
      { set_closed: { label: "2-2", closed: true } },
    ])],
    [[yard, other], acts.movePlace()],
    [[grid], acts.closePlace()],
    [[person], acts.addPerson("赵小雨", "律动公益")],
    [[person], acts.changePerson(change("name", "赵小雨", "赵晓雨"))],
    [[person, other], acts.givePost("social_worker", now)],
    [[person, other], acts.endPost("social_worker", now + 60_000)],
    [[person, stairwell], acts.givePost("watcher", now, now + 86_400_000)],
    [[person], acts.endPosts(now + 1_000)],
  );
  const place = await toldOf(committee, stairwell);
  assert.equal(place.water_valve, "地下室");
  assert.deepEqual(place.floors.map((floor) => floor.map((door) => door.label)), [["3-1"], ["2-1", "2-2"], ["1-3"]]);
  assert.equal((await toldOf(committee, yard)).parent, other.split("/")[2]);
  assert.equal((await toldOf(committee, person)).name, "赵晓雨");
});

test("a watcher keeps residents, and what they have seen", async () => {
  const watcher = await signIn("watcher");
  const resident = newKey(watcher.community, "resident");
  const seen = keyOf(watcher.community, "seen", watcher.id);
  const { floors } = await toldOf(watcher, watcher.post);
  const about = [resident, watcher.post];
  const phones = [{ number: "13800005678", whose: "女儿" }];
  await does(
    watcher,
    [about, acts.addResident({
      name: "田桂兰", door: floors[0][0].label, birth_year: 1941, care: ["living_alone"], phones, note: "耳背，敲门重些",
    })],
    [about, acts.changeResident(change("care", undefined, "aged"), change("phone", "13800005678 女儿", "13900001234 儿子"))],
    [about, acts.moveResidentAway()],
    [about, acts.bringResidentBack()],
    [[seen], acts.see(1, [{ record: newId(), version: newId(), position: 9_999 }])],
  );
  const told = await toldOf(watcher, resident);
  assert.deepEqual([told.phones, told.moved_away], [[{ number: "13900001234", whose: "儿子" }], undefined]);
  const sight = { record: newId(), version: newId(), position: 1 };
  await does(watcher, [[seen], acts.see(undefined, [], [sight])]);
  assert.deepEqual((await toldOf(watcher, seen)).unseen, [sight]);
});

test("an entry is written, changed, reviewed, asked about, answered and taken back", async () => {
  const committee = await signIn("party_committee");
  const watcher = await signIn("watcher");
  const entry = newKey(watcher.community, "entry");
  const about = [entry, watcher.post];
  const [written] = await does(watcher, [about, acts.writeEntry({ problem: "灯不亮" })]);
  const [version] = await does(watcher, [about, acts.amendEntry(written, change("problem", "灯不亮", "三楼灯不亮"))]);
  const [, , question] = await does(
    committee,
    [[entry], acts.markRead(version)],
    [[entry], acts.comment(version, "写得清楚")],
    [[entry], acts.sendBack(version, "feedback", "物业怎么说？")],
  );
  await does(watcher, [[entry], acts.answer(question, "物业明天来换")]);
  const taken = newKey(watcher.community, "entry");
  await does(watcher, [[taken, watcher.post], acts.writeEntry({ problem: "记错了" })], [[taken], acts.withdrawEntry()]);
});

test("every act that a person can do is here, and the server takes each", async () => {
  const modules = (await readdir(DOMAIN, { withFileTypes: true })).filter((one) => one.isDirectory());
  const named = new Set();
  for (const { name } of modules) {
    for (const file of await readdir(new URL(`${name}/`, DOMAIN))) {
      if (!file.endsWith(".rs")) continue;
      const source = await readFile(new URL(`${name}/${file}`, DOMAIN), "utf8");
      for (const [, act] of source.matchAll(/(?:\bact\(|\bActOf \{ name: )"(\w+)"/g)) named.add(act);
    }
  }
  for (const act of OF_THE_SYSTEM) assert.ok(named.delete(act), `${act} is no act`);
  const sorted = (names) => [...names].sort();
  assert.deepEqual(sorted(Object.values(acts).map((act) => nameOf(act()))), sorted(named));
  assert.deepEqual(sorted(done), sorted(named), "not each was pushed here");
});

test("what the server does not understand it says", async () => {
  const watcher = await signIn("watcher");
  // A record each: what one device did to one record waits for what it did there before.
  const entry = () => newKey(watcher.community, "entry");
  const { replies } = await watcher.push([
    watcher.command([entry(), watcher.post], { sing_entry: { song: "茉莉花" } }),
    watcher.command([entry(), watcher.post], { write_entry: { form: "床前明月光" } }),
    watcher.command([entry()], { take_blob: { sha256: "0".repeat(64) } }),
  ]);
  const said = replies.map(({ outcome }) => outcome.rejected?.reason.code ?? outcome);
  assert.deepEqual(said, ["unknown_act", "malformed", "no_right"]);
});
