// node summary.mjs FILE.json: prints a bench's measurements as a table. node summary.mjs RESULTS:
// summarises all steps in a page or two, with our times beside PyTorch's where both did the same
// work.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @type {string[]} */
const lines = [];
const say = (/** @type {string} */ text = "") => lines.push(text);

/** Undefined if the file is missing or incomplete. */
const read = (/** @type {string} */ path) => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
};

const time = (/** @type {number} */ seconds) =>
  seconds >= 1
    ? `${seconds.toFixed(2)} s`
    : seconds >= 1e-3
      ? `${(1e3 * seconds).toFixed(2)} ms`
      : `${(1e6 * seconds).toFixed(1)} us`;
const giga = (/** @type {number} */ number) => (number / 1e9).toFixed(number >= 1e12 ? 0 : 1);
const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;

/** @param {string[][]} rows */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    say(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "));
}

/** For each layer, the chosen variant and, if several were measured, the fastest. */
function bench(/** @type {any} */ { adapter, options, peak, layers, forward }) {
  const { size, ngf, blocks, fast } = options;
  say(`ResNet-${blocks}, ngf ${ngf}, ${size}x${size}${fast ? ", without Dawn's checks" : ""}, ${adapter.name}`);
  say(
    `peak ${giga(peak.flopsPerSecond)} GFLOP/s (${peak.arithmetic}), ${giga(peak.bytesPerSecond)} GB/s (${peak.memory})`,
  );
  const rows = [["layer", "count", "time", "GFLOP/s", "of peak", "chosen", "fastest"]];
  for (const { name, count, flops, times } of layers) {
    const chosen = times.find((/** @type {any} */ one) => one.chosen) ?? times[0];
    const best = times.reduce((/** @type {any} */ a, /** @type {any} */ b) => (a.seconds <= b.seconds ? a : b));
    const rate = flops / chosen.seconds;
    const faster = best === chosen ? "" : `${best.variant}, ${time(best.seconds)}`;
    rows.push([
      name,
      `${count}`,
      time(chosen.seconds),
      giga(rate),
      percent(rate / peak.flopsPerSecond),
      chosen.variant,
      faster,
    ]);
  }
  table(rows);
  if (!forward) return;
  const rate = forward.flops / forward.seconds;
  say(
    `forward ${time(forward.seconds)}, ${giga(rate)} GFLOP/s, ${percent(rate / peak.flopsPerSecond)} of peak, first run ${time(forward.compileSeconds)} longer`,
  );
  shares(forward.kinds);
}

/** @param {{ kind: string, dispatches: number, seconds: number }[]} kinds */
function shares(kinds) {
  const all = kinds.reduce((sum, { seconds }) => sum + seconds, 0);
  const shown = kinds
    .slice(0, 10)
    .map(({ kind, dispatches, seconds }) => `${kind} x${dispatches} ${percent(seconds / all)}`);
  say(`  by the GPU's clock ${time(all)}: ${shown.join(", ")}`);
}

function step(/** @type {any} */ { sizes, flops, bytes, dispatches, first, alone, inARow, processor, kinds }) {
  const rate = (/** @type {number} */ seconds) => `${giga(flops / seconds)} GFLOP/s`;
  say(
    `step of ResNet-${sizes.blocks}, ngf ${sizes.ngf}, ${sizes.size}x${sizes.size}, batch ${sizes.batch}: ${giga(flops)} GFLOP, ${dispatches} dispatches, ${(bytes / 2 ** 20).toFixed(0)} MiB`,
  );
  say(
    `  alone ${time(alone)}, in a row ${time(inARow)} (${rate(inARow)}, ${time(processor)} of processor time), first ${time(first)}`,
  );
  shares(kinds);
}

/** PyTorch's faster layout for each precision, and the ratio of our time to it. */
function torch(
  /** @type {any} */ { torch, device, sizes, rows },
  /** @type {any} */ forward,
  /** @type {any} */ paper,
) {
  say(`PyTorch ${torch} on ${device}: ResNet-${sizes.blocks}, ngf ${sizes.ngf}, ${sizes.size}x${sizes.size}`);
  const same = (/** @type {any} */ other) => ["size", "ngf", "blocks"].every((name) => other?.[name] === sizes[name]);
  /** @type {Record<string, number | undefined>} */
  const ours = {
    forward: same(forward?.options) ? forward.forward.seconds : undefined,
    step: same(paper?.sizes) ? paper.inARow : undefined,
  };
  const cells = [["", "PyTorch", "ours", "ours / PyTorch"]];
  const groups = new Set(rows.map((/** @type {any} */ { what, precision }) => `${what} ${precision}`));
  for (const group of groups) {
    const seconds = rows
      .filter((/** @type {any} */ { what, precision, error }) => `${what} ${precision}` === group && !error)
      .map((/** @type {any} */ row) => Math.min(row.median, row.inARow));
    const best = Math.min(...seconds);
    const mine = ours[/** @type {string} */ (group).split(" ")[0]];
    if (seconds.length > 0)
      cells.push([
        /** @type {string} */ (group),
        time(best),
        mine ? time(mine) : "",
        mine ? (mine / best).toFixed(2) : "",
      ]);
  }
  table(cells);
}

function all(/** @type {string} */ results) {
  const data = join(results, "data");
  const steps = readFileSync(join(data, "steps.tsv"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("\t"));
  say(steps.map(([name, outcome, seconds]) => `${name}: ${outcome}, ${seconds} s`).join("; "));
  for (const [name, outcome] of steps) {
    const log = join(results, `${name}.txt`);
    if (outcome !== "ok" && name !== "tests" && existsSync(log))
      say(`${name} ended with: ${readFileSync(log, "utf8").trim().slice(-600)}`);
  }
  const doctor = join(results, "doctor.txt");
  if (existsSync(doctor))
    readFileSync(doctor, "utf8")
      .split("\n")
      .slice(0, 14)
      .forEach((line) => say(line));

  const tests = read(join(data, "tests.json"));
  if (tests) {
    const results = tests.files.flatMap((/** @type {any} */ { path, results }) =>
      results.map((/** @type {any} */ one) => ({ path, ...one })),
    );
    const count = (/** @type {string} */ state) =>
      results.filter((/** @type {any} */ one) => one.state === state).length;
    say(
      `\ntests: ${count("pass")} passed, ${count("fail")} failed, ${count("skip")} left out, in ${tests.files.length} of ${tests.chosen} files`,
    );
    for (const { path, name, state, errors } of results) {
      if (state === "fail") say(`  FAILED ${path}: ${name}: ${errors[0]?.split("\n")[0].slice(0, 160)}`);
    }
  }
  const benches = ["forward", "gradients", "fast", "variants"].map((name) => read(join(data, `bench-${name}.json`)));
  for (const found of benches.filter(Boolean)) {
    say();
    bench(found);
  }
  const [paper, narrow] = ["paper", "small"].map((name) => read(join(data, `step-${name}.json`)));
  say();
  for (const found of [paper, narrow].filter(Boolean)) step(found);
  const metrics = join(data, "train-metrics.jsonl");
  if (existsSync(metrics)) {
    const logged = readFileSync(metrics, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { step, seconds, dataSeconds } = logged.at(-1);
    say(`train: ${step} steps, ${time(seconds)} a step at the end, of which ${time(dataSeconds)} for pictures`);
  }
  const compared = read(join(data, "torch.json"));
  if (compared) {
    say();
    torch(compared, benches[0], paper);
  }
}

const [path] = process.argv.slice(2);
if (!path.endsWith(".json")) all(path);
else if (path.includes("step-")) step(read(path));
else bench(read(path));
console.log(lines.join("\n"));
