// A server that is older or newer than the phone: what it does not know waits and says so, and what the phone does not
// know is kept beside all that it knows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { line, savedOnDevice, signInWatcher, write, writeAndUpload } from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";
import {
  acts, commandsOf, demoPeople, idOf, keyOf, newId, newKey, readPull, readPush, sha256, signInDemo, writePull, writePush,
} from "./harness/wire.mjs";

const world = useWorld();
const PUSH = "/api/sync/push";
const PULL = "/api/sync/pull";

/** The watcher of a stairwell, on the phone and on the wire. */
async function watcherAt(stairwell) {
  const phone = await world.phone();
  await signInWatcher(phone, stairwell);
  const { url } = world.community;
  const { card } = (await demoPeople(url)).find((one) => one.place === stairwell);
  return { phone, myself: await signInDemo(url, (one) => one.id === card.id) };
}

/** From now on a push reaches no server: this becomes of each command. Counts what was asked. */
function answerPushes({ me: { server } }, outcome) {
  const asked = { count: 0 };
  world.community.between.rules.answerTo = {
    [PUSH]: (body) => {
      asked.count++;
      const reply = (bytes) => ({ id: idOf(bytes), sha256: sha256(bytes), outcome: outcome(bytes) });
      return writePush({ server, replies: commandsOf(body).map(reply) });
    },
  };
  return asked;
}

test("what an older server does not know waits, says so, and goes up when the server is renewed", async () => {
  const { phone, myself } = await watcherAt("八经街46号院·3单元");
  const { page } = phone;
  const { rules } = world.community.between;
  const text = "新版本才有的一种记法";
  const asked = answerPushes(myself, (bytes) => (bytes.includes(text) ? "unknown_act" : "later"));
  await write(phone, { what: "没人在家", where: /^5-2/, text });
  const sheet = page.getByRole("dialog", { name: "记下了" });
  await sheet.getByText("服务器还没更新，更新后自动传。").waitFor();
  await sheet.getByText("已存本机 ✓").waitFor();
  await savedOnDevice(phone);
  await page.getByRole("link", { name: /还有 1 条没传上去/ }).click();
  await page.getByText("已存本机，服务器还没更新，更新后自动传").waitFor();
  await page.getByText(text).waitFor();

  // The same server again: it is not asked once more, and reading goes on.
  const before = asked.count;
  const read = page.waitForResponse(`**${PULL}`);
  await page.goto("/log");
  await (await read).finished();
  await line(phone, text).getByText("已存本机，服务器还没更新").waitFor();
  assert.equal(asked.count, before, "the server was asked again");

  const renewed = (server) => ({ ...server, version: "0.2.0" });
  rules.answerTo = null;
  rules.rewrite = {
    [PUSH]: (body) => ((page) => writePush({ ...page, server: renewed(page.server) }))(readPush(body)),
    [PULL]: (body) => ((page) => writePull({ ...page, server: renewed(page.server) }))(readPull(body)),
  };
  // The phone hears of the version at its first talk, and offers the entry at the next: half a minute later, or when the
  // app is opened again.
  const met = page.waitForResponse(`**${PULL}`);
  await page.reload();
  await (await met).finished();
  await line(phone, text).getByText("服务器还没更新").waitFor({ state: "hidden" });
  await page.reload();
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();
  const sent = (await myself.pullAll()).filter(({ record }) => record.content?.problem === text);
  assert.equal(sent.length, 1);
});

test("an outcome that the phone does not know is asked about again, and a reason is shown in the server's words", async () => {
  const { phone, myself } = await watcherAt("八经街46号院·2单元");
  const { page } = phone;
  const says = "这一条要两个人一起签字，请和楼长商量。";
  let outcome = { sealed: { by: [1, 2] } };
  const asked = answerPushes(myself, () => outcome);
  const text = "要两个人签字的一条";
  await write(phone, { what: "没人在家", where: /^5-2/, text });
  await savedOnDevice(phone);
  await page.getByText(/还有 1 条没传上去|正在试着传 1 条/).first().waitFor();
  const before = asked.count;
  outcome = { rejected: { reason: { code: "needs_two", field: "signature", says } } };
  await page.goto("/sync");
  await page.getByText(says).waitFor();
  assert.ok(asked.count > before);
  await page.getByText(text).first().waitFor();

  world.community.between.rules.answerTo = null;
  await page.getByRole("button", { name: "再传一次" }).click();
  await page.getByText(says).waitFor({ state: "hidden" });
  await page.goto("/log");
  await line(phone, text).getByText("已上传", { exact: true }).waitFor();
});

test("a page with a kind, a role, a category and a step that are new is taken in, and all that is known is shown", async () => {
  const { phone, myself } = await watcherAt("八经街32号院·2单元");
  const { page } = phone;
  const told = await myself.pullAll();
  const me = told.find(({ key }) => key === keyOf(myself.community, "person", myself.id)).record;
  const texts = ["新类别的一条", "多了一步的一条", "整条看不懂的一条", "平常的一条"];
  const made = texts.map(() => newKey(myself.community, "entry"));
  const change = {
    [texts[0]]: (record) => ({ ...record, content: { ...record.content, category: "99", mood: "晴" } }),
    [texts[1]]: (record) => ({
      ...record, steps: [...record.steps, { ...record.steps[0], id: newId(), did: { sung: { song: "茉莉花" } } }],
    }),
    [texts[2]]: () => ({ verses: 7 }),
  };
  world.community.between.rules.rewrite = {
    [PULL]: (body) => {
      const told = readPull(body);
      const position = told.cursors[0].position;
      const newer = ({ record, ...envelope }) => ({ ...envelope, record: change[record.content?.problem]?.(record) ?? record });
      const warden = { ...me, memberships: [...me.memberships, { ...me.memberships[0], role: "fire_warden" }] };
      const more = [
        { key: newKey(myself.community, "whistle"), position, record: { loud: true } },
        { key: keyOf(myself.community, "person", myself.id), position, record: warden },
      ];
      return writePull({ ...told, tide: ["high"], records: [...told.records.map(newer), ...more] });
    },
  };
  const { replies } = await myself.push(
    texts.map((problem, index) => myself.command([made[index], myself.post], acts.writeEntry({ problem }))),
  );
  assert.ok(replies.every(({ outcome }) => outcome.accepted));

  await page.goto("/log");
  for (const text of [texts[0], texts[1], texts[3]]) await line(phone, text).waitFor();
  await page.getByText("还有 1 条：这部分要新版本才看得懂。").waitFor();
  await line(phone, texts[0]).click();
  await page.getByRole("main").getByText("这部分要新版本才看得懂").first().waitFor();
  await page.goto("/log");
  await line(phone, texts[1]).click();
  await page.getByRole("heading", { name: "经过" }).waitFor();
  await page.getByRole("main").getByText("这部分要新版本才看得懂").first().waitFor();
  await page.goto(`/log/${made[2].split("/")[2]}`);
  await page.getByText("更新到新版本就能看。没有丢，存在这里。").waitFor();
  await page.goto("/settings");
  await page.getByText("（新版本的岗位）").waitFor();
  await page.getByText("邻里守望员").waitFor();

  // It is all kept: without signal, after another start; and writing goes on.
  await phone.loseSignal();
  await page.goto("/log");
  for (const text of [texts[0], texts[1], texts[3]]) await line(phone, text).waitFor();
  await page.getByText("还有 1 条：这部分要新版本才看得懂。").waitFor();
  await phone.findSignal();
  await page.goto("/");
  await writeAndUpload(phone, { what: "没人在家", where: /^5-2/, text: "照样记一条" });
});
