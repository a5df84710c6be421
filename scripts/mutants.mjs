// `npm run test:mutants`: plants faults in the shaders and in the code that launches them, one at a
// time, and checks whether the tests of the operations detect them. It finds shaders and operations
// by itself. Without options it takes a sample, which takes minutes. Options:
//
//   --family WORD   all faults of the family of that name, or else of those families and files whose name has the word; --list names
//                   the families and plants nothing
//   --sample N      only N faults (500 where no family is named), drawn by --seed S (1)
//   --all           every fault there is
//   --workers N     processes at a time (one for each core)
//
// A fault that makes a shader invalid does not count. The watchdog kills a fault that keeps the
// device busy for too long, as a driver would. Survivors are either explained in
// test/mutants/equivalent.json or listed, and a listed one fails the run. The score is the share of
// killed faults among those that can matter.

import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { explanationOf, linesOf } from "../test/mutants/explanations.mjs";
import { allFaults, readSources } from "../test/mutants/faults.mjs";

/** @typedef {import("../test/mutants/faults.mjs").Fault} Fault */
/** @typedef {{ fault: Fault, verdict: "killed" | "survived" | "invalid", said?: string | undefined }} Result */

const root = fileURLToPath(new URL("..", import.meta.url));

/** Milliseconds without a finished check; no check takes a tenth of that. */
const patience = 20_000;

/** A worker keeps every shader that it has compiled, so it is replaced after this many faults. */
const faultsOfWorker = 200;

const { values: options } = parseArgs({
  options: {
    all: { type: "boolean" },
    family: { type: "string" },
    list: { type: "boolean" },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: String(availableParallelism()) },
  },
});

const sources = readSources(root);
const all = allFaults(sources);

const most = Number(options.sample ?? (options.all || options.family ? Infinity : 500));
const word = options.family ?? "";
const exact = all.filter(({ family }) => family === word);
const named = exact.length > 0 ? exact : all.filter(({ family, file }) => family.includes(word) || file.includes(word));
if (options.list) {
  for (const [family, faults] of grouped(named, ({ family }) => family))
    console.log(`${family}: ${faults.length} faults`);
  console.log(`${named.length} in all`);
  process.exit();
}

const chosen = shuffled(named, Number(options.seed)).slice(0, most);

const start = Date.now();
let adapter = "";
/** @type {Result[]} */
const results = [];
const waiting = chosen.values();
await Promise.all(Array.from({ length: Number(options.workers) }, work));
report();

/** Tries faults until there are none left, with one worker process after another. */
async function work() {
  let worker;
  for (const fault of waiting) {
    worker ??= await startWorker();
    const { verdict, said } = await worker.try(fault);
    results.push({ fault, verdict, said });
    if (results.length % 100 === 0) console.log(`${results.length} of ${chosen.length} after ${minutes()} minutes`);
    if (!worker.usable()) {
      worker.end();
      worker = undefined;
    }
  }
  worker?.end();
}

async function startWorker() {
  const child = fork(join(root, "test/mutants/worker.mjs"), {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    // Most of the time is spent in Mesa's compiler, so its optimiser is switched off.
    env: { ...process.env, GALLIVM_PERF: "nopt" },
  });
  let tried = 0;
  let gone = false;
  /** @type {(message: any) => void} */
  let hear = () => {};
  child.on("message", (message) => hear(message));
  child.on("exit", () => {
    gone = true;
    hear({ verdict: "killed", said: "the process ended" });
  });
  const ready = await new Promise((resolve) => (hear = resolve));
  if (!ready.ready) throw new Error("A worker did not start: `npm run doctor` says whether there is an adapter.");
  adapter = ready.adapter;
  return {
    /** @param {Fault} fault @returns {Promise<Pick<Result, "verdict" | "said">>} */
    async try(fault) {
      tried++;
      return new Promise((resolve) => {
        const hung = () => child.kill("SIGKILL");
        let watchdog = setTimeout(hung, patience);
        hear = (message) => {
          clearTimeout(watchdog);
          if (message.alive) watchdog = setTimeout(hung, patience);
          else resolve(message);
        };
        child.send(fault);
      });
    },
    usable: () => !gone && tried < faultsOfWorker,
    end: () => void (gone || child.kill()),
  };
}

function report() {
  const counted = results.filter(({ verdict }) => verdict !== "invalid");
  const known = counted.map(({ fault, verdict }) => ({ fault, end: verdict === "killed" ? verdict : endOf(fault) }));
  console.log(`\n| family | faults | killed | cannot matter | not seen here | survived | score |`);
  console.log(`| --- | ---: | ---: | ---: | ---: | ---: | ---: |`);
  const rows = [...grouped(known, ({ fault }) => fault.family)].sort(([a], [b]) => a.localeCompare(b));
  for (const [family, ofFamily] of [...rows, /** @type {const} */ (["all", known])]) {
    const count = (/** @type {string} */ wanted) => ofFamily.filter(({ end }) => end === wanted).length;
    const numbers = ["killed", "cannot matter", "not seen here", "survived"].map(count);
    const score = ((100 * numbers[0]) / (ofFamily.length - numbers[1] || 1)).toFixed(1);
    console.log(`| ${[family, ofFamily.length, ...numbers].join(" | ")} | ${score} % |`);
  }
  const hung = results.filter(({ said }) => said === "the process ended").length;
  console.log(
    `\n${adapter}, ${results.length} of ${all.length} faults by seed ${options.seed}, ${minutes()} minutes; ` +
      `${results.length - counted.length} were no valid shaders, ${hung} were ended by the watchdog.`,
  );
  const survivors = known.filter(({ end }) => end === "survived").map(({ fault }) => fault);
  survivors.sort((a, b) => place(a).localeCompare(place(b), "en", { numeric: true }));
  for (const fault of survivors) {
    const [before, after] = linesOf(fault, sourceOf(fault));
    console.log(`\n${place(fault)} ${fault.kind}\n  - ${before}\n  + ${after}`);
  }
  process.exitCode = survivors.length > 0 ? 1 : 0;
}

/**
 * The outcome of a fault that no check detects.
 * @param {Fault} fault
 */
function endOf(fault) {
  const entry = explanationOf(fault, sourceOf(fault));
  return entry?.why ? "cannot matter" : entry?.elsewhere ? "not seen here" : "survived";
}

/** @param {Fault} fault */
function sourceOf({ file }) {
  return /** @type {string} */ (sources.get(file));
}

/** @param {Fault} fault */
function place(fault) {
  return `${fault.file}:${sourceOf(fault).slice(0, fault.start).split("\n").length}`;
}

function minutes() {
  return ((Date.now() - start) / 60_000).toFixed(1);
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 */
function grouped(items, keyOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/**
 * A shuffled copy. The order depends only on the seed, so a sample can be repeated.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} seed
 */
function shuffled(items, seed) {
  let state = seed >>> 0;
  const order = items.map((item) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return { item, key: state };
  });
  return order.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
