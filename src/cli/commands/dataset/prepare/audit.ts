// Combines an audit with a person's list of choices.

import { parseChoices } from "../../../../dataset/audit/choices.ts";
import { parseRow, type AuditRow } from "../../../../dataset/audit/row.ts";
import type { Selection } from "../../../../dataset/prepare/selection.ts";
import { naming } from "../../../../errors.ts";
import { readFileBytes } from "../../../../platform/files/files.node.ts";
import { hashOf } from "../../../files/hash.ts";
import type { PrepareOptions } from "./options.ts";

export class Audit {
  private constructor(
    private readonly byFile: ReadonlyMap<string, AuditRow>,
    private readonly byHash: ReadonlyMap<string, AuditRow>,
    readonly selection: Selection,
    /** A digest of the files with the audit and the choices. */
    readonly digest: string,
  ) {}

  static async read({ audit, choices, verdicts, maxNsfw }: PrepareOptions): Promise<Audit> {
    const textOf = async (path: string | undefined) =>
      path === undefined ? "" : new TextDecoder().decode(await readFileBytes(path));
    const [table, list] = [await textOf(audit), await textOf(choices)];
    const lines = table.split("\n").filter((line) => line.trim() !== "");
    const rows = lines.map((line) => naming(audit!, () => parseRow(line)));
    const chosen = choices === undefined ? { keep: [], drop: [] } : naming(choices, () => parseChoices(list));
    const hashed = rows.filter(({ sha256 }) => sha256 !== "").reverse();
    return new Audit(
      new Map(rows.map((row) => [row.file, row])),
      new Map(hashed.map((row) => [row.sha256, row])),
      { verdicts, maxNsfw, keep: new Set(chosen.keep), drop: new Set(chosen.drop) },
      hashOf(table + list),
    );
  }

  /** By name if it is still the same file; otherwise by content, wherever that file was. */
  rowOf(file: string, sha256: string): AuditRow | undefined {
    const named = this.byFile.get(file);
    return named?.sha256 === sha256 ? named : this.byHash.get(sha256);
  }

  /** The first of the pictures that are like this one, by name: itself if there is none before it. */
  firstOf(file: string): string {
    return this.byFile.get(file)?.duplicateOf ?? file;
  }

  /**
   * The group that stays together when a set is split: a picture and its duplicates. It does not
   * depend on where they are.
   */
  groupOf(row: AuditRow | undefined, sha256: string): string {
    const first = row?.duplicateOf === undefined ? undefined : this.byFile.get(row.duplicateOf);
    return first?.sha256 ?? sha256;
  }
}
