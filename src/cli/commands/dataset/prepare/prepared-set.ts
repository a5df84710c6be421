// The folder of a prepared set: its pictures, its manifest, and the journal from which a killed run
// continues.

import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { droppedName, manifestName, type DroppedRow, type ManifestRow } from "../../../../dataset/prepare/manifest.ts";
import type { LeftOut } from "../../../../dataset/prepare/tiles.ts";
import { jsonLines, lastLines, parseJsonLines } from "../../../../dataset/sources/json-lines.ts";
import { UserError } from "../../../../errors.ts";
import { isPictureName } from "../../../../formats/pictures/picture-file.ts";
import { appendToFile, makeFolders, writeFileAtomically } from "../../../../platform/files/files.node.ts";
import { isWithin } from "../../../../platform/files/paths.node.ts";

export type Side = "A" | "B";

/** The result for a source. */
export interface Outcome {
  readonly side: Side;
  readonly source: string;
  readonly sha256: string;
  readonly settings: string;
  readonly rows: readonly ManifestRow[];
  readonly dropped?: string;
  /** The parts that are in none of the rows' pictures. */
  readonly leftOut?: readonly LeftOut[];
}

/** An outcome with its files, by their names relative to the set's folder. */
export interface Prepared {
  readonly outcome: Outcome;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const journalName = "prepare-journal.jsonl";
const folders = ["trainA", "trainB", "valA", "valB"];
const ourName = /\/\d{6,}(-\d+)?\.png$/;

export class PreparedSet {
  /** The outcomes of this run. */
  private readonly outcomes = new Map<string, Outcome>();

  private constructor(
    private readonly out: string,
    /** The outcomes of earlier runs. */
    private readonly before: ReadonlyMap<string, Outcome>,
    private readonly files: ReadonlySet<string>,
  ) {}

  /** @throws UserError if the folder contains other pictures, which `train` would read as well */
  static async open(out: string): Promise<PreparedSet> {
    const text = await readFile(join(out, journalName), "utf8").catch(() => undefined);
    const outcomes = lastLines(parseJsonLines(text ?? "") as Outcome[], (outcome) => [
      keyOf(outcome),
      ...outcome.rows.map(({ file }) => file),
    ]);
    const files = await filesIn(out);
    const foreign = files.find((file) => text === undefined || (isPictureName(file) && !ourName.test(file)));
    if (foreign !== undefined)
      throw new UserError(
        `${join(out, foreign)} already exists, and train would read it with the set; name an empty or new folder.`,
      );
    return new PreparedSet(out, new Map(outcomes.map((outcome) => [keyOf(outcome), outcome])), new Set(files));
  }

  /**
   * An earlier run's outcome for a picture, if this run would make the same.
   *
   * @param name the beginning of its files' names in this run
   */
  earlier(
    { settings, sha256, ...of }: Omit<Outcome, "rows">,
    name: string,
    photo: string | undefined,
  ): Outcome | undefined {
    const outcome = this.before.get(keyOf(of));
    if (outcome?.settings !== settings || outcome.sha256 !== sha256) return undefined;
    const isThere = ({ file, colorsOf }: ManifestRow) =>
      file.startsWith(name) && this.files.has(file) && colorsOf?.sha256 === photo;
    return outcome.rows.every(isThere) ? outcome : undefined;
  }

  /** Starts the journal on a new line, even if a kill truncated the last one. */
  async begin(): Promise<void> {
    await makeFolders(this.out);
    await appendToFile(join(this.out, journalName), "\n");
  }

  async save({ outcome, files }: Prepared): Promise<void> {
    const paths = new Map([...files].map(([file, png]) => [join(this.out, ...file.split("/")), png]));
    // With this order, an existing picture always matches the last line with its name, even after a
    // kill.
    for (const path of paths.keys()) await rm(path, { force: true });
    await appendToFile(join(this.out, journalName), jsonLines([outcome]));
    for (const [path, png] of paths) await writeFileAtomically(path, png);
    this.outcomes.set(keyOf(outcome), outcome);
  }

  /** Writes the manifest, and removes the files of earlier runs that this run did not make. */
  async finish(): Promise<void> {
    const outcomes = [...this.outcomes.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const rows = outcomes.flatMap(({ rows }) => rows);
    const dropped = outcomes.flatMap(({ side, source, sha256, dropped, leftOut = [] }): DroppedRow[] => {
      const parts = dropped === undefined ? leftOut : [{ reason: dropped }];
      return parts.map((part) => ({ side, source, sha256, ...part }));
    });
    const kept = new Set(rows.map(({ file }) => file));
    for (const file of await filesIn(this.out)) if (!kept.has(file)) await rm(join(this.out, ...file.split("/")));
    await writeFileAtomically(join(this.out, manifestName), jsonLines(rows));
    await writeFileAtomically(join(this.out, droppedName), jsonLines(dropped));
    await writeFileAtomically(join(this.out, journalName), jsonLines(outcomes));
  }

  /** The pictures in each folder, and how many sources were dropped. */
  counts(): { written: Record<string, number>; dropped: number } {
    const written: Record<string, number> = {};
    let dropped = 0;
    for (const outcome of this.outcomes.values()) {
      if (outcome.dropped !== undefined) dropped++;
      for (const { file } of outcome.rows) {
        const folder = file.slice(0, file.indexOf("/"));
        written[folder] = (written[folder] ?? 0) + 1;
      }
    }
    return { written, dropped };
  }
}

function keyOf({ side, source }: Pick<Outcome, "side" | "source">): string {
  return `${side} ${source}`;
}

/** Whether a file is in a folder of the set at `out`, which writing the set would change. */
export function isOfSet(path: string, out: string): boolean {
  return folders.some((folder) => isWithin(path, join(out, folder)));
}

/** The files in the folders of a set, without hidden ones. */
async function filesIn(out: string): Promise<string[]> {
  const files: string[] = [];
  for (const folder of folders)
    for (const name of await readdir(join(out, folder)).catch(() => []))
      if (!name.startsWith(".")) files.push(`${folder}/${name}`);
  return files;
}
