// The journal of an audit on the disk: a line for each picture, in the table's order, appended as
// pictures are judged. A killed run continues after the last complete line that matches its
// pictures. The first line records the request, since results of another request would not fit.

import { createReadStream } from "node:fs";
import { open, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { SourcePicture } from "../../../dataset/sources/source.ts";
import { appending, makeFolders, writingFailure } from "../../../platform/files/files.node.ts";

/** This many lines are written at once. */
const linesAtOnce = 16;

export class Journal {
  #pending: string[] = [];

  private constructor(
    readonly path: string,
    /** How many pictures are in it already. */
    readonly done: number,
    private readonly file: FileHandle,
  ) {}

  /** @param request everything except the pictures that the results depend on */
  static async open(path: string, request: string, pictures: readonly SourcePicture[]): Promise<Journal> {
    await makeFolders(dirname(path));
    const { done, bytes } = await wholeLines(path, request, pictures);
    const file = await open(path, appending).catch((error: unknown) => {
      throw writingFailure(path, error);
    });
    await file.truncate(bytes);
    const journal = new Journal(path, done, file);
    if (bytes === 0) await journal.#write(`${request}\n`);
    return journal;
  }

  async add({ stamp }: SourcePicture, line: string): Promise<void> {
    this.#pending.push(`${stamp}\t${line}\n`);
    if (this.#pending.length >= linesAtOnce) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.#pending.join("");
    this.#pending = [];
    if (text) await this.#write(text);
  }

  /** The lines, in the order in which they were added. */
  async *lines(): AsyncGenerator<string> {
    let first = true;
    for await (const line of linesOf(this.path)) {
      if (!first) yield line.slice(line.indexOf("\t") + 1);
      first = false;
    }
  }

  async close(): Promise<void> {
    await this.flush();
    await this.file.close();
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async #write(text: string) {
    await this.file.appendFile(text).catch((error: unknown) => {
      throw writingFailure(this.path, error);
    });
  }
}

function linesOf(path: string) {
  return createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}

/** The part of a journal that a run can continue from. */
async function wholeLines(
  path: string,
  request: string,
  pictures: readonly SourcePicture[],
): Promise<{ done: number; bytes: number }> {
  const file = await open(path).catch(() => undefined);
  if (!file) return { done: 0, bytes: 0 };
  const { size } = await file.stat();
  await file.close();
  let [done, bytes] = [-1, 0];
  for await (const line of linesOf(path)) {
    const end = bytes + Buffer.byteLength(line) + 1;
    const isWhole = end <= size; // otherwise the last line is truncated
    const picture = pictures[done];
    const isSame =
      done < 0
        ? line === request
        : picture && line.startsWith(`${picture.stamp}\t{"file":${JSON.stringify(picture.file)},`);
    if (!isWhole || !isSame) break;
    done++;
    bytes = end;
  }
  return { done: Math.max(0, done), bytes };
}
