// Escape sequences in names and files do not reach the terminal, whichever way they come.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testFolder } from "../../folder.ts";
import { buildCommandLine } from "../command-line.ts";

const run = await buildCommandLine();
const folder = testFolder("print");
/** Would clear the screen, and then look like a success. */
const evil = "\x1b[2J\x9b31m\nAll is well.";
/** All but the line break. */
const controls = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;

async function outputOf(...words: string[]): Promise<string> {
  const { code, output } = await run(words).ended;
  expect(code).toBe(1);
  expect(output).not.toMatch(controls);
  return output;
}

describe("escape sequences are shown as question marks", () => {
  const file = join(folder, `${evil}.png`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, "no picture");

  test("in the name of a picture that fails", async () => {
    expect(await outputOf("snap", folder, "--out", join(folder, "out"))).toMatch(
      / {2}.*\?\[2J\?31m\?All is well\..png: /,
    );
  });

  test("in an error that ends the command", async () => {
    expect(await outputOf("info", file)).toContain("?[2J?31m\nAll is well.");
  });

  test("in what the command line's parser says", async () => {
    expect(await outputOf("snap", file, "--out", folder, "--cell", evil)).toContain("?[2J?31m\nAll is well.");
  });

  test("in a checkpoint's content", async () => {
    const header = JSON.stringify({ [evil]: { dtype: "F32", shape: [1], data_offsets: [0, 4] } });
    const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
    const checkpoint = join(folder, "evil.safetensors");
    writeFileSync(checkpoint, Buffer.concat([length, Buffer.from(header, "latin1"), new Uint8Array(4)]));
    await outputOf("info", checkpoint);
  });
});

test("JSON has them escaped, and is exact", async () => {
  const { output } = await run(["snap", folder, "--out", join(folder, "json"), "--json"]).ended;
  expect(output).not.toMatch(controls);
  const { failures } = JSON.parse(output) as { failures: { name: string }[] };
  expect(failures[0].name).toContain(evil);
});
