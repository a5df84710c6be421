// What both benches are told: the network and the size of the image.

import { UserError } from "../src/errors.ts";
import type { ResnetGenerator } from "../src/nn/architecture.ts";

export const help = `  --size N         pixels along a side of the image (256)
  --ngf N          filters of the first layer (64)
  --blocks N       residual blocks (9)`;

/** @throws UserError where one of them is no whole number from 1 on */
export function readSizes(values: Readonly<Record<"size" | "ngf" | "blocks" | "repeats", string>>) {
  const whole = (name: keyof typeof values) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1)
      throw new UserError(`--${name} takes a whole number from 1 on, not "${values[name]}".`);
    return value;
  };
  return { size: whole("size"), ngf: whole("ngf"), blocks: whole("blocks"), repeats: whole("repeats") };
}

/** The reference's generator, with instance norm. */
export function resnetOf(ngf: number, blocks: number): ResnetGenerator {
  return { kind: "resnet", inputChannels: 3, outputChannels: 3, ngf, blocks, norm: "instance", dropout: false };
}
