// The loss of a device, and the promises that it breaks.

import { DeviceLostError } from "./errors.ts";

export function lossOf({ reason, message }: GPUDeviceLostInfo): DeviceLostError {
  return new DeviceLostError(reason === "destroyed" ? "destroyed" : "unknown", message);
}

/** Milliseconds by which the news of a loss may arrive later than the failures that it causes. */
const delay = 250;

/**
 * Awaits an answer of the device. When a browser's GPU process ends, the browser rejects open
 * promises with messages of its own and reports the loss a moment later.
 *
 * @throws DeviceLostError instead of those messages
 */
export async function answerOf<T>(device: GPUDevice, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const waited = new Promise<undefined>((resolve) => setTimeout(resolve, delay));
    throw (await Promise.race([device.lost.then(lossOf), waited])) ?? error;
  }
}
