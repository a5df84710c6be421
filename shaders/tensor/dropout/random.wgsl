// Counter-based random numbers: the same seed and counter give the same number on every device, in
// any order. The hash is PCG's output permutation over a linear step (Jarzynski and Olano, "Hash
// Functions for GPU Rendering", 2020).

fn pcgHash(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

// Uniform in [0, 1), in steps of 2^-24.
fn uniformAt(seed: u32, counter: u32) -> f32 {
  return f32(pcgHash(pcgHash(seed) ^ counter) >> 8u) * 0x1p-24f;
}
