// The product's wire, in plain Node: the bytes of every act, sign-in, push, pull, search and live. Whoever measures or
// attacks from outside imports it; it changes in the same commit as the wire.
//
//   const someone = await signInDemo(url, (card) => card.memberships.some((post) => post.role === "watcher"));
//   const key = newKey(someone.community, "entry");
//   await someone.push([command(someone, [key, someone.post], acts.writeEntry({ problem: "灯不亮" }))]);
//   const page = await someone.pull();
import http from "node:http";
import { createHash, randomUUID } from "node:crypto";

/** The protocol that is spoken here. */
export const PROTOCOL = 2;

const agents = new Map();
const agentFor = (base) => {
  if (!agents.has(base)) agents.set(base, new http.Agent({ keepAlive: true, maxSockets: 64 }));
  return agents.get(base);
};

/** One request: `{ status, headers, text }`. */
export function ask(base, method, path, { body, cookie, type = "application/json" } = {}) {
  const url = new URL(path, base);
  const data = body === undefined ? undefined : Buffer.from(body);
  const headers = { origin: url.origin };
  if (data) Object.assign(headers, { "content-type": type, "content-length": data.length });
  if (cookie) headers.cookie = cookie;
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, agent: agentFor(url.origin), headers }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() });
      });
    });
    request.on("error", reject);
    request.end(data);
  });
}

/** A UUIDv7 of this moment, with the chance of a UUIDv4, which Node draws ahead: whoever measures makes thousands. */
export function newId(at = Date.now()) {
  const time = at.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** The key of a record: `community/kind/id`. */
export const keyOf = (community, kind, id) => `${community}/${kind}/${id}`;
/** What kind of record a key names. */
export const kindOf = (key) => key.split("/")[1];
/** The key of a new record. */
export const newKey = (community, kind) => keyOf(community, kind, newId());

/** The bytes of a command: head and act, a line each. `actor` is a person's id. */
export function commandBytes({ id = newId(), actor, device, written = Date.now(), offset = 0, about }, act) {
  const head = { id, actor: { person: actor }, device, written, offset, about };
  return `${JSON.stringify(head)}\n${JSON.stringify(act)}`;
}

/** The hash by which the server names bytes. */
export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The id of a command, from its bytes. */
export const idOf = (bytes) => JSON.parse(bytes.slice(0, bytes.indexOf("\n"))).id;

const plain = { category: "04", spot: "stairwell", problem: "", urgency: "3" };

/** Every act that a person can do, as the second line of a command. What it is about stands in the head. */
export const acts = {
  /** about: entry, place */
  writeEntry: (form) => ({ write_entry: { form: { ...plain, ...form } } }),
  /** about: entry, place; `seen` is the version that was on the screen */
  amendEntry: (seen, ...changes) => ({ amend_entry: { seen, changes } }),
  /** about: entry; so the next four */
  withdrawEntry: () => ({ withdraw_entry: {} }),
  markRead: (version) => ({ mark_read: { version } }),
  comment: (version, text) => ({ comment: { version, text } }),
  sendBack: (version, part, question) => ({ send_back: { version, part, question } }),
  answer: (question, text) => ({ answer: { question, text } }),

  /** about: community */
  changeCommunity: (...changes) => ({ change_community: { changes } }),
  /** about: place, and the place or community that it stands in; `more`: `floors`, `water_valve`, `power_switch` */
  makePlace: (kind, name, more = {}) => ({ make_place: { kind, name, ...more } }),
  /** about: place; `doors`: `{ add: { label, beside } }`, `{ rename: { from, to } }`, `{ set_vacant: { label, vacant } }` */
  changePlace: (changes, doors = []) => ({ change_place: { changes, doors } }),
  /** about: place, and the place or community that it goes to */
  movePlace: () => ({ move_place: {} }),
  /** about: place */
  closePlace: () => ({ close_place: {} }),
  /** about: person */
  addPerson: (name, agency) => ({ add_person: { name, agency } }),
  changePerson: (...changes) => ({ change_person: { changes } }),
  /** about: person, and the place or community of the post; times in milliseconds */
  givePost: (role, from, until) => ({ give_post: { role, from, until } }),
  endPost: (role, until) => ({ end_post: { role, until } }),
  /** about: person */
  endPosts: (until) => ({ end_posts: { until } }),

  /** about: resident, and the stairwell; so the next three. `form`: `name`, `door`, `birth_year`, `care`, `phones`, `note` */
  addResident: (form) => ({ add_resident: { form } }),
  changeResident: (...changes) => ({ change_resident: { changes } }),
  moveResidentAway: () => ({ move_resident_away: {} }),
  bringResidentBack: () => ({ bring_resident_back: {} }),

  /** about: the actor's own record of kind `seen`, whose id is the person's; a sight is `{ record, version, position }` */
  see: (upTo, seen = [], unseen = []) => ({ see: { up_to: upTo, seen, unseen } }),
};

/** One field of a change: what was seen, and what it is to be. */
export const change = (field, from, to) => ({ field, from, to });

/** The body of a push. */
export function pushBody(device, commands, sentAt = Date.now()) {
  const lengths = commands.map((bytes) => Buffer.byteLength(bytes));
  const head = { protocol: PROTOCOL, device, sent_at: sentAt, lengths };
  return `${[JSON.stringify(head), ...commands].join("\n")}\n`;
}

/** The commands in the body of a push. */
export function commandsOf(body) {
  const bytes = Buffer.from(body);
  let at = bytes.indexOf("\n") + 1;
  return JSON.parse(bytes.subarray(0, at)).lengths.map((length) => {
    const command = bytes.subarray(at, at + length).toString();
    at += length + 1;
    return command;
  });
}

/** The answer to a push: `{ server, replies }`. */
export function readPush(text) {
  const [head, ...replies] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  return { server: head.server, replies };
}

/** The same as a body. */
export const writePush = ({ server, replies }) => [{ server }, ...replies].map((line) => `${JSON.stringify(line)}\n`).join("");

/** The answer to a pull: `{ server, cursors, start_over, more, records: [{ key, position, record }] }`. */
export function readPull(text) {
  const [head, ...lines] = text.split("\n");
  const records = [];
  for (let line = 0; line + 1 < lines.length; line += 2) {
    records.push({ ...JSON.parse(lines[line]), record: JSON.parse(lines[line + 1]) });
  }
  return { ...JSON.parse(head), records };
}

/** The same as a body. */
export function writePull({ records, ...head }) {
  const lines = records.flatMap(({ record, ...envelope }) => [envelope, record]);
  return [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Who is signed in: `{ server, person, name, cards }`, one card for each community. */
export function readMe(text) {
  const [head, ...lines] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  const cards = lines.filter((_, line) => line % 2 === 1);
  return { ...head, person: head.server.person, cards };
}

/** Everybody whom the demo's sign-in page offers. */
export async function demoPeople(base) {
  return JSON.parse((await ask(base, "POST", "/api/session/demo-people", { body: "{}" })).text);
}

/** Signs in the first demo person whose card pleases `wanted`, or the one at `index` among those. */
export async function signInDemo(base, wanted, index = 0) {
  const cards = (await demoPeople(base)).map((one) => one.card).filter(wanted);
  if (!cards[index]) throw new Error("the demo has no such person");
  return signedIn(base, "/api/session/sign-in-demo", `person=${cards[index].id}`);
}

/** Signs in with login and password. */
export function signIn(base, name, password) {
  const fields = new URLSearchParams({ name, password });
  return signedIn(base, "/api/session/sign-in", fields.toString());
}

async function signedIn(base, path, body) {
  const answer = await ask(base, "POST", path, { body, type: "application/x-www-form-urlencoded" });
  const cookie = (answer.headers["set-cookie"] ?? []).map((one) => one.split(";")[0]).join("; ");
  if (!cookie) throw new Error(`not signed in: ${answer.status} ${answer.text.slice(0, 200)}`);
  const me = readMe((await ask(base, "POST", "/api/session/me", { body: "{}", cookie })).text);
  return new Someone(base, cookie, me);
}

/** A person with a session, on a device of their own. */
export class Someone {
  device = newId();
  cursors = [];

  constructor(base, cookie, me) {
    Object.assign(this, { base, cookie, me });
    const card = me.cards[0];
    this.id = me.person;
    this.community = card?.community;
    const post = card?.memberships[0];
    /** The key of the place of the first post. */
    this.post = post && keyOf(this.community, post.place === this.community ? "community" : "place", post.place);
  }

  /** The bytes of a command of this person. */
  command(about, act, head = {}) {
    return commandBytes({ actor: this.id, device: this.device, about, ...head }, act);
  }

  /** A new entry at the place of the first post: `{ key, bytes }`. */
  entry(form, head = {}) {
    const key = newKey(this.community, "entry");
    return { key, bytes: this.command([key, this.post], acts.writeEntry(form), head) };
  }

  /** `{ status, server, replies }`; without replies where the server did not take it. */
  async push(commands, sentAt) {
    const body = pushBody(this.device, commands, sentAt);
    const answer = await ask(this.base, "POST", "/api/sync/push", { body, cookie: this.cookie, type: "text/plain" });
    return answer.status === 200 ? { status: 200, ...readPush(answer.text) } : { status: answer.status, text: answer.text };
  }

  /** The next page of the feeds, from where this device stands. */
  async pull(limit = 500) {
    const body = JSON.stringify({ protocol: PROTOCOL, cursors: this.cursors, limit });
    const answer = await ask(this.base, "POST", "/api/sync/pull", { body, cookie: this.cookie, type: "text/plain" });
    if (answer.status !== 200) throw new Error(`pull: ${answer.status} ${answer.text.slice(0, 300)}`);
    const page = readPull(answer.text);
    this.cursors = page.cursors;
    return page;
  }

  /** All pages until there is no more. */
  async pullAll() {
    const records = [];
    for (;;) {
      const page = await this.pull();
      records.push(...page.records);
      if (!page.more) return records;
    }
  }

  /** Entries of the whole log that a filter wants. */
  async search(filter = {}, limit = 50, after = null) {
    const body = JSON.stringify({ request: { filter, after, limit } });
    const answer = await ask(this.base, "POST", "/api/log/search", { body, cookie: this.cookie });
    if (answer.status !== 200) throw new Error(`search: ${answer.status} ${answer.text.slice(0, 300)}`);
    return JSON.parse(answer.text);
  }

  /** Hears of news: calls `heard` with each event's data until `close()` of what it returns. */
  live(heard) {
    const headers = { cookie: this.cookie, accept: "text/event-stream" };
    const request = http.get(new URL("/api/live", this.base), { headers }, (answer) => {
      let text = "";
      answer.on("error", () => {});
      answer.on("data", (part) => {
        text += part;
        const events = text.split("\n\n");
        text = events.pop();
        for (const event of events) {
          const data = event.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim());
          if (data.length) heard(data.join("\n"));
        }
      });
    });
    request.on("error", () => {});
    return { close: () => request.destroy() };
  }
}

const SAMPLE = (i) =>
  `三楼声控灯不亮，王大娘摸黑上楼，第${i}次有人说起；已报物业，先放了手电，物业说明天来换。` +
  "楼道里还有一辆旧自行车挡着，劝了，说周末搬走。";

/** For load: `writers` watchers signed in at `base`. Each call throws unless all was accepted. */
export async function load(base, writers) {
  const isWatcher = (card) => card.memberships.some((post) => post.role === "watcher");
  const people = [];
  for (let index = 0; index < writers; index++) people.push(await signInDemo(base, isWatcher, index));
  const push = async (writer, first, count) => {
    const one = (_, k) => writer.entry({ problem: SAMPLE(first + k), urgency: "1" }).bytes;
    const answer = await writer.push(Array.from({ length: count }, one));
    const accepted = (answer.replies ?? []).filter((reply) => reply.outcome?.accepted).length;
    if (accepted !== count) throw new Error(JSON.stringify(answer).slice(0, 300));
  };
  return {
    one: (i, w) => push(people[w], i, 1),
    batch: (i, w, size) => push(people[w], i * size, size),
    async read(n) {
      const reader = new Someone(base, people[0].cookie, people[0].me);
      let got = 0;
      while (got < n) {
        const page = await reader.pull(500);
        got += page.records.length;
        if (!page.more) break;
      }
      return got;
    },
  };
}
