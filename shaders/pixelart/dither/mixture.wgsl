// Distances of shades, and mixtures of two colours in light, by the share of the way from one to
// the other.

const WHOLE = 4096u;

// Green contributes most to brightness, blue least.
const WEIGHTS = vec3i(3, 5, 2);

fn apart(a: vec3u, b: vec3u) -> u32 {
  let difference = vec3u(abs(vec3i(a) - vec3i(b)));
  return dot(difference, difference);
}

fn partOf(across: vec3i, part: u32) -> vec3i {
  return (across * i32(part) + vec3i(2048)) >> vec3u(12u);
}

// The weighted dot product of two differences of light, in 13 bits each so that the sum fits into
// 32.
fn along(a: vec3i, b: vec3i) -> i32 {
  return dot((a >> vec3u(3u)) * (b >> vec3u(3u)), WEIGHTS);
}

// The share of `across`, in parts of WHOLE, that comes nearest to `wanted`: their dot product over
// the squared length of `across`, clamped to 0 and WHOLE.
fn shareOf(wanted: vec3i, across: vec3i) -> u32 {
  let length = along(across, across);
  let reached = along(wanted, across);
  if (reached <= 0) {
    return 0u;
  }
  if (reached >= length) {
    return WHOLE;
  }
  // reached / length, bit by bit.
  var share = 0u;
  var rest = u32(reached);
  for (var bit = WHOLE >> 1u; bit > 0u; bit >>= 1u) {
    rest <<= 1u;
    if (rest >= u32(length)) {
      rest -= u32(length);
      share |= bit;
    }
  }
  return share;
}
