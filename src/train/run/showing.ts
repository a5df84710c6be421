// Shows the pictures of a run's last step: as files in its folder, and live to a user who is
// watching.

import { sampleLabels } from "../step/sample-pictures.ts";
import type { Trainer } from "../step/trainer.ts";
import { despiteFullDisk } from "./checkpoints.ts";
import type { HealthWatch } from "./health.ts";
import { sampleFile } from "./sample-files.ts";
import type { LivePictures, RunSurroundings } from "./surroundings.ts";

export class Showing {
  /** When the pictures were last shown live, and their step. */
  private shownTime = performance.now();
  private shownStep = -1;

  constructor(
    private readonly around: Pick<RunSurroundings, "storage" | "encodePng" | "live">,
    private readonly health: HealthWatch,
    private readonly say: (sentence: string) => void,
  ) {}

  /**
   * Writes the pictures of the trainer's last step as an epoch's samples, and checks them for
   * health warnings.
   */
  async samples(trainer: Trainer, epoch: number): Promise<void> {
    const pictures = await trainer.pictures();
    for (const [generator, real, fake] of [
      ["A", pictures.real_A, pictures.fake_B],
      ["B", pictures.real_B, pictures.fake_A],
    ] as const) {
      for (const warning of this.health.addTranslation({ generator, real: real!, fake: fake! })) this.say(warning);
    }
    const shown = sampleLabels.filter((label) => pictures[label]);
    const { storage, encodePng } = this.around;
    await despiteFullDisk("The samples", this.say, async () => {
      for (const label of shown) await storage.write(sampleFile(epoch, label), await encodePng(pictures[label]!));
    });
  }

  get liveIsDue(): boolean {
    const { live } = this.around;
    return live !== undefined && performance.now() - this.shownTime > live.interval;
  }

  /** Whether somebody is watching who has not seen this step yet. */
  isNews(step: number): boolean {
    return this.around.live !== undefined && this.shownStep !== step;
  }

  async live(trainer: Trainer, step: number): Promise<void> {
    const pictures: LivePictures = await trainer.pictures();
    this.shownTime = performance.now();
    this.shownStep = step;
    this.around.live!.show(step, pictures);
  }
}
