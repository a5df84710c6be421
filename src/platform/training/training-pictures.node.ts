// The folders of a dataset in Node: DATAROOT/trainA and DATAROOT/trainB, including their
// subfolders, in the reference's order.

import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { leftOutSentences, type UnreadPicture } from "../../formats/pictures/picture-choice.ts";
import { compareCodePoints, pictureExtensions } from "../../formats/pictures/picture-file.ts";
import { nameOption } from "../../option-names.ts";
import type { Image } from "../../picture/image.ts";
import type { Size } from "../../picture/preprocess.ts";
import { systemReason } from "../files/files.node.ts";
import { decodeImage, probeImage } from "../pictures/images.node.ts";
import { picturesBelow } from "../pictures/picture-folder.node.ts";

/**
 * The two sides of a dataset, each a sorted list: a `PictureSource` for
 * src/train/batches/dataset.ts.
 */
export class PictureFolders {
  private constructor(private readonly lists: Readonly<Record<"A" | "B", PictureList>>) {}

  /**
   * Lists both folders.
   *
   * @param phase the first part of their names: `train` for `trainA` and `trainB`
   * @param maximum the most pictures to take from each, the first of the sorted list
   * @throws UserError that shows the expected layout if a folder is missing or has no picture
   */
  static async open(dataroot: string, phase = "train", maximum = Infinity): Promise<PictureFolders> {
    await requireLayout(dataroot, phase);
    const list = (side: "A" | "B") => listPictures(join(dataroot, phase + side), maximum);
    return new PictureFolders({ A: await list("A"), B: await list("B") });
  }

  /** The pictures of unsupported kinds on both sides, one sentence per kind. */
  get leftOut(): string[] {
    const { A, B } = this.lists;
    return leftOutSentences([...A.unread, ...B.unread]);
  }

  count(side: "A" | "B"): number {
    return this.lists[side].paths.length;
  }

  /** The path, relative or absolute like `dataroot`. */
  name(side: "A" | "B", index: number): string {
    return this.lists[side].paths[index];
  }

  /** @throws UserError prefixed with the path */
  async size(side: "A" | "B", index: number): Promise<Size> {
    const path = this.name(side, index);
    return (await sizeFromBeginning(path)) ?? patiently(() => probeImage(path));
  }

  /** @throws UserError prefixed with the path */
  load(side: "A" | "B", index: number, onWarning?: (sentence: string) => void): Promise<Image> {
    return patiently(() => decodeImage(this.name(side, index), { onWarning }));
  }
}

async function requireLayout(dataroot: string, phase: string): Promise<void> {
  const [a, b] = [join(dataroot, `${phase}A`), join(dataroot, `${phase}B`)];
  const layout = `Pictures of one kind belong in ${a}, those of the other in ${b}`;
  const there = await readdir(dataroot).catch((error: unknown) => {
    throw new UserError(`${nameOption("dataroot", dataroot)}: ${systemReason(error)}. ${layout}.`);
  });
  for (const folder of [a, b]) {
    const status = await stat(folder).catch((error: unknown) => {
      throw new UserError(`${folder}: ${systemReason(error)}. ${layout}; ${dataroot} contains ${shown(there)}.`);
    });
    if (!status.isDirectory()) throw new UserError(`${folder} is a file, not a folder. ${layout}.`);
  }
}

/** The pictures of one folder, sorted, and those that were left out. */
export interface PictureList {
  readonly paths: readonly string[];
  readonly unread: readonly UnreadPicture[];
}

/**
 * The paths of all pictures below a folder, sorted by the code points of the whole path as in
 * Python, with `/` between the parts. Unlike in the reference, links to folders are followed, and
 * names with a leading dot are skipped.
 *
 * @param maximum the most pictures to take, the first of the sorted list
 * @throws UserError that lists what is there if there is no picture
 */
export async function listPictures(folder: string, maximum = Infinity): Promise<PictureList> {
  const { pictures, unread } = await picturesBelow(folder);
  if (pictures.length === 0) {
    const there = await readdir(folder);
    const only =
      unread.length > 0 ? leftOutSentences(unread).join(" ") : `pictures end in ${pictureExtensions.join(", ")}.`;
    throw new UserError(`${folder} contains no readable picture, only ${shown(there)}; ${only}`);
  }
  const sorted = pictures.map(({ below }) => below).sort(compareCodePoints);
  return { paths: sorted.slice(0, maximum).map((below) => join(folder, ...below.split("/"))), unread };
}

/** Up to eight names. */
function shown(names: readonly string[]): string {
  if (names.length === 0) return "nothing at all";
  const first = [...names].sort(compareCodePoints).slice(0, 8).join(", ");
  return names.length > 8 ? `${first} and ${names.length - 8} more` : first;
}

/** Most headers fit into this; the rest of a large picture need not be read. */
const beginningBytes = 65536;

/**
 * undefined if the whole file is needed: some kinds keep their header at the end, and some files
 * are damaged.
 */
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

/** Transient errors of a disk, a network share or a crowded machine. */
const passing = new Set(["EMFILE", "ENFILE", "EAGAIN", "EBUSY", "EIO", "ESTALE", "ETIMEDOUT", "ECONNRESET", "ENOMEM"]);

/**
 * Retries after each of `waits`, in milliseconds, if the error may be transient, so that no picture
 * is given up for a hiccup.
 */
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
