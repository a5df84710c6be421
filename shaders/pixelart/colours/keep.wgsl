// Combines the source's colours with the network's outlines, in OKLab. Instance norm subtracts the
// mean of every channel, so a generator hardly knows how bright or how blue a large area is. It
// does know where an artist would draw an outline and where one flat cluster ends. So chroma and
// large-scale lightness come from the source; fine differences of lightness come from the network,
// with a share of the source's added:
//
//   lightness = blur(source) + (network - blur(network))
//             + SOURCE_DETAIL / 16 * (source - blur(source))
//
// The blur is a binomial filter of 9 x 9 cells (standard deviation 1.4) over the visible cells. The
// result is clamped between the darkest source cell of the surrounding 3 x 3 minus FALL, and the
// brightest plus RISE. An outline may be darker than anything in the source, but a bright rim
// beside it is an artefact of the blur and is cut off.
//
//   pairs   [rows, width]  cells of the band and its halo of rows; see pair.wgsl
//   cells   [band]         pixels
//   lights                 the table of OKLab

struct Band {
  pairs: u32,    // where the window of rows begins in its binding
  cells: u32,    // where the band begins in the output's binding
  width: u32,    // cells in a row
  rows: u32,     // of the window
  first: u32,    // the band's first row in the window
  count: u32,    // cells of the band
  strength: u32, // 0 to 256: 0 keeps the network's colours
}

@group(0) @binding(0) var<storage, read> pairs: array<vec4u>;
@group(0) @binding(1) var<storage, read> lights: array<f32>;
@group(0) @binding(2) var<storage, read_write> cells: array<u32>;
@group(0) @binding(3) var<uniform> band: Band;

#include pixelart/palette/lab
#include pixelart/palette/srgb
#include pixelart/colours/pair

const RADIUS = 4u;
const BINOMIAL = array<u32, 9>(1u, 8u, 28u, 56u, 70u, 56u, 28u, 8u, 1u);

// The blurred lightness of the network and of the source around a cell, and the darkest and
// brightest source cell of the surrounding 3 x 3.
struct Surroundings {
  drawn: i32,
  seen: i32,
  darkest: i32,
  brightest: i32,
}

fn around(place: vec2u) -> Surroundings {
  var binomial = BINOMIAL;
  var sum = vec3u(0u);
  var darkest = 32767;
  var brightest = 0;
  let least = max(place, vec2u(RADIUS)) - vec2u(RADIUS);
  let end = min(place + vec2u(RADIUS + 1u), vec2u(band.width, band.rows));
  for (var y = least.y; y < end.y; y++) {
    for (var x = least.x; x < end.x; x++) {
      let both = pairs[band.pairs + y * band.width + x].x;
      if (both == 0u) {
        continue;
      }
      let light = unpacked(both);
      let apart = vec2u(x, y) + vec2u(RADIUS) - place;
      sum += binomial[apart.y] * binomial[apart.x] * vec3u(light, 1u);
      if (all(max(apart, vec2u(8u) - apart) <= vec2u(RADIUS + 1u))) {
        darkest = min(darkest, i32(light.y));
        brightest = max(brightest, i32(light.y));
      }
    }
  }
  let mean = vec2i((sum.xy + vec2u(sum.z / 2u)) / sum.z);
  return Surroundings(mean.x, mean.y, darkest, brightest);
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let place = vec2u(index % band.width, band.first + index / band.width);
  let pair = pairs[band.pairs + place.y * band.width + place.x];
  if (pair.x == 0u) {
    cells[band.cells + index] = pair.w;
    return;
  }
  let light = vec2i(unpacked(pair.x));
  let drawn = vec3i(light.x, vec2i(unpacked(pair.y)));
  let seen = vec3i(light.y, vec2i(unpacked(pair.z)));
  let near = around(place);
  let detail = drawn.x - near.drawn + ((i32(SOURCE_DETAIL) * (seen.x - near.seen)) >> 4u);
  let least = max(near.darkest - i32(FALL), 0);
  let most = min(near.brightest + i32(RISE), 32767);
  let kept = vec3i(clamp(near.seen + detail, least, most), seen.yz);
  let mixed = drawn + (((kept - drawn) * i32(band.strength) + vec3i(128)) >> vec3u(8u));
  cells[band.cells + index] = srgb(mixed) | (pair.w & 0xff000000u);
}
