// The CPU twin of shaders/pixelart/palette/lab.wgsl, oklab.wgsl, shade.wgsl and srgb.wgsl: OKLab in
// whole numbers, the same on every machine to the last bit.

/** sRGB's transfer function (IEC 61966-2-1), from a byte to light in [0, 1]. */
export function linear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/**
 * Ottosson's first matrix: linear red, green and blue to the responses of the eye's three kinds of
 * cones.
 */
const coneResponse = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];

/**
 * The table [3][256][4] that the shaders read: what each byte of each channel adds to each cone's
 * response, times 2^30.
 */
export const cones: Float32Array<ArrayBuffer> = Float32Array.from({ length: 3 * 256 * 4 }, (_, i) => {
  const [channel, byte, cone] = [Math.floor(i / 1024), Math.floor(i / 4) % 256, i % 4];
  return cone === 3 ? 0 : Math.round(coneResponse[cone][channel] * linear(byte) * 2 ** 30);
});

/**
 * A colour in OKLab's whole numbers: L in 0..1 maps to 0..32767; a and b likewise, after adding
 * 0.5.
 */
export type Oklab = readonly [number, number, number];

/** The OKLab of a pixel, whatever its alpha. */
export function oklabOf(pixel: number, table: ArrayLike<number> = cones): Oklab {
  const red = 4 * (pixel & 255);
  const green = 4 * (256 + ((pixel >>> 8) & 255));
  const blue = 4 * (512 + ((pixel >>> 16) & 255));
  return labOf([0, 1, 2].map((cone) => table[red + cone] + table[green + cone] + table[blue + cone]));
}

/** The OKLab of a colour, from the cones' responses to it, times 2^30. */
export function labOf(response: readonly number[]): Oklab {
  const [l, m, s] = response.map(cubeRoot);
  return [
    rounded(3448 * l + 13003 * m - 67 * s, 0),
    rounded(32407 * l - 39790 * m + 7383 * s, 16384),
    rounded(424 * l + 12825 * m - 13249 * s, 16384),
  ];
}

/** A pixel in the space in which palettes are found (shaders/pixelart/palette/shade.wgsl). */
export function shadeOf(pixel: number, table: ArrayLike<number> = cones): Oklab {
  return spreadChroma(oklabOf(pixel, table));
}

/** The twin of shaders/pixelart/palette/shade.wgsl. */
export function spreadChroma([lightness, a, b]: Oklab): Oklab {
  const spread = (chroma: number) => Math.min(Math.max(16384 + Math.floor(((chroma - 16384) * 3) / 2), 0), 32767);
  return [lightness, spread(a), spread(b)];
}

function rounded(value: number, middle: number): number {
  return Math.min(Math.max(Math.floor((value + 8192) / 16384) + middle, 0), 32767);
}

/** The greatest y below 2^15 with y^3 / 2^15 <= x. */
function cubeRoot(x: number): number {
  let root = Math.min(Math.floor(Math.cbrt(x * 2 ** 15)), 32767);
  // Math.cbrt may be off in its last place, and so end up on the wrong side of a whole number.
  while (root ** 3 > x * 2 ** 15) root--;
  while (root < 32767 && (root + 1) ** 3 <= x * 2 ** 15) root++;
  return root;
}

/** The table [256] that srgb.wgsl reads: the least light, times 2^17, that rounds to each byte. */
export const lights: Float32Array<ArrayBuffer> = Float32Array.from({ length: 256 }, (_, byte) =>
  byte === 0 ? 0 : Math.round(linear(byte - 0.5) * 2 ** 17),
);

/**
 * The colour of a point of OKLab, as the lower 24 bits of a pixel. What sRGB cannot show is
 * clipped.
 */
export function colourOf([lightness, a, b]: Oklab, table: ArrayLike<number> = lights): number {
  const chroma = [a - 16384, b - 16384];
  const response = inverseCones.map(([fromA, fromB]) => {
    const root = lightness + Math.floor((fromA * chroma[0] + fromB * chroma[1] + 8192) / 16384);
    const clamped = Math.min(Math.max(root, 0), 32767);
    // The cube as shaders/pixelart/palette/lab.wgsl computes it: 30 bits, rounded up.
    const square = clamped ** 2;
    const cube = Math.floor(square / 2 ** 15) * clamped + Math.floor(((square % 2 ** 15) * clamped + 0x7fff) / 2 ** 15);
    return Math.floor((cube + 4096) / 8192);
  });
  const [red, green, blue] = inverseLight.map((row) => {
    const light = Math.floor((row.reduce((sum, share, i) => sum + share * response[i], 0) + 1024) / 2048);
    let byte = 0;
    for (let bit = 128; bit > 0; bit >>= 1) if (table[byte | bit] <= light) byte |= bit;
    return byte;
  });
  return red + green * 2 ** 8 + blue * 2 ** 16;
}

/**
 * Ottosson's inverse matrices: from a and b to each cone, times 2^14, and from the cones to each
 * channel, times 2^11.
 */
const inverseCones = [
  [6494, 3536],
  [-1730, -1046],
  [-1466, -21160],
];
const inverseLight = [
  [8349, -6774, 473],
  [-2598, 5345, -699],
  [-9, -1441, 3498],
];

export function squaredDistance(a: Oklab, b: Oklab): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
