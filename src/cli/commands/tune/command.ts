// `pixelcycle tune`: measures which kernels are the fastest on this machine's adapter, and keeps
// the result. It takes the options of train, which say what networks and sizes to measure for.

import type { Command } from "commander";
import { allInOrder, UserError } from "../../../errors.ts";
import { untilInterrupted } from "../../terminal/ending.ts";
import { kernelLines } from "../../terminal/kernels.ts";
import { print, say } from "../../terminal/print.ts";
import { plannedShape } from "../plan/command.ts";
import { acceptTrainOptions, parseTrainOptions } from "../train/options.ts";

const help = `
Without options, the networks and sizes are the defaults of train. What was measured before is not measured again.
Every new run of train, and convert, use the result; a run that goes on keeps the kernels that it began with.`;

export function registerTune(program: Command): void {
  const command = program
    .command("tune")
    .description("measure which kernels are the fastest on this adapter, for train and convert")
    .option("--seconds <n>", "stop after this many seconds; the layers with most work come first", "30")
    .addHelpText("after", help);
  acceptTrainOptions(command)
    .usage("[--seconds N] [options of train]")
    .action(({ seconds }: { seconds: string }, { args }: Command) => measureAll(args, seconds));
}

async function measureAll(argv: readonly string[], limit: string): Promise<void> {
  const seconds = Number(limit);
  if (!(seconds > 0)) throw new UserError(`--seconds must be a number above 0, not "${limit}".`);
  const { run, training, notes, tune: mode } = await parseTrainOptions(["--dataroot", ".", ...argv]);
  if (mode === "off") {
    throw new UserError("Measuring is switched off by --tune off or PIXELCYCLE_TUNE=off: leave it out.");
  }
  const shape = plannedShape(training);
  say(...notes);
  const [{ openGpu }, { cacheStorage }, { ChoiceCache }, { tune }, { plansFor }] = await allInOrder([
    import("../../../platform/gpu/gpu.node.ts"),
    import("../../../platform/files/cache.node.ts"),
    import("../../../tuning/cache.ts"),
    import("../../../tuning/tune.ts"),
    import("./plans.ts"),
  ]);
  const gpu = await openGpu({ adapter: run.adapter });
  try {
    const cache = await ChoiceCache.of(gpu, cacheStorage());
    const { measurements: known, flaw } = await cache.read();
    if (flaw !== undefined) say(`${cache.place} is replaced: ${flaw}.`);
    const { measurements, added, layers } = await untilInterrupted((signal) =>
      tune(gpu, plansFor(gpu, training, shape), known, {
        ...{ seconds, signal },
        onLayer: (layer, index, count) => say(`measuring ${index + 1} of ${count}: ${layer}`),
      }),
    );
    await cache.add(added);
    print(...kernelLines(measurements.values()));
    const rest = layers - measurements.size;
    const kept = measurements.size > 0 ? ` Kept in ${cache.place}.` : "";
    const more = rest > 0 ? ` The other ${rest} follow the rules; give more --seconds to go on with them.` : "";
    say(`${measurements.size} of ${layers} layers are measured.${kept}${more}`);
  } finally {
    gpu.close();
  }
}
