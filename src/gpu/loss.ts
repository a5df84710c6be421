// Device loss, and the pending promises that it rejects.

import { DeviceLostError } from "./errors.ts";

export function lossOf({ reason, message }: GPUDeviceLostInfo): DeviceLostError {
  return new DeviceLostError(reason === "destroyed" ? "destroyed" : "unknown", message);
}

/** How many milliseconds after the failures that it causes a loss may be reported. */
const delay = 250;

/**
 * Awaits an answer of the device. When a browser's GPU process dies, the browser rejects pending
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
