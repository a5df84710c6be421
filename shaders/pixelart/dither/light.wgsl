// Light in whole numbers; 2^16 is the brightest that a channel shows. Colours are mixed as light,
// because the eye averages the light of dots too small to resolve. They are compared as shades
// (../palette/shade.wgsl), because that is how the eye tells one colour from another.

// The shade of a light, which is first clamped to the displayable range. The matrix is Ottosson's
// first, times 2^14; each row sums to one.
fn shadeOfLight(light: vec3i) -> vec3u {
  let shown = vec3u(clamp(light, vec3i(0), vec3i(65536)));
  return shade(labOf(vec3u(
    dot(shown, vec3u(6754u, 8787u, 843u)),
    dot(shown, vec3u(3472u, 11152u, 1760u)),
    dot(shown, vec3u(1447u, 4616u, 10321u)),
  )));
}
