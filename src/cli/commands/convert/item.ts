// Takes one picture or animation of a run through the network and onto its grid, and prepares what
// is written.

import type { Gpu } from "../../../gpu/gpu.ts";
import type { Generator } from "../../../nn/generator.ts";
import type { ConvertOptions } from "../../../nn/picture-program.ts";
import type { Sequence } from "../../../picture/animation.ts";
import type { Image } from "../../../picture/image.ts";
import { drawFrames, paintFrames } from "../../../pixelart/convert-frames.ts";
import type { GridPictureOptions } from "../../../pixelart/convert.ts";
import { outputSize, type GridOptions } from "../../../pixelart/grid/cells/geometry.ts";
import { drawnAtScale, finishFrames, type Cells } from "../../../pixelart/pixelate.ts";
import type { AnimationTiming } from "../../../platform/pictures/animations.node.ts";
import type { PlannedPicture } from "../../files/inputs.ts";
import { enlarged, writeResult, type Result } from "../../files/results.ts";

/** On the grid, before colours are reduced. */
export interface Drawn {
  readonly cells: readonly Cells[];
  readonly timing: AnimationTiming;
}

export interface Converted {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Undefined if it is already written. */
  readonly result?: Result;
}

export async function draw(
  gpu: Gpu,
  generator: Generator,
  sequence: Sequence,
  options: GridPictureOptions & ConvertOptions,
): Promise<Drawn> {
  return { cells: await drawFrames(gpu, generator, sequence, options), timing: sequence };
}

export async function finish(gpu: Gpu, { cells, timing }: Drawn, options: GridOptions): Promise<Converted> {
  const { frames, palette } = await finishFrames(gpu, cells, options);
  const [width, height] = [cells[0].width, cells[0].height].map((side) => outputSize(side, options));
  const large = (frame: Image) => drawnAtScale(frame, cells[0], options);
  return { width, height, frames: cells.length, result: { frames: enlarged(frames, large), timing, palette } };
}

/**
 * The network's output unchanged. The frames of an animation are written one by one, since they are
 * too large to keep in memory.
 */
export async function convertRaw(
  generator: Generator,
  sequence: Sequence,
  item: PlannedPicture,
  { signal, onProgress }: Pick<ConvertOptions, "signal" | "onProgress">,
): Promise<Converted> {
  const count = sequence.delays.length;
  let size = { width: 0, height: 0 };
  async function* frames(): AsyncGenerator<Image, void, undefined> {
    for await (const { drawn } of paintFrames(generator, sequence, { signal, onProgress })) {
      size = drawn;
      yield drawn;
    }
  }
  if (item.animation) {
    await writeResult(item, { frames: frames(), timing: sequence });
    return { width: size.width, height: size.height, frames: count };
  }
  const { value: image } = (await frames().next()) as { value: Image };
  return { width: image.width, height: image.height, frames: count, result: { frames: [image], timing: sequence } };
}
