// The page of `npm run bench -- --html FILE`: a single file without scripts that shows where the
// time goes and what limits it.

import { definitions, escapeHtml } from "../../src/cli/pages/html.ts";
import type { Axis, Growth } from "../growth.ts";
import { compileTime, duration, giga, percent } from "../text.ts";
import { chartSvg, type ChartPoint } from "./chart.ts";
import type { BenchReport, LayerReport } from "./report.ts";
import { style } from "./style.ts";

export function reportPage(report: BenchReport): string {
  const { adapter, sizes, growth } = report;
  const network = `ResNet-${sizes.blocks}, ${sizes.width} filters, ${sizes.side} x ${sizes.side}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pixelcycle's speed on ${escapeHtml(adapter.name)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(adapter.name)}</h1>
<p>${network}. ${escapeHtml(report.date.slice(0, 10))}</p>
</header>
<dl>${definitions(factsOf(report))}</dl>
${roofline(report)}
${layersTable(report)}
${sharesOf("Where a forward pass spends its time", report.forward)}
${sharesOf("Where a training step spends its time", report.step && { ...report.step, seconds: report.step.alone })}
${growth.length > 0 ? `<section><h2>Growth</h2><div class="charts">${growth.flatMap((one) => growthCharts(one)).join("")}</div></section>` : ""}
</body>
</html>
`;
}

function factsOf({ adapter, peak, load, fast, versions, forward, step }: BenchReport): [string, string][] {
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return [
    ["driver", adapter.driver],
    ["peak arithmetic", `${giga(peak.flopsPerSecond)} GFLOP/s`],
    ["peak memory bandwidth", `${giga(peak.bytesPerSecond)} GB/s`],
    ...(forward
      ? ([
          [
            "forward pass",
            `${duration(forward.seconds)}, ${percent(forward.flops / forward.seconds, peak.flopsPerSecond)} of peak, ${mebibytes(forward.bytes)}`,
          ],
        ] as [string, string][])
      : []),
    ...(step
      ? ([
          [
            "training step",
            `${duration(step.inARow)} in a row, ${duration(step.alone)} alone, ${percent(step.flops / step.inARow, peak.flopsPerSecond)} of peak, ${step.dispatches} dispatches, ${mebibytes(step.bytes)}`,
          ],
        ] as [string, string][])
      : []),
    ["load before the run", load.toFixed(1)],
    ["Dawn's checks", fast ? "off" : "on"],
    ...Object.entries(versions),
  ];
}

const chosenOf = ({ times }: LayerReport) => times.find(({ chosen }) => chosen) ?? times[0];

function roofline({ layers, peak }: BenchReport): string {
  const points = layers.map((layer): ChartPoint => {
    const { seconds, variant } = chosenOf(layer);
    const rate = layer.flops / seconds;
    const label = `${layer.name}: ${giga(rate)} GFLOP/s, ${percent(rate, peak.flopsPerSecond)} of peak (${variant})`;
    return { x: layer.flops / layer.bytes, y: rate / 1e9, label, series: seriesOf(layer) };
  });
  const [roof, slope] = [peak.flopsPerSecond / 1e9, peak.bytesPerSecond / 1e9];
  const ridge = roof / slope;
  const xs = [...points.map(({ x }) => x), ridge];
  const [left, right] = [Math.min(...xs) / 2, Math.max(...xs) * 2];
  const line = [
    [left, left * slope],
    [ridge, roof],
    [right, roof],
  ] as const;
  return `<section>
<h2>Roofline</h2>
<p>Each point is a layer. The horizontal axis shows operations per byte of necessary memory traffic, the vertical axis GFLOP/s. No layer can be above the line, which shows the peaks of arithmetic and memory in this run.</p>
<p class="key"><b class="series-0">●</b> forward <b class="series-1">●</b> gradient with respect to the input <b class="series-2">●</b> gradient with respect to the filters</p>
${chartSvg({ title: "Roofline", points, lines: [line], xText: plain, yText: plain })}
</section>`;
}

function seriesOf({ name }: LayerReport): number {
  return name.endsWith("input gradient") ? 1 : name.endsWith("filter gradient") ? 2 : 0;
}

function layersTable({ layers, peak }: BenchReport): string {
  const rows = layers.map((layer) => {
    const { seconds, variant, compileSeconds } = chosenOf(layer);
    const share = layer.flops / seconds / peak.flopsPerSecond;
    const cells = [`${layer.count}`, duration(seconds), giga(layer.flops / seconds), compileTime(compileSeconds)];
    const bar = `<td class="bar"><span style="--share: ${Math.min(1, share).toFixed(3)}">${(100 * share).toFixed(1)} %</span></td>`;
    return `<tr><th scope="row">${escapeHtml(layer.name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}${bar}<td class="word">${escapeHtml(variant)}</td></tr>`;
  });
  const head = ["layer", "count", "time", "GFLOP/s", "compile", "of peak", "variant"];
  return section("Layers", `${tableHead(head)}<tbody>${rows.join("\n")}</tbody>`);
}

interface Timed {
  readonly seconds: number;
  readonly kinds: readonly { readonly kind: string; readonly dispatches: number; readonly seconds: number }[];
}

function sharesOf(title: string, timed: Timed | undefined): string {
  if (!timed) return "";
  const total = timed.kinds.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = timed.kinds.map(({ kind, dispatches, seconds }) => {
    const share = seconds / total;
    return `<tr><th scope="row">${escapeHtml(kind)}</th><td>${dispatches}</td><td>${duration(seconds)}</td><td class="bar"><span style="--share: ${share.toFixed(3)}">${(100 * share).toFixed(1)} %</span></td></tr>`;
  });
  const table = `${tableHead(["kernel", "dispatches", "time", "share"])}<tbody>${rows.join("\n")}</tbody>`;
  return section(
    title,
    table,
    `${duration(total)} on the GPU's clock, kernel by kernel; ${duration(timed.seconds)} for the caller.`,
  );
}

const axisText: Readonly<Record<Axis, string>> = {
  side: "image size in pixels",
  width: "filters of the first layer",
  batch: "batch size",
};

function growthCharts({ of, along, points, timeExponent, memoryExponent }: Growth): string[] {
  const what = of === "step" ? "training step" : "forward pass";
  const figure = (
    measure: "seconds" | "bytes",
    name: string,
    exponent: number | undefined,
    text: (value: number) => string,
  ) => {
    const known = points.flatMap(({ value, [measure]: y }) =>
      y === undefined ? [] : [{ x: value, y, label: `${value}: ${text(y)}` }],
    );
    const power = exponent === undefined ? "" : `: grows with the power ${exponent.toFixed(2)} at the end`;
    const title = `${what}, ${name} by ${axisText[along]}`;
    const line = known.map(({ x, y }) => [x, y] as const);
    const svg = chartSvg({ title, points: known, lines: [line], xText: plain, yText: text });
    return svg && `<figure>${svg}<figcaption>${title}${power}.</figcaption></figure>`;
  };
  return [figure("seconds", "time", timeExponent, duration), figure("bytes", "memory", memoryExponent, binary)];
}

function section(title: string, table: string, words = ""): string {
  return `<section><h2>${title}</h2>${words && `<p>${words}</p>`}<div class="scroll" tabindex="0" role="group" aria-label="${title}"><table>${table}</table></div></section>`;
}

function tableHead(names: readonly string[]): string {
  return `<thead><tr>${names.map((name) => `<th scope="col">${name}</th>`).join("")}</tr></thead>`;
}

const plain = (value: number) => `${Number(value.toPrecision(3))}`;

function binary(bytes: number): string {
  return bytes < 2 ** 30
    ? `${Number((bytes / 2 ** 20).toPrecision(3))} MiB`
    : `${Number((bytes / 2 ** 30).toPrecision(3))} GiB`;
}
