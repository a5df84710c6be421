// The frames of an animation are mapped to a palette in one run, and a run has no needless waits.

import { expect, test, vi } from "vitest";
import type { Image } from "../../src/picture/image.ts";
import { colourCells, colourFrames } from "../../src/pixelart/colours.ts";
import { ditherKinds } from "../../src/pixelart/dither.ts";
import { builtInPalette } from "../../src/pixelart/palettes/built-in.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture } from "../networks.ts";

const gpu = await openTestGpu();
const palette = builtInPalette("pico-8")!.colours;
const { data, ...size } = randomPicture(13, 9);
const frames: Image[] = [0, 1, 2].map((turn) => ({
  ...size,
  data: data.map((_, i) => (i % 28 === 3 ? 0 : data[(i + 52 * turn) % data.length])),
  hasAlpha: true,
}));

test.each(ditherKinds)(
  "each frame is as it would be by itself, with one wait for all: dithering %s",
  async (dither) => {
    const read = vi.spyOn(gpu, "read");
    const { frames: together } = await colourFrames(gpu, frames, { palette, dither });
    expect(read).toHaveBeenCalledTimes(1);
    read.mockRestore();
    for (const [i, frame] of frames.entries())
      expect(together[i]).toEqual((await colourCells(gpu, frame, { palette, dither })).cells);
  },
);

test("a run waits only for its result, and creates its small buffers together", async () => {
  const { queue } = gpu.device;
  const done = vi.spyOn(queue, "onSubmittedWorkDone").mockReturnValue(new Promise(() => {}));
  let [waiting, most] = [0, 0];
  const uniform = gpu.buffers.uniform.bind(gpu.buffers);
  const created = vi.spyOn(gpu.buffers, "uniform").mockImplementation(async (...given) => {
    most = Math.max(most, ++waiting);
    const buffer = await uniform(...given);
    waiting--;
    return buffer;
  });
  try {
    await colourFrames(gpu, frames, { palette });
    expect(most).toBe(created.mock.calls.length);
    expect(most).toBeGreaterThan(1);
  } finally {
    done.mockRestore();
    created.mockRestore();
  }
});
