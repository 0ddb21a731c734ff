// Photos as cameras make them: large, turned, and with the place in them.

/** A JPEG of this size: a scene of soft colours with grain, so that it is about as hard to compress as a photo. With
 * `camera`, as it comes from a phone that was held upright: turned by EXIF, with a position and the camera's name. */
export async function photo(page, { width = 3000, height = 2000, seed = 1, grain = 24, camera = false } = {}) {
  const base64 = await page.evaluate(draw, { width, height, seed, grain });
  const plain = Buffer.from(base64, "base64");
  return camera ? Buffer.concat([plain.subarray(0, 2), exif(), plain.subarray(2)]) : plain;
}

/** What Playwright puts into a file field. */
export function file(name, buffer, mimeType = "image/jpeg") {
  return { name, mimeType, buffer };
}

/** From now on the phone makes no photo small before the returned function is called. */
export async function slowCapture(page) {
  await page.evaluate(() => {
    const { postMessage } = Worker.prototype;
    const held = [];
    Worker.prototype.postMessage = function (...all) {
      held.push(() => postMessage.apply(this, all));
    };
    window.captureGoesOn = () => {
      Worker.prototype.postMessage = postMessage;
      held.forEach((one) => one());
    };
  });
  return () => page.evaluate(() => window.captureGoesOn());
}

async function draw({ width, height, seed, grain }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  const sky = context.createLinearGradient(0, 0, width, height);
  sky.addColorStop(0, `hsl(${(seed * 47) % 360} 40% 70%)`);
  sky.addColorStop(1, `hsl(${(seed * 47 + 120) % 360} 50% 40%)`);
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  let state = seed * 7919 + 1;
  const chance = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let blot = 0; blot < 60; blot++) {
    context.fillStyle = `hsl(${chance() * 360} 60% ${30 + chance() * 50}%)`;
    context.fillRect(chance() * width, chance() * height, (chance() * width) / 6, (chance() * height) / 6);
  }
  const picture = context.getImageData(0, 0, width, height);
  for (let at = 0; at < picture.data.length; at += 4) {
    const noise = (chance() - 0.5) * 2 * grain;
    for (let part = 0; part < 3; part++) picture.data[at + part] += noise;
  }
  context.putImageData(picture, 0, 0);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** An APP1 segment: turned by 90°, made by "WATCHCAM", at 41° 48′ north. */
function exif() {
  const tiff = Buffer.alloc(8 + 2 + 3 * 12 + 4 + 10 + 2 + 2 * 12 + 4 + 24);
  tiff.write("MM\0*", 0, "latin1");
  tiff.writeUInt32BE(8, 4);
  let at = 10;
  const field = (tag, type, count, value) => {
    tiff.writeUInt16BE(tag, at);
    tiff.writeUInt16BE(type, at + 2);
    tiff.writeUInt32BE(count, at + 4);
    if (type === 3) tiff.writeUInt16BE(value, at + 8);
    else if (typeof value === "string") tiff.write(value, at + 8, "latin1");
    else tiff.writeUInt32BE(value, at + 8);
    at += 12;
  };
  const [maker, gps] = [10 + 36 + 4, 10 + 36 + 4 + 10];
  const degrees = gps + 2 + 24 + 4;
  tiff.writeUInt16BE(3, 8);
  field(0x010f, 2, 9, maker);
  field(0x0112, 3, 1, 6);
  field(0x8825, 4, 1, gps);
  tiff.write("WATCHCAM\0", maker, "latin1");
  tiff.writeUInt16BE(2, gps);
  at = gps + 2;
  field(0x0001, 2, 2, "N\0");
  field(0x0002, 5, 3, degrees);
  for (const [index, [number, of]] of [[41, 1], [48, 1], [0, 1]].entries()) {
    tiff.writeUInt32BE(number, degrees + index * 8);
    tiff.writeUInt32BE(of, degrees + index * 8 + 4);
  }
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xffe1, 0);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}
