// The command line. Each command has its own file. A user's mistake ends in one sentence, a defect
// in its stack.

import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { UserError } from "../errors.ts";
import { withFlags } from "./options/flags.ts";

const program = new Command("pixelcycle")
  .version(packageJson.version)
  .description("CycleGAN on raw WebGPU: photos become pixel art")
  .showHelpAfterError("(pixelcycle COMMAND --help lists the options)");

/** A command is loaded only if it is run: some load large packages. The help lists all of them. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: async () => (await import("./commands/start/start.ts")).registerStart,
  convert: async () => (await import("./commands/convert/command.ts")).registerConvert,
  snap: async () => (await import("./commands/snap/command.ts")).registerSnap,
  train: async () => (await import("./commands/train/command.ts")).registerTrain,
  test: async () => (await import("./commands/test/command.ts")).registerTest,
  plan: async () => (await import("./commands/plan/command.ts")).registerPlan,
  tune: async () => (await import("./commands/tune/command.ts")).registerTune,
  dataset: async () => (await import("./commands/dataset/command.ts")).registerDataset,
  export: async () => (await import("./commands/export.ts")).registerExport,
  info: async () => (await import("./commands/info.ts")).registerInfo,
  weights: async () => (await import("./commands/weights.ts")).registerWeights,
  doctor: async () => (await import("./commands/doctor.ts")).registerDoctor,
};
const [, , named] = process.argv;
for (const name of Object.hasOwn(commands, named ?? "") ? [named] : Object.keys(commands))
  (await commands[name]())(program);

/** These commands parse their options themselves, in either spelling. */
const readByTable = ["train", "test", "plan", "tune"];

/** The command line with hyphens in its options; the reference writes `--crop_size`. */
function dashed(words: readonly string[]): readonly string[] {
  if (readByTable.includes(words[2])) return words;
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  return words.map((word, index) =>
    index < end && word.startsWith("--") ? word.replace(/^[^=]+/, (name) => name.replaceAll("_", "-")) : word,
  );
}

try {
  await program.parseAsync(dashed(process.argv));
} catch (error) {
  console.error(error instanceof UserError ? withFlags(error.message) : error);
  process.exitCode = 1;
}
