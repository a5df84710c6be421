// Colour arithmetic that the kernels of the grid share.

fn bytesOf(pixel: u32) -> vec4u {
  return (vec4u(pixel) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(0xffu);
}

fn difference(a: u32, b: u32) -> vec3i {
  return vec3i(bytesOf(a).xyz) - vec3i(bytesOf(b).xyz);
}

// The dot product of two differences, with weights for how strongly the eye sees each channel.
fn product(a: vec3i, b: vec3i) -> i32 {
  return dot(a * b, vec3i(2, 4, 3));
}

// The squared distance of two colours.
fn distance(a: u32, b: u32) -> u32 {
  let apart = difference(a, b);
  return u32(product(apart, apart));
}

// Ties go to the darker colour, since outlines are dark. No tie depends on a pixel's position.
fn darker(a: u32, b: u32) -> bool {
  let lightness = vec2u(dot(bytesOf(a), vec4u(2u, 4u, 1u, 0u)), dot(bytesOf(b), vec4u(2u, 4u, 1u, 0u)));
  return lightness.x < lightness.y || (lightness.x == lightness.y && (a & 0xffffffu) < (b & 0xffffffu));
}
