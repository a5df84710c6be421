// Creates the compute pipelines of WGSL files on whatever device Vulkan offers. It runs as a child
// process of offline.ts, which provides a null device. The layer writes its report under the name
// in the environment at the time when a pipeline is created.

import { readFileSync } from "node:fs";
import { create } from "webgpu";

const gpu = create([]);
const adapter = await gpu.requestAdapter();
if (!adapter) throw new Error("Dawn finds no adapter on the null device.");
/** @type {("maxComputeWorkgroupStorageSize" | "maxComputeInvocationsPerWorkgroup" | "maxComputeWorkgroupSizeX" | "maxComputeWorkgroupSizeY")[]} */
const raised = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
];
const device = await adapter.requestDevice({
  requiredFeatures: ["subgroups"],
  requiredLimits: Object.fromEntries(raised.map((name) => [name, adapter.limits[name]])),
});
for (const file of process.argv.slice(2)) {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code: readFileSync(file, "utf8") });
  process.env.GPU_OFFLINE_PIPELINE = file.replace(/\.wgsl$/, "");
  device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  const error = await device.popErrorScope();
  if (error) throw new Error(`${file}: ${error.message}`);
}
device.destroy();
process.exit(0); // does not wait, since a null device never finishes its work
