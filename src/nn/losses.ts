// The adversarial losses, as in the reference's GANLoss: a discriminator's map of scores D is
// compared with one number everywhere, 1 for real and 0 for fake.
//
//            lsgan         vanilla                  wgangp
//   real     (D - 1)^2     -log(sigmoid(D))         -D
//   fake     D^2           -log(1 - sigmoid(D))     D
//
// each averaged over the map.

import { apply, type Tensor } from "../autograd/tensor.ts";
import { scale } from "../kernels/tensor/elementwise.ts";
import { mean } from "../kernels/tensor/reduction.ts";
import { crossEntropy, squaredError } from "../kernels/training/losses.ts";

/**
 * lsgan: the mean squared error (Mao et al. 2017). vanilla: the cross entropy of the scores as
 * logits (Goodfellow et al. 2014). wgangp: the plain mean, with either sign (Arjovsky et al. 2017),
 * without the gradient penalty that its name promises: the reference contains the penalty but never
 * calls it.
 */
export type GanMode = "lsgan" | "vanilla" | "wgangp";

/** [N, 1, h, w] -> [1, 1, 1, 1]: the loss of the scores against real, or against fake. */
export function ganLoss(mode: GanMode, verdicts: Tensor, real: boolean): Tensor {
  const target = real ? 1 : 0;
  switch (mode) {
    case "lsgan":
      return apply(squaredError, [verdicts], { target });
    case "vanilla":
      return apply(crossEntropy, [verdicts], { target });
    case "wgangp":
      return real ? apply(scale, [apply(mean, [verdicts], {})], { factor: -1 }) : apply(mean, [verdicts], {});
  }
}
