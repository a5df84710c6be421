// Commands that write sets, killed at each change of the disk during a run with other options or
// pictures: the remains are never mistaken for the result of the current options.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type * as files from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { exportDataset } from "../../../../src/cli/commands/dataset/export/export.ts";
import { defaultExportOptions } from "../../../../src/cli/commands/dataset/export/options.ts";
import { pixelateDataset } from "../../../../src/cli/commands/dataset/pixelate/pixelate.ts";
import { prepareDataset } from "../../../../src/cli/commands/dataset/prepare/prepare.ts";
import { hashOf } from "../../../../src/cli/files/hash.ts";
import type { Trainer } from "../../../../src/dataset/export/loading.ts";
import { crop } from "../../../../src/picture/preprocess.ts";
import { encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { artOf, photoOf } from "../../../pixelart/grid/damaged-art.ts";

/** How many changes of the disk are left until the kill. */
const disk = vi.hoisted(() => ({ changes: Infinity }));

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof files>();
  const counted =
    <Rest extends unknown[], Result>(change: (...rest: Rest) => Promise<Result>) =>
    async (...rest: Rest): Promise<Result> => {
      // A full disk ends a run immediately, and nothing changes afterwards, as after a kill.
      if (disk.changes <= 0) throw Object.assign(new Error("killed"), { code: "ENOSPC" });
      disk.changes--;
      return change(...rest);
    };
  return { ...real, appendFile: counted(real.appendFile), rename: counted(real.rename), rm: counted(real.rm) };
});

const folder = mkdtempSync(join(tmpdir(), "pixelcycle-killed-"));
const [art, more, photos] = [join(folder, "art"), join(folder, "more"), join(folder, "photos")];
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  for (const place of [art, more, photos]) mkdirSync(place);
  const both = await artOf("ruin", "cave", "jungle", "bridge");
  const [ruin, cave] = [crop(both, 0, 0, 32, 32), crop(both, 32, 0, 32, 32)];
  const png = await encodePng(ruin);
  for (const place of [art, more]) writeFileSync(join(place, "ruin.png"), png);
  writeFileSync(join(more, "cave.png"), await encodePng(cave)); // in front of the other: it takes its place
  writeFileSync(join(photos, "cat.png"), await encodePng(crop(await photoOf("cat"), 0, 0, 64, 64)));
});

const common = { fit: "spread", quiet: true, val: 0, seed: 1, background: [255, 255, 255], verdicts: [] } as const;
const exported = (out: string, input: string, trainer: Trainer, cell: number) =>
  exportDataset({ ...defaultExportOptions, quiet: true, size: 256, path: "/set", input, out, trainer, cell });

/** Each with options, pictures, and both, of which one differs from the first. */
const commands = {
  prepare: [art, more].flatMap((sources) =>
    [2, 4].map(
      (cell) => (out: string) =>
        prepareDataset({ ...common, photos: [photos], art: [sources], out, cell, size: 32 * (cell / 2) }),
    ),
  ),
  pixelate: [art, more].flatMap((sources) =>
    [2, 4].map((cell) => (out: string) => pixelateDataset({ sources: [sources], out, cell, quiet: true })),
  ),
  kohya: [art, more].flatMap((input) => [4, 8].map((cell) => (out: string) => exported(out, input, "kohya", cell))),
  webdataset: [art, more].flatMap((input) =>
    [4, 8].map((cell) => (out: string) => exported(out, input, "webdataset", cell)),
  ),
};

let outputs = 0;
const newOut = () => join(folder, `out-${outputs++}`);

/**
 * All but the card, which has the folder's name, and what a kill leaves of a file that was being
 * written, which nobody reads.
 */
function filesIn(out: string): Map<string, string> {
  const names = (readdirSync(out, { recursive: true }) as string[]).filter((name) => !/README.md|\.tmp$/.test(name));
  const files = names.filter((name) => statSync(join(out, name)).isFile()).sort();
  return new Map(files.map((name) => [name, hashOf(readFileSync(join(out, name)))]));
}

describe.each(Object.entries(commands))("%s", (_, [first, ...others]) => {
  test.each(others.map((other, i) => [["options", "pictures", "options and pictures"][i], other] as const))(
    "with other %s, killed at any change",
    async (_, other) => {
      const expected = newOut();
      await first(expected);
      for (let changes = 0, killed = true; killed; changes++) {
        const out = newOut();
        cpSync(expected, out, { recursive: true });
        disk.changes = changes;
        await other(out).catch(() => {});
        killed = disk.changes === 0;
        disk.changes = Infinity;
        await first(out);
        expect(filesIn(out), `killed at change ${changes}`).toEqual(filesIn(expected));
      }
    },
  );
});
