// The script of a run's page. It shows the contents of data.js and reloads that file every few
// seconds. What the reader has done (scrolled, zoomed, opened) is preserved.

import { type EpochSamples } from "../../train/run/sample-files.ts";
import type { RunSummary } from "../../train/run/summary.ts";
import { sampleCaptions, sampleLabels } from "../../train/step/sample-pictures.ts";
import { lossChartsIn } from "./loss-charts.browser.ts";

const secondsBetweenLoads = 5;

declare global {
  /** Called by data.js. */
  function showRun(summary: RunSummary): void;
}

const element = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T;
const charts = lossChartsIn(element("losses"));
let shown: RunSummary | undefined;

globalThis.showRun = (summary) => {
  if (summary.written === shown?.written) return;
  const { name, epoch, epochs, step, steps, timeLeft, state, warnings, facts, samples, history } = summary;
  document.title = `${epoch}/${epochs} ${name}`;
  element("name").textContent = name;
  const parts = [`Epoch ${epoch} of ${epochs}`, `step ${step.toLocaleString("en")} of ${steps.toLocaleString("en")}`];
  if (state === "training" && timeLeft !== null) parts.push(`${timeLeft} left`);
  element("where").textContent = parts.join(" · ");
  element<HTMLProgressElement>("progress").value = steps > 0 ? step / steps : 0;
  document.body.dataset.state = state;

  element("warnings").replaceChildren(...warnings.map((warning) => withText("p", warning)));
  element("facts").replaceChildren(
    ...Object.entries(facts).map(([fact, value]) => {
      const row = document.createElement("div");
      row.append(withText("dt", fact), withText("dd", value));
      return row;
    }),
  );
  element("losses").hidden = history.step.length < 2;
  if (history.step.length >= 2) charts.show(history);
  showSamples(samples, step, shown?.samples ?? []);
  shown = summary;
  showAge();
};

/**
 * Shows the samples. Epochs already on the page, except the newest, keep their elements, since they
 * no longer change.
 */
function showSamples(samples: readonly EpochSamples[], step: number, before: readonly EpochSamples[]): void {
  const [newest, ...earlier] = samples;
  if (!newest) return;
  const heading = element("newest").querySelector("h2");
  if (heading?.textContent === `Epoch ${newest.epoch}` && before[0]?.labels.length === newest.labels.length) {
    for (const image of element("newest").querySelectorAll("img")) image.src = image.src.replace(/\?.*/, `?${step}`);
  } else {
    element("newest").replaceChildren(withText("h2", `Epoch ${newest.epoch}`), sampleGrid(newest, step));
  }
  element("earlier").hidden = earlier.length === 0;
  const list = element("earlier").querySelector("div")!;
  const known = new Set([...list.children].map((row) => Number((row as HTMLElement).dataset.epoch)));
  const rows = earlier
    .filter(({ epoch }) => !known.has(epoch))
    .map((sample) => {
      const row = document.createElement("article");
      row.dataset.epoch = String(sample.epoch);
      row.append(withText("h3", String(sample.epoch)), sampleGrid(sample, step));
      return row;
    });
  list.prepend(...rows);
}

/** One row for each direction. The step in the URL makes the browser reload a changed picture. */
function sampleGrid({ epoch, labels }: EpochSamples, step: number): HTMLElement {
  const grid = document.createElement("div");
  grid.className = "samples";
  for (const direction of [sampleLabels.slice(0, 4), sampleLabels.slice(4)]) {
    const row = document.createElement("div");
    for (const label of direction.filter((label) => labels.includes(label))) {
      const figure = document.createElement("figure");
      const image = new Image();
      image.loading = "lazy";
      image.alt = `${label} of epoch ${epoch}: ${sampleCaptions[label]}`;
      image.src = `images/epoch${String(epoch).padStart(3, "0")}_${label}.png?${step}`;
      const caption = withText("figcaption", sampleCaptions[label]);
      caption.prepend(withText("code", label), " ");
      figure.append(image, caption);
      row.append(figure);
    }
    grid.append(row);
  }
  return grid;
}

function withText(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function showAge(): void {
  if (!shown) return;
  const words = { training: "Training", finished: "Finished", stopped: "Stopped" };
  element("written").textContent = `${words[shown.state]} · updated ${age((Date.now() - shown.written) / 1000)}`;
}

function age(seconds: number): string {
  const units: [number, string][] = [
    [86400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ];
  for (const [size, unit] of units) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${unit}${count > 1 ? "s" : ""} ago`;
  }
  return seconds < 15 ? "just now" : "less than a minute ago";
}

function load(): void {
  if (document.hidden) return;
  const script = document.createElement("script");
  script.src = `data.js?${Date.now()}`;
  script.onload = script.onerror = () => script.remove();
  document.head.append(script);
}

load();
setInterval(load, 1000 * secondsBetweenLoads);
setInterval(showAge, 1000 * secondsBetweenLoads);
document.addEventListener("visibilitychange", load);
