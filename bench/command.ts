// How a bench ends: an error that a user can correct is one sentence, anything else a defect with
// its stack.

import { withFlags } from "../src/cli/options/flags.ts";
import { UserError } from "../src/errors.ts";

export async function runBench(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof UserError) && !isMistypedOption(error)) throw error;
    console.error(withFlags(error.message));
    process.exitCode = 1;
  }
}

/** Whether `parseArgs` of node:util refused the command line; its message is a sentence, too. */
function isMistypedOption(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
}
