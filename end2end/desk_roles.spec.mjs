// Whoever reads the log also writes, and is asked: nobody ends where they can do nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  line, openTab, savedOnDevice, signIn, signInSocialWorker, signInWatcher, write, writeAndUpload,
} from "./harness/people.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();

const opened = (page) => page.getByRole("region", { name: "打开的这一条" });

/** Reads everything in the community, and writes nothing. */
async function signInCommittee(tablet) {
  await signIn(tablet, "社区党委", "和平新村");
  await tablet.page.getByText(/新的 \d+|新的，都看过了/).waitFor();
}

/** A grid worker's entry about a door of the grid, through the form. */
async function writeAsGridWorker(tablet, text) {
  const page = await openTab(tablet, "/write?template=light_out");
  await page.getByLabel("先选单元，再点门牌").selectOption({ index: 1 });
  await page.getByRole("link", { name: /^\d+-\d+/ }).first().click();
  await page.getByLabel(/^问题/).fill(text);
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await savedOnDevice(tablet);
}

async function sendBack({ page }, question) {
  await opened(page).getByRole("button", { name: /退回补充/ }).click();
  const sheet = page.getByRole("dialog", { name: "退回补充" });
  await sheet.getByRole("button", { name: /^反馈/ }).click();
  await sheet.getByLabel(/要补充什么/).fill(question);
  await sheet.getByRole("button", { name: "退回去问" }).click();
  await sheet.waitFor({ state: "hidden" });
}

test("a grid worker who is asked is told so at the desk, answers, and can change what they wrote", async () => {
  const [worker, committee] = [await world.tablet(), await world.tablet()];
  await signInSocialWorker(worker, "专职网格员");
  await writeAsGridWorker(worker, "网格员写的，有人会问");
  await worker.page.goto("/review");
  await line(worker, "网格员写的，有人会问").click();
  const { page } = worker;
  await opened(page).getByRole("link", { name: "改一改、撤回" }).waitFor();

  await signInCommittee(committee);
  await line(committee, "网格员写的，有人会问").click();
  await sendBack(committee, "后来几点亮的？");

  await page.getByRole("link", { name: /待补充\s*1\s*条问到您/ }).waitFor();
  await opened(page).getByText("等您补充").waitFor();
  await opened(page).getByRole("link", { name: "回答" }).click();
  await page.getByLabel("您的回答").fill("晚上七点亮的");
  await page.getByRole("button", { name: "保存回答" }).click();
  await page.getByText("晚上七点亮的").first().waitFor();
  await page.getByRole("link", { name: "返回" }).click();
  await opened(page).getByText("晚上七点亮的").first().waitFor();
  await page.getByRole("link", { name: /问到您/ }).waitFor({ state: "detached" });
  await opened(committee.page).getByText("晚上七点亮的").first().waitFor();
});

test("a question is shown to whoever is to answer it, and to nobody else", async () => {
  const [phone, tablet, reader] = [await world.phone(), await world.tablet(), await world.tablet()];
  await signInWatcher(phone);
  await writeAndUpload(phone, { what: "一切平安", where: /^5-2/, text: "守望员写的，有人会问" });
  await signInSocialWorker(tablet);
  await line(tablet, "守望员写的，有人会问").click();
  await sendBack(tablet, "紧急联系人是谁？");
  await phone.page.getByRole("heading", { name: /待补充/ }).waitFor();

  await signInCommittee(reader);
  const page = await openTab(reader, "/log");
  await line(reader, "守望员写的，有人会问").getByText("待补充").waitFor();
  assert.equal(await page.getByText("紧急联系人是谁？").count(), 0, "asked of somebody who cannot answer");
  await page.getByRole("link", { name: "待补充", exact: true }).click();
  await page.getByRole("heading", { name: "没有要补充的" }).waitFor();
});

test("the log of whoever has several stairwells says which one", async () => {
  const tablet = await world.tablet();
  await signInCommittee(tablet);
  await openTab(tablet, "/log");
  await tablet.page.getByRole("listitem").filter({ hasText: /号院·\d单元 / }).first().waitFor();
});
