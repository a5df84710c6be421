// Chooses the bundled model for `pixelcycle start` if the user names none, by how long a picture
// takes with each on this machine.

import { Generator } from "../../../nn/generator.ts";
import { chooseBySpeed, secondsAPicture, type Choice } from "../../../pixelart/model-speed.ts";
import { openGpu } from "../../../platform/gpu/gpu.node.ts";
import { defaultModel, lightModel } from "../../../platform/models/model-card.ts";
import { loadModel } from "../../files/model.ts";

/** @throws UserError if there is no adapter, or a model cannot be read */
export async function fastEnoughModel(adapter: string | undefined): Promise<Choice> {
  const gpu = await openGpu({ adapter });
  try {
    return await chooseBySpeed(defaultModel, lightModel, gpu.adapter.software, async (name) => {
      const { tensors, card } = await loadModel(name);
      const generator = await Generator.create(gpu, tensors);
      try {
        return await secondsAPicture(generator, card!.margin);
      } finally {
        generator.release();
      }
    });
  } finally {
    gpu.close();
  }
}
