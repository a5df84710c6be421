// The command line. Each command has its own file. A user's mistake ends in one sentence, a defect
// in its stack.

import { inspect } from "node:util";
import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { UserError } from "../errors.ts";
import { commands } from "./commands.ts";
import { withFlags } from "./options/flags.ts";
import { refuseUnknownOption } from "./options/unknown.ts";
import { say } from "./terminal/print.ts";

const program = new Command("pixelcycle")
  .version(packageJson.version)
  .description("CycleGAN on raw WebGPU: photos become pixel art")
  .configureOutput({ outputError: (message) => say(...message.trimEnd().split("\n")) })
  .showHelpAfterError("(pixelcycle COMMAND --help lists the options)");

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
  const words = dashed(process.argv);
  refuseUnknownOption(program, words.slice(2), readByTable);
  await program.parseAsync(words);
} catch (error) {
  const text = error instanceof UserError ? withFlags(error.message) : inspect(error);
  say(...text.split("\n")); // some errors list pictures, one a line
  process.exitCode = 1;
}
