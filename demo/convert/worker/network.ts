// The GPU and the network on it, which processes one picture at a time. After a device loss it
// opens a new device and repeats the current work.

import { UserError } from "../../../src/errors.ts";
import { DeviceLostError } from "../../../src/gpu/errors.ts";
import type { Gpu } from "../../../src/gpu/gpu.ts";
import type { Precision } from "../../../src/kernels/core/operation.ts";
import { Generator } from "../../../src/nn/generator.ts";
import { converting } from "../../../src/nn/layers.ts";
import { secondsAPicture } from "../../../src/pixelart/model-speed.ts";
import { openGpu } from "../../../src/platform/gpu/gpu.browser.ts";
import type { Model } from "../../parts/model.ts";

/** After this many losses in a row the work fails. */
const mostLosses = 3;

export class Network {
  private gpu: Promise<Gpu> | undefined;
  private model: Model | undefined;
  private precision: Precision = "full";
  private generator: Promise<Generator> | undefined;
  /** The network's program processes one picture at a time. */
  private lastRun: Promise<unknown> = Promise.resolve();

  /** @param onNews is called with a sentence when a lost device was reopened */
  constructor(private readonly onNews: (sentence: string) => void) {}

  openGpu(): Promise<Gpu> {
    if (!this.gpu) {
      const opening = (this.gpu = openGpu());
      // After a failure the next call tries again.
      opening.catch(() => this.gpu === opening && (this.gpu = undefined));
    }
    return this.gpu;
  }

  /** Changes the model, after the current work. */
  async use(model: Model): Promise<void> {
    await this.serially(async () => {
      await this.closeGenerator();
      this.model = model;
    });
    await this.onGpu(() => this.openGenerator(), "The model is loaded again.");
  }

  /** Changes how the network's numbers are stored, after the current work. */
  async usePrecision(precision: Precision): Promise<void> {
    await this.serially(async () => {
      await this.closeGenerator();
      this.precision = precision;
    });
  }

  /** Both sides of a picture must be multiples of this. */
  get multiple(): number {
    return this.model?.multiple ?? 1;
  }

  /**
   * @param work also receives the width of the margin that is mirrored around a picture
   * @param repeated see `onGpu`
   */
  run<T>(
    work: (generator: Generator, margin: number) => Promise<T>,
    signal: AbortSignal | undefined = undefined,
    repeated = "The current picture starts over.",
  ): Promise<T> {
    return this.serially(() =>
      this.onGpu(async () => {
        signal?.throwIfAborted();
        return work(await this.openGenerator(), this.model!.description.margin);
      }, repeated),
    );
  }

  /** Estimates the speed of the current model with a small trial. */
  secondsAPicture(): Promise<number> {
    return this.run(secondsAPicture, undefined, "The speed of the model is measured again.");
  }

  /**
   * Does work that needs the GPU but not the network.
   *
   * @param repeated a sentence for the visitor, should a lost device make the work start over
   */
  async onGpu<T>(work: (gpu: Gpu) => Promise<T>, repeated: string): Promise<T> {
    for (let losses = 0; ; losses++) {
      const opening = this.openGpu();
      const gpu = await opening;
      try {
        return await work(gpu);
      } catch (error) {
        if (!(error instanceof DeviceLostError) || losses === mostLosses) throw error;
        // Every caller that used the device sees the loss; the first one opens a new device.
        if (this.gpu === opening) {
          this.gpu = undefined;
          this.generator = undefined;
          await this.openGpu();
          this.onNews(`The GPU was lost and reopened. ${repeated}`);
        }
      }
    }
  }

  private openGenerator(): Promise<Generator> {
    if (!this.model) throw new UserError("Choose a model first.");
    const { precision } = this;
    const { tensors } = this.model;
    if (!this.generator) {
      const opening = (this.generator = this.openGpu().then((gpu) =>
        Generator.create(gpu, tensors, converting, precision),
      ));
      opening.catch(() => this.generator === opening && (this.generator = undefined));
    }
    return this.generator;
  }

  private async closeGenerator(): Promise<void> {
    const old = this.generator;
    this.generator = undefined;
    (await old?.catch(() => undefined))?.release();
  }

  private serially<T>(work: () => Promise<T>): Promise<T> {
    const run = this.lastRun.then(work);
    this.lastRun = run.catch(() => undefined);
    return run;
  }
}
