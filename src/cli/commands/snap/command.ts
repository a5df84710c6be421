// `pixelcycle snap`: its options and its final report. snap.ts does the work and is loaded on
// demand.

import { InvalidArgumentError, type Command } from "commander";
import { leftOutSentences } from "../../../formats/pictures/picture-choice.ts";
import type { Anchor } from "../../../picture/common-canvas.ts";
import type { AnimationKind } from "../../../platform/pictures/animations.node.ts";
import { resolveShard } from "../../files/shard.ts";
import { addAnimationOptions } from "../../options/animations.ts";
import { addColourOptions, type ColourChoice } from "../../options/colours.ts";
import { exitCodeOf, tellEnding, untilInterrupted } from "../../terminal/ending.ts";
import { print, printJson, say } from "../../terminal/print.ts";
import type { SnappedPicture, SnapSummary } from "./snap.ts";

interface Options extends ColourChoice {
  out: string;
  cell?: number;
  size?: [number, number];
  scale?: number;
  format?: AnimationKind;
  sheet?: boolean;
  sequence?: boolean;
  delay?: number;
  anchor?: Anchor;
  skipExisting?: boolean;
  shard?: string;
  adapter?: string;
  json?: boolean;
}

export function registerSnap(program: Command): void {
  const command = program
    .command("snap")
    .description("find the pixel grid of pictures that look like pixel art, and write one pixel per cell")
    .argument("<input...>", "pictures, folders (searched recursively) and globs")
    .requiredOption(
      "-o, --out <dir|file>",
      "the folder to write to, which mirrors the input folders; or a PNG for one picture, a GIF or WebP for one animation",
    )
    .option("--cell <n>", "a cell's side in pixels, if you know it; may be a fraction", number)
    .option("--size <WxH>", "the columns and rows of the result, whatever grid is found", columnsAndRows)
    .option("--scale <n>", "a cell's side in the result, in pixels (default: 1)", number);
  addAnimationOptions(command);
  addColourOptions(command, "none")
    .option("--skip-existing", "skip pictures whose result already exists")
    .option("--shard <I/N>", "snap only part I of N; on Slurm and Kubernetes this is read from the environment")
    .option("--adapter <name>", "for colors: a GPU's name or part of it, or low-power")
    .option("--json", "print the findings as JSON and nothing else")
    .action(run);
}

async function run(inputs: string[], { json, shard, ...options }: Options): Promise<void> {
  const { snapPictures } = await import("./snap.ts");
  const part = resolveShard(shard, process.env);
  const summary = await untilInterrupted((signal) =>
    snapPictures({ ...options, inputs, shard: part, quiet: json, signal }),
  );
  if (json) printJson(JSON.stringify(summary, null, 2));
  else report(summary);
  process.exitCode = exitCodeOf(summary);
}

/** What was found in a picture, and with what confidence. */
export function sentenceOf({ verdict, cell, size, confidence, output, frames }: SnappedPicture): string {
  const sure = `${frames === undefined ? "" : `${frames} ${frames === 1 ? "frame" : "frames"}, `}${Math.round(100 * confidence)} % sure`;
  const grid = `${size.join(" x ")} cells of ${cell.map((side) => Number(side.toFixed(2))).join(" x ")} pixels`;
  switch (verdict) {
    case "none":
      return `no grid found (${sure}); give --size or --cell to snap it anyway`;
    case "native":
      return `already 1x (${sure})`;
    case "mixed":
      return `two pixel sizes, snapped to the finer: ${grid} (${sure}) -> ${output}`;
    case "grid":
      return `${grid} (${sure}) -> ${output}`;
  }
}

function report({ pictures, skipped, failures, warnings, leftOut, stopped }: SnapSummary): void {
  for (const picture of pictures) print(`${picture.file}: ${sentenceOf(picture)}`);
  const written = pictures.filter(({ output }) => output !== null).length;
  const parts = [`${written} snapped`];
  if (written < pictures.length) parts.push(`${pictures.length - written} without a grid`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (failures.length > 0) parts.push(`${failures.length} failed`);
  say(parts.join(", "));
  tellEnding({ failures, stopped }, warnings, leftOutSentences(leftOut));
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

function columnsAndRows(text: string): [number, number] {
  const match = /^(\d{1,5})[x×](\d{1,5})$/i.exec(text);
  if (!match) throw new InvalidArgumentError("It must be columns x rows, such as 64x48.");
  return [Number(match[1]), Number(match[2])];
}
