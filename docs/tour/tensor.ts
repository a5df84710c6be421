// The same class for many numbers at once, on a GPU. The only change: an operation and its slopes
// are WGSL formulas instead of numbers.

import { ancestors, to } from "./scalar.ts";

export class Tensor {
  readonly values: GPUBuffer;
  readonly gradient: GPUBuffer;

  /** @param parents what it is computed from, and how fast it grows with each: a formula of a, b and y */
  constructor(
    readonly gpu: GPUDevice,
    readonly count: number,
    private readonly parents: readonly (readonly [parent: Tensor, slope: string])[] = [],
    formula?: string,
  ) {
    const usage = 0x80 | 0x08 | 0x04; // GPUBufferUsage.STORAGE | COPY_DST | COPY_SRC: Node lacks the names
    this.values = gpu.createBuffer({ size: 4 * count, usage }); // WebGPU fills it with zeros
    this.gradient = gpu.createBuffer({ size: 4 * count, usage });
    if (formula) this.add(this.values, formula);
  }

  plus = (b: Tensor) => new Tensor(this.gpu, this.count, [to(this, "1.0"), to(b, "1.0")], "a + b");
  times = (b: Tensor) => new Tensor(this.gpu, this.count, [to(this, "b"), to(b, "a")], "a * b");
  tanh = () => new Tensor(this.gpu, this.count, [to(this, "1.0 - y * y")], "tanh(a)");

  backward(): void {
    const nodes = ancestors<Tensor>(this, ({ parents }) => parents.map(([parent]) => parent));
    for (const { gpu, count, gradient } of nodes) {
      gpu.queue.writeBuffer(gradient, 0, new Float32Array(count).fill(gradient === this.gradient ? 1 : 0));
    }
    for (const node of nodes.reverse()) {
      for (const [parent, slope] of node.parents) node.add(parent.gradient, `(${slope}) * dy`);
    }
  }

  /** Adds the formula to each number of `sum`: one dispatch, one lane per number. */
  private add(sum: GPUBuffer, formula: string): void {
    const [a, b = a] = this.parents.map(([parent]) => parent.values);
    const known = { a, b, y: this.values, dy: this.gradient };
    const read = Object.entries(known).filter(([name]) => new RegExp(`\\b${name}\\b`).test(formula));
    const code = `
      @group(0) @binding(0) var<storage, read_write> sums: array<f32>;
      ${read.map(([name], i) => `@group(0) @binding(${i + 1}) var<storage, read> all_${name}: array<f32>;`).join("\n")}

      @compute @workgroup_size(64)
      fn main(@builtin(global_invocation_id) lane: vec3u) {
        let i = lane.x;
        if (i >= arrayLength(&sums)) { return; }
        ${read.map(([name]) => `let ${name} = all_${name}[i];`).join("\n")}
        sums[i] += ${formula};
      }`;
    const compute = { module: this.gpu.createShaderModule({ code }) };
    const pipeline = this.gpu.createComputePipeline({ layout: "auto", compute });
    const buffers = [sum, ...read.map(([, buffer]) => buffer)];
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const encoder = this.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(Math.ceil(this.count / 64));
    pass.end();
    this.gpu.queue.submit([encoder.finish()]);
  }
}
