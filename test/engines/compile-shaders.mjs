// Runs in Deno: compiles shaders, each as a whole pipeline, and prints the compiler's messages
// about those that it rejects.
//
//   deno run compile-shaders.mjs FILE
//
// FILE is JSON, [{ label, code }]. Prints { adapter, refused: [{ label, reason }], skipped: [label]
// } as JSON. Skipped shaders need a feature that the adapter lacks.

import { readFileSync } from "node:fs";

const adapter = await navigator.gpu.requestAdapter();
if (!adapter) throw new Error("There is no WebGPU adapter.");
const features = /** @type {GPUFeatureName[]} */ (["subgroups"]).filter((name) => adapter.features.has(name));
const { maxComputeWorkgroupStorageSize } = adapter.limits;
const device = await adapter.requestDevice({
  requiredFeatures: features,
  requiredLimits: { maxComputeWorkgroupStorageSize },
});

/** @param {string} code */
async function compile(code) {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code });
  const invalid = await device.popErrorScope();
  if (invalid) return invalid.message;
  try {
    await device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const refused = [];
const skipped = [];
for (const { label, code } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  if (/^enable subgroups;$/m.test(code) && !features.includes("subgroups")) {
    skipped.push(label);
    continue;
  }
  const reason = await compile(code);
  if (reason) refused.push({ label, reason });
}
console.log(JSON.stringify({ adapter: adapter.info.description, refused, skipped }));
