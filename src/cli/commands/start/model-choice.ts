// Which bundled model `pixelcycle start` takes where nobody named one: by how long a picture takes each of them here.

import { Generator } from "../../../nn/generator.ts";
import { chooseBySpeed, secondsAPicture, type Choice } from "../../../pixelart/model-speed.ts";
import { openGpu } from "../../../platform/gpu.node.ts";
import { defaultModel, lightModel } from "../../../platform/model-card.ts";
import { loadModel } from "../../files/model.ts";

/** @throws UserError where there is no adapter, or a model cannot be read */
export async function fastEnoughModel(adapter: string | undefined): Promise<Choice> {
  const gpu = await openGpu({ adapter });
  try {
    return await chooseBySpeed(defaultModel, lightModel, async (name) => {
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
