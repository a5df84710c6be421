// Encodes prepared dispatches into as few passes and submits as possible. A pass and a submit each
// cost time; one more dispatch in an open pass costs almost nothing.

import type { Gpu } from "./gpu.ts";

/** One kernel launch with all of its GPU objects: nothing is looked up or created when it runs. */
export interface Dispatch {
  label: string;
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  workgroups: readonly [number, number, number];
  /** Floating-point operations. Long work is split into submits by this number. */
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

/**
 * Encodes dispatches in order into one pass and submits it. WebGPU itself orders them: a dispatch
 * sees what earlier ones wrote.
 */
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
