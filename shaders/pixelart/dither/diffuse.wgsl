// Error diffusion: each cell in turn, row by row, takes the nearest palette colour. The error, the
// light that the cell lost or gained by that, is distributed over cells that come later.
//
// A row may run two cells behind the row above it, since by then all errors that come from above
// are known. So each lane has one row, and all lanes advance together as a slanted wavefront. A
// workgroup handles a strip of ROWS rows. How rows are cut into strips does not affect the errors.
//
//   wanted   [rows][width]  the light that each cell should show, and its pixel: see wanted.wgsl
//   centres  [colours]      shades and pixels
//   lights   [colours]
//   errors   [4][width]     the errors of the last four rows; row y is at y % 4
//   output   [rows][width]  pixels

struct Strip {
  wanted: u32,    // where the strip begins in the binding of `wanted`
  output: u32,    // and in the output's
  width: u32,
  rows: u32,
  row: u32,       // the strip's first row
  strength: u32,  // 0 to 256
  colours: u32,
}

@group(0) @binding(0) var<storage, read> wanted: array<vec4i>;
@group(0) @binding(1) var<storage, read> centres: array<vec4u>;
@group(0) @binding(2) var<storage, read> lights: array<vec4i>;
@group(0) @binding(3) var<storage, read_write> errors: array<vec4i>;
@group(0) @binding(4) var<storage, read_write> output: array<u32>;
@group(0) @binding(5) var<uniform> strip: Strip;

#include pixelart/palette/lab
#include pixelart/palette/shade
#include pixelart/dither/light
#include pixelart/palette/nearest
#include pixelart/dither/mixture

// Errors are limited to four times the light that a channel can show.
const MOST = vec3i(4 * 65536);

fn errorAt(row: i32, column: i32) -> vec3i {
  if (row < 0 || column < 0 || column >= i32(strip.width)) {
    return vec3i(0);
  }
  return errors[u32(row & 3) * strip.width + u32(column)].xyz;
}

// The error that a cell receives. Shares are in sixteenths, the strength in 256ths.
fn broughtTo(row: i32, column: i32) -> vec3i {
  let sum = FROM_LEFT * errorAt(row, column - 1) + FROM_FURTHER_LEFT * errorAt(row, column - 2) +
    FROM_ABOVE_LEFT * errorAt(row - 1, column - 1) + FROM_ABOVE * errorAt(row - 1, column) +
    FROM_ABOVE_RIGHT * errorAt(row - 1, column + 1) + FROM_FURTHER_ABOVE * errorAt(row - 2, column);
  return (sum * i32(strip.strength) + vec3i(2048)) >> vec3u(12u);
}

// The palette colour nearest to a light that, with errors added, may lie outside the displayable
// range. Shades alone would ignore the part outside, and it would never be compensated. With p the
// light, q its clamp to the range and c a colour,
//
//   |p - c|^2 = |q - c|^2 + 2 (p - q)(q - c) + a constant
//
// Shades give the first term. The second makes a colour more distant the more it lies in the
// opposite direction. Both are in quarters here.
fn nearestToLight(light: vec3i) -> u32 {
  let shown = clamp(light, vec3i(0), vec3i(65536));
  let shade = shadeOfLight(shown);
  let beyond = (light - shown) >> vec3u(4u);
  var index = 0u;
  var least = 0xffffffffu;
  for (var k = 0u; k < strip.colours; k++) {
    let way = (shown - lights[k].xyz) >> vec3u(4u);
    let distance = (apart(centres[k].xyz, shade) >> 2u) + 3u * u32(dot(beyond * way, WEIGHTS));
    if (visible(centres[k]) && distance < least) {
      least = distance;
      index = k;
    }
  }
  return index;
}

fn diffuse(row: u32, column: u32) {
  let index = row * strip.width + column;
  let y = i32(strip.row + row);
  let own = wanted[strip.wanted + index];
  let cell = bitcast<u32>(own.w);
  var colour = cell;
  var error = vec3i(0);
  if ((cell >> 24u) != 0u) {
    let light = own.xyz + broughtTo(y, i32(column));
    let chosen = nearestToLight(light);
    colour = (centres[chosen].w & 0xffffffu) | (cell & 0xff000000u);
    error = clamp(light - lights[chosen].xyz, -MOST, MOST);
  }
  errors[u32(y & 3) * strip.width + column] = vec4i(error, 0);
  output[strip.output + index] = colour;
}

@compute @workgroup_size(ROWS)
fn main(@builtin(local_invocation_index) row: u32) {
  let steps = strip.width + 2u * (strip.rows - 1u);
  for (var step = 0u; step < steps; step++) {
    if (row < strip.rows && step >= 2u * row && step - 2u * row < strip.width) {
      diffuse(row, step - 2u * row);
    }
    storageBarrier();
  }
}
