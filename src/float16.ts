// Half precision, IEEE 754's binary16: 1 bit of sign, 5 of exponent, 10 of fraction. Rounding to it
// is off by at most one part in 2048 (`unitRoundoff`) from 2^-14 to 65504, and by 2^-25 below.

/** The largest relative error of rounding a number from 2^-14 to `largestFloat16`. */
export const unitRoundoff = 2 ** -11;

export const largestFloat16 = 65504;

/** The value of a float16's 16 bits. Exact. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const float64 = new Float64Array(1);
const float64Words = new Uint32Array(float64.buffer);

/**
 * The bits of the float16 nearest to a number, ties to even. Converts directly from float64 to
 * avoid rounding twice.
 */
export function numberToFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  float64[0] = value;
  const sign = (float64Words[1] >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // float16 numbers around `size` are 2^step apart; below 2^-14 they are subnormal and the step
  // stays constant.
  const exponent = Math.max(((float64Words[1] >>> 20) & 0x7ff) - 1023, -14);
  const step = exponent - 10;
  const count = roundToEven(size / 2 ** step);
  // A normal number is 1024 to 2047 steps; 2048 carries into the next exponent by itself.
  return sign | (count < 1024 ? count : ((step + 24) << 10) + count);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Many float32 numbers in half precision; those too large become infinite. */
export function float32ToFloat16(numbers: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(numbers.length);
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  for (let i = 0; i < halves.length; i++) {
    const size = bits[i] & 0x7fffffff;
    // Between 2^-14 and 65520 it is enough to drop 13 bits of fraction and to rebase the exponent;
    // this is ten times as fast as the general case.
    halves[i] =
      size >= 0x38800000 && size < 0x477ff000
        ? ((bits[i] >>> 16) & 0x8000) | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13)
        : numberToFloat16(numbers[i]);
  }
  return halves;
}
