// The last step of the form: its words, its photos, 保存.
import { openTab } from "./people.mjs";
import { file } from "./photos.mjs";

export const SAY = "/write?template=nobody_home&door=5-2&step=say";
export const problem = (page) => page.getByLabel(/^问题/);
/** Waits until the field says just this: after a form was opened anew, or another tab has gone on. */
export const says = (page, text) => page.waitForFunction((text) => document.querySelector("#problem")?.value === text, text);
/** The same of whichever field. */
export const someFieldSays = (page, text) => page.waitForFunction(
  (text) => [...document.querySelectorAll("textarea")].some((field) => field.value === text), text,
);
export const added = (page) => page.getByRole("list", { name: "加上的照片" }).getByRole("img");
export const save = (page) => page.getByRole("button", { name: "保存", exact: true }).click();

/** Waits until the last step of a watcher's form knows whose it is: from then on every stroke is kept, every tap heard. */
const knowsWhose = (page) => page.locator("main").getByText(/院·\d单元/).first().waitFor();

/** Another tab with the last step of a form, ready for whatever is typed, and for whatever ends it. */
export async function openForm(device, path) {
  const page = await openTab(device, path);
  await knowsWhose(page);
  return page;
}

/** The same in this tab. */
export async function goToForm(page, path) {
  await page.goto(path);
  await knowsWhose(page);
}

/** Waits until another tab of the device lists this unfinished text: the device has it, whatever ends this page. */
export async function keptOnDevice(device, text) {
  const page = await device.context.newPage();
  await page.goto("/sync");
  await page.getByText(text).waitFor();
  await page.close();
}

/** A new entry with these words and photos, up to 保存. */
export async function filled(page, text, photos) {
  await goToForm(page, SAY);
  await problem(page).fill(text);
  await page.getByLabel("相册").setInputFiles(photos.map((bytes, index) => file(`${index}.jpg`, bytes)));
  await added(page).nth(photos.length - 1).waitFor();
}
