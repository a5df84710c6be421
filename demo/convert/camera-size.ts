// How large a camera's frames may be: as large as the GPU converts at a lively rate. What a frame takes grows with its pixels, so one
// measured frame tells about all sizes.

/** Longest sides of frames, in pixels: multiples of the usual cell. */
export const cameraSizes: readonly number[] = [96, 128, 160, 192, 256, 320, 384, 448, 512, 640];

/** Frames a second at which a picture is felt to follow. */
const wantedRate = 12;

/** The camera's picture is about 4 wide and 3 high. */
const aspect = 4 / 3;

/**
 * The longest side for the next frames.
 *
 * @param current the longest side of the frames that were measured
 * @param seconds that one of them took
 * @param margin pixels that are added on every side before the network
 */
export function nextCameraSize(current: number, seconds: number, margin: number): number {
  const work = (side: number) => (side + 2 * margin) * (side / aspect + 2 * margin);
  const secondsAt = (side: number) => (seconds * work(side)) / work(current);
  const largest = (share: number) =>
    cameraSizes.findLast((side) => secondsAt(side) <= share / wantedRate) ?? cameraSizes[0];
  // A new size has to be planned and compiled: not for a hair's breadth, nor back and forth.
  if (secondsAt(current) > 1.3 / wantedRate) return largest(1);
  return Math.max(current, largest(0.8));
}
