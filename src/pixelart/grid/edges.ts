// Where a picture's edges lie along one axis. A profile is, for each position, the logarithm of the number of rows that have an edge there;
// thanks to the logarithm an outline counts hardly more than a faint border. There are several profiles, because which signal shows a grid
// depends on what was done to the picture: steps between neighbours (any enlargement), bends (a bilinear enlargement is straight between the
// middles of cells and bends there), and both over averaged rows, where noise hides less. Rows are grouped in bands, so that a slight
// rotation does not blur the profile.

/** Colours multiplied by alpha, followed by alpha if the picture has any: `channels` numbers a pixel. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Float32Array;
}

export interface EdgeProfile {
  /** The position of the profile's first number, in pixels from the picture's left edge; the others follow one pixel apart. */
  readonly start: number;
  readonly bands: readonly Float64Array[];
  readonly whole: Float64Array;
}

/**
 * The kinds of profile. `measure` is an index into `differences` below. A square counts as an edge from
 * `medians` times the median square on: noise makes the median large, while art is full of flat areas.
 */
export const profileKinds = [
  { name: "step", measure: 0, medians: 64, bends: false },
  { name: "bend", measure: 1, medians: 64, bends: true },
  { name: "soft step", measure: 2, medians: 4, bends: false },
  { name: "soft bend", measure: 3, medians: 100, bends: true },
  { name: "strong soft step", measure: 2, medians: 100, bends: false },
] as const;

/** Squared differences far below these are rounding, or faint shades left by compression. */
const faint = [30, 15, 10, 6];

/** The soft measures average this many rows above and below. */
const softReach = 2;

/** Taller pictures are subsampled to about this many rows. */
const enoughRows = 512;

const mostBands = 6;
const leastBandRows = 48;

/**
 * Profiles of a picture's columns, or of those of all frames of an animation together.
 *
 * @param frames all of one size
 * @returns one profile for each of `profileKinds`
 */
export function edgeProfilesOf(frames: readonly Planes[]): EdgeProfile[] {
  const { width, height } = frames[0];
  const ownBands = Math.max(1, Math.min(mostBands, Math.floor(height / leastBandRows)));
  const bandCount = frames.length > 1 ? frames.length : ownBands;
  const medians = mediansOf(frames[0]);
  const scales = profileKinds.map(({ measure, medians: times }) => Math.max(faint[measure], times * medians[measure]));
  const sums = profileKinds.map(() => Array.from({ length: bandCount }, () => new Float64Array(width)));
  const rows = new Float64Array(bandCount);
  const every = Math.max(1, Math.round(height / enoughRows));
  frames.forEach((planes, frame) => {
    const take = (y: number, differences: readonly Float64Array[]) => {
      const band = frames.length > 1 ? frame : Math.min(bandCount - 1, Math.floor((y * bandCount) / height));
      rows[band]++;
      profileKinds.forEach(({ measure }, kind) => {
        const line = differences[measure];
        const sum = sums[kind][band];
        const scale = scales[kind];
        for (let x = 0; x < width; x++) sum[x] += line[x] / (line[x] + scale);
      });
    };
    forEachRow(planes, take, every);
  });
  const allRows = rows.reduce((sum, count) => sum + count, 0);
  return sums.map((bands, kind) => {
    const [from, to, start] = extents(profileKinds[kind].measure, width);
    const whole = new Float64Array(width);
    for (const band of bands) for (let x = 0; x < width; x++) whole[x] += band[x];
    const logs = (sum: Float64Array, count: number) => logarithms(sum.subarray(from, to), count);
    return { start, bands: bands.map((sum, band) => logs(sum, rows[band])), whole: logs(whole, allRows) };
  });
}

/** For a measure: the index of its first number, the index after its last, and the position of the first in pixels. */
function extents(measure: number, width: number): [number, number, number] {
  if (measure === 0) return [1, width, 1];
  if (measure === 2) return [2, width - 1, 2];
  return [1, width - 1, 1.5];
}

/** The logarithms of the number of rows with an edge, plus a floor. */
function logarithms(sum: Float64Array, rows: number): Float64Array {
  let mean = 0;
  for (const value of sum) mean += value / sum.length;
  const floor = 0.03 * mean + 0.2 * Math.sqrt(rows);
  return Float64Array.from(sum, (value) => Math.log(value + floor));
}

/** The median of the squares of each measure. */
function mediansOf(planes: Planes): number[] {
  const every = Math.max(1, Math.floor(planes.height / 64));
  const samples = faint.map((): number[] => []);
  forEachRow(
    planes,
    (y, differences) =>
      differences.forEach((line, measure) => {
        const [from, to] = extents(measure, planes.width);
        for (let x = from + ((y * 7) % 4); x < to; x += 4) samples[measure].push(line[x]);
      }),
    every,
  );
  return samples.map((values) => Float64Array.from(values).sort()[values.length >> 1] ?? 0);
}

/** The squared differences of each row, summed over channels: steps, bends, and both over averaged rows. */
function forEachRow(
  { width, height, channels, data }: Planes,
  take: (y: number, differences: readonly Float64Array[]) => void,
  every = 1,
): void {
  const stride = width * channels;
  const differences = faint.map(() => new Float64Array(width));
  const [steps, bends, softSteps, softBends] = differences;
  const sums = new Float64Array(stride);
  let count = 0;
  const add = (y: number, sign: number) => {
    if (y < 0 || y >= height) return;
    count += sign;
    for (let i = 0, at = y * stride; i < stride; i++, at++) sums[i] += sign * data[at];
  };
  for (let y = 0; y < softReach; y++) add(y, 1);
  for (let y = 0; y < height; y++) {
    add(y + softReach, 1);
    add(y - softReach - 1, -1);
    if (y % every > 0) continue;
    const row = y * stride;
    const share = 1 / count ** 2;
    for (let x = 1; x < width; x++) {
      const last = x + 1 === width;
      let [stepped, bent, softStepped, softBent] = [0, 0, 0, 0];
      for (let i = x * channels; i < (x + 1) * channels; i++) {
        const here = data[row + i];
        const step = here - data[row + i - channels];
        stepped += step * step;
        if (last) continue;
        const bend = data[row + i + channels] - here - step;
        bent += bend * bend;
        const softBend = sums[i + channels] - 2 * sums[i] + sums[i - channels];
        softBent += softBend * softBend;
        if (x < 2) continue;
        const softStep = sums[i] + sums[i + channels] - sums[i - channels] - sums[i - 2 * channels];
        softStepped += softStep * softStep;
      }
      steps[x] = stepped;
      bends[x] = bent;
      softSteps[x] = 0.25 * share * softStepped;
      softBends[x] = share * softBent;
    }
    take(y, differences);
  }
}
