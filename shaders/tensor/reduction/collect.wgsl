// Collects single numbers into one vector, so that one readback fetches them all. COUNT of the six
// bindings are used; stand-ins are bound to the others. The numbers are written from index FIRST
// on, followed by zeros up to END, where the vector's padding ends.

@group(0) @binding(0) var<storage, read> number0: array<vec4f>;
@group(0) @binding(1) var<storage, read> number1: array<vec4f>;
@group(0) @binding(2) var<storage, read> number2: array<vec4f>;
@group(0) @binding(3) var<storage, read> number3: array<vec4f>;
@group(0) @binding(4) var<storage, read> number4: array<vec4f>;
@group(0) @binding(5) var<storage, read> number5: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(1)
fn main() {
  let numbers = array<f32, 6>(
    number0[0].x,
    number1[0].x,
    number2[0].x,
    number3[0].x,
    number4[0].x,
    number5[0].x,
  );
  for (var i = 0u; i < COUNT; i++) {
    output[FIRST + i] = numbers[i];
  }
  for (var i = FIRST + COUNT; i < END; i++) {
    output[i] = 0.0;
  }
}
