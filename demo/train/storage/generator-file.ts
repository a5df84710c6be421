// Exports a run's generator: its .pth, or the same tensors as safetensors or ONNX.

import { UserError } from "../../../src/errors.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { writeSafetensors } from "../../../src/formats/tensors/safetensors.ts";
import { browserStorage } from "../../../src/platform/training/storage.browser.ts";
import type { GeneratorName, WeightFormat } from "../api.ts";
import { runPath } from "./run-folder.ts";

/** @throws UserError if the run has not saved it yet */
export async function generatorFile(name: string, generator: GeneratorName, format: WeightFormat): Promise<File> {
  const bytes = await browserStorage(runPath(name)).read(`latest_net_${generator}.pth`);
  if (!bytes) throw new UserError(`The run ${name} has not saved its ${generator} yet. Pause the run to save it.`);
  return new File([(await converted(bytes, format)) as Uint8Array<ArrayBuffer>], `${name}_${generator}.${format}`);
}

async function converted(pth: Uint8Array, format: WeightFormat): Promise<Uint8Array> {
  if (format === "pth") return pth;
  const { tensors } = readCheckpoint(pth);
  if (format === "safetensors") return writeSafetensors(tensors);
  const { generatorToOnnx } = await import("../../../src/nn/onnx-export.ts");
  return generatorToOnnx(tensors, { batchStatistics: true, metadata: {} });
}
