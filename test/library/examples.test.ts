// Every export of the library has an example, and the examples run: those for pages too, with Dawn
// and a few lines in place of a browser. declarations.test.ts checks their types.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writePth } from "../../src/formats/torch/pth-write.ts";
import { encodeAnimation, encodePng, type Gpu } from "../../src/library/node.ts";
import { testFolder } from "../folder.ts";
import { webGpu } from "../gpu.ts";
import { inOneDict, randomPicture, randomWeights, smallResnet } from "../networks.ts";
import { examplesOf } from "./examples.ts";

const folder = testFolder("examples");
const home = process.cwd();
const photo = randomPicture(40, 36);

beforeAll(async () => {
  const [G_A, G_B] = [randomWeights(smallResnet), randomWeights(smallResnet, 0.3)];
  await writeFile(join(folder, "latest_net_G_A.pth"), writePth(G_A));
  await writeFile(join(folder, "networks.pth"), writePth(inOneDict({ G_A, G_B })));
  await writeFile(join(folder, "photo.jpg"), await encodePng(photo));
  await writeFile(join(folder, "walk.gif"), await encodeAnimation([photo], "webp", { delays: [40], loops: 1 }));
  await writeFile(join(folder, "two.hex"), "1a1c2c\nf4f4f4\n");
  process.chdir(folder);
});
afterAll(() => process.chdir(home));

/** The parts of a browser that the examples for pages need. */
function standInForBrowser(): void {
  vi.stubGlobal("navigator", { gpu: webGpu });
  vi.stubGlobal("fetch", async (address: string) => new Response(await readFile(address)));
  vi.stubGlobal(
    "ImageData",
    class {
      constructor(
        readonly data: Uint8ClampedArray,
        readonly width: number,
        readonly height: number,
      ) {}
    },
  );
  const context = { getImageData: () => photo, putImageData: () => undefined };
  const canvas = { width: photo.width, height: photo.height, getContext: () => context };
  vi.stubGlobal("document", { querySelector: () => canvas });
}

describe.each(["node", "browser"] as const)("the examples of %s", (door) => {
  const { text, names, missing } = examplesOf(door);
  let module: { readonly gpu: Gpu; readonly examples: Readonly<Record<string, () => Promise<void>>> };

  beforeAll(async () => {
    if (door === "browser") standInForBrowser();
    const file = join(folder, `${door}.ts`);
    await writeFile(file, text.replace('"pixelcycle"', JSON.stringify(join(home, `src/library/${door}.ts`))));
    module = await import(file);
  });
  afterAll(() => {
    module.gpu.close();
    vi.unstubAllGlobals();
  });

  test("exist for each export", () => {
    expect(missing).toEqual([]);
  });

  test.each(names)("%s", (name) => module.examples[name]());
});
