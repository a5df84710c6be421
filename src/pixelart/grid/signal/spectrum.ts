// The power spectrum of a profile, by a fast Fourier transform. Its peaks are the periods that the
// profile may have.

/**
 * @param size of the transform, a power of two
 * @returns computes the power of a profile at frequencies from 0 to 1/2, in steps of 1 / `size`;
 * the profile is padded with zeros to `size`
 */
export function powersOfSize(size: number): (profile: Float64Array) => Float64Array {
  const [re, im] = [new Float64Array(size), new Float64Array(size)];
  const turns = Array.from({ length: size / 2 }, (_, k) => (2 * Math.PI * k) / size);
  const cosines = Float64Array.from(turns, Math.cos);
  const sines = Float64Array.from(turns, Math.sin);
  const reversed = reversedBits(size);
  return (profile) => {
    const mean = profile.reduce((sum, value) => sum + value, 0) / profile.length;
    re.fill(0);
    im.fill(0);
    for (let i = 0; i < profile.length; i++) re[reversed[i]] = profile[i] - mean;
    transform(re, im, cosines, sines);
    const power = new Float64Array(size / 2 + 1);
    for (let i = 0; i < power.length; i++) power[i] = re[i] * re[i] + im[i] * im[i];
    return power;
  };
}

function reversedBits(size: number): Uint32Array {
  const reversed = new Uint32Array(size);
  for (let i = 1; i < size; i++) reversed[i] = (reversed[i >> 1] >> 1) | (i & 1 ? size >> 1 : 0);
  return reversed;
}

/**
 * In place, of numbers in the order of reversed bits; the length is a power of two (Cooley and
 * Tukey, 1965).
 */
function transform(re: Float64Array, im: Float64Array, cosines: Float64Array, sines: Float64Array): void {
  const n = re.length;
  for (let half = 1, stride = n / 2; half < n; half *= 2, stride /= 2)
    for (let first = 0; first < n; first += 2 * half)
      for (let k = 0; k < half; k++) {
        const c = cosines[k * stride];
        const s = sines[k * stride];
        const i = first + k;
        const j = i + half;
        const x = re[j] * c + im[j] * s;
        const y = im[j] * c - re[j] * s;
        re[j] = re[i] - x;
        im[j] = im[i] - y;
        re[i] += x;
        im[i] += y;
      }
}
