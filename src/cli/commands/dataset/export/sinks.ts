// Where exported pictures go: into a folder, each with its caption beside it or in one table, or
// into the shards of a webdataset.
//
// A shard holds the pictures of a fixed range of the list. So it has the same contents even after a
// kill, and its keys are unique across all shards.

import { createWriteStream } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { hasTable, picturesFolder } from "../../../../dataset/export/config.ts";
import type { Trainer } from "../../../../dataset/export/loading.ts";
import type { ExportRecord } from "../../../../dataset/export/record.ts";
import { jsonLines } from "../../../../dataset/sources/json-lines.ts";
import { temporaryName } from "../../../../file-name.ts";
import { makeFolders, writeFileAtomically } from "../../../../platform/files/files.node.ts";

/** The number of pictures of the list in one shard, and between two calls of `flush`. */
export const shardLength = 1000;

export interface Sample {
  readonly png: Uint8Array;
  readonly record: ExportRecord;
}

export interface Sink {
  /** The `file` field of the record for the picture at a place in the list. */
  fileOf(place: number): string;
  /** Whether the file of a record from an earlier run exists. */
  has(record: ExportRecord): boolean;
  /**
   * Removes an earlier run's file in the place of a record's file. Call this first, then write the
   * record's line, then the file. So even after a kill, an existing file always matches the last
   * line with its name.
   */
  clear(record: ExportRecord): Promise<void>;
  put(sample: Sample): Promise<void>;
  /** Called after each `shardLength` pictures of the list. A sink may delay writing until then. */
  flush(first: number): Promise<void>;
  /**
   * Removes the files of earlier runs that this run did not write, and writes the table, if there
   * is one.
   */
  finish(records: readonly ExportRecord[]): Promise<void>;
}

/** A picture's name in the set: its place in the list, from 0. */
function nameOf(place: number): string {
  return String(place).padStart(9, "0");
}

/** Whether this program wrote the file, or a kill left it half written. */
export function isOurs(trainer: Trainer, name: string): boolean {
  const whole = name.replace(/^\.(.*?)(\.[\da-f-]+)?\.tmp$/, "$1");
  if (trainer === "webdataset") return /^pixelart-\d{6,}\.tar$/.test(whole);
  return /^\d{9,}\.(png|txt)$/.test(whole) || (hasTable(trainer) && whole === "metadata.jsonl");
}

export async function openSink(trainer: Trainer, out: string): Promise<Sink> {
  const folder = join(out, picturesFolder(trainer));
  await makeFolders(folder);
  const there = new Set(await readdir(folder));
  return trainer === "webdataset" ? new Shards(folder, there) : new Folder(trainer, folder, there);
}

class Folder implements Sink {
  constructor(
    private readonly trainer: Trainer,
    private readonly folder: string,
    private readonly there: ReadonlySet<string>,
  ) {}

  fileOf(place: number): string {
    return `${picturesFolder(this.trainer)}/${nameOf(place)}.png`;
  }

  has({ file }: ExportRecord): boolean {
    const name = file.slice(file.lastIndexOf("/") + 1);
    return this.there.has(name) && (hasTable(this.trainer) || this.there.has(captionName(name)));
  }

  async clear({ file }: ExportRecord): Promise<void> {
    await rm(join(this.folder, file.slice(file.lastIndexOf("/") + 1)), { force: true });
  }

  async put({ png, record: { file, caption } }: Sample): Promise<void> {
    const name = file.slice(file.lastIndexOf("/") + 1);
    // No line end, since ai-toolkit uses the file's contents unchanged.
    if (!hasTable(this.trainer)) await writeFileAtomically(join(this.folder, captionName(name)), caption);
    await writeFileAtomically(join(this.folder, name), png);
  }

  async flush(): Promise<void> {}

  async finish(records: readonly ExportRecord[]): Promise<void> {
    const names = records.map(({ file }) => file.slice(file.lastIndexOf("/") + 1));
    const kept = new Set(hasTable(this.trainer) ? names : names.flatMap((name) => [name, captionName(name)]));
    await removeOthers(this.trainer, this.folder, kept);
    if (!hasTable(this.trainer)) return;
    const rows = records.map(({ caption }, i) => ({ file_name: names[i], text: caption }));
    await writeFileAtomically(join(this.folder, "metadata.jsonl"), jsonLines(rows));
  }
}

function captionName(pictureName: string): string {
  return pictureName.replace(/\.png$/, ".txt");
}

class Shards implements Sink {
  private samples: Sample[] = [];

  constructor(
    private readonly folder: string,
    private readonly there: ReadonlySet<string>,
  ) {}

  fileOf(place: number): string {
    return `${shardName(Math.floor(place / shardLength))}:${nameOf(place)}.png`;
  }

  has({ file }: ExportRecord): boolean {
    return this.there.has(file.split(":")[0]);
  }

  async clear({ file }: ExportRecord): Promise<void> {
    await rm(join(this.folder, file.split(":")[0]), { force: true });
  }

  put(sample: Sample): Promise<void> {
    this.samples.push(sample);
    return Promise.resolve();
  }

  async flush(first: number): Promise<void> {
    const samples = this.samples.sort((a, b) => (a.record.file < b.record.file ? -1 : 1));
    this.samples = [];
    if (samples.length === 0) return;
    const path = join(this.folder, shardName(Math.floor(first / shardLength)));
    const temporary = join(this.folder, temporaryName(shardName(Math.floor(first / shardLength))));
    await rm(temporary, { force: true });
    const tar = pack();
    const written = pipeline(tar, createWriteStream(temporary, { flags: "wx" }));
    try {
      for (const { png, record } of samples) {
        const key = record.file.split(":")[1].replace(/\.png$/, "");
        const { source, licence = "", columns, rows, colors, transformation } = record;
        const facts = { source, licence, columns, rows, colors, cell: transformation.cell };
        // Readers join adjacent members with the same key.
        tar.entry(entryOf(`${key}.png`), Buffer.from(png));
        tar.entry(entryOf(`${key}.txt`), record.caption);
        tar.entry(entryOf(`${key}.json`), JSON.stringify(facts));
      }
      tar.finalize();
      await written;
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async finish(records: readonly ExportRecord[]): Promise<void> {
    await removeOthers("webdataset", this.folder, new Set(records.map(({ file }) => file.split(":")[0])));
  }
}

function shardName(number: number): string {
  return `pixelart-${String(number).padStart(6, "0")}.tar`;
}

/** Fixed values, so that the bytes are always the same. */
function entryOf(name: string) {
  return { name, mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) };
}

async function removeOthers(trainer: Trainer, folder: string, kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder))
    if (isOurs(trainer, name) && name !== "metadata.jsonl" && !kept.has(name)) await rm(join(folder, name));
}
