// `pixelcycle dataset`: turns folders of anything into a set of pictures to train on. Each step is
// a command in its own file.

import type { Command } from "commander";
import { registerAudit } from "./audit-command.ts";
import { registerDatasetExport } from "./export/command.ts";
import { registerMerge } from "./merge-command.ts";
import { registerPixelate } from "./pixelate/command.ts";
import { registerPrepare } from "./prepare/command.ts";

export function registerDataset(program: Command): void {
  const dataset = program.command("dataset").description("turn folders of anything into a training set");
  for (const register of [registerAudit, registerMerge, registerPrepare, registerPixelate, registerDatasetExport])
    register(dataset);
}
