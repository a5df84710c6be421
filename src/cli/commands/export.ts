// `pixelcycle export`: writes a generator for other runtimes. The code for networks is loaded on
// demand.

import { extname } from "node:path";
import type { Command } from "commander";
import { allInOrder, UserError } from "../../errors.ts";
import { writeFileAtomically } from "../../platform/files/files.node.ts";
import { loadModel, type Model } from "../files/model.ts";
import { passedOverLine } from "../terminal/passed-over.ts";
import { print } from "../terminal/print.ts";

export function registerExport(program: Command): void {
  program
    .command("export")
    .description("write a generator as ONNX, for ONNX Runtime and others")
    .option("-w, --weights <file|name>", "a generator's checkpoint, a run's folder, or a bundled model")
    .requiredOption("--onnx <file>", "the file to write; an existing file is replaced")
    .option("--key <path>", "which network to use if a file or run has several, such as G_A")
    .option("--eval", "use batch norm's running statistics, as the reference's --eval does")
    .action(exportModel);
}

interface ExportOptions {
  weights?: string;
  key?: string;
  onnx: string;
  eval?: boolean;
}

async function exportModel({ weights, key, onnx, eval: evaluate }: ExportOptions) {
  // This also prevents overwriting the checkpoint.
  if (extname(onnx).toLowerCase() !== ".onnx") throw new UserError(`${onnx}: the name must end in .onnx.`);
  const [model, { generatorToOnnx }] = await allInOrder([loadModel(weights, key), import("../../nn/onnx-export.ts")]);
  const bytes = generatorToOnnx(model.tensors, { batchStatistics: !evaluate, metadata: metadataOf(model) });
  await writeFileAtomically(onnx, bytes);
  print(`${onnx}: ${model.name}, ${bytes.length.toLocaleString("en-US")} bytes`);
  const passedOver = passedOverLine(model.passedOver);
  if (passedOver) print(passedOver);
}

/** The facts in a bundled model's card, including its training data's licences. */
function metadataOf({ card }: Model): Record<string, string> {
  if (!card) return {};
  const { name, description, cell, margin, training } = card;
  return { model: name, description, cell: String(cell), margin: String(margin), training_data: training.data };
}
