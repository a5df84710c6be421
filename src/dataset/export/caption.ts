// Captions in the form that trainers accept: one line, without braces, from a template and the
// facts about a picture.
//
// One line, since SimpleTuner and OneTrainer treat each line of a caption file as a separate
// caption, and kohya reads only the first. No braces, since they are kohya's wildcards. No
// `[trigger]` and `[name]`, since ai-toolkit replaces them.

import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";
import type { Image } from "../../picture/image.ts";
import { builtInNames, builtInPalette } from "../../pixelart/palettes/built-in.ts";
import { hexOf } from "../../pixelart/palettes/palette.ts";

export interface CaptionFacts {
  /** What the picture shows; empty if unknown. */
  readonly subject: string;
  /** The size in cells, and the number of different visible colours. */
  readonly columns: number;
  readonly rows: number;
  readonly colors: number;
  /** The name of a known palette that has all of the colours; empty if there is none. */
  readonly palette: string;
  /** The word that stands for the style; empty if there is none. */
  readonly trigger: string;
}

const placeholders = ["subject", "columns", "rows", "colors", "palette", "trigger"] as const;

/** @throws UserError for an unknown placeholder, and for an empty template */
export function checkTemplate(template: string): void {
  if (template.trim() === "")
    throw new UserError(`${nameOption("template")} is empty; leave it out, or give the caption text.`);
  for (const [, name] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (!(placeholders as readonly string[]).includes(name))
      throw new UserError(
        `${nameOption("template")} has {${name}}, which is unknown; use one of ${placeholders.map((known) => `{${known}}`).join(", ")}.`,
      );
  }
}

/**
 * The template with its placeholders filled in. Its parts are separated by commas. A part is left
 * out if all of its placeholders are empty, or if the caption already contains it.
 */
export function captionOf(template: string, facts: CaptionFacts): string {
  let caption = "";
  for (const part of template.split(",")) {
    const names = [...part.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as keyof CaptionFacts);
    if (names.length > 0 && names.every((name) => facts[name] === "")) continue;
    const text = cleanCaption(part.replace(/\{(\w+)\}/g, (_, name: keyof CaptionFacts) => String(facts[name])));
    if (text === "" || caption.toLowerCase().includes(text.toLowerCase())) continue;
    caption += caption === "" ? text : `, ${text}`;
  }
  return caption;
}

/** One line of printable characters without special meaning to a trainer. */
export function cleanCaption(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\p{Cf}\p{Cs}\p{Co}]/gu, "")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replaceAll("{", "(")
    .replaceAll("}", ")")
    .replace(/\[(trigger|name)\]/gi, "($1)")
    .trim();
}

/** The words in the names of files and folders, without numbers; undefined if nothing is left. */
export function subjectOfName(name: string): string | undefined {
  const words = cleanCaption(name.replace(/[_\-.+]+/g, " "))
    .split(" ")
    .filter((word) => /\p{L}{2}/u.test(word));
  return words.length > 0 ? words.join(" ") : undefined;
}

/** @param cells one pixel a cell */
export function factsOf(cells: Image, subject: string, trigger: string): CaptionFacts {
  const colours = new Set<string>();
  for (let i = 0; i < cells.data.length; i += 4)
    if (cells.data[i + 3] > 0) colours.add(hexOf([...cells.data.subarray(i, i + 3)]));
  const known = palettes.find((one) => colours.size > 1 && [...colours].every((hex) => one.colours.has(hex)));
  return {
    subject,
    columns: cells.width,
    rows: cells.height,
    colors: colours.size,
    palette: known?.name ?? "",
    trigger,
  };
}

/** From the fewest to the most colours. */
const palettes = builtInNames
  .map((name) => builtInPalette(name)!)
  .map(({ name, colours }) => ({ name: `${name} palette`, colours: new Set(colours.map(hexOf)) }))
  .sort((a, b) => a.colours.size - b.colours.size);
