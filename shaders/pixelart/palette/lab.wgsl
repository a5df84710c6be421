// OKLab (Bjorn Ottosson, 2020, https://bottosson.github.io/posts/oklab) in whole numbers, so that
// every device and the CPU compute the same colour to the last bit. Lightness 0..1 maps to
// 0..32767; a and b likewise, after adding 0.5. The result is within 0.0001 of the exact values;
// the eye distinguishes colours 0.02 apart.

fn cubes(x: vec3u) -> vec3u {
  // x^3 / 2^15, rounded up, from 15-bit halves of the square.
  let square = x * x;
  return (square >> vec3u(15u)) * x + (((square & vec3u(0x7fffu)) * x + vec3u(0x7fffu)) >> vec3u(15u));
}

// The cube roots of x / 2^30, times 2^15, bit by bit. The mask clears nothing. But llvmpipe does not
// see through it and leaves the loop a loop, which takes half as long to compile.
fn cubeRoots(x: vec3u) -> vec3u {
  var root = vec3u(0u);
  for (var bit = 0x4000u; bit > 0u; bit = (bit >> 1u) & 0x3fffu) {
    let trial = root | vec3u(bit);
    root = select(root, trial, cubes(trial) <= x);
  }
  return root;
}

// The OKLab of a colour, from the response of the eye's three kinds of cones to it, times 2^30.
fn labOf(response: vec3u) -> vec3u {
  let root = vec3i(cubeRoots(response));
  // Ottosson's second matrix, times 2^14. The rows of a and b sum to zero, so greys stay grey.
  let lab = vec3i(
    dot(root, vec3i(3448, 13003, -67)),
    dot(root, vec3i(32407, -39790, 7383)),
    dot(root, vec3i(424, 12825, -13249)),
  );
  let rounded = ((lab + vec3i(8192)) >> vec3u(14u)) + vec3i(0, 16384, 16384);
  return vec3u(clamp(rounded, vec3i(0), vec3i(32767)));
}
