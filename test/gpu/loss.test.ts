// What a device leaves unanswered when it goes away. That a browser's own words become a loss, test/demo/bench.slow.test.ts shows on a real one.

import { expect, test } from "vitest";
import { DeviceLostError } from "../../src/gpu/errors.ts";
import { answerOf } from "../../src/gpu/loss.ts";

function deviceLostAfter(milliseconds: number): GPUDevice {
  const info = { reason: "unknown", message: "the process ended" };
  return { lost: new Promise((resolve) => setTimeout(resolve, milliseconds, info)) } as unknown as GPUDevice;
}

const breaksOff = () => Promise.reject(new DOMException("Instance dropped in popErrorScope", "OperationError"));

test("an answer that a loss breaks off is the loss, though the news of it comes later", async () => {
  const answer = answerOf(deviceLostAfter(20), breaksOff());
  await expect(answer).rejects.toThrow(DeviceLostError);
  await expect(answer).rejects.toThrow("the process ended");
});

test("an answer of a device that lives on stays what it is", async () => {
  await expect(answerOf(deviceLostAfter(2000), breaksOff())).rejects.toThrow("Instance dropped");
  expect(await answerOf(deviceLostAfter(0), Promise.resolve(3))).toBe(3);
});
