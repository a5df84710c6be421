// The options of a command that preserves animations.

import { Option, type Command } from "commander";
import { wholeNumber } from "./colours.ts";

export function addAnimationOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--format <kind>",
        "how animations are written (default: GIF and WebP as they are, animated PNG as webp)",
      ).choices(["gif", "webp"]),
    )
    .option("--sheet", "animations as sprite sheets: all frames in one PNG, and JSON of their places and times")
    .option(
      "--sequence",
      "the pictures are the frames of one animation; without --format or --sheet each stays a picture",
    )
    .option("--delay <ms>", "for --sequence: milliseconds of each frame (default: 100)", wholeNumber);
}
