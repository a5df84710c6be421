// The GPU and the network on it, for one picture at a time. A lost device is opened anew, and the work at hand begun again.

import { UserError } from "../../src/errors.ts";
import { DeviceLostError } from "../../src/gpu/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { Generator } from "../../src/nn/generator.ts";
import { secondsAPicture } from "../../src/pixelart/model-speed.ts";
import { openGpu } from "../../src/platform/gpu.browser.ts";
import type { Model } from "./model.ts";

/** A device that is lost so often in a row will be lost again. */
const mostLosses = 3;

export class Network {
  private gpu: Promise<Gpu> | undefined;
  private model: Model | undefined;
  private generator: Promise<Generator> | undefined;
  /** The network has one program, for one picture at a time. */
  private lastRun: Promise<unknown> = Promise.resolve();

  /** @param onNews is told in a sentence when a lost device was opened anew */
  constructor(private readonly onNews: (sentence: string) => void) {}

  openGpu(): Promise<Gpu> {
    if (!this.gpu) {
      const opening = (this.gpu = openGpu());
      // What failed may be tried again.
      opening.catch(() => this.gpu === opening && (this.gpu = undefined));
    }
    return this.gpu;
  }

  /** Changes the model, after the work at hand. */
  async use(model: Model): Promise<void> {
    await this.serially(async () => {
      const old = this.generator;
      this.model = model;
      this.generator = undefined;
      (await old?.catch(() => undefined))?.release();
    });
    await this.onGpu(() => this.openGenerator());
  }

  /** Both sides of a picture have to be multiples of it. */
  get multiple(): number {
    return this.model?.multiple ?? 1;
  }

  /** @param work gets the pixels, too, that are mirrored around a picture before */
  run<T>(
    work: (generator: Generator, margin: number) => Promise<T>,
    signal: AbortSignal | undefined = undefined,
  ): Promise<T> {
    return this.serially(() =>
      this.onGpu(async () => {
        signal?.throwIfAborted();
        return work(await this.openGenerator(), this.model!.description.margin);
      }),
    );
  }

  /** Of the model in use, from a small trial. */
  secondsAPicture(): Promise<number> {
    return this.run(secondsAPicture);
  }

  /** Work that the network has no part in. */
  async onGpu<T>(work: (gpu: Gpu) => Promise<T>): Promise<T> {
    for (let losses = 0; ; losses++) {
      const opening = this.openGpu();
      const gpu = await opening;
      try {
        return await work(gpu);
      } catch (error) {
        if (!(error instanceof DeviceLostError) || losses === mostLosses) throw error;
        // Others that worked on it hear of the loss too; the first of them opens the next. Its memory went with the device.
        if (this.gpu === opening) {
          this.gpu = undefined;
          this.generator = undefined;
          await this.openGpu();
          this.onNews("The GPU was lost, and taken up again: the picture at hand was begun anew.");
        }
      }
    }
  }

  private openGenerator(): Promise<Generator> {
    if (!this.model) throw new UserError("Choose a model first.");
    const { tensors } = this.model;
    if (!this.generator) {
      const opening = (this.generator = this.openGpu().then((gpu) => Generator.create(gpu, tensors)));
      opening.catch(() => this.generator === opening && (this.generator = undefined));
    }
    return this.generator;
  }

  private serially<T>(work: () => Promise<T>): Promise<T> {
    const run = this.lastRun.then(work);
    this.lastRun = run.catch(() => undefined);
    return run;
  }
}
