// `pixelcycle dataset audit` from end to end: sources of all kinds, tables, and interrupted runs.

import { appendFileSync, cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { zipSync } from "fflate";
import tar from "tar-stream";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { enlarge, kernels } from "../../../../bench/enlarge.ts";
import { auditSources } from "../../../../src/cli/commands/dataset/audit.ts";
import { registerDataset } from "../../../../src/cli/commands/dataset/command.ts";
import type { AuditRow } from "../../../../src/dataset/audit/row.ts";
import { UserError } from "../../../../src/errors.ts";
import { encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { listSources } from "../../../../src/platform/pictures/picture-sources.node.ts";
import { testFolder } from "../../../folder.ts";
import { artOf, photoOf } from "../../../pixelart/grid/damaged-art.ts";

const folder = testFolder("audit");
const pictures = join(folder, "pictures");

let png: Record<"art" | "large" | "photo", Uint8Array>;
beforeAll(async () => {
  const art = await artOf("ruin", "jungle", "cave", "bridge");
  png = {
    art: await encodePng(art),
    large: await encodePng(enlarge(art, kernels.nearest, { factor: [5, 5] })),
    photo: await encodePng(await photoOf("cat")),
  };
  mkdirSync(join(pictures, "deep"), { recursive: true });
  writeFileSync(join(pictures, "art.png"), png.art);
  writeFileSync(join(pictures, "deep", "large.png"), png.large);
  writeFileSync(join(pictures, "photo.png"), png.photo);
  writeFileSync(join(pictures, "broken.png"), "no picture");
  writeFileSync(join(pictures, "phone.heic"), "");
});

let runs = 0;
async function audit(sources: string[], options: Partial<Parameters<typeof auditSources>[0]> = {}) {
  const csv = join(folder, `table-${runs++}.csv`);
  const summary = await auditSources({ quiet: true, sources, csv, ...options });
  return { csv: options.csv ?? csv, summary };
}

function rowsOf(csv: string): AuditRow[] {
  const lines = readFileSync(csv.replace(/csv$/, "jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as AuditRow);
}

const verdictsOf = (csv: string) => rowsOf(csv).map(({ file, verdict }) => [file.split("/").pop(), verdict]);

describe("a folder", () => {
  test("becomes a table with the documented columns, and JSON lines", async () => {
    const { csv, summary } = await audit([pictures]);
    const [head, ...lines] = readFileSync(csv, "utf8").trim().split("\n");
    expect(head).toBe("file,verdict,cell_x,cell_y,phase_x,phase_y,confidence,columns,rows,colors,duplicate_of,reason");
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(/deep\/large\.png,real-pixel-art,5,5,0,0,[\d.]+,64,64,\d+,\/.*\/art\.png,/);
    expect(verdictsOf(csv)).toEqual([
      ["art.png", "real-pixel-art"],
      ["broken.png", "broken"],
      ["large.png", "real-pixel-art"],
      ["photo.png", "not-pixel-art"],
    ]);
    expect(rowsOf(csv)[2]).toMatchObject({ duplicateKind: "near" });
    expect(summary).toMatchObject({ duplicates: 1, unread: [{ kind: "HEIC" }], counts: { broken: 1 } });
    expect(readdirSync(folder).filter((name) => /journal|part$/.test(name))).toEqual([]);
  });

  test("has the facts beside its pictures in the JSON lines, not in the CSV", async () => {
    const said = join(folder, "said");
    mkdirSync(said);
    writeFileSync(join(said, "art.png"), png.art);
    writeFileSync(join(said, "art.json"), '{"license": "CC0-1.0", "url": "https://x.org/art"}');
    const first = await audit([said]);
    expect(rowsOf(first.csv)[0].about).toEqual({ licence: "CC0-1.0", origin: "https://x.org/art" });
    expect(readFileSync(first.csv, "utf8")).not.toContain("CC0");
    writeFileSync(join(said, "art.json"), '{"license": "MIT"}');
    await audit([said], { csv: first.csv }); // judges nothing again, and yet has this
    expect(rowsOf(first.csv)[0]).toMatchObject({ verdict: "real-pixel-art", about: { licence: "MIT" } });
  });

  test("is read without following links out of it", async () => {
    const linked = join(folder, "linked");
    mkdirSync(linked);
    writeFileSync(join(linked, "art.png"), png.art);
    symlinkSync(pictures, join(linked, "outside"));
    symlinkSync(join(pictures, "photo.png"), join(linked, "photo.png"));
    const { csv, summary } = await audit([linked]);
    expect(summary.links).toBe(2);
    expect(verdictsOf(csv)).toEqual([["art.png", "real-pixel-art"]]);
  });

  test("without a picture is an error", async () => {
    mkdirSync(join(folder, "empty"));
    await expect(audit([join(folder, "empty")])).rejects.toThrow(UserError);
    await expect(audit([join(folder, "missing")])).rejects.toThrow(/missing: there is no such file/);
  });
});

describe("archives", () => {
  test("are read in place, and hostile members are listed", async () => {
    const archive = join(folder, "kaggle.zip");
    const link = { os: 3, attrs: 0o120777 << 16 };
    writeFileSync(
      archive,
      zipSync({
        "set/art.png": png.art,
        "set/photo.png": [png.photo, { level: 0 }],
        "../evil.png": png.art,
        "/absolute.png": png.art,
        "link.png": [new TextEncoder().encode("/etc/passwd"), link],
        "bomb.png": new Uint8Array(40 * 2 ** 20),
        "__MACOSX/set/art.png": png.art,
        "readme.txt": png.art,
      }),
    );
    const { csv } = await audit([archive]);
    expect(rowsOf(csv).map(({ file, verdict, reason }) => [file.slice(archive.length + 1), verdict, reason])).toEqual([
      ["../evil.png", "broken", "its name leads out of the archive."],
      ["/absolute.png", "broken", "its name is an absolute path."],
      ["bomb.png", "broken", expect.stringContaining("as in a zip bomb")],
      ["link.png", "broken", "it is a link."],
      ["set/art.png", "real-pixel-art", expect.any(String)],
      ["set/photo.png", "not-pixel-art", expect.any(String)],
    ]);
    expect(readdirSync(folder)).not.toContain("evil.png");
  });

  test("with damaged bytes have broken pictures, and the rest is read", async () => {
    const bytes = zipSync({ "a.png": [png.art, { level: 0 }], "b.png": [png.photo, { level: 0 }] });
    bytes[bytes.length >> 1] ^= 1; // the photo is by far the larger one
    writeFileSync(join(folder, "damaged.zip"), bytes);
    const { csv } = await audit([join(folder, "damaged.zip")]);
    expect(rowsOf(csv).map(({ verdict }) => verdict)).toEqual(["real-pixel-art", "broken"]);
    expect(rowsOf(csv)[1].reason).toContain("checksum");
  });

  test("that are damaged get a row, the rest is audited, and a continued run ends with the same bytes", async () => {
    const damaged = join(folder, "damaged");
    mkdirSync(damaged);
    const bytes = zipSync({ "a.png": png.art });
    writeFileSync(join(damaged, "a.zip"), bytes.subarray(0, bytes.length - 30));
    writeFileSync(join(damaged, "b.png"), png.art);
    writeFileSync(join(damaged, "c.zip"), "<html>Please sign in.</html>");
    const { csv, summary } = await audit([damaged]);
    expect(summary.incomplete.map((name) => name.split("/").pop())).toEqual(["a.zip", "c.zip"]);
    const reason = expect.stringMatching(/^it cannot be read as an archive \(.+\); download it again\.$/);
    expect(rowsOf(csv).map(({ file, verdict, reason }) => [file.split("/").pop(), verdict, reason])).toEqual([
      ["a.zip", "broken", reason],
      ["b.png", "real-pixel-art", expect.any(String)],
      ["c.zip", "broken", reason],
    ]);
    const continued = join(folder, "continued.csv");
    await audit([damaged], { csv: continued, signal: AbortSignal.abort() });
    const { pictures: listed } = await listSources([damaged]);
    const rows = readFileSync(csv.replace(/csv$/, "jsonl"), "utf8").split("\n");
    appendFileSync(
      `${continued}.journal`,
      `${listed[0].stamp}\t${rows[0]}\n${listed[1].stamp}\t${rows[1].slice(0, 30)}`,
    );
    await audit([damaged], { csv: continued });
    for (const end of ["csv", "jsonl"])
      expect(readFileSync(continued.replace(/csv$/, end), "utf8")).toBe(readFileSync(csv.replace(/csv$/, end), "utf8"));
  });

  test("that cannot be read end the command with exit code 1, after the table", async () => {
    const program = new Command();
    registerDataset(program);
    const zip = join(folder, "empty.zip");
    const csv = join(folder, "incomplete.csv");
    writeFileSync(zip, "");
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const told = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      await program.parseAsync(["dataset", "audit", zip, join(pictures, "broken.png"), "--csv", csv], { from: "user" });
      expect(process.exitCode).toBe(1);
      expect(said.mock.calls.flat()).toContain(
        `Pictures are missing from the table, because these could not be read: ${zip}. Their rows in the table say why.`,
      );
      expect(told.mock.calls.flat()).toEqual(["2 broken", `-> ${csv}`]);
    } finally {
      process.exitCode = undefined;
      said.mockRestore();
      told.mockRestore();
    }
  });

  test("may be tars, whose links are not followed", async () => {
    const pack = tar.pack();
    pack.entry({ name: "000001.png" }, png.art);
    pack.entry({ name: "000001.txt" }, "a ruin");
    pack.entry({ name: "000002.png" }, png.photo);
    pack.entry({ name: "000003.png", type: "symlink", linkname: "/etc/passwd" });
    pack.entry({ name: "../000004.png" }, png.art);
    pack.finalize();
    const parts: Uint8Array[] = [];
    for await (const part of pack) parts.push(part as Uint8Array);
    writeFileSync(join(folder, "shard.tar"), Buffer.concat(parts));
    const { csv } = await audit([join(folder, "shard.tar")]);
    expect(rowsOf(csv).map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ["broken", "its name leads out of the archive."],
      ["real-pixel-art", expect.any(String)],
      ["not-pixel-art", expect.any(String)],
      ["broken", "it is a link or a device."],
    ]);
  });
});

describe("an interrupted run", () => {
  test("continues, and ends with the same bytes", async () => {
    const whole = await audit([pictures]);
    const csv = join(folder, "resumed.csv");
    const journal = `${csv}.journal`;
    // Stopped before it began: the journal has its first line.
    await audit([pictures], { csv, signal: AbortSignal.abort() });
    const [asked] = readFileSync(journal, "utf8").split("\n");
    const stopped = new AbortController();
    stopped.abort();
    const rows = readFileSync(whole.csv.replace(/csv$/, "jsonl"), "utf8").trim().split("\n");
    // Killed in the middle of the third line. The first picture's line is reused, as a made-up
    // reason shows.
    const { pictures: listed } = await listSources([pictures]);
    const made = rows.slice(0, 3).map((row, i) => `${listed[i].stamp}\t${row}`);
    made[0] = made[0].replace(/"reason":"[^"]*"/, '"reason":"kept"');
    writeFileSync(journal, `${asked}\n${made.join("\n").slice(0, -9)}`);
    await audit([pictures], { csv });
    expect(rowsOf(csv)[0].reason).toBe("kept");
    const strip = (rows: AuditRow[]) => rows.map(({ reason: _, ...row }) => row);
    expect(strip(rowsOf(csv))).toEqual(strip(rowsOf(whole.csv)));
  });

  test("does not continue if pictures have changed", async () => {
    const changing = join(folder, "changing");
    cpSync(pictures, changing, { recursive: true });
    const csv = join(folder, "changed.csv");
    await audit([changing], { csv, signal: AbortSignal.abort() });
    const journal = `${csv}.journal`;
    const [asked] = readFileSync(journal, "utf8").split("\n");
    writeFileSync(journal, `${asked}\n1-1\t{"file":"${changing}/art.png","verdict":"broken","cell":[1,1]}\n`);
    await audit([changing], { csv });
    expect(verdictsOf(csv)[0]).toEqual(["art.png", "real-pixel-art"]);
  });
});

describe("an audit of pictures that were audited before", () => {
  const asIfBefore = (csv: string, change: (text: string) => string = (text) => text) => {
    const lines = csv.replace(/csv$/, "jsonl");
    const text = readFileSync(lines, "utf8").replaceAll(/"reason":"[^"]*"/g, '"reason":"from before"');
    writeFileSync(lines, change(text));
  };

  test("judges only changed pictures, and ends with the same bytes", async () => {
    const growing = join(folder, "growing");
    mkdirSync(growing);
    for (const name of ["art", "broken"]) cpSync(join(pictures, `${name}.png`), join(growing, `${name}.png`));
    const { csv } = await audit([growing]);
    asIfBefore(csv);
    writeFileSync(join(growing, "broken.png"), "no picture either");
    writeFileSync(join(growing, "more.png"), png.art);
    await audit([growing], { csv });
    const { csv: fresh } = await audit([growing]);
    expect(rowsOf(csv).map(({ reason }) => reason === "from before")).toEqual([true, false, false]);
    const strip = (csv: string) => rowsOf(csv).map((row) => JSON.stringify({ ...row, reason: "" }));
    expect(strip(csv)).toEqual(strip(fresh));
  });

  test("judges all of them if the table is of another version", async () => {
    const { csv } = await audit([join(pictures, "broken.png")]);
    asIfBefore(csv, (text) => text.replaceAll('"version":', '"version":-'));
    await audit([join(pictures, "broken.png")], { csv });
    expect(rowsOf(csv)[0].reason).not.toBe("from before");
  });
});
