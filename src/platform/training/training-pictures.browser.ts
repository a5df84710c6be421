// The pictures of a run in a page: files that the user selected, or files in the browser's storage.

import { compareCodePoints, uprightSize } from "../../formats/pictures/picture-file.ts";
import type { Image } from "../../picture/image.ts";
import type { Size } from "../../picture/preprocess.ts";
import type { PictureSource, Side } from "../../train/batches/dataset.ts";
import { decodeImage } from "../pictures/images.browser.ts";

/** A file that is opened when it is needed, and its name in messages. */
export interface PictureFile {
  readonly name: string;
  open(): Promise<File>;
}

/** Most headers fit into this; the rest of a large picture need not be read. */
const beginningBytes = 65536;

export class PictureFiles implements PictureSource {
  private readonly files: Readonly<Record<Side, readonly PictureFile[]>>;

  /**
   * @param maximum the most pictures to take per side, the first by name, in the same order as in
   * Node
   */
  constructor(files: Readonly<Record<Side, readonly PictureFile[]>>, maximum = Infinity) {
    const sorted = (side: Side) => [...files[side]].sort((a, b) => compareCodePoints(a.name, b.name)).slice(0, maximum);
    this.files = { A: sorted("A"), B: sorted("B") };
  }

  count(side: Side): number {
    return this.files[side].length;
  }

  name(side: Side, index: number): string {
    return this.files[side][index].name;
  }

  async size(side: Side, index: number): Promise<Size> {
    const file = await this.files[side][index].open();
    const beginning = new Uint8Array(await file.slice(0, beginningBytes).arrayBuffer());
    return uprightSize(beginning) ?? (await decodeImage(file));
  }

  async load(side: Side, index: number, onWarning: (sentence: string) => void): Promise<Image> {
    return decodeImage(await this.files[side][index].open(), { onWarning });
  }
}
