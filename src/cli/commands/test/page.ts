// The page of a test, index.html beside the folder of its pictures: a row for each picture, with
// the network's results.

import { relative, sep } from "node:path";
import { networkName } from "../../../nn/architecture.ts";
import { writeFileAtomically } from "../../../platform/files/files.node.ts";
import { definitions, escapeHtml } from "../../pages/html.ts";
import type { Ending } from "../../terminal/ending.ts";
import { checkpointLabel, type TestedGenerator } from "./generators.ts";
import type { TestOptions } from "./options.ts";
import { script, style } from "./page-style.ts";

export interface TestedPicture {
  readonly label: string;
  /** Relative to the page's folder, with `/` between the parts. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
}

/** A picture and its results; no pictures if it was not reached, or failed. */
export interface Strip {
  /** The picture's path. */
  readonly source: string;
  pictures: readonly TestedPicture[];
}

export interface TestPage extends Ending {
  readonly options: TestOptions;
  readonly generators: readonly TestedGenerator[];
  /** The strips of a row are side by side. */
  readonly rows: readonly (readonly Strip[])[];
  /** The number of rows that could be tested, whether or not they were. */
  readonly available: number;
  readonly adapter: string;
}

/** Explains the labels, strip by strip. */
const legends: Readonly<Record<TestOptions["model"], readonly Readonly<Record<string, string>>[]>> = {
  cycle_gan: [
    {
      real_A: "a picture of A",
      fake_B: "its translation by G_A",
      rec_A: "the translation back by G_B, which should match the original",
    },
    {
      real_B: "a picture of B",
      fake_A: "its translation by G_B",
      rec_B: "the translation back by G_A, which should match the original",
    },
  ],
  test: [{ real: "a picture", fake: "the generator's output" }],
};

/**
 * Writes the page and replaces an older one.
 *
 * @throws UserError naming the file that cannot be written
 */
export async function writeTestPage(path: string, page: TestPage): Promise<void> {
  const { options, failures, stopped, available } = page;
  const reasons = new Map(failures.map(({ name, reason }) => [name, reason]));
  const rows = page.rows
    .map((strips) => strips.filter(({ source, pictures }) => pictures.length > 0 || reasons.has(source)))
    .filter((strips) => strips.length > 0);
  const unit = `${options.model === "test" ? "picture" : "row"}${available === 1 ? "" : "s"}`;
  const tested = `${rows.length < available ? `${rows.length} of ` : ""}${available} ${unit}`;
  const said = `checkpoint ${checkpointLabel(options)}, phase ${options.phase}: ${tested}`;
  const warnings = [
    ...(stopped ? [`Stopped before the end: ${stopped}`] : []),
    ...(failures.length > 0
      ? [`${failures.length === 1 ? "1 picture" : `${failures.length} pictures`} without a result, listed below.`]
      : []),
  ];
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(`${options.name}, ${options.phase}`)}</title>
<style>${style}</style>
</head>
<body style="--winsize: ${options.displayWinsize}px">
<header>
<h1>${escapeHtml(options.name)}</h1>
<p>${escapeHtml(said)}</p>
</header>
${warnings.map((warning) => `<p class="warning">${escapeHtml(warning)}</p>`).join("\n")}
<dl class="facts">${definitions(factsOf(page))}</dl>
<div class="legend">${legends[options.model].map((legend) => `<dl>${definitions(Object.entries(legend))}</dl>`).join("")}</div>
<main class="${options.model}">
${rows.map((strips) => `<article>${strips.map((strip) => stripHtml(strip, reasons, options)).join("")}</article>`).join("\n")}
</main>
<script>${script}</script>
</body>
</html>
`;
  await writeFileAtomically(path, html);
}

function factsOf({ options, generators, adapter }: TestPage): [string, string][] {
  const { preprocess, loadSize, cropSize, dataroot } = options;
  const exchanged = options.model === "cycle_gan" && options.direction === "BtoA";
  const [{ architecture }] = generators;
  const sizes = [
    ...(/resize|scale_width/.test(preprocess) ? [`load_size ${loadSize}`] : []),
    ...(preprocess.includes("crop") ? [`crop_size ${cropSize}`] : []),
  ];
  return [
    ["Data", dataroot],
    ...(exchanged ? [["Direction", "BtoA: the folders of A and B are swapped"] as [string, string]] : []),
    [
      generators.length === 1 ? "Generator" : "Generators",
      `${networkName(architecture)}, ngf ${architecture.ngf}, ${architecture.norm} norm`,
    ],
    ["Preprocessing", [preprocess, ...sizes].join(", ")],
    ["Adapter", adapter],
  ];
}

function stripHtml(
  { source, pictures }: Strip,
  reasons: ReadonlyMap<string, string>,
  { dataroot }: TestOptions,
): string {
  const name = escapeHtml(relative(dataroot, source).split(sep).join("/"));
  const failure = `<p class="warning">No result: ${escapeHtml(reasons.get(source) ?? "")}</p>`;
  const figures = pictures.map(({ label, file, width, height }) => {
    const url = escapeHtml(file.split("/").map(encodeURIComponent).join("/"));
    return `<figure><a href="${url}"><img src="${url}" alt="${name}: ${label}" width="${width}" height="${height}" loading="lazy"></a><figcaption>${label}</figcaption></figure>`;
  });
  return `<section><h2>${name}</h2>${pictures.length > 0 ? `<div>${figures.join("")}</div>` : failure}</section>`;
}
