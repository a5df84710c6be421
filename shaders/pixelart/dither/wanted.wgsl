// Before error diffusion: the light that each cell should show. If the palette cannot mix a colour,
// its error would be passed on without end and drown everything after it. Such a colour is replaced
// by the nearest one that can be mixed, which is the nearest point in the convex hull of the
// palette's lights.
//
// Gilbert's algorithm finds it ("An iterative procedure for computing the minimum of a quadratic
// form on a convex set", 1966): from a colour of the palette, each step moves towards the colour
// that lies furthest in the direction of the wanted light, as far as brings it nearest.
//
//   cells    [count]    pixels
//   centres  [colours]  shades and pixels
//   lights   [colours]
//   levels   [256]      see levels.wgsl
//   wanted   [count]    light, and the pixel

struct Run {
  count: u32,
  first: u32,
  strength: u32,  // 0 to 256: 0 leaves every colour as it is
  colours: u32,
}

@group(0) @binding(0) var<storage, read> cells: array<u32>;
@group(0) @binding(1) var<storage, read> centres: array<vec4u>;
@group(0) @binding(2) var<storage, read> lights: array<vec4i>;
@group(0) @binding(3) var<storage, read> levels: array<f32>;
@group(0) @binding(4) var<storage, read_write> wanted: array<vec4i>;
@group(0) @binding(5) var<uniform> run: Run;

#include pixelart/palette/lab
#include pixelart/palette/shade
#include pixelart/dither/light
#include pixelart/dither/levels
#include pixelart/palette/nearest
#include pixelart/dither/mixture

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= run.count) {
    return;
  }
  let cell = cells[index];
  let own = lightOf(cell);
  var mixed = lights[nearestTo(vec4u(shadeOfLight(own), cell), run.colours).index].xyz;
  for (var step = 0u; step < STEPS; step++) {
    var furthest = 0;
    var across = vec3i(0);
    let missing = own - mixed;
    for (var k = 0u; k < run.colours; k++) {
      let way = lights[k].xyz - mixed;
      let reached = along(missing, way);
      if (visible(centres[k]) && reached > furthest) {
        furthest = reached;
        across = way;
      }
    }
    if (furthest == 0) {
      break;
    }
    mixed += partOf(across, shareOf(missing, across));
  }
  let light = own + (((mixed - own) * i32(run.strength) + vec3i(128)) >> vec3u(8u));
  wanted[index] = vec4i(light, bitcast<i32>(cell));
}
