// The folders of a dataset, for Node: DATAROOT/trainA and DATAROOT/trainB, with all below them, in the reference's order.

import { open, readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Image } from "../data/image.ts";
import { compareCodePoints, isPictureName, pictureExtensions } from "../data/picture-file.ts";
import type { Size } from "../data/preprocess.ts";
import { UserError } from "../errors.ts";
import { systemReason } from "./files.node.ts";
import { decodeImage, probeImage } from "./images.node.ts";

/** The two sides of a dataset, each a sorted list; what src/train/dataset.ts asks of a `PictureSource`. */
export class PictureFolders {
  private constructor(private readonly names: Readonly<Record<"A" | "B", readonly string[]>>) {}

  /**
   * Lists both folders. @param phase the first part of their names: `train` for `trainA` and `trainB`
   * @param maximum takes no more pictures than this of either, the first of the sorted list
   * @throws UserError that shows what is expected where a folder is missing or has no picture in it
   */
  static async open(dataroot: string, phase = "train", maximum = Infinity): Promise<PictureFolders> {
    await requireLayout(dataroot, phase);
    const list = (side: "A" | "B") => listPictures(join(dataroot, phase + side), maximum);
    return new PictureFolders({ A: await list("A"), B: await list("B") });
  }

  count(side: "A" | "B"): number {
    return this.names[side].length;
  }

  /** The path, begun as `dataroot` was given. */
  name(side: "A" | "B", index: number): string {
    return this.names[side][index];
  }

  /** @throws UserError with the path in front */
  async size(side: "A" | "B", index: number): Promise<Size> {
    const path = this.name(side, index);
    return (await sizeFromBeginning(path)) ?? patiently(() => probeImage(path));
  }

  /** @throws UserError with the path in front */
  load(side: "A" | "B", index: number): Promise<Image> {
    return patiently(() => decodeImage(this.name(side, index)));
  }
}

async function requireLayout(dataroot: string, phase: string): Promise<void> {
  const [a, b] = [join(dataroot, `${phase}A`), join(dataroot, `${phase}B`)];
  const layout = `Pictures of the one kind belong in ${a}, those of the other in ${b}`;
  const there = await readdir(dataroot).catch((error: unknown) => {
    throw new UserError(`--dataroot ${dataroot}: ${systemReason(error)}. ${layout}.`);
  });
  for (const folder of [a, b]) {
    const status = await stat(folder).catch((error: unknown) => {
      throw new UserError(`${folder}: ${systemReason(error)}. ${layout}; in ${dataroot} there is ${shown(there)}.`);
    });
    if (!status.isDirectory()) throw new UserError(`${folder} is a file, not a folder. ${layout}.`);
  }
}

/**
 * The paths of all pictures below a folder, sorted by the code points of the whole path as Python sorts them, `/` between the parts. As in
 * the reference links to files count and links to folders do not; unlike there, names with a leading dot are left out.
 * @param maximum takes no more than this, the first of the sorted list
 * @throws UserError that shows what is there where no picture is
 */
export async function listPictures(folder: string, maximum = Infinity): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new UserError(`${folder}: ${systemReason(error)}.`);
  });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const below = relative(folder, path).split(sep);
    if (below.some((part) => part.startsWith(".")) || !isPictureName(entry.name)) continue;
    // A link that leads nowhere is listed, so that it is told by name when it cannot be read.
    const isFile = entry.isSymbolicLink()
      ? await stat(path).then(
          (target) => target.isFile(),
          () => true,
        )
      : entry.isFile();
    if (isFile) found.push(below.join("/"));
  }
  if (found.length === 0) {
    const there = entries.filter(({ parentPath }) => relative(folder, parentPath) === "").map(({ name }) => name);
    throw new UserError(
      `${folder}: there is no picture in it, only ${shown(there)}; pictures end in ${pictureExtensions.join(", ")}.`,
    );
  }
  return found
    .sort(compareCodePoints)
    .slice(0, maximum)
    .map((below) => join(folder, ...below.split("/")));
}

/** Up to eight names. */
function shown(names: readonly string[]): string {
  if (names.length === 0) return "nothing at all";
  const first = [...names].sort(compareCodePoints).slice(0, 8).join(", ");
  return names.length > 8 ? `${first} and ${names.length - 8} more` : first;
}

/** Most headers are within this; the rest of a large picture need not be read. */
const beginningBytes = 65536;

/** undefined where the whole file is needed: some kinds keep their header at the end, and some files are bad. */
async function sizeFromBeginning(path: string): Promise<Size | undefined> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(beginningBytes), 0, beginningBytes, 0);
      return await probeImage(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** What a disk, a network share or a crowded machine may answer, and not answer a moment later. */
const passing = new Set(["EMFILE", "ENFILE", "EAGAIN", "EBUSY", "EIO", "ESTALE", "ETIMEDOUT", "ECONNRESET", "ENOMEM"]);

/** Tries again after each of `waits`, in milliseconds, when the trouble may pass: a picture must not be given up for a hiccup. */
export async function patiently<T>(read: () => Promise<T>, waits: readonly number[] = [100, 1000, 5000]): Promise<T> {
  for (const wait of waits) {
    try {
      return await read();
    } catch (error) {
      if (!passing.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
      await setTimeout(wait);
    }
  }
  return read();
}
