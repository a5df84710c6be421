// quads.wgsl for up to four output channels: each lane loads the gradient of one of four pixels.

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
  let column = group.x % band.columnGroups;

  var sums = mat4x4f();
  let chunk = chunkAt(group.y, own);
  for (var y = chunk.firstLine; y < chunk.endLine; y++) {
    let line = lineAt(y, chunk.sample, row, band);
    for (var x = 0u; x < band.outputWidth; x += 4u) {
      let gradients = quad(gradientAt(x + lane, column, line, band));
      sums += inputsFrom(x, line, row, band) * transpose(gradients);
    }
  }
  store(sums, group.y, rowIndex, column, own);
}
