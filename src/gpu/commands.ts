// Dispatches that are ready to run, and their recording into few passes and submits.
// A pass costs time and so does a submit; a dispatch inside an open pass costs almost nothing.

import type { Gpu } from "./gpu.ts";

/** One kernel launch, complete: nothing is looked up or made when it runs. */
export interface Dispatch {
  label: string;
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  workgroups: readonly [number, number, number];
  /** Floating-point operations, by which long work is split into submits. */
  flops: number;
}

/** A range of a buffer, in bytes. */
export interface BufferRange {
  buffer: GPUBuffer;
  offset: number;
  size: number;
}

/** The bind group of a kernel: its buffers in the order of their `@binding` numbers. */
export function bind(gpu: Gpu, label: string, pipeline: GPUComputePipeline, ranges: BufferRange[]): GPUBindGroup {
  return gpu.device.createBindGroup({
    label,
    layout: pipeline.getBindGroupLayout(0),
    entries: ranges.map((resource, binding) => ({ binding, resource })),
  });
}

/** Encodes dispatches in order into one pass and submits it. WebGPU itself orders writes before later reads. */
export function submit(
  gpu: Gpu,
  dispatches: readonly Dispatch[],
  timestampWrites?: GPUComputePassTimestampWrites,
): void {
  const label = dispatches.length === 1 ? dispatches[0].label : `${dispatches[0]?.label} and what follows`;
  gpu.begin(label);
  if (gpu.recorder && !timestampWrites) return gpu.recorder.submit(dispatches, label);
  const encoder = gpu.device.createCommandEncoder({ label });
  encodePass(encoder, label, dispatches, timestampWrites);
  gpu.device.queue.submit([encoder.finish()]);
}

/** Encodes dispatches in order into one pass. */
export function encodePass(
  encoder: GPUCommandEncoder,
  label: string,
  dispatches: readonly Dispatch[],
  timestampWrites?: GPUComputePassTimestampWrites,
): void {
  const pass = encoder.beginComputePass(timestampWrites ? { label, timestampWrites } : { label });
  for (const { pipeline, bindGroup, workgroups } of dispatches) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(...workgroups);
  }
  pass.end();
}
