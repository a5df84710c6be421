// Converts OKLab in whole numbers (lab.wgsl) back to a pixel's red, green and blue, also in whole
// numbers. What sRGB cannot show is clipped channel by channel. A colour of sRGB comes back as the
// same bytes or neighbouring ones.
//
//   lights  [256]  the least light that rounds to each byte, in parts of 2^17; the first is 0

// Light in parts of 2^17, from the cube root in parts of 2^15.
fn cubed(root: vec3i) -> vec3i {
  return vec3i((cubes(vec3u(clamp(root, vec3i(0), vec3i(32767)))) + vec3u(4096u)) >> vec3u(13u));
}

// The greatest byte whose least light is at most `light`, by binary search. The mask is as in
// cubeRoots.
fn byteOf(light: i32) -> u32 {
  var byte = 0u;
  for (var bit = 128u; bit > 0u; bit = (bit >> 1u) & 0x7fu) {
    if (i32(lights[byte | bit]) <= light) {
      byte |= bit;
    }
  }
  return byte;
}

// Ottosson's inverse matrices, times 2^14 and 2^11. The rows of the second sum to one, so greys
// stay grey.
fn srgb(lab: vec3i) -> u32 {
  let chroma = lab.yz - vec2i(16384);
  let roots = vec3i(lab.x) + ((vec3i(
    dot(chroma, vec2i(6494, 3536)),
    dot(chroma, vec2i(-1730, -1046)),
    dot(chroma, vec2i(-1466, -21160)),
  ) + vec3i(8192)) >> vec3u(14u));
  let response = cubed(roots);
  let light = (vec3i(
    dot(response, vec3i(8349, -6774, 473)),
    dot(response, vec3i(-2598, 5345, -699)),
    dot(response, vec3i(-9, -1441, 3498)),
  ) + vec3i(1024)) >> vec3u(11u);
  return byteOf(light.x) | (byteOf(light.y) << 8u) | (byteOf(light.z) << 16u);
}
