// The loss charts of a page: each loss of one direction beside that of the other, and the cell
// losses if the run has them. The raw curve is faint, the smoothed one strong. Zooming one chart
// zooms all. The page provides the style sheets: uPlot's, and loss-charts-style.ts or its own.

import uPlot from "uplot";
import type { HistoryColumns } from "../train/run/history.ts";
import type { CellLossName, LossName } from "../train/step/metrics.ts";

interface Chart {
  readonly title: string;
  readonly hint: string;
  readonly names: readonly (LossName | CellLossName)[];
}

const allCharts: readonly Chart[] = [
  {
    title: "Discriminators",
    hint: "0.25 is guessing. Near 0 for a long time, the discriminator has won and the generator learns nothing from it.",
    names: ["D_A", "D_B"],
  },
  {
    title: "Generators",
    hint: "How far they are from fooling their discriminators. It need not fall, since both sides improve.",
    names: ["G_A", "G_B"],
  },
  {
    title: "Cycle",
    hint: "What is lost in a translation there and back. Should fall, fast at first, then slowly.",
    names: ["cycle_A", "cycle_B"],
  },
  {
    title: "Identity",
    hint: "What a generator changes where it should change nothing. Should fall with the cycle loss.",
    names: ["idt_A", "idt_B"],
  },
  {
    title: "Cells",
    hint: "Cells that differ from the source's colour, have more than one colour, or form checkerboards, times their weights. Should fall.",
    names: ["color", "cell", "checker"],
  },
];

/** Only the losses that the run has, without empty charts. */
function chartsOf({ losses }: HistoryColumns): Chart[] {
  const present = allCharts.map((chart) => ({ ...chart, names: chart.names.filter((name) => losses[name]) }));
  return present.filter(({ names }) => names.length > 0);
}

type Column = (number | null)[];

const bar = `<div class="loss-bar">
<h2>Losses</h2>
<label>Smoothing <input type="range" min="0" max="0.99" step="0.01" value="0.9"></label>
<label><input type="checkbox"> Logarithmic</label>
<button type="button" hidden>Show the whole run</button>
</div>
<div class="loss-charts"></div>`;

export class LossCharts {
  #history: HistoryColumns | undefined;
  #charted: readonly Chart[] = [];
  #plots: uPlot[] = [];
  /** The steps that the reader has zoomed into; null for the whole run. */
  #zoom: { min: number; max: number } | null = null;
  readonly #charts: HTMLElement;
  readonly #smoothing: HTMLInputElement;
  readonly #logarithmic: HTMLInputElement;
  readonly #whole: HTMLButtonElement;
  readonly #end = new AbortController();
  readonly #resizing = new ResizeObserver(() => {
    for (const plot of this.#plots) plot.setSize(sizeIn(plot.root.parentElement!));
  });

  /** @param container is filled with the charts and their controls when `show` is called */
  constructor(container: HTMLElement) {
    container.innerHTML = bar;
    this.#charts = container.querySelector(".loss-charts")!;
    this.#smoothing = container.querySelector("[type=range]")!;
    this.#logarithmic = container.querySelector("[type=checkbox]")!;
    this.#whole = container.querySelector("button")!;
    this.#smoothing.addEventListener("input", () => this.#update());
    this.#logarithmic.addEventListener("input", () => this.#build());
    this.#whole.addEventListener("click", () => this.#zoomTo(null));
    const { signal } = this.#end;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw(), { signal });
    this.#resizing.observe(this.#charts);
  }

  show(history: HistoryColumns): void {
    this.#history = history;
    const names = (charts: readonly Chart[]) => charts.flatMap(({ names }) => names).join();
    // Another run may have other losses.
    if (names(this.#charted) !== names(chartsOf(history))) this.#build();
    else this.#update();
  }

  /** Call this after the page's colours have changed. */
  redraw(): void {
    for (const plot of this.#plots) plot.redraw();
  }

  /** Stops all drawing and listening; the container keeps its contents. */
  destroy(): void {
    this.#end.abort();
    this.#resizing.disconnect();
    for (const plot of this.#plots) plot.destroy();
  }

  #build(): void {
    if (!this.#history) return;
    for (const plot of this.#plots) plot.destroy();
    this.#charted = chartsOf(this.#history);
    const figures = this.#charted.map(({ title, hint, names }) => {
      const figure = document.createElement("figure");
      figure.innerHTML = `<figcaption><h3>${title}</h3>${names
        .map((name, index) => `<span class="series-${index}">${name} <output></output></span>`)
        .join("")}</figcaption><div></div><p>${hint}</p>`;
      return figure;
    });
    this.#charts.replaceChildren(...figures);
    this.#plots = this.#charted.map((chart, index) => this.#plot(chart, figures[index]));
    this.#zoomTo(this.#zoom);
  }

  #plot({ names }: Chart, figure: HTMLElement): uPlot {
    const box = figure.querySelector("div")!;
    const axis = { stroke: () => this.#colour("--faint"), font: "12px system-ui, sans-serif" };
    const grid = { stroke: () => this.#colour("--line"), width: 1 };
    const series = (index: number, width: number, alpha: number): uPlot.Series => ({
      label: names[index],
      stroke: () => this.#colour(`--series-${index}`),
      alpha,
      width,
      points: { show: false },
      spanGaps: true,
      auto: width > 1, // the smoothed line determines the scale
    });
    const outputs = [...figure.querySelectorAll("output")];
    const options: uPlot.Options = {
      ...sizeIn(box),
      legend: { show: false },
      padding: [8, 20, 0, 0],
      cursor: {
        sync: { key: "losses", filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
        drag: { x: true, y: false, setScale: false },
        points: { size: 6 },
      },
      scales: {
        x: { time: false },
        y: this.#logarithmic.checked
          ? { distr: 3 }
          : {
              // Without values, uPlot passes null for both.
              range: (_, min, max) => (max === null ? [0, 1] : [Math.min(0, 1.1 * min), Math.max(1e-6, 1.1 * max)]),
            },
      },
      axes: [
        { ...axis, grid: { show: false }, ticks: grid, size: 30, values: (_, steps) => steps.map(shortNumber) },
        { ...axis, grid, ticks: { show: false }, size: 48, values: (_, values) => values.map(shortNumber) },
      ],
      series: [{}, ...names.map((_, index) => series(index, 1, 0.25)), ...names.map((_, index) => series(index, 2, 1))],
      hooks: {
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width < 4) return;
            this.#zoomTo({ min: plot.posToVal(left, "x"), max: plot.posToVal(left + width, "x") });
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
        setCursor: [(plot) => showValues(plot, outputs)],
        setData: [(plot) => showValues(plot, outputs)],
      },
    };
    const plot = new uPlot(options, this.#columns(names), box);
    plot.over.addEventListener("dblclick", () => this.#zoomTo(null));
    showValues(plot, outputs);
    return plot;
  }

  #columns(names: Chart["names"]): uPlot.AlignedData {
    const { step, losses } = this.#history!;
    const drawable = (value: number | null) =>
      this.#logarithmic.checked && value !== null && value <= 0 ? null : value;
    const raw = names.map((name) => losses[name]!.map(drawable));
    return [step, ...raw, ...raw.map((column) => smooth(column, Number(this.#smoothing.value)))] as uPlot.AlignedData;
  }

  /** The current value of a CSS variable, as a canvas colour. */
  #colour(name: string): string {
    const probe = this.#charts.appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }

  /** Updates the values of existing plots and keeps the zoom. */
  #update(): void {
    this.#plots.forEach((plot, index) => plot.setData(this.#columns(this.#charted[index].names), false));
    this.#zoomTo(this.#zoom);
  }

  #zoomTo(zoom: { min: number; max: number } | null): void {
    this.#zoom = zoom;
    this.#whole.hidden = zoom === null;
    const { step } = this.#history!;
    // The scale must not be empty, as before and at the first step, or uPlot searches for its ticks
    // forever.
    const first = step[0] ?? 0;
    const whole = { min: first, max: Math.max(step.at(-1) ?? 0, first + 1) };
    for (const plot of this.#plots) plot.setScale("x", zoom ?? whole);
  }
}

/** Shows the smoothed values under the cursor, or the last ones. */
function showValues(plot: uPlot, outputs: readonly HTMLOutputElement[]): void {
  const index = plot.cursor.idx ?? plot.data[0].length - 1;
  outputs.forEach((output, series) => {
    const value = plot.data[1 + outputs.length + series]?.[index];
    output.value = value == null ? "–" : value.toFixed(3);
  });
}

/**
 * An exponential moving average that starts at the first value instead of zero (as in TensorBoard).
 */
function smooth(column: Column, fade: number): Column {
  let sum = 0;
  let weight = 0;
  return column.map((value) => {
    if (value === null) return null;
    sum = fade * sum + (1 - fade) * value;
    weight = fade * weight + (1 - fade);
    return sum / weight;
  });
}

function sizeIn(box: HTMLElement): { width: number; height: number } {
  return { width: box.clientWidth, height: 220 };
}

/** `1.2k`, `0.05`; empty where uPlot leaves a tick of a logarithmic axis without a label. */
function shortNumber(value: number | null): string {
  if (value === null) return "";
  return Math.abs(value) >= 1000 ? `${Number((value / 1000).toPrecision(4))}k` : String(Number(value.toPrecision(4)));
}
