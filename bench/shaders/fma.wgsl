// The maximum arithmetic of an adapter: chains of fused multiply-adds in registers, each depending
// only on itself.
//
// CHAINS is the number of independent chains (vec4s): with too few the pipeline runs dry, with too
// many registers spill. Every chain contributes to the result, so none can be optimised away; x ->
// x * factor + addend with a factor of at most one half stays finite for ever.

@group(0) @binding(0) var<storage, read> seeds: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(2) var<uniform> rounds: vec4u;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let factor = 0.5 * seeds[0];
  let addend = seeds[1];
  var chains: array<vec4f, CHAINS>;
  for (var c = 0u; c < CHAINS; c++) {
    chains[c] = seeds[2u + c] * f32(id.x);
  }
  for (var round = 0u; round < rounds.x; round++) {
    for (var step = 0u; step < STEPS; step++) {
      for (var c = 0u; c < CHAINS; c++) {
        chains[c] = fma(chains[c], factor, addend);
      }
    }
  }
  var total = vec4f(0.0);
  for (var c = 0u; c < CHAINS; c++) {
    total += chains[c];
  }
  results[id.x] = total;
}
