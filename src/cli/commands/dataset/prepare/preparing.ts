// Decides about each picture of the sources: it is dropped, with a reason, or becomes one or more
// training pictures.

import { verdicts } from "../../../../dataset/audit/row.ts";
import { paintedArt, squaresOf } from "../../../../dataset/prepare/art.ts";
import { sourceOf, type ManifestRow } from "../../../../dataset/prepare/manifest.ts";
import { opaquePhoto, photoScale, shrunkPhoto } from "../../../../dataset/prepare/photo.ts";
import { isChosen, whyDropped, whyLike, type Selection } from "../../../../dataset/prepare/selection.ts";
import { artTiles, photoTiles, type LeftOut } from "../../../../dataset/prepare/tiles.ts";
import type { PictureFacts } from "../../../../dataset/sources/facts.ts";
import type { SourcePicture } from "../../../../dataset/sources/source.ts";
import { countDistinct } from "../../../../distinct.ts";
import { UserError } from "../../../../errors.ts";
import { pixelsOf, type Image } from "../../../../picture/image.ts";
import { crop } from "../../../../picture/preprocess.ts";
import { decodeImage, encodePng } from "../../../../platform/pictures/images.node.ts";
import { SourceReader } from "../../../../platform/pictures/picture-sources.node.ts";
import { hashOf } from "../../../files/hash.ts";
import { withFlags } from "../../../options/flags.ts";
import type { Audit } from "./audit.ts";
import { cellsOf } from "./make.ts";
import type { PrepareOptions } from "./options.ts";
import type { Prepared, PreparedSet, Side } from "./prepared-set.ts";

export interface Item {
  readonly side: Side;
  readonly picture: SourcePicture;
  /** Its position on its side, from 0. */
  readonly place: number;
}

interface Loaded {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly about?: PictureFacts | undefined;
}

interface Photo {
  readonly picture: SourcePicture;
  readonly sha256: string;
}

/** The training pictures of a source, not painted yet, and the parts that are in none of them. */
interface Pieces {
  readonly pieces: readonly {
    /** The end of its file's name. */
    readonly ending: string;
    readonly cell: number;
    readonly transformation: ManifestRow["transformation"];
    readonly paint: () => Image;
  }[];
  readonly leftOut: readonly LeftOut[];
}

export class Preparing {
  private readonly reader = new SourceReader();
  private readonly perSource = new Map<string, number>();
  /** The picture that a side took of each group of similar ones. */
  private readonly taken = new Map<string, string>();
  /** Accepted photos, whose colours may be given to art. */
  private readonly photos: Photo[] = [];
  private readonly settings: string;

  constructor(
    private readonly options: PrepareOptions,
    private readonly audit: Audit,
    private readonly set: PreparedSet,
  ) {
    const {
      cell,
      size,
      fit,
      verdicts,
      maxNsfw,
      val,
      matchColors = false,
      balance = null,
      background,
      seed,
      photos,
    } = options;
    // If B gets the colours of A, then B depends on all of A.
    const all = { cell, size, verdicts, maxNsfw, val, matchColors, balance, background, seed, audit: audit.digest };
    const more = { ...(matchColors && { photos }), ...(fit !== "spread" && { fit }) };
    this.settings = hashOf(JSON.stringify({ ...all, ...more })).slice(0, 16);
  }

  async load({ picture }: Item): Promise<Loaded> {
    const bytes = await this.reader.read(picture);
    return { bytes, sha256: hashOf(bytes), about: await this.reader.about(picture) };
  }

  /**
   * Call this for one picture after another, in the list's order, since what is accepted depends on
   * earlier pictures.
   */
  async process({ bytes, sha256, about: facts }: Loaded, item: Item): Promise<Prepared> {
    const { side, picture } = item;
    const row = this.audit.rowOf(picture.file, sha256);
    const settings = hashOf(`${this.settings} ${JSON.stringify(facts)}`).slice(0, 16);
    const base = { side, source: picture.file, sha256, settings };
    const files = new Map<string, Uint8Array>();
    const drop = (dropped: string) => ({ outcome: { ...base, rows: [], dropped }, files });
    // Similar pictures are left out only for one that this side has taken: the audit may have found
    // the first of them in a folder that is not a source here, or it may be dropped itself.
    const alone = row && { ...row, duplicateOf: undefined };
    const dropped = whyDropped(picture.file, alone, this.selectionFor(side), facts);
    if (dropped !== undefined) return drop(dropped);
    const group = `${side} ${this.audit.groupOf(row, sha256)}`;
    const like = row && this.taken.get(group);
    if (like !== undefined && !isChosen(picture.file, row, this.audit.selection))
      return drop(whyLike(like, row?.duplicateKind));
    const origin = originName(facts?.origin) ?? folderOf(picture.file);
    const count = this.perSource.get(`${side} ${origin}`) ?? 0;
    if (count >= (this.options.balance ?? Infinity)) return drop(`its source already has ${count} pictures`);
    const take = () => {
      this.perSource.set(`${side} ${origin}`, count + 1);
      this.taken.set(group, picture.file);
      if (side === "A") this.photos.push({ picture, sha256 });
    };

    const photo = side === "B" && this.options.matchColors ? this.photoFor(sha256) : undefined;
    const isHeldOut = fraction(`val ${this.options.seed} ${this.audit.groupOf(row, sha256)}`) < this.options.val;
    const folder = `${isHeldOut ? "val" : "train"}${side}`;
    const name = `${folder}/${String(item.place).padStart(6, "0")}`;
    const known = this.set.earlier(base, name, photo?.sha256);
    if (known) {
      if (known.dropped === undefined) take();
      return { outcome: known, files };
    }
    const about = { ...sourceOf(picture, sha256, facts), verdict: row?.verdict };
    const rows: ManifestRow[] = [];
    const leftOut: LeftOut[] = [];
    try {
      const isArt = row?.verdict === "real-pixel-art" || isChosen(picture.file, row, this.audit.selection);
      const cut = await (side === "A" ? this.cutPhoto(bytes, sha256) : this.cutArt(bytes, isArt, photo));
      leftOut.push(...cut.leftOut);
      const colorsOf = photo && { source: photo.picture.file, sha256: photo.sha256 };
      for (const { ending, cell, transformation, paint } of cut.pieces) {
        const image = paint();
        if (this.options.fit === "tiles" && "crop" in transformation && countDistinct(pixelsOf(image)) === 1) {
          leftOut.push({ crop: transformation.crop, reason: "it has a single color" });
          continue;
        }
        const file = `${name}${ending}`;
        files.set(file, await encodePng(image));
        rows.push({ file, ...about, cell, transformation, colorsOf });
      }
      if (rows.length === 0) return drop("each of its tiles has a single color");
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return drop(withFlags(error.message).replace(/^the picture: /, ""));
    }
    take();
    return { outcome: { ...base, rows, ...(leftOut.length > 0 && { leftOut }) }, files };
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  private async cutPhoto(bytes: Uint8Array, sha256: string): Promise<Pieces> {
    const { size, seed, fit } = this.options;
    const image = await decodeImage(bytes);
    if (fit === "spread") {
      const transformation = photoScale(image, size, fraction(`scale ${seed} ${sha256}`));
      const paint = () => shrunkPhoto(image, transformation);
      return { pieces: [{ ending: ".png", cell: 1, transformation, paint }], leftOut: [] };
    }
    const { transformations, leftOut } = photoTiles(image, size);
    const opaque = opaquePhoto(image);
    const pieces = transformations.map((transformation, i) => {
      return { ending: `-${i}.png`, cell: 1, transformation, paint: () => crop(opaque, ...transformation.crop) };
    });
    return { pieces, leftOut };
  }

  /** @param photo the one whose colors the art gets */
  private async cutArt(bytes: Uint8Array, isArt: boolean, photo: Photo | undefined): Promise<Pieces> {
    const { cell, size, background, fit } = this.options;
    const { cells, ...how } = await cellsOf(bytes, isArt, photo && (await this.reader.read(photo.picture)));
    const { transformations, leftOut } =
      fit === "tiles"
        ? artTiles(cells, cell, size, background)
        : { transformations: squaresOf(cells, cell, size, background), leftOut: [] };
    const pieces = transformations.map((square, i) => {
      const transformation = { ...square, ...how };
      return { ending: `-${i}.png`, cell, transformation, paint: () => paintedArt(cells, transformation) };
    });
    return { pieces, leftOut };
  }

  /** An audit reports that photos are not pixel art, which is no reason to drop them. */
  private selectionFor(side: Side): Selection {
    const { selection } = this.audit;
    return side === "B" ? selection : { ...selection, verdicts: verdicts.filter((verdict) => verdict !== "broken") };
  }

  /** The photo whose colours a picture gets: pseudorandom, but always the same. */
  private photoFor(sha256: string) {
    if (this.photos.length === 0)
      throw new UserError("there is no photo to match colors to: no picture of A was used.");
    return this.photos[Math.floor(fraction(`colors ${this.options.seed} ${sha256}`) * this.photos.length)];
  }
}

/** For an address only the host, since the pages of one gallery are one source. */
function originName(origin: string | undefined): string | undefined {
  return origin !== undefined && URL.canParse(origin) ? new URL(origin).host || origin : origin;
}

/** The folder or archive that contains a picture, used as its source if none is given. */
function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf("/")));
}

/** A number from 0 to less than 1: pseudorandom, but always the same for the same text. */
function fraction(text: string): number {
  return parseInt(hashOf(text).slice(0, 13), 16) / 2 ** 52;
}
