// OKLab in float64, an independent implementation from Ottosson's page, to check the engine's
// integer version.

/** [L, a, b] of a pixel with red in its lowest byte. */
export function exactOklab(pixel: number): [number, number, number] {
  const light = [0, 8, 16].map((shift) => {
    const value = ((pixel >>> shift) & 255) / 255;
    return value > 0.04045 ? Math.pow((value + 0.055) / 1.055, 2.4) : value / 12.92;
  });
  const [r, g, b] = light;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The same with chroma stretched by half, as in the search for palettes. */
export function exactShade(pixel: number): [number, number, number] {
  const [lightness, a, b] = exactOklab(pixel);
  return [lightness, 1.5 * a, 1.5 * b];
}

export function distanceBetween(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
