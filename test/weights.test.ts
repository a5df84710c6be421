// The bundled models: their cards, and that each card describes its tensors correctly.

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { UserError } from "../src/errors.ts";
import { readCheckpoint } from "../src/formats/checkpoint/checkpoint.ts";
import { toHalf } from "../src/formats/tensors/tensors.ts";
import { networkName, parameterCount } from "../src/nn/architecture.ts";
import { identify } from "../src/nn/identify.ts";
import { bundledModels, loadBundled } from "../src/platform/models/bundled.node.ts";
import { defaultModel, lightModel, parseCard, parseDiscriminatorCard } from "../src/platform/models/model-card.ts";

const cards = await bundledModels();
const originals = new URL("../../shared/model/", import.meta.url);
/** The float32 originals of the light models were not kept. */
const hasOriginal = (name: string) => existsSync(originals) && !name.endsWith("-light");

test("the default model comes first, then the one for slow adapters", () => {
  expect(cards.map(({ name }) => name)).toEqual(["pixelart-4", "pixelart-4-light", "photo-4", "photo-4-light"]);
  expect(cards[0].name).toBe(defaultModel);
  expect(cards[1].name).toBe(lightModel);
});

describe.each(cards)("$name", ({ name }) => {
  test("matches its card", async () => {
    const { card, bytes } = await loadBundled(name);
    const { tensors } = readCheckpoint(bytes);
    const { architecture } = identify(tensors);
    expect(card.network).toEqual({
      netG: networkName(architecture),
      ngf: "ngf" in architecture ? architecture.ngf : undefined,
      norm: architecture.norm,
      parameters: parameterCount(architecture),
      precision: tensors[0].dtype,
    });
    expect(new Set(tensors.map(({ dtype }) => dtype)).size).toBe(1);
    expect(card.margin % 4).toBe(0);
  });

  test.skipIf(!hasOriginal(name))("is its original in half precision", async () => {
    const { card, bytes } = await loadBundled(name);
    const file = card.training.direction === "AtoB" ? "latest_net_G_A.pth" : "latest_net_G_B.pth";
    const original = readCheckpoint(new Uint8Array(readFileSync(new URL(file, originals)))).tensors.map(toHalf);
    const bundled = readCheckpoint(bytes).tensors;
    expect(bundled.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(
      original.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    );
    expect(bundled.filter(({ data }, i) => !Buffer.from(data).equals(original[i].data))).toEqual([]);
  });
});

describe.each(cards)("the discriminator of $name", ({ name }) => {
  const folder = new URL("../weights/discriminators/", import.meta.url);
  const read = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));
  const card = parseDiscriminatorCard(`${name}.json`, read(`${name}.json`));
  const { tensors } = readCheckpoint(read(card.file));

  test("matches its card", () => {
    const { architecture } = identify(tensors);
    expect(card.name).toBe(name);
    expect(card.network).toEqual({
      netD: networkName(architecture),
      ndf: "ndf" in architecture ? architecture.ndf : undefined,
      norm: architecture.norm,
      parameters: parameterCount(architecture),
      precision: tensors[0].dtype,
    });
  });

  test.skipIf(!hasOriginal(name))("is its original in half precision", () => {
    const file = card.training.direction === "AtoB" ? "latest_net_D_A.pth" : "latest_net_D_B.pth";
    const original = readCheckpoint(new Uint8Array(readFileSync(new URL(file, originals)))).tensors;
    expect(tensors.map(({ name, data }) => [name, Buffer.from(data).toString("hex")])).toEqual(
      original.map(toHalf).map(({ name, data }) => [name, Buffer.from(data).toString("hex")]),
    );
  });
});

test("a generator's card is not a discriminator's", () => {
  const bytes = new TextEncoder().encode(JSON.stringify(cards[0]));
  expect(() => parseDiscriminatorCard("x.json", bytes)).toThrow("The model card x.json is damaged: network.netD");
});

test("an unknown name is answered with the existing names", async () => {
  await expect(loadBundled("pixelart-5")).rejects.toThrow(UserError);
  await expect(loadBundled("pixelart-5")).rejects.toThrow(/pixelart-5.*pixelart-4, pixelart-4-light, photo-4/);
});

describe("a damaged card is refused by its file's name and the place", () => {
  const good = () => structuredClone(cards[0]) as Record<string, unknown>;
  test.each([
    ["cell: ", { ...good(), cell: 0 }],
    ["cell: ", { ...good(), cell: "4" }],
    ["margin: ", { ...good(), margin: -4 }],
    ["file: ", { ...good(), file: "../../etc/passwd" }],
    ["file: ", { ...good(), file: "a/b.safetensors" }],
    ["network.ngf: ", { ...good(), network: { ...cards[0].network, ngf: 1.5 } }],
    ["training: ", { ...good(), training: undefined }],
  ])("%s %#", (place, card) => {
    const bytes = new TextEncoder().encode(JSON.stringify(card));
    expect(() => parseCard("x.json", bytes)).toThrow(UserError);
    expect(() => parseCard("x.json", bytes)).toThrow(`The model card x.json is damaged: ${place}`);
  });

  test("also if it is not JSON", () => {
    expect(() => parseCard("x.json", Uint8Array.of(123, 0))).toThrow("The model card x.json is damaged");
  });
});
