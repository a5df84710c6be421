// The light of a pixel (see light.wgsl), from a table.
//
//   levels [256]  the light of each byte

fn lightOf(pixel: u32) -> vec3i {
  return vec3i(vec3f(levels[pixel & 0xffu], levels[(pixel >> 8u) & 0xffu], levels[(pixel >> 16u) & 0xffu]));
}
