// Requests an adapter from Dawn, opens a device on it and computes something. Prints the outcome as
// one line of JSON, `{ "adapter": description }` or `{ "problem": sentence }`. It runs in its own
// process, because only a new process sees a newly installed driver, and a bad driver may crash its
// process.

const shader = `
  @group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
  @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) {
    numbers[id.x] = 3 * numbers[id.x] + 1;
  }`;

async function look() {
  const { create, globals } = await import("webgpu").catch((error) => {
    throw new Error(`Dawn, the WebGPU of the npm package "webgpu", does not load here (${error.message}).`);
  });
  Object.assign(globalThis, globals);
  const entry = create([]);
  const adapter = await entry.requestAdapter();
  if (!adapter) throw new Error("There is no WebGPU adapter.");
  const device = await adapter.requestDevice();
  const numbers = await compute(device);
  device.destroy();
  if (String(numbers) !== "1,4,7,10") throw new Error(`The adapter computes wrong: ${numbers} instead of 1,4,7,10.`);
  return { adapter: adapter.info.description || adapter.info.device };
}

/** @param {GPUDevice} device */
async function compute(device) {
  const storage = device.createBuffer({
    size: 16,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const staging = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const module = device.createShaderModule({ code: shader });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: storage } }],
  });
  device.queue.writeBuffer(storage, 0, new Uint32Array([0, 1, 2, 3]));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(storage, 0, staging, 0, 16);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  return Array.from(new Uint32Array(staging.getMappedRange()));
}

const answer = await look().catch((error) => ({ problem: error.message }));
console.log(JSON.stringify(answer));
