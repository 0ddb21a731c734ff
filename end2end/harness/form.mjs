// The last step of the form: its words, its photos, 保存.
import { file } from "./photos.mjs";

export const SAY = "/write?template=nobody_home&door=5-2&step=say";
export const problem = (page) => page.getByLabel(/^问题/);
export const added = (page) => page.getByRole("list", { name: "加上的照片" }).getByRole("img");
export const save = (page) => page.getByRole("button", { name: "保存", exact: true }).click();

/** A new entry with these words and photos, up to 保存. */
export async function filled(page, text, photos) {
  await page.goto(SAY);
  await problem(page).fill(text);
  await page.getByLabel("相册").setInputFiles(photos.map((bytes, index) => file(`${index}.jpg`, bytes)));
  await added(page).nth(photos.length - 1).waitFor();
}
