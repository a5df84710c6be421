// Dawn's own output before ours: nothing on a working machine, and every genuine complaint.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { writeSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { encodePng } from "../../src/platform/pictures/images.node.ts";
import { testFolder } from "../folder.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";
import { buildCommandLine } from "./command-line.ts";

const pixelcycle = await buildCommandLine();
const folder = testFolder("notices");
afterEach(() => vi.unstubAllEnvs());

test("the doctor and a conversion begin with their own output", async () => {
  const [photo, weights] = [join(folder, "photo.png"), join(folder, "small.safetensors")];
  writeFileSync(photo, await encodePng(randomPicture(16, 16)));
  writeFileSync(weights, writeSafetensors(randomWeights(smallResnet)));
  for (const words of [["doctor"], ["convert", photo, "--weights", weights, "--out", join(folder, "art")]]) {
    const { code, output } = await pixelcycle(words).ended;
    expect(code, output).toBe(0);
    expect(output).not.toMatch(/warning|artificially/i);
  }
});

test.runIf(process.platform === "linux")("an unreadable driver is still reported", async () => {
  vi.stubEnv("VK_DRIVER_FILES", join(folder, "missing.json"));
  vi.stubEnv("VK_ICD_FILENAMES", join(folder, "missing.json"));
  const { code, output } = await pixelcycle(["doctor"]).ended;
  expect(code).toBe(1);
  expect(output).toMatch(/^Warning: vkCreateInstance/m);
  expect(output).toContain("There is no WebGPU adapter.");
});
