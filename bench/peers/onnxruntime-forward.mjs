// @ts-nocheck: beside files that are not checked either.

// The generator's forward pass in ONNX Runtime Web on WebGPU, for Node and for a page. It refuses to
// run unless all nodes run on the GPU.

/**
 * @param ort the package's module for WebGPU
 * @param setup { model: bytes of an .onnx file, input: { shape, data } }
 */
export async function start(ort, { model, input: { shape, data } }) {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ["webgpu"],
    extra: { session: { disable_cpu_ep_fallback: "1" } },
  });
  const image = new ort.Tensor("float32", data, shape);
  async function run() {
    const { art } = await session.run({ image });
    return art.data.slice();
  }
  return { ready: `ONNX Runtime Web ${ort.env.versions.web}, webgpu`, run };
}
