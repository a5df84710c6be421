// An HTML page of pictures before and after: one file with embedded images, so it can be moved,
// mailed and opened from a disk. Each pair is two images on top of each other, under a range input
// that sets where they meet. Beside the pair is a detail of the result, large enough to count its
// cells; below it are the palette and the measurements.

import { allInOrder } from "../../errors.ts";
import { writeFileAtomically } from "../../platform/files/files.node.ts";
import { definitions, escapeHtml, imageUrl } from "./html.ts";
import { script, style } from "./report-page.ts";
import { trainingHtml, trainingStyle, type ShortTraining } from "./report-training.ts";

export interface Pair {
  /** The picture's caption. */
  readonly name: string;
  /** The path of a JPEG or PNG each. */
  readonly before: string;
  readonly after: string;
  /** The converted picture's size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Smaller text beside the name. */
  readonly note: string;
  /** Measurements of the converted picture, in words. */
  readonly measures: string;
  /** Colours [red, green, blue] from 0 to 255, if their number was limited. */
  readonly palette?: readonly (readonly number[])[] | undefined;
  /** The author and the licence. */
  readonly credit: string;
}

export interface Report {
  readonly title: string;
  readonly introduction: string;
  /** The settings, as names and values. */
  readonly facts: Readonly<Record<string, string>>;
  /** The first is shown large. */
  readonly pairs: readonly Pair[];
  readonly training?: ShortTraining;
}

/**
 * Writes the page and replaces an older one.
 *
 * @throws UserError naming the file that cannot be read or written
 */
export async function writeReport(path: string, report: Report): Promise<void> {
  const [hero, ...rest] = await allInOrder(report.pairs.map(pairHtml));
  const credits = report.pairs.map(({ name, credit }) => `<li>${escapeHtml(`${name}: ${credit}`)}</li>`);
  const training = report.training && (await trainingHtml(report.training));
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(report.title)}</title>
<style>${style}${training ? trainingStyle : ""}</style>
</head>
<body>
<header>
<h1>${escapeHtml(report.title)}</h1>
<p>${escapeHtml(report.introduction)}</p>
</header>
<main>
<section class="hero">${hero}</section>
<dl>${definitions(Object.entries(report.facts))}</dl>
<section class="gallery">
${rest.join("\n")}
</section>
${training ?? ""}
</main>
<footer>
<h2>Credits</h2>
<ul>${credits.join("")}</ul>
</footer>
<script>${script}</script>
</body>
</html>
`;
  await writeFileAtomically(path, html);
}

async function pairHtml({ name, before, after, width, height, note, measures, palette }: Pair): Promise<string> {
  const [source, result] = await allInOrder([imageUrl(before), imageUrl(after)]);
  const label = escapeHtml(name);
  return `<figure style="--width: ${width}; --height: ${height}">
<div class="pair">
<img src="${source}" alt="${label}, before" width="${width}" height="${height}">
<img class="after" src="${result}" alt="${label}, as pixel art" width="${width}" height="${height}">
<span class="tag" aria-hidden="true">before</span><span class="tag" aria-hidden="true">after</span>
<input type="range" min="0" max="100" step="any" value="40" aria-label="${label}: divider between before and after">
</div>
<div class="detail"><img src="${result}" alt="${label}, enlarged centre"></div>
${palette ? paletteHtml(palette) : ""}<figcaption>${label} <small>${escapeHtml(note)}</small></figcaption>
<p class="measures">${escapeHtml(measures)}</p>
</figure>`;
}

function paletteHtml(palette: readonly (readonly number[])[]): string {
  const colours = palette.map((channels) => `<i style="background: rgb(${channels.join(" ")})"></i>`);
  return `<div class="palette" role="img" aria-label="Palette of ${palette.length} colors">${colours.join("")}</div>\n`;
}
