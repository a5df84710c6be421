// What Dawn says on its own, in front of what a person asked for: nothing on a machine that is well, and every true complaint.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { writeSafetensors } from "../../src/formats/safetensors.ts";
import { encodePng } from "../../src/platform/images.node.ts";
import { testFolder } from "../folder.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";
import { buildCommandLine } from "./command-line.ts";

const pixelcycle = await buildCommandLine();
const folder = testFolder("notices");
afterEach(() => vi.unstubAllEnvs());

test("the doctor and a conversion begin with their own words", async () => {
  const [photo, weights] = [join(folder, "photo.png"), join(folder, "small.safetensors")];
  writeFileSync(photo, await encodePng(randomPicture(16, 16)));
  writeFileSync(weights, writeSafetensors(randomWeights(smallResnet)));
  for (const words of [["doctor"], ["convert", photo, "--weights", weights, "--out", join(folder, "art")]]) {
    const { code, output } = await pixelcycle(words).ended;
    expect(code, output).toBe(0);
    expect(output).not.toMatch(/warning|artificially/i);
  }
});

test.runIf(process.platform === "linux")("a driver that cannot be read is still complained of", async () => {
  vi.stubEnv("VK_DRIVER_FILES", join(folder, "missing.json"));
  vi.stubEnv("VK_ICD_FILENAMES", join(folder, "missing.json"));
  const { code, output } = await pixelcycle(["doctor"]).ended;
  expect(code).toBe(1);
  expect(output).toMatch(/^Warning: vkCreateInstance/m);
  expect(output).toContain("There is no WebGPU adapter.");
});
