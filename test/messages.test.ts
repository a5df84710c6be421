// User messages spell options as users type them: `--crop_size`, neither cropSize nor --crop-size.
// Only the command line does that itself; every other room names an option by its key
// (src/option-names.ts). Checks every sentence of the source with TypeScript's parser.

import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { testTable } from "../src/cli/commands/test/options.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../src/train/options/options.ts";
import type { OptionGroup } from "../src/train/options/rows.ts";
import { commandLineTable, optionRows } from "../src/train/options/table.ts";
import { changesIn, fromSeed, fromState } from "../src/train/run/beginning.ts";

const groups: readonly OptionGroup[] = [...commandLineTable.groups, ...testTable.groups];
const rows = [...new Map(groups.flatMap(({ rows }) => rows.map((row) => [row.name, row]))).values()];
const keys = rows.filter(({ name, key }) => name !== key).map(({ key }) => key);
/** Misspellings of names with an underscore. */
const dashed = rows.map(({ name }) => name.replaceAll("_", "-")).filter((name) => name.includes("-"));
/** Options of convert, whose names have hyphens. */
const ofConvert = ["--load-size <n>", "--crop-size <n>", "--preprocess resize_and_crop --load-size * --crop-size *"];

/** Rooms that do not know whether a terminal, a page or a program shows their messages. */
const rooms = [
  "gpu",
  "kernels",
  "autograd",
  "nn",
  "pixelart",
  "formats",
  "picture",
  "dataset",
  "train",
  "platform",
  "library",
];
/** Arguments of other programs. */
const ofOthers = ["src/dataset/export/config.ts", "src/platform/gpu/gpu.browser.ts"];

/** The texts of a source, with `*` for interpolated values. */
function textsOf(file: string, source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push(node.text);
    if (ts.isTemplateExpression(node)) {
      found.push(node.head.text + node.templateSpans.map(({ literal }) => `*${literal.text}`).join(""));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found;
}

/** Texts with a space in them. */
function sentences(file: string, source: string): string[] {
  return textsOf(file, source).filter((text) => text.includes(" "));
}

function misspelt(sentence: string): string[] {
  return [
    ...keys.filter((key) => new RegExp(`(?<![\\w.])${key}(?!\\w)`).test(sentence)),
    ...dashed.filter((name) => new RegExp(`--${name}(?![\\w-])`).test(sentence)).map((name) => `--${name}`),
  ];
}

describe("options in sentences", () => {
  test("are flags only in the command line's room", () => {
    const flag = /(?<![\w-])--[a-z*]/i;
    for (const text of ["give --max-size", "`--key`", "--* 3"]) expect(text).toMatch(flag);
    for (const text of ["a -- b", "i--", "-----"]) expect(text).not.toMatch(flag);
    const files = rooms.flatMap((room) =>
      readdirSync(`src/${room}`, { recursive: true, encoding: "utf8" }).map((path) => `src/${room}/${path}`),
    );
    const found = files
      .filter((file) => file.endsWith(".ts") && !ofOthers.includes(file))
      .flatMap((file) => textsOf(file, readFileSync(file, "utf8")).filter((text) => flag.test(text)));
    expect(found).toEqual([]);
  });

  test("are detected if misspelt", () => {
    const source =
      'f("cropSize was 3"); f(`its nLayersD is ${n}`); f("give --crop-size 3"); f("cropSize"); f(`no --crop_size ${n}`);';
    expect(sentences("x.ts", source).flatMap(misspelt)).toEqual(["cropSize", "nLayersD", "--crop-size"]);
  });

  test("are spelled as users type them, in all of the source", () => {
    const files = readdirSync("src", { recursive: true, encoding: "utf8" })
      .map((path) => `src/${path.replaceAll("\\", "/")}`)
      .filter((path) => /(?<!\.browser)(?<!\.d)\.ts$/.test(path));
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap((file) =>
      sentences(file, readFileSync(file, "utf8"))
        .filter((sentence) => !ofConvert.includes(sentence) && misspelt(sentence).length > 0)
        .map((sentence) => `${file}: ${sentence}`),
    );
    expect(found).toEqual([]);
  });
});

describe("a run that continues with other options", () => {
  const saved = fromSeed({ ...defaultTrainingOptions, ngf: 2, ndf: 2, netD: "pixel", netG: "resnet_6blocks" });
  const { options } = saved.record;
  /** Another value of every option. */
  const other = (key: keyof TrainingOptions): TrainingOptions => {
    const { kind } = [...optionRows.values()].find((row) => row.key === key)!;
    const value = options[key];
    const changed =
      kind.kind === "choice"
        ? kind.choices.find((choice) => choice !== value)
        : kind.kind === "text"
          ? "crop"
          : typeof value === "boolean"
            ? !value
            : value === Infinity
              ? 3
              : (value as number) + 1;
    return { ...options, [key]: changed };
  };
  const trainingKeys = Object.keys(defaultTrainingOptions) as (keyof TrainingOptions)[];
  const refused = ["netG", "netD", "nLayersD", "ngf", "ndf", "norm", "inputNc", "outputNc"].concat(
    ...["initType", "initGain", "poolSize", "cropSize", "direction"],
  );

  test.each(trainingKeys)("is refused, or gets a message, with the name of the change: %s", (key) => {
    const { name } = [...optionRows.values()].find((row) => row.key === key)!;
    const changed = other(key);
    expect(changesIn(changed, options).map(({ name }) => name)).toEqual([name]);
    const goOn = () => fromState(changed, saved);
    if (refused.includes(key)) expect(goOn).toThrow(new RegExp(`\`${key}\` (was )?\\S+`));
    else expect(goOn().record.options).toEqual(changed);
  });

  test("in the other direction is refused, with the way to do that on purpose", () => {
    expect(() => fromState(other("direction"), saved)).toThrow(
      /started with `direction` AtoB: with BtoA .* Leave `direction` out\. .* another `name` with .* `init`\.$/,
    );
  });
});
