// The space in which palettes are found: OKLab with a and b stretched by 1.5. OKLab gives
// differences of hue little weight beside those of lightness; in a palette of few colours, the
// green of an eye would be the first to go.

fn shade(lab: vec3u) -> vec3u {
  let chroma = vec2i(lab.yz) - vec2i(16384);
  let spread = vec2i(16384) + chroma + (chroma >> vec2u(1u));
  return vec3u(lab.x, vec2u(clamp(spread, vec2i(0), vec2i(32767))));
}
