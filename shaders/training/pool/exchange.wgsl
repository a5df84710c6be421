// Exchanges one image with a pool of earlier ones: either it or a pooled image is shown, and it may
// be stored in that one's slot. The CPU decides: decisions[2 * SAMPLE] is a slot of the pool, or
// -1, and the number after it says whether the image in the slot is shown.
//
//   image, shown  [samples][VECTORS]     of which this is sample SAMPLE
//   pool          [slots][VECTORS]       of which FIRST_SLOT and those after it are bound

struct Range {
  count: u32,       // vec4s of an image
  imageOffset: u32, // where the sample begins in its bindings, in vec4s
  shownOffset: u32,
  poolOffset: u32,  // where the first slot that is bound begins
  sample: u32,
  firstSlot: u32,
  slots: u32,       // that are bound
}

@group(0) @binding(0) var<storage, read> image: array<vec4f>;
@group(0) @binding(1) var<storage, read> decisions: array<f32>;
@group(0) @binding(2) var<storage, read_write> pool: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> shown: array<vec4f>;
@group(0) @binding(4) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let now = image[range.imageOffset + index];
  let slot = i32(decisions[2u * range.sample]) - i32(range.firstSlot);
  if (slot >= 0 && slot < i32(range.slots)) {
    let place = range.poolOffset + u32(slot) * range.count + index;
    shown[range.shownOffset + index] = select(now, pool[place], decisions[2u * range.sample + 1u] == 1.0);
    pool[place] = now;
  } else if (slot < 0 && range.firstSlot == 0u) {
    shown[range.shownOffset + index] = now;
  }
}
