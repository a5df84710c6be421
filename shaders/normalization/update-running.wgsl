// Updates the running mean or variance of a batch norm after a batch (torch.nn.BatchNorm2d):
//
//   kept = kept + MOMENTUM * (new - kept)
//
// The batch's variance is biased; multiplying it by UNBIASED = n / (n - 1) gives the unbiased one
// that PyTorch keeps.
//
//   statistics  [2][VECTORS]   mean, 1 / sqrt(variance + EPSILON)
//   kept        [VECTORS]

@group(0) @binding(0) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> kept: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= VECTORS) {
    return;
  }
  var now = statistics[id.x];
  if (VARIANCE) {
    let scale = statistics[VECTORS + id.x];
    now = (1.0 / (scale * scale) - EPSILON) * UNBIASED;
  }
  kept[id.x] += MOMENTUM * (now - kept[id.x]);
}
