// What a program gets from a checkpoint with several networks: the one of its key, or a sentence
// that names them.

import { expect, test } from "vitest";
import { writePth } from "../../src/formats/torch/pth-write.ts";
import { loadGenerator } from "../../src/library/node.ts";
import { openTestGpu } from "../gpu.ts";
import { inOneDict, randomPicture, randomWeights, smallResnet } from "../networks.ts";

const gpu = await openTestGpu();
const [G_A, G_B] = [randomWeights(smallResnet), randomWeights(smallResnet, 0.3)];
const D_A = randomWeights({ kind: "patch", inputChannels: 3, ndf: 2, layers: 1, norm: "instance" });
const picture = randomPicture(16, 12);

async function drawnBy(bytes: Uint8Array, key?: string) {
  const generator = await loadGenerator(bytes, { gpu, key });
  const { data } = await generator.convert(picture);
  generator.release();
  return data;
}

test("a generator of several networks is chosen by its key", async () => {
  const all = writePth(inOneDict({ netG_A: G_A, netD_A: D_A, netG_B: G_B }));
  const [a, b] = [await drawnBy(writePth(G_A)), await drawnBy(writePth(G_B))];
  expect(a).not.toEqual(b);
  expect(await drawnBy(all, "G_A")).toEqual(a);
  expect(await drawnBy(all, "netG_B")).toEqual(b);
  expect(await drawnBy(writePth(inOneDict({ D: D_A, G: G_B })))).toEqual(b);
  await expect(drawnBy(all)).rejects.toThrow(/several networks: netG_A, netG_B\. Choose one by its key/);
  await expect(drawnBy(all, "D_A")).rejects.toThrow(/discriminator/);
  await expect(drawnBy(all, "G")).rejects.toThrow(/it holds netG_A, netD_A, netG_B\.$/);
  await expect(drawnBy(writePth(G_A), "G_A")).rejects.toThrow(/which has no key/);
});
