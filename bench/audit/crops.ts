// Writes a tar of many small pictures, each different from all others: crops of pixel art, most of
// them in other colours, some enlarged. Each has a caption beside it, as in a webdataset.

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import sharp from "sharp";
import { pack } from "tar-stream";
import { countDistinct } from "../../src/distinct.ts";
import { pixelsOf, type Image } from "../../src/picture/image.ts";
import { crop } from "../../src/picture/preprocess.ts";
import { enlarge } from "../../src/pixelart/grid/cells/geometry.ts";
import { encodePng } from "../../src/platform/pictures/images.node.ts";
import { Random } from "../../src/random.ts";
import { decoded } from "../degradations.ts";
import { picturesIn } from "../pictures.ts";

/** Cells along a side. */
const side = 32;
/** Crops with fewer colours are flat, and are drawn again. */
const fewestColours = 3;
/** One of this many crops is enlarged twofold. */
const enlargedEvery = 8;

/** The same bytes in every run. */
export async function writeCrops(folder: string, count: number, path: string): Promise<void> {
  const arts = await Promise.all((await picturesIn(folder, ["png"])).map((name) => decoded(sharp(name).removeAlpha())));
  const large = arts.filter(({ width, height }) => Math.min(width, height) >= side);
  const random = new Random(1);
  const seen = new Set<string>();
  const tar = pack();
  const written = pipeline(tar, createWriteStream(`${path}.part`));
  while (seen.size < count) {
    const art = large[random.below(large.length)];
    const [left, top] = [random.below(art.width - side + 1), random.below(art.height - side + 1)];
    const picture = recoloured(crop(art, left, top, side, side), random);
    if (countDistinct(pixelsOf(picture)) < fewestColours) continue;
    const hash = createHash("sha256").update(picture.data).digest("base64");
    if (seen.has(hash)) continue;
    const key = String(seen.size).padStart(6, "0");
    seen.add(hash);
    const factor = seen.size % enlargedEvery === 0 ? 2 : 1;
    const png = await encodePng(enlarge(picture, factor, factor * side, factor * side));
    const entry = { mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) };
    tar.entry({ ...entry, name: `${key}.png` }, Buffer.from(png));
    tar.entry({ ...entry, name: `${key}.txt` }, `picture ${key}`);
  }
  tar.finalize();
  await written;
  await rename(`${path}.part`, path);
}

/** Each channel of the result is one of the picture's, as it is or inverted. */
function recoloured(picture: Image, random: Random): Image {
  const from = [0, 1, 2].sort(() => random.uniform() - 0.5);
  const inverts = from.map(() => random.below(3) === 0);
  const data = Uint8ClampedArray.from(picture.data, (alpha, i) => {
    const channel = i % 4;
    if (channel === 3) return alpha;
    const level = picture.data[i - channel + from[channel]];
    return inverts[channel] ? 255 - level : level;
  });
  return { ...picture, data };
}
