// The options of a command that keeps animations what they are.

import { Option, type Command } from "commander";

export function addAnimationOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--format <kind>",
        "how animations are written (default: GIF and WebP as they are, animated PNG as webp)",
      ).choices(["gif", "webp"]),
    )
    .option("--sheet", "animations as sprite sheets: all frames in one PNG, and JSON of their places and times");
}
