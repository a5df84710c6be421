// Chooses one of a layer's variants: the one that was measured to be the fastest on this device, or
// the one that rules choose from the shapes. A measured choice changes how numbers round, so a run
// that goes on keeps its choices (src/train/run).

import type { LayerVariants, Launch, Operand, Traits } from "./operation.ts";

/**
 * The name of the chosen variant. A choice that this device or shape does not have counts as none.
 */
export function chosenVariant({ choices }: Traits, { layer, byRule, variants }: LayerVariants): string {
  const measured = choices?.get(layer);
  return measured !== undefined && variants.has(measured) ? measured : byRule;
}

/** The launches of the chosen variant. */
export function launchChosen(
  traits: Traits,
  layer: LayerVariants,
  inputs: readonly Operand[],
  output: Operand,
): Launch[] {
  return layer.variants.get(chosenVariant(traits, layer))!(inputs, output);
}
