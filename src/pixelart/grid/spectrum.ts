// The power spectrum of a profile, by a fast Fourier transform. Its peaks are the periods that the profile may have.

/** The power at frequencies from 0 to 1/2, in steps of 1 / `size`. The profile is padded with zeros to `size`, a power of two. */
export function powerOf(profile: Float64Array, size: number): Float64Array {
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const mean = profile.reduce((sum, value) => sum + value, 0) / profile.length;
  for (let i = 0; i < profile.length; i++) re[i] = profile[i] - mean;
  transform(re, im);
  return Float64Array.from({ length: size / 2 + 1 }, (_, i) => re[i] ** 2 + im[i] ** 2);
}

/** In place; the length is a power of two (Cooley and Tukey, 1965). */
function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let length = 2; length <= n; length *= 2) {
    const half = length / 2;
    for (let k = 0; k < half; k++) {
      const [c, s] = [Math.cos((2 * Math.PI * k) / length), -Math.sin((2 * Math.PI * k) / length)];
      for (let i = k; i < n; i += length) {
        const j = i + half;
        const x = re[j] * c - im[j] * s;
        const y = re[j] * s + im[j] * c;
        re[j] = re[i] - x;
        im[j] = im[i] - y;
        re[i] += x;
        im[i] += y;
      }
    }
  }
}
