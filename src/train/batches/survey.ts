// Checks the headers of all pictures of a dataset before the run begins, so that an error that
// would end the run in its third hour appears in its first seconds.

import { allInOrder, UserError } from "../../errors.ts";
import { scaledSize, type Size } from "../../picture/preprocess.ts";
import { option } from "../options/option.ts";
import type { TrainingOptions } from "../options/options.ts";
import { pictureMisfit, preprocessOptions, type Side } from "../options/picture-options.ts";
import type { Lanes, PictureSource } from "./pictures.ts";

/** An unreadable picture of either side, by its index. */
export interface UnreadablePicture {
  readonly index: number;
  readonly reason: string;
}

/**
 * The maximum items of an epoch: each has a random stream of its own, and the streams are numbered
 * with 21 bits.
 */
const mostItems = 2 ** 21 - 1;

/** A larger share of unreadable pictures than this is refused, since it is no accident. */
const mostUnreadable = 0.1;

/**
 * @returns the pictures whose header cannot be read, if they are few
 * @throws UserError if too many cannot be read, if sizes do not suit the options, or if there are
 * no pictures or too many
 */
export async function survey(
  source: PictureSource,
  side: Side,
  options: TrainingOptions,
  lanes: Lanes,
  onWarning: (sentence: string) => void,
): Promise<UnreadablePicture[]> {
  const count = source.count(side);
  if (count === 0) throw new UserError(`Side ${side} has no pictures.`);
  if (count > mostItems) {
    throw new UserError(
      `Side ${side} has ${count} pictures, but at most ${mostItems} can be used: give ${option("maxDatasetSize")}.`,
    );
  }
  const unreadable: UnreadablePicture[] = [];
  const sizes = new Map<number, Size>();
  const look = async (index: number) => {
    try {
      sizes.set(index, await source.size(side, index));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unreadable.push({ index, reason: error.message });
    }
  };
  await allInOrder(Array.from({ length: count }, (_, index) => lanes.run(() => look(index))));
  unreadable.sort((a, b) => a.index - b.index);
  if (unreadable.length === count || unreadable.length > mostUnreadable * count) {
    throw new UserError(
      `${unreadable.length} of the ${count} pictures of side ${side} cannot be read; repair or remove them:\n` +
        listed(unreadable.map(({ reason }) => reason)).join("\n"),
    );
  }
  const readable = [...sizes]
    .sort(([a], [b]) => a - b)
    .map(([index, size]) => ({ name: source.name(side, index), size }));
  checkSizes(readable, options, side);
  if (count === 1) {
    onWarning(
      `${readable[0].name} is the only picture of side ${side}: the networks will memorise it and learn little else.`,
    );
  }
  const enlarged = readable.filter(({ size }) => isEnlarged(size, options)).length;
  if (enlarged > 0) {
    onWarning(`${enlarged} of the ${count} pictures of side ${side} are smaller than the crop and are enlarged.`);
  }
  return unreadable;
}

interface KnownPicture {
  readonly name: string;
  readonly size: Size;
}

function checkSizes(pictures: readonly KnownPicture[], options: TrainingOptions, side: Side): void {
  const misfits = pictures.flatMap(({ name, size }) => {
    const misfit = pictureMisfit(size, options, side);
    return misfit ? [`${name} ${misfit}`] : [];
  });
  if (misfits.length === 1) throw new UserError(misfits[0]);
  if (misfits.length > 1) {
    throw new UserError(`${misfits.length} pictures do not fit the options:\n${listed(misfits).join("\n")}`);
  }
  if (options.batchSize === 1 || options.preprocess.includes("crop")) return;
  const prepared = pictures.map(({ name, size }) => ({
    name,
    size: scaledSize(size, preprocessOptions(options, "A")),
  }));
  checkBatch(prepared);
}

/**
 * Refuses pictures of different sizes, which cannot form a batch.
 *
 * @throws UserError that names two of them
 */
export function checkBatch(pictures: readonly KnownPicture[]): void {
  const [first] = pictures;
  const other = pictures.find(({ size }) => size.width !== first.size.width || size.height !== first.size.height);
  if (!other) return;
  const told = ({ name, size }: KnownPicture) => `${name} (${size.width} x ${size.height})`;
  throw new UserError(
    `${told(first)} and ${told(other)} differ in size, so they cannot be in one batch: ` +
      `give ${option("batchSize", 1)}, or a ${option("preprocess")} that crops.`,
  );
}

function isEnlarged(size: Size, options: TrainingOptions): boolean {
  const { preprocess, cropSize } = options;
  const scales = ["resize", "scale_width"].some((word) => preprocess.includes(word));
  return preprocess.includes("crop") && !scales && Math.min(size.width, size.height) < cropSize;
}

/** The first ten, and the number of the others. */
function listed(lines: readonly string[]): string[] {
  const shown = lines.slice(0, 10).map((line) => `  ${line}`);
  return lines.length > shown.length ? [...shown, `  and ${lines.length - shown.length} more`] : shown;
}
