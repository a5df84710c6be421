// Single numbers side by side in one vector, so that they can be read back at once. COUNT of the six are there; the others stand in.

@group(0) @binding(0) var<storage, read> number0: array<vec4f>;
@group(0) @binding(1) var<storage, read> number1: array<vec4f>;
@group(0) @binding(2) var<storage, read> number2: array<vec4f>;
@group(0) @binding(3) var<storage, read> number3: array<vec4f>;
@group(0) @binding(4) var<storage, read> number4: array<vec4f>;
@group(0) @binding(5) var<storage, read> number5: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(1)
fn main() {
  output[0] = vec4f(number0[0].x, number1[0].x, number2[0].x, number3[0].x);
  if (COUNT > 4u) {
    output[1] = vec4f(number4[0].x, number5[0].x, 0.0, 0.0);
  }
}
