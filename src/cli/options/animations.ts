// The options of a command that preserves animations.

import { Option, type Command } from "commander";
import { anchors } from "../../picture/common-canvas.ts";
import { wholeNumber } from "./numbers.ts";

export function addAnimationOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--format <kind>",
        "the format of animations (default: GIF and WebP keep theirs, animated PNG becomes webp)",
      ).choices(["gif", "webp"]),
    )
    .option(
      "--sheet",
      "write animations as sprite sheets: all frames in one PNG, and JSON with their positions and durations",
    )
    .option(
      "--sequence",
      "treat the pictures as frames of one animation; without --format or --sheet each result is still a picture",
    )
    .option("--delay <ms>", "for --sequence: each frame's duration in milliseconds (default: 100)", wholeNumber)
    .addOption(
      new Option(
        "--anchor <where>",
        "for --sequence: place frames of several sizes on one canvas, which meet there; bottom suits trimmed figures",
      ).choices(anchors),
    );
}
