// A device that goes away, and the answers that go with it.

import { DeviceLostError } from "./errors.ts";

export function lossOf({ reason, message }: GPUDeviceLostInfo): DeviceLostError {
  return new DeviceLostError(reason === "destroyed" ? "destroyed" : "unknown", message);
}

/** Milliseconds by which the news of a loss may be later than what it breaks off. */
const delay = 250;

/**
 * What the device answers. When a browser's GPU process ends, it breaks open answers off with words of its own and tells of the loss
 * a moment later.
 *
 * @throws DeviceLostError instead of those words
 */
export async function answerOf<T>(device: GPUDevice, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const waited = new Promise<undefined>((resolve) => setTimeout(resolve, delay));
    throw (await Promise.race([device.lost.then(lossOf), waited])) ?? error;
  }
}
