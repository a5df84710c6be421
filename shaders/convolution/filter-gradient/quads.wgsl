// broadcast.wgsl with four columns for subgroups of four lanes, for SwiftShader: the same tile and
// the same sums without an array, as convolution/quads.wgsl explains. Of the gradients of four
// pixels, each lane loads one vec4 of output channels, which it shows to the others. It takes half
// of the time of broadcast.wgsl there.

enable subgroups;

#include convolution/geometry
#include convolution/quad
#include convolution/filter-gradient/chunks
#include convolution/filter-gradient/lines

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(3) var<uniform> part: Part;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = part;
  let band = own.band;
  let rowIndex = group.x / band.columnGroups * 4u + lane;
  let row = rowAt(rowIndex, band);
  let firstColumn = group.x % band.columnGroups * 4u;

  var sums0 = mat4x4f();
  var sums1 = mat4x4f();
  var sums2 = mat4x4f();
  var sums3 = mat4x4f();
  let chunk = chunkAt(group.y, own);
  for (var y = chunk.firstLine; y < chunk.endLine; y++) {
    let line = lineAt(y, chunk.sample, row, band);
    for (var x = 0u; x < band.outputWidth; x += 4u) {
      let values = inputsFrom(x, line, row, band);
      let first = gradientAt(x, firstColumn + lane, line, band);
      let second = gradientAt(x + 1u, firstColumn + lane, line, band);
      let third = gradientAt(x + 2u, firstColumn + lane, line, band);
      let fourth = gradientAt(x + 3u, firstColumn + lane, line, band);
      // Of one lane, the same four pixels of four output channels, channel by channel.
      sums0 += values * transpose(mat4x4f(
        quadBroadcast(first, 0u), quadBroadcast(second, 0u), quadBroadcast(third, 0u), quadBroadcast(fourth, 0u),
      ));
      sums1 += values * transpose(mat4x4f(
        quadBroadcast(first, 1u), quadBroadcast(second, 1u), quadBroadcast(third, 1u), quadBroadcast(fourth, 1u),
      ));
      sums2 += values * transpose(mat4x4f(
        quadBroadcast(first, 2u), quadBroadcast(second, 2u), quadBroadcast(third, 2u), quadBroadcast(fourth, 2u),
      ));
      sums3 += values * transpose(mat4x4f(
        quadBroadcast(first, 3u), quadBroadcast(second, 3u), quadBroadcast(third, 3u), quadBroadcast(fourth, 3u),
      ));
    }
  }

  store(sums0, group.y, rowIndex, firstColumn, own);
  store(sums1, group.y, rowIndex, firstColumn + 1u, own);
  store(sums2, group.y, rowIndex, firstColumn + 2u, own);
  store(sums3, group.y, rowIndex, firstColumn + 3u, own);
}
