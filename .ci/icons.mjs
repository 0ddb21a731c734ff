// Draws the PNG icons from frontend/assets/icon.svg: `make icons`. Needed only when the drawing changes.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../end2end/package.json", import.meta.url))("playwright-core");
const assets = new URL("../frontend/assets/", import.meta.url);
const drawing = await readFile(new URL("icon.svg", assets), "utf8");
const paper = drawing.match(/<rect[^>]*fill="(#[0-9A-F]{6})"/)[1];

// A background fills the corners that the drawing rounds off, for systems that cut the shape themselves.
const icons = [
  { name: "icon-192.png", size: 192, background: "transparent" },
  { name: "icon-512.png", size: 512, background: "transparent" },
  { name: "icon-maskable-512.png", size: 512, background: paper },
  { name: "apple-touch-icon.png", size: 180, background: paper },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
for (const { name, size, background } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0; background: ${background} } svg { display: block }</style>${drawing}`);
  await page.screenshot({ path: new URL(name, assets).pathname, omitBackground: true });
  await page.close();
  console.log(`${name} ${size}×${size}`);
}
await browser.close();
