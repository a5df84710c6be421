// The dataset card, README.md: the set's contents, its licences, how it was made and how to load
// it. Its front matter is what huggingface.co reads from a card.

import { configOf, type SetPlace } from "./config.ts";
import type { Trainer } from "./loading.ts";
import { provenanceName, type ExportRecord } from "./record.ts";

export interface CardFacts {
  readonly trainer: Trainer;
  readonly place: SetPlace;
  readonly records: readonly ExportRecord[];
  /** The number of pictures that were refused. */
  readonly refused: number;
}

export function cardOf({ trainer, place, records, refused }: CardFacts): string {
  const licences = counted(records.map(({ licence }) => licence ?? "unknown"));
  const known = licences.filter(([name]) => name !== "unknown");
  const cells = records.map(({ columns, rows }) => columns * rows);
  const sizes = counted(records.map(({ transformation }) => (transformation.size as number[]).join("x")));
  return [
    "---",
    `pretty_name: ${JSON.stringify(place.name)}`,
    "task_categories:",
    "  - text-to-image",
    "tags:",
    "  - pixel-art",
    `size_categories:\n  - ${sizeCategory(records.length)}`,
    ...(known.length > 0
      ? ["license: other", `license_name: ${JSON.stringify(known.map(([name]) => name).join("; "))}`]
      : []),
    "---",
    "",
    `# ${place.name}`,
    "",
    `${records.length} ${records.length === 1 ? "picture" : "pictures"} of pixel art for ${trainer}, written by \`pixelcycle dataset export\`. Each cell is a square of whole pixels ` +
      `of one color, and was shown to be so still after ${trainer}'s own loading.` +
      (refused > 0 ? ` Of the source, ${refused} ${refused === 1 ? "picture was" : "pictures were"} refused.` : ""),
    "",
    configOf(trainer, place).use,
    "",
    "## What is in it",
    "",
    table("pixels", sizes),
    table("pixels a cell", counted(records.map(({ transformation }) => String(transformation.cell)))),
    `Cells of a picture: from ${quantile(cells, 0)} to ${quantile(cells, 1)}, half have up to ${quantile(cells, 0.5)}.`,
    `Colors of a picture: from ${quantile(colors(records), 0)} to ${quantile(colors(records), 1)}, half have up to ` +
      `${quantile(colors(records), 0.5)}.`,
    "",
    table("captions from", counted(records.map(({ subjectFrom }) => subjectFrom))),
    "## Licences",
    "",
    table("licence", licences),
    ...(licences.some(([name]) => name === "unknown")
      ? [
          "Of those that are unknown nothing beside the pictures says a licence: find it out before you publish the set.",
          "",
        ]
      : []),
    `\`${provenanceName}\` says of each picture where it is from, who made it where that is known, and what was done to it.`,
    "",
  ].join("\n");
}

function colors(records: readonly ExportRecord[]): number[] {
  return records.map(({ colors }) => colors);
}

/** The size bins of huggingface.co. */
function sizeCategory(count: number): string {
  const bounds: [number, string][] = [
    [1e3, "n<1K"],
    [1e4, "1K<n<10K"],
    [1e5, "10K<n<100K"],
    [1e6, "100K<n<1M"],
  ];
  return bounds.find(([most]) => count < most)?.[1] ?? "1M<n<10M";
}

/** From the most frequent to the rarest. */
function counted(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
}

function table(title: string, rows: readonly [string, number][]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replace(/\s+/g, " ");
  return [
    `| ${title} | pictures |`,
    "| --- | --- |",
    ...rows.map(([name, count]) => `| ${cell(name)} | ${count} |`),
    "",
  ].join("\n");
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}
