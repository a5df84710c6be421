// `node bench/roofline.mjs`: draws docs/ladder/llvmpipe.json, written by `npm run bench -- --ladder
// --json`, as a roofline plot (Williams et al. 2009) in docs/images/roofline.svg. The horizontal
// axis is the layer's multiplications and additions per byte that lanes load from buffers, the
// vertical axis their number per second.

import { readFileSync, writeFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
/** @type {{ peak: { flopsPerSecond: number, bytesPerSecond: number }, flops: number, rungs: { number: number, variant: string, flopsPerByte: number, seconds: number }[] }} */
const { peak, flops, rungs } = JSON.parse(readFileSync(new URL("docs/ladder/llvmpipe.json", root), "utf8"));

const width = 760;
const height = 430;
const plot = { left: 74, right: 736, top: 24, bottom: 368 };
const [leastX, mostX] = [1 / 8, 64];
const [leastY, mostY] = [1, 256];

/** @param {number} value */
const x = (value) => plot.left + ((plot.right - plot.left) * Math.log(value / leastX)) / Math.log(mostX / leastX);
/** @param {number} value in GFLOP/s */
const y = (value) => plot.bottom - ((plot.bottom - plot.top) * Math.log(value / leastY)) / Math.log(mostY / leastY);
/** @param {number} value */
const round = (value) => value.toFixed(1);

/** @param {number} least @param {number} most */
const powers = (least, most) =>
  Array.from({ length: Math.round(Math.log2(most / least)) + 1 }, (_, i) => least * 2 ** i);

const [roof, slope] = [peak.flopsPerSecond / 1e9, peak.bytesPerSecond / 1e9];
const ridge = roof / slope;
const verticals = powers(leastX, mostX).map(
  (value) => `<path class="grid" d="M${round(x(value))} ${plot.top}V${plot.bottom}"/>
  <text x="${round(x(value))}" y="${plot.bottom + 20}" text-anchor="middle">${value}</text>`,
);
const horizontals = powers(leastY, mostY).map(
  (value) => `<path class="grid" d="M${plot.left} ${round(y(value))}H${plot.right}"/>
  <text x="${plot.left - 10}" y="${round(y(value) + 4)}" text-anchor="end">${value}</text>`,
);
const places = rungs.map(({ number, variant, flopsPerByte, seconds }) => {
  return { number, variant, across: x(flopsPerByte), up: y(flops / seconds / 1e9) };
});
const points = places.map(({ number, variant, across, up }) => {
  // The name goes above the point if it would touch another name below.
  const crowded = places.some(
    (other) => other.across > across && other.across < across + 90 && Math.abs(other.up - up) < 16,
  );
  return `<circle class="rung" cx="${round(across)}" cy="${round(up)}" r="10"/>
  <text class="number" x="${round(across)}" y="${round(up + 4.5)}" text-anchor="middle">${number}</text>
  <text class="name" x="${round(across)}" y="${round(up + (crowded ? -17 : 26))}" text-anchor="middle">${variant}</text>`;
});

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>The rungs of the ladder under the roofs of the adapter's arithmetic and memory</title>
  <style>
    svg { --ink: #24292f; --faint: #d0d7de; --back: #ffffff; --roof: #8250df; --rung: #0969da; }
    @media (prefers-color-scheme: dark) {
      svg { --ink: #e6edf3; --faint: #30363d; --back: #0d1117; --roof: #d2a8ff; --rung: #4493f8; }
    }
    text { font: 12px system-ui, sans-serif; fill: var(--ink); }
    .back { fill: var(--back); }
    .grid { stroke: var(--faint); stroke-width: 1; }
    .roof { stroke: var(--roof); stroke-width: 2; fill: none; }
    .told { fill: var(--roof); }
    .rung { fill: var(--rung); }
    .number { fill: var(--back); font-weight: 700; }
    .name { font-weight: 600; }
  </style>
  <rect class="back" width="${width}" height="${height}" rx="14"/>
  ${verticals.join("\n  ")}
  ${horizontals.join("\n  ")}
  <path class="roof" d="M${round(x(leastX))} ${round(y(slope * leastX))}L${round(x(ridge))} ${round(y(roof))}H${plot.right}"/>
  <text class="told" x="${plot.right - 6}" y="${round(y(roof) - 9)}" text-anchor="end">arithmetic: ${roof.toFixed(1)} GFLOP/s</text>
  <text class="told" x="${round(x(1) - 12)}" y="${round(y(slope) - 9)}" text-anchor="end">memory: ${slope.toFixed(1)} GB/s</text>
  ${points.join("\n  ")}
  <text x="${(plot.left + plot.right) / 2}" y="${height - 16}" text-anchor="middle">FLOPs of the layer for each byte that lanes load</text>
  <text transform="translate(20 ${(plot.top + plot.bottom) / 2}) rotate(-90)" text-anchor="middle">GFLOP/s</text>
</svg>
`;
writeFileSync(new URL("docs/images/roofline.svg", root), svg);
