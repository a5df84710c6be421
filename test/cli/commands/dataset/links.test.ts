// An output folder may come from somebody else, with links in it to anywhere. Whatever a command
// writes there replaces such a link or is refused; nothing outside changes.

import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { auditSources } from "../../../../src/cli/commands/dataset/audit.ts";
import { exportDataset } from "../../../../src/cli/commands/dataset/export/export.ts";
import { defaultExportOptions } from "../../../../src/cli/commands/dataset/export/options.ts";
import { pixelateDataset } from "../../../../src/cli/commands/dataset/pixelate/pixelate.ts";
import { prepareDataset } from "../../../../src/cli/commands/dataset/prepare/prepare.ts";
import type { Trainer } from "../../../../src/dataset/export/loading.ts";
import { crop } from "../../../../src/picture/preprocess.ts";
import { encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { testFolder } from "../../../folder.ts";
import { artOf, photoOf } from "../../../pixelart/grid/damaged-art.ts";

const folder = testFolder("links");
const [art, photos] = ["art", "photos"].map((name) => join(folder, name));
for (const path of [art, photos]) mkdirSync(path);

/** Changes the pictures, so that everything is made anew. */
async function draw(shift: number): Promise<void> {
  const sheet = await artOf("ruin", "jungle", "cave", "bridge");
  writeFileSync(join(art, "sheet.png"), await encodePng(crop(sheet, shift, 0, 48, 64)));
  writeFileSync(join(photos, "photo.png"), await encodePng(crop(await photoOf("cat"), shift, 0, 128, 128)));
}

const exporting = (trainer: Trainer) => (out: string) =>
  exportDataset({ ...defaultExportOptions, quiet: true, input: art, out, trainer, size: 512 });
const commands: Record<string, (out: string) => Promise<unknown>> = {
  "export for kohya": exporting("kohya"),
  "export for diffusers": exporting("diffusers"),
  "export for webdataset": exporting("webdataset"),
  prepare: (out) =>
    prepareDataset({
      ...{ photos: [photos], art: [art], out, cell: 4, size: 64, fit: "spread", quiet: true, val: 0, seed: 1 },
      ...{ background: [255, 255, 255], verdicts: ["real-pixel-art"] },
    }),
  pixelate: (out) => pixelateDataset({ sources: [photos], out, cell: 4, quiet: true }),
  audit: (out) => auditSources({ sources: [art], csv: join(out, "audit.csv"), quiet: true, html: join(out, "page") }),
};

/** Files that only exist while a command runs. */
const passing: Record<string, readonly string[]> = {
  "export for kohya": ["export-journal.jsonl"],
  "export for webdataset": ["export-journal.jsonl", ".pixelart-000000.tar.tmp"],
  audit: ["audit.csv.part", "audit.jsonl.part", "audit.csv.journal"],
};

test.each(Object.entries(commands))("%s writes nothing through links", async (command, run) => {
  const [out, outside] = ["out", "outside"].map((name) => join(folder, `${command} ${name}`));
  await draw(0);
  await run(out);
  const written = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1));
  expect(written.length).toBeGreaterThan(1);

  // Each file becomes a link to a copy outside.
  const names = [...written, ...(passing[command] ?? [])];
  const contents = names.map((name) =>
    written.includes(name) ? readFileSync(join(out, name)) : Buffer.from("theirs"),
  );
  mkdirSync(outside);
  const copies = names.map((_, i) => join(outside, String(i)));
  for (const [i, name] of names.entries()) {
    writeFileSync(copies[i], contents[i]);
    rmSync(join(out, name), { force: true });
    symlinkSync(copies[i], join(out, name));
  }
  await draw(8);
  // A journal is not replaced but appended to, since an earlier run is continued from it.
  for (const name of names.filter((name) => name.includes("journal"))) {
    await expect(run(out)).rejects.toThrow(/it is a link.* remove it/);
    rmSync(join(out, name));
    if (written.includes(name)) copyFileSync(copies[names.indexOf(name)], join(out, name));
  }
  await run(out);
  for (const [i, copy] of copies.entries()) expect(readFileSync(copy), names[i]).toEqual(contents[i]);
  for (const name of written)
    expect(lstatSync(join(out, name), { throwIfNoEntry: false })?.isSymbolicLink(), name).not.toBe(true);
});
