// Light in whole numbers, 2^16 for the brightest that a channel shows. Colours are mixed as light, since that is what the eye does with dots
// that are too small for it; they are compared as shades (../palette/shade.wgsl), since that is how it tells one from another.

// What lies outside of what can be shown is taken for the nearest that can. Ottosson's first matrix times 2^14; each row sums to one.
fn shadeOfLight(light: vec3i) -> vec3u {
  let shown = vec3u(clamp(light, vec3i(0), vec3i(65536)));
  return shade(labOf(vec3u(
    dot(shown, vec3u(6754u, 8787u, 843u)),
    dot(shown, vec3u(3472u, 11152u, 1760u)),
    dot(shown, vec3u(1447u, 4616u, 10321u)),
  )));
}
