// Exchanges one fake with a pool of earlier fakes, so that the discriminator also sees older ones
// (Shrivastava et al. 2017, section 2.3). The CPU decides for each sample:
//
//   decisions[2 * sample]      the slot that stores the image, or -1 for none
//   decisions[2 * sample + 1]  1 to show the image that was in the slot, else the new one
//
//   image, shown  [samples][vec4s of an image]
//   pool          [slots][vec4s of an image]     bound from slot firstSlot on

struct Range {
  count: u32,       // vec4s of an image
  imageOffset: u32, // in vec4s, where the sample begins in its binding
  shownOffset: u32,
  poolOffset: u32,  // where the first bound slot begins
  sample: u32,
  firstSlot: u32,
  slots: u32,       // bound slots
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
