// The command line. Each command is a file of its own; a user's mistake ends in its one sentence, a defect in its stack.

import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { UserError } from "../errors.ts";
import { registerConvert } from "./commands/convert/command.ts";
import { registerDataset } from "./commands/dataset/command.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerExport } from "./commands/export.ts";
import { registerInfo } from "./commands/info.ts";
import { registerPlan } from "./commands/plan/command.ts";
import { registerSnap } from "./commands/snap/command.ts";
import { registerStart } from "./commands/start/start.ts";
import { registerTest } from "./commands/test/command.ts";
import { registerTrain } from "./commands/train/command.ts";
import { registerWeights } from "./commands/weights.ts";
import { withFlags } from "./options/flags.ts";

const program = new Command("pixelcycle")
  .version(packageJson.version)
  .description("CycleGAN on raw WebGPU: photos become pixel art")
  .showHelpAfterError("(pixelcycle COMMAND --help lists the options)");
for (const register of [
  registerStart,
  registerConvert,
  registerSnap,
  registerTrain,
  registerTest,
  registerPlan,
  registerDataset,
  registerExport,
  registerInfo,
  registerWeights,
  registerDoctor,
])
  register(program);

/** These read their options themselves, in any spelling. */
const readByTable = ["train", "test", "plan"];

/** The command line with its options in the usual spelling: those of the reference are written `--crop_size`. */
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
