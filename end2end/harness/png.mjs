// Pictures of screens have few colours: as PNG with a palette they are half as big.
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/** The same picture with the 256 colours that occur most; every other one becomes the nearest of them. */
export async function withPalette(page, png) {
  const { width, height, palette, rows } = await page.evaluate(countColours, png.toString("base64"));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const data = deflateSync(Buffer.from(rows, "base64"), { level: 9 });
  const chunks = [chunk("IHDR", header), chunk("PLTE", Buffer.from(palette)), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, ...chunks]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** In the browser, which can read pictures. Each row begins with its filter: none. */
async function countColours(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height);
  const colour = (pixel) => (data[4 * pixel] << 16) | (data[4 * pixel + 1] << 8) | data[4 * pixel + 2];
  const counts = new Map();
  for (let pixel = 0; pixel < width * height; pixel++) counts.set(colour(pixel), (counts.get(colour(pixel)) ?? 0) + 1);
  const kept = [...counts].sort((one, other) => other[1] - one[1]).slice(0, 256).map(([colour]) => colour);
  const parts = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];
  const distance = (one, other) => parts(one).reduce((sum, part, index) => sum + (part - parts(other)[index]) ** 2, 0);
  const nearest = (one) => kept.reduce((best, other, index) => (distance(one, other) < distance(one, kept[best]) ? index : best), 0);
  const places = new Map([...counts.keys()].map((one) => [one, nearest(one)]));
  let rows = "";
  for (let pixel = 0; pixel < width * height; pixel++) {
    rows += (pixel % width ? "" : "\0") + String.fromCharCode(places.get(colour(pixel)));
  }
  return { width, height, palette: kept.flatMap(parts), rows: btoa(rows) };
}
