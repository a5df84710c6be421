// Promises that a lost device leaves open. test/demo/bench.slow.test.ts shows on a real browser
// that its messages become a DeviceLostError.

import { expect, test } from "vitest";
import { DeviceLostError } from "../../src/gpu/errors.ts";
import { answerOf } from "../../src/gpu/loss.ts";

function deviceLostAfter(milliseconds: number): GPUDevice {
  const info = { reason: "unknown", message: "the process ended" };
  return { lost: new Promise((resolve) => setTimeout(resolve, milliseconds, info)) } as unknown as GPUDevice;
}

const breaksOff = () => Promise.reject(new DOMException("Instance dropped in popErrorScope", "OperationError"));

test("a promise broken by a loss rejects with the loss, even if the loss is reported later", async () => {
  const answer = answerOf(deviceLostAfter(20), breaksOff());
  await expect(answer).rejects.toThrow(DeviceLostError);
  await expect(answer).rejects.toThrow("the process ended");
});

test("an answer of a working device is passed on unchanged", async () => {
  await expect(answerOf(deviceLostAfter(2000), breaksOff())).rejects.toThrow("Instance dropped");
  expect(await answerOf(deviceLostAfter(0), Promise.resolve(3))).toBe(3);
});
