// `pixelcycle weights convert IN OUT`: converts a checkpoint to another format or precision.

import { stat } from "node:fs/promises";
import { extname } from "node:path";
import type { Command } from "commander";
import { allInOrder, UserError } from "../../errors.ts";
import { writeSafetensors } from "../../formats/tensors/safetensors.ts";
import { toHalf } from "../../formats/tensors/tensors.ts";
import { writePth } from "../../formats/torch/pth-write.ts";
import { writeFileAtomically } from "../../platform/files/files.node.ts";
import { passedOverLine } from "../terminal/passed-over.ts";
import { print } from "../terminal/print.ts";

export function registerWeights(program: Command): void {
  program
    .command("weights")
    .description("work with checkpoints")
    .command("convert")
    .description("write a checkpoint as .pth or .safetensors, depending on OUT's extension")
    .argument("<in>", "a checkpoint of any format, a run's folder, or a bundled model")
    .argument("<out>", "the file to write; an existing file is replaced")
    .option("--key <path>", "which network to use if a file or run has several, such as G_A")
    .option("--half", "write half precision, which halves the file")
    .action(convertWeights);
}

async function convertWeights(
  input: string,
  output: string,
  { half, key }: { half?: boolean; key?: string },
): Promise<void> {
  const extension = extname(output).toLowerCase();
  if (extension !== ".pth" && extension !== ".safetensors") {
    throw new UserError(`${output}: the name must end in .pth or .safetensors, which decides the format.`);
  }
  const { loadNetwork } = await import("../files/model.ts");
  const model = await loadNetwork(input, { key });
  if (!model.card && (await isSameFile(model.name, output))) {
    throw new UserError(`${output}: this is the input file; name another file to write to.`);
  }
  const tensors = half ? model.tensors.map(toHalf) : model.tensors;
  const bytes = extension === ".pth" ? writePth(tensors) : writeSafetensors(tensors, model.metadata);
  await writeFileAtomically(output, bytes);
  print(`${output}: ${tensors.length} tensors, ${bytes.length.toLocaleString("en-US")} bytes`);
  const passedOver = passedOverLine(model.passedOver);
  if (passedOver) print(passedOver);
}

/** Whether two paths lead to the same file, also through links. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await allInOrder([stat(a), stat(b).catch(() => undefined)]);
  return first.ino === second?.ino && first.dev === second.dev;
}
