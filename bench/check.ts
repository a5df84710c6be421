// npm run bench:check: detects kernels that have become slower. It compares each kernel's share of
// the adapter's peak, both measured in one run, with the share that bench/shares.json has for this
// adapter. Absolute times from different days are not comparable.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { UserError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { writeFileAtomically } from "../src/platform/files/files.node.ts";
import { openWebGpu } from "../src/platform/gpu/gpu.node.ts";
import { fallen, sharesOf, type Shares } from "./check/shares.ts";
import { runBench } from "./command.ts";
import { benchNetwork, type NetworkBench } from "./network.ts";
import { resnetOf } from "./options.ts";
import { percent, table } from "./text.ts";

const usage = `npm run bench:check -- [options]
  --repeats N      runs of each kernel, of which the median counts (5)
  --write          make what is measured now the measure of later checks`;

const file = fileURLToPath(new URL("../bench/shares.json", import.meta.url));
/**
 * A layer that seems slower is measured this many times in total, and its best result counts, since
 * something else may have run at the same time.
 */
const rounds = 3;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      repeats: { type: "string", default: "5" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const gpu = await Gpu.open(await openWebGpu());
  try {
    const { name, driver } = gpu.adapter;
    const known = JSON.parse(readFileSync(file, "utf8")) as Record<
      string,
      { date: string; driver: string; shares: Shares }
    >;
    const earlier = known[name];
    if (!earlier && !values.write)
      throw new UserError(
        `bench/shares.json has nothing for ${name}: measure it with --write on a commit that is known to be fast.`,
      );
    const bench = { architecture: resnetOf(32, 6), size: 64, gradients: true, repeats: Number(values.repeats) };
    let shares: Shares = {};
    for (let round = 0; round < rounds; round++) {
      shares = best(shares, await measure(gpu, bench));
      if (!values.write && fallen(earlier.shares, shares).length === 0) break;
    }
    if (values.write) {
      const measured = { ...known, [name]: { date: new Date().toISOString().slice(0, 10), driver, shares } };
      await writeFileAtomically(file, `${JSON.stringify(measured, null, 2)}\n`);
      return console.log(`bench/shares.json has ${Object.keys(shares).length} layers of ${name} now.`);
    }
    const rows = Object.entries(earlier.shares).map(([layer, share]) => {
      return [layer, percent(share, 1), percent(shares[layer] ?? 0, 1), percent((shares[layer] ?? 0) - share, share)];
    });
    console.log(`${name}, ${driver}; before: ${earlier.date}, ${earlier.driver}\n`);
    console.log(table([["layer", "of peak before", "now", "change"], ...rows]));
    const slow = fallen(earlier.shares, shares);
    if (slow.length > 0) throw new UserError(`\nSlower by a fifth or more: ${slow.join("; ")}.`);
  } finally {
    gpu.close();
  }
}

async function measure(gpu: Gpu, bench: NetworkBench): Promise<Shares> {
  const events = [];
  for await (const event of benchNetwork(gpu, bench)) events.push(event);
  return sharesOf(events);
}

function best(a: Shares, b: Shares): Shares {
  return Object.fromEntries(Object.keys(b).map((layer) => [layer, Math.max(a[layer] ?? 0, b[layer])]));
}

await runBench(main);
