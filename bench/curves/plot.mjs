// `node bench/curves/plot.mjs`: draws docs/curves/pytorch.json and docs/curves/pixelcycle.json into
// docs/images/curves.svg. The band is the range of PyTorch's seeds; the lines are ours, one per
// seed.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lossNames, readCurves, smooth } from "./curves.mjs";

const root = new URL("../..", import.meta.url);
const smoothing = 30;
/** The lines have a point every this many steps. */
const stride = 3;

const panel = { width: 210, height: 130, left: 36, top: 44, acrossGap: 44, downGap: 50 };
const columns = 4;
const size = { width: 1024, height: 462 };

/** An explanation of each loss, below its name. */
const meanings = {
  D_A: "D_A tells pixel art from fakes",
  G_A: "G_A deceives D_A",
  cycle_A: "photos come back, times 10",
  idt_A: "pixel art stays, times 5",
  D_B: "D_B tells photos from fakes",
  G_B: "G_B deceives D_B",
  cycle_B: "pixel art comes back, times 10",
  idt_B: "photos stay, times 5",
};

/** @param {string} file */
function smoothed(file) {
  const { runs } = readCurves(new URL(file, root));
  return runs.map(({ losses }) => {
    const entries = lossNames.map((name) => [name, smooth(losses[name], smoothing)]);
    return /** @type {import("./curves.mjs").Run} */ (Object.fromEntries(entries));
  });
}

/**
 * A round number at or above the value: 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten.
 * @param {number} value
 */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * /** @type {number} */ ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value));
}

const theirs = smoothed("docs/curves/pytorch.json");
const ours = smoothed("docs/curves/pixelcycle.json");
const steps = Math.min(...[...theirs, ...ours].map(({ D_A }) => D_A.length));
const drawn = Array.from({ length: steps }, (_, step) => step).filter(
  (step) => step % stride === 0 || step === steps - 1,
);

/** @param {number} value */
const short = (value) => String(+value.toFixed(1));

const panels = lossNames.map((name, index) => {
  const x0 = panel.left + (index % columns) * (panel.width + panel.acrossGap);
  const y0 = panel.top + 36 + Math.floor(index / columns) * (panel.height + panel.downGap + 18);
  const top = ceiling(Math.max(...[...theirs, ...ours].flatMap((run) => run[name].slice(0, steps))));
  /** @param {number} step */
  const x = (step) => short(x0 + (step / (steps - 1)) * panel.width);
  /** @param {number} value */
  const y = (value) => short(y0 + panel.height * (1 - value / top));
  /** @param {(step: number) => number} value */
  const path = (value) => drawn.map((step) => `${x(step)} ${y(value(step))}`);
  /** @param {number} step */
  const atStep = (step) => theirs.map((run) => run[name][step]);

  const upper = path((step) => Math.max(...atStep(step)));
  const lower = path((step) => Math.min(...atStep(step))).reverse();
  const middle = path((step) => atStep(step).reduce((sum, value) => sum + value, 0) / theirs.length);
  const grid = [0, 0.5, 1].map((part) => {
    const height = y(part * top);
    return `<path class="grid" d="M${x0} ${height}h${panel.width}"/><text class="tick" x="${x0 - 6}" y="${+height + 4}">${+(part * top).toFixed(2)}</text>`;
  });
  const marks = [0, 100, 200, 300].filter((step) => step <= steps);
  const ticks = marks.map((step) => {
    return `<text class="step" x="${x(Math.min(step, steps - 1))}" y="${y0 + panel.height + 17}">${step}</text>`;
  });
  return [
    `<g>`,
    `<text class="name" x="${x0}" y="${y0 - 24}">${name}</text>`,
    `<text class="note" x="${x0}" y="${y0 - 9}">${meanings[name]}</text>`,
    ...grid,
    ...ticks,
    `<path class="band" d="M${[...upper, ...lower].join("L")}z"/>`,
    `<path class="middle" d="M${middle.join("L")}"/>`,
    ...ours.map((run) => `<path class="ours" d="M${path((step) => run[name][step]).join("L")}"/>`),
    `</g>`,
  ].join("\n  ");
});

const legend = [
  `<rect class="band" x="36" y="17" width="26" height="12"/><path class="middle" d="M36 23h26"/>`,
  `<text class="label" x="70" y="28">PyTorch: ${theirs.length} seeds from the lowest to the highest, and their mean</text>`,
  `<path class="ours" d="M560 23h26"/>`,
  `<text class="label" x="594" y="28">pixelcycle: ${ours.length === 1 ? "one seed" : `${ours.length} seeds`}</text>`,
  `<text class="note end" x="${size.width - 16}" y="28">by steps; means over ${smoothing} of them</text>`,
];

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="title description">
  <title id="title">The eight losses of CycleGAN while it trains, in PyTorch and in pixelcycle</title>
  <desc id="description">Eight small charts, one a loss, over ${steps} steps. In each, a band of what PyTorch's seeds span, and pixelcycle's lines.</desc>
  <style>
    svg { --back: #ffffff; --grid: #d8dee4; --text: #1f2328; --faint: #59636e; --theirs: #2f6fd0; --ours: #c2410c; }
    @media (prefers-color-scheme: dark) {
      svg { --back: #0d1117; --grid: #30363d; --text: #f0f6fc; --faint: #9198a1; --theirs: #6ea8fe; --ours: #fb923c; }
    }
    text { font-family: system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--text); }
    .back { fill: var(--back); }
    .name { font-size: 14px; font-weight: 600; }
    .label { font-size: 13px; }
    .note, .tick, .step { font-size: 11.5px; fill: var(--faint); }
    .tick, .end { text-anchor: end; }
    .step { text-anchor: middle; }
    path { fill: none; }
    .grid { stroke: var(--grid); }
    .band { fill: var(--theirs); fill-opacity: 0.25; }
    .middle { stroke: var(--theirs); stroke-width: 1.4; stroke-dasharray: 4 3; }
    .ours { stroke: var(--ours); stroke-width: 1.5; stroke-linejoin: round; }
  </style>
  <rect class="back" width="${size.width}" height="${size.height}" rx="14"/>
  ${legend.join("\n  ")}
  ${panels.join("\n  ")}
</svg>
`;

const out = new URL("docs/images/curves.svg", root);
writeFileSync(out, svg);
console.log(`${fileURLToPath(out)}: ${theirs.length} runs of PyTorch, ${ours.length} of ours, ${steps} steps.`);
