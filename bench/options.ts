// The common options of both benches: the network and the image size.

import { UserError } from "../src/errors.ts";
import type { ResnetGenerator } from "../src/nn/architecture.ts";

export const help = `  --size N         pixels along a side of the image (256)
  --ngf N          filters of the first layer (64)
  --blocks N       residual blocks (9)`;

/** @throws UserError if it is not a whole number of at least 1 */
export function readWhole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UserError(`--${name} takes a whole number from 1 on, not "${text}".`);
  return value;
}

/** @throws UserError if one of them is not a whole number of at least 1 */
export function readSizes({
  size,
  ngf,
  blocks,
  repeats,
}: Readonly<Record<"size" | "ngf" | "blocks" | "repeats", string>>) {
  return {
    size: readWhole("size", size),
    ngf: readWhole("ngf", ngf),
    blocks: readWhole("blocks", blocks),
    repeats: readWhole("repeats", repeats),
  };
}

/** The reference's generator, with instance norm. */
export function resnetOf(ngf: number, blocks: number): ResnetGenerator {
  return { kind: "resnet", inputChannels: 3, outputChannels: 3, ngf, blocks, norm: "instance", dropout: false };
}
