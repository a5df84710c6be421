// Ordered dithering with any palette: each cell shows one of two colours, and a mask of ranks
// decides which.
//
// The first colour is the nearest. The second is the one that makes the best mixture with it: on
// the line between the two in light, the point nearest to the cell's light has the most similar
// shade. Mixing distant colours looks like noise where it is not needed, so the distance between
// the two counts a little against the pair. The lighter of the two shows where the mask's rank is
// below its share, so the pattern does not break where the nearest colour changes.
//
//   cells    [count]         pixels
//   centres  [colours]       shades and pixels
//   lights   [colours]
//   levels   [256]           see levels.wgsl
//   mask     [side][side]    the ranks 0 to side^2 - 1, each once
//   output   [count]         pixels

struct Run {
  count: u32,
  first: u32,     // index of the first among all cells
  width: u32,     // cells in a row
  height: u32,
  side: u32,      // of the mask
  strength: u32,  // 0 to 256
  colours: u32,
}

@group(0) @binding(0) var<storage, read> cells: array<u32>;
@group(0) @binding(1) var<storage, read> centres: array<vec4u>;
@group(0) @binding(2) var<storage, read> lights: array<vec4i>;
@group(0) @binding(3) var<storage, read> levels: array<f32>;
@group(0) @binding(4) var<storage, read> mask: array<f32>;
@group(0) @binding(5) var<storage, read_write> output: array<u32>;
@group(0) @binding(6) var<uniform> run: Run;

#include pixelart/palette/lab
#include pixelart/palette/shade
#include pixelart/dither/light
#include pixelart/dither/levels
#include pixelart/palette/nearest
#include pixelart/dither/mixture

// The square root of x, rounded down, bit by bit.
fn rootOf(x: u32) -> u32 {
  var root = 0u;
  for (var bit = 0x8000u; bit > 0u; bit >>= 1u) {
    let trial = root | bit;
    root = select(root, trial, trial * trial <= x);
  }
  return root;
}

// At a lower strength, cells near the first colour stay unmixed. Only those in the middle between
// the two colours are mixed, and that middle narrows with the strength. With s = strength / 256:
//
//   share * (2 near - (1 - s) (near + far)) / (2 s near), or 0 if that is negative
//
// Distances have ten bits here.
fn weakened(share: u32, near: u32, far: u32) -> u32 {
  let strength = i32(run.strength);
  let beyond = 512 * i32(near) - (256 - strength) * i32(near + far);
  if (beyond <= 0) {
    return 0u;
  }
  return share * u32(beyond) / (2u * run.strength * near);
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= run.count) {
    return;
  }
  let cell = cells[index];
  if ((cell >> 24u) == 0u) {
    output[index] = cell;
    return;
  }
  let light = lightOf(cell);
  let point = vec4u(shadeOfLight(light), cell);
  let first = nearestTo(point, run.colours);
  let base = lights[first.index].xyz;
  var least = first.distance;
  var second = first.index;
  var share = 0u;
  for (var k = 0u; k < run.colours; k++) {
    if (!visible(centres[k])) {
      continue;
    }
    let across = lights[k].xyz - base;
    let part = shareOf(light - base, across);
    let mixture = base + partOf(across, part);
    let noise = apart(centres[k].xyz, centres[first.index].xyz) >> NOISE_SHIFT;
    let distance = apart(shadeOfLight(mixture), point.xyz) + noise;
    if (distance < least) {
      least = distance;
      second = k;
      share = part;
    }
  }
  let near = rootOf(first.distance) >> 6u;
  let far = rootOf(apart(centres[second].xyz, point.xyz)) >> 6u;
  share = weakened(share, near, far);

  let position = run.first + index;
  let x = position % run.width;
  let y = position / run.width % run.height;
  let rank = u32(mask[(y % run.side) * run.side + x % run.side]);
  let area = run.side * run.side;
  let isSecondLighter = centres[second].x > centres[first.index].x;
  let shareOfLighter = select(WHOLE - share, share, isSecondLighter);
  let isLighter = (2u * rank + 1u) * WHOLE < 2u * shareOfLighter * area;
  let chosen = select(first.index, second, isLighter == isSecondLighter);
  output[index] = (centres[chosen].w & 0xffffffu) | (cell & 0xff000000u);
}
