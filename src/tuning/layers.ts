// The layers of plans whose kernels can be measured.

import type { Plan } from "../autograd/plan.ts";
import type { LayerVariants, Operation, TensorType, Traits } from "../kernels/core/operation.ts";

/** One shape of an operation. */
export interface Layer {
  /** Layers of one name share a choice. */
  readonly name: string;
  readonly operation: Operation;
  /** As they are stored: in full or in half precision. */
  readonly inputs: readonly TensorType[];
  readonly attributes: unknown;
  readonly flops: number;
}

export function variantsOf({ operation, inputs, attributes }: Layer, traits: Traits): LayerVariants {
  return operation.variants!(traits, inputs, operation.infer(inputs, attributes), attributes);
}

/** The layers of plans, each name once, those that take most of the work first. */
export function layersOf(plans: readonly Plan[], traits: Traits): Layer[] {
  const layers = new Map<string, { layer: Layer; total: number }>();
  for (const { nodes } of plans) {
    const typeOf = new Map(nodes.map(({ tensor, operand }) => [tensor, operand.type!]));
    for (const { tensor } of nodes) {
      const { origin } = tensor;
      if (origin.kind !== "computed" || !origin.operation.variants) continue;
      const { operation, attributes } = origin;
      const inputs = origin.inputs.map((input) => typeOf.get(input)!);
      const { layer: name } = operation.variants!(traits, inputs, typeOf.get(tensor)!, attributes);
      const { flops } = operation.cost(inputs, attributes);
      const known = layers.get(name);
      const layer = known && known.layer.flops >= flops ? known.layer : { name, operation, inputs, attributes, flops };
      layers.set(name, { layer, total: (known?.total ?? 0) + flops });
    }
  }
  return [...layers.values()].sort((a, b) => b.total - a.total).map(({ layer }) => layer);
}
