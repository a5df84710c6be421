// The commands. A command is loaded only if it is run: some load large packages. The help lists all
// of them.

import type { Command } from "commander";

/** By name, in the help's order: what adds each to the program. */
export const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
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
