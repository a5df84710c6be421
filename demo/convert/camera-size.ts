// Chooses the size of a camera's frames: the largest that the GPU converts at a fluid rate. The
// time of a frame is proportional to its pixels, so one measured frame predicts all sizes.

/** The longest sides of frames, in pixels; multiples of the usual cell size. */
export const cameraSizes: readonly number[] = [96, 128, 160, 192, 256, 320, 384, 448, 512, 640];

/** The frames per second at which the picture seems to follow. */
const wantedRate = 12;

/** Most cameras are close to 4:3. */
const aspect = 4 / 3;

/**
 * The longest side for the next frames.
 *
 * @param current the longest side of the measured frames
 * @param seconds the time of one of them
 * @param margin the pixels that are added on every side before the network
 */
export function nextCameraSize(current: number, seconds: number, margin: number): number {
  const work = (side: number) => (side + 2 * margin) * (side / aspect + 2 * margin);
  const secondsAt = (side: number) => (seconds * work(side)) / work(current);
  const largest = (share: number) =>
    cameraSizes.findLast((side) => secondsAt(side) <= share / wantedRate) ?? cameraSizes[0];
  // A new size must be planned and compiled, so small gains do not count and sizes do not
  // alternate.
  if (secondsAt(current) > 1.3 / wantedRate) return largest(1);
  return Math.max(current, largest(0.8));
}
