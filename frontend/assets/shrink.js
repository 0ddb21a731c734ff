// Makes a photo small before it is kept: the longest side at most 1600 pixels, a JPEG of at most 300 kB, upright, and nothing
// in it but the picture (no position, no name of the camera), because it is drawn anew.
//
// Runs in a worker. Where browsers cannot draw there (no OffscreenCanvas), the page loads this same file and calls
// `shrinkPhoto` itself.

const LONGEST = 1600;
const SHORTEST = 200;
const MOST_BYTES = 300_000;
const QUALITIES = [0.82, 0.7, 0.55, 0.4];
const IN_PAGE = typeof document !== "undefined";

/** The bytes of the small photo, as an ArrayBuffer. Fails for what is no picture that this browser can read. */
async function shrinkPhoto(file) {
  const picture = await decoded(file);
  for (let longest = LONGEST; longest >= SHORTEST; longest = Math.round(longest * 0.75)) {
    const canvas = drawn(picture, longest);
    for (const quality of QUALITIES) {
      const small = await encoded(canvas, quality);
      if (small.size <= MOST_BYTES) return small.arrayBuffer();
    }
  }
  throw new Error("no picture of this size fits");
}

// Browsers turn the picture as the camera was held.
async function decoded(file) {
  if (!IN_PAGE) return createImageBitmap(file);
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return image;
}

function drawn(picture, longest) {
  const [width, height] = [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height];
  const scale = Math.min(1, longest / Math.max(width, height));
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = IN_PAGE ? Object.assign(document.createElement("canvas"), { width: across, height: down }) : new OffscreenCanvas(across, down);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  // What is transparent would be black in a JPEG.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, across, down);
  context.drawImage(picture, 0, 0, across, down);
  return canvas;
}

function encoded(canvas, quality) {
  if (!IN_PAGE) return canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("not drawn"))), "image/jpeg", quality);
  });
}

if (!IN_PAGE) {
  self.onmessage = async ({ data }) => {
    try {
      const bytes = await shrinkPhoto(data);
      self.postMessage(bytes, [bytes]);
    } catch (error) {
      self.postMessage(String(error));
    }
  };
}
