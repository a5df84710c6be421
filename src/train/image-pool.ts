// A pool of earlier fakes, so that a discriminator is not shown the generator's latest alone (Shrivastava et al. 2017,
// "Learning from Simulated and Unsupervised Images", section 2.3), by the rule of the reference's ImagePool.

import type { Random } from "../data/random.ts";

/** @typeParam T whatever stands for one image */
export class ImagePool<T> {
  private readonly images: T[] = [];

  /** @param size the most images that are kept; with 0 every image passes straight through */
  constructor(
    readonly size: number,
    private readonly random: Random,
  ) {}

  /** The images that are kept, to be saved with a run; `restore` takes them back. */
  get contents(): readonly T[] {
    return this.images;
  }

  restore(images: readonly T[]): void {
    if (images.length > this.size) throw new RangeError(`${images.length} images do not fit a pool of ${this.size}.`);
    this.images.splice(0, Infinity, ...images);
  }

  /**
   * The image to show in place of a new one. While the pool fills: the new one, which is kept. Later, one time in two: the
   * new one, which is not kept; else one of the pool by chance, whose place the new one takes.
   */
  query(image: T): T {
    if (this.size === 0) return image;
    if (this.images.length < this.size) {
      this.images.push(image);
      return image;
    }
    if (this.random.uniform() <= 0.5) return image;
    const place = this.random.below(this.size);
    const shown = this.images[place];
    this.images[place] = image;
    return shown;
  }
}
