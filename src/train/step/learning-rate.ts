// The learning-rate schedules: the four policies of the reference's `get_scheduler`, stepped at the
// end of each epoch as it does since August 2025. Three are functions of the epoch alone; `plateau`
// watches a metric and has state.

export interface LearningRateOptions {
  readonly policy: "linear" | "step" | "cosine";
  /** Epochs at the full rate (linear), or the half period (cosine): `n_epochs`. */
  readonly epochs: number;
  /** Epochs of the linear decay: `n_epochs_decay`. */
  readonly decayEpochs: number;
  /**
   * Epochs between two decays to a tenth (step): `lr_decay_iters`, which counts epochs despite its
   * name.
   */
  readonly stepEpochs: number;
}

/**
 * The factor of the learning rate in an epoch, counted from 1.
 * - linear: 1, then evenly down; it would reach 0 one epoch after the last
 * - step: a tenth after every `stepEpochs` (torch.optim.lr_scheduler.StepLR)
 * - cosine: half a wave down over `epochs`, and up again after them (CosineAnnealingLR)
 */
export function learningRateFactor(epoch: number, options: LearningRateOptions): number {
  switch (options.policy) {
    case "linear":
      return 1 - Math.max(0, epoch - options.epochs) / (options.decayEpochs + 1);
    case "step":
      return 0.1 ** Math.floor((epoch - 1) / options.stepEpochs);
    case "cosine":
      return (1 + Math.cos((Math.PI * (epoch - 1)) / options.epochs)) / 2;
  }
}

/** The state of a `Plateau`, to be saved with a run. */
export interface PlateauState {
  factor: number;
  best: number;
  epochsWithoutProgress: number;
}

/**
 * torch.optim.lr_scheduler.ReduceLROnPlateau as the reference configures it: it reduces the rate to
 * a fifth after more than 5 epochs in which the metric did not fall by a hundredth. (The reference
 * never sets its metric, so its rate falls in any case.)
 */
export class Plateau {
  private static readonly fall = 0.2;
  private static readonly threshold = 0.01;
  private static readonly patience = 5;

  constructor(private state: PlateauState = { factor: 1, best: Infinity, epochsWithoutProgress: 0 }) {}

  /** The factor of the learning rate in the coming epoch. */
  get factor(): number {
    return this.state.factor;
  }

  /** A copy of the state, from which `new Plateau(state)` continues. */
  save(): PlateauState {
    return { ...this.state };
  }

  /** Takes the metric of the epoch that has ended; lower is better. */
  endEpoch(metric: number): void {
    const state = this.save();
    if (metric < state.best * (1 - Plateau.threshold)) {
      state.best = metric;
      state.epochsWithoutProgress = 0;
    } else if (++state.epochsWithoutProgress > Plateau.patience) {
      state.factor *= Plateau.fall;
      state.epochsWithoutProgress = 0;
    }
    this.state = state;
  }
}
