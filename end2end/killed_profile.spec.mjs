// The browser is killed in the moment after 已存本机 ✓, again and again: what was said to be kept is kept, whole and once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDemoPerson, line, readyForOffline, write } from "./harness/people.mjs";
import { newProfile, startOn } from "./harness/profile.mjs";
import { useWorld } from "./harness/spec.mjs";

const world = useWorld();
const TIMES = 50;

test(`a browser that is killed ${TIMES} times right after 已存本机 ✓ keeps every entry, whole and once`, async () => {
  const { url, between } = world.community;
  const { profile, remove } = await newProfile();
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
    await remove();
  }
});
