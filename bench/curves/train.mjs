// `node bench/curves/train.mjs [seed ...]`: trains on the bundled pictures as test/torch/curves.py
// does in PyTorch, with the built `dist/cli.js`, and writes the losses of every step to
// docs/curves/pixelcycle.json. Then `node bench/curves/plot.mjs` draws them.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lossNames } from "./curves.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const steps = 300;
const settings = { dataroot: "samples/train", ngf: 8, ndf: 8, lr: 2e-4 };
const seeds = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 2, 3];

/** @param {number} seed */
function train(seed) {
  const folder = mkdtempSync(join(tmpdir(), "pixelcycle-curves-"));
  try {
    const options = Object.entries({
      ...{ ...settings, name: "run", checkpoints_dir: folder, seed },
      ...{ netG: "resnet_6blocks", load_size: 64, crop_size: 64, max_steps: steps, print_freq: 1, no_html: true },
    }).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
    const cli = join(root, "dist/cli.js");
    const { status } = spawnSync(process.execPath, [cli, "train", ...options], { cwd: root, stdio: "inherit" });
    if (status !== 0) throw new Error(`The run of seed ${seed} ended with ${status}.`);
    const lines = readFileSync(join(folder, "run", "metrics.jsonl"), "utf8")
      .trim()
      .split("\n");
    const logged = lines.map((line) => JSON.parse(line));
    if (logged.length !== steps) throw new Error(`The run of seed ${seed} logged ${logged.length} steps.`);
    const losses = lossNames.map((name) => [name, logged.map((step) => Number(step[name].toPrecision(5)))]);
    return { seed, losses: Object.fromEntries(losses) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const curves = { by: `pixelcycle ${version}`, settings, runs: seeds.map(train) };
writeFileSync(join(root, "docs/curves/pixelcycle.json"), `${JSON.stringify(curves)}\n`);
