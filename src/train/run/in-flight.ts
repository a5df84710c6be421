// Steps that were submitted to the device and whose losses are not known yet, and the sum of an
// epoch's losses.

import type { Losses } from "../step/metrics.ts";
import { nonFiniteWarning } from "./health.ts";
import type { TakenStep } from "./reporting.ts";
import type { StateRecord } from "./state-file.ts";

/** Losses that are not finite: the results from this step on are worthless. */
export class NonFiniteLosses extends Error {
  constructor(
    readonly step: number,
    readonly sentence: string,
  ) {
    super(sentence);
  }
}

/** A step that was submitted to the device. */
interface SubmittedStep extends TakenStep {
  readonly losses: Promise<Losses>;
}

const mostInFlight = 2;

export class StepsInFlight {
  private steps: SubmittedStep[] = [];

  /**
   * @param epochLoss for this epoch: the number of steps whose losses are known, and the sum of the
   * metric that `plateau` averages
   * @param onLosses receives each step's losses, in order
   */
  constructor(
    private epochLoss: StateRecord["epochLoss"],
    private readonly onLosses: (step: TakenStep, losses: Losses) => Promise<void>,
  ) {}

  add(step: SubmittedStep): void {
    this.steps.push(step);
  }

  /**
   * Waits until another step may be submitted.
   *
   * @throws NonFiniteLosses
   */
  async makeRoom(): Promise<void> {
    while (this.steps.length >= mostInFlight) await this.finishOne();
  }

  /** @throws NonFiniteLosses */
  async finishAll(): Promise<void> {
    while (this.steps.length > 0) await this.finishOne();
  }

  /** Discards the steps in flight, and continues from another state. */
  continueAt({ epochLoss }: StateRecord): void {
    this.steps = [];
    this.epochLoss = epochLoss;
  }

  /** For the state after the last step whose losses are known. */
  get epochLosses(): StateRecord["epochLoss"] {
    return this.epochLoss;
  }

  /** The mean loss of the ending epoch. All of its losses must be known. */
  endEpoch(): number {
    const { steps, sum } = this.epochLoss;
    this.epochLoss = { steps: 0, sum: 0 };
    return sum / steps;
  }

  /** Waits for the losses of the oldest step. */
  private async finishOne(): Promise<void> {
    const [step] = this.steps;
    const losses = await step.losses;
    this.steps.shift();
    const sentence = nonFiniteWarning(step.record.step, losses);
    if (sentence) throw new NonFiniteLosses(step.record.step, sentence);
    const { steps, sum } = this.epochLoss;
    this.epochLoss = { steps: steps + 1, sum: sum + generatorLoss(losses) };
    await this.onLosses(step, losses);
  }
}

/** The generators' total loss, which `plateau` watches. */
function generatorLoss({ G_A, cycle_A, idt_A, G_B, cycle_B, idt_B }: Losses): number {
  return G_A + cycle_A + idt_A + G_B + cycle_B + idt_B;
}
