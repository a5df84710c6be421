// Checkpoints by others, if they are at hand: public ones from the web, and the reference's golden
// cases.

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors } from "../../../src/formats/tensors/safetensors.ts";
import type { NamedTensor } from "../../../src/formats/tensors/tensors.ts";
import { identify } from "../../../src/nn/identify.ts";

const shared = new URL("../../../../shared/", import.meta.url);
const open = (path: string) => new Uint8Array(readFileSync(new URL(path, shared)));

describe.skipIf(!existsSync(new URL("pth/", shared)))("checkpoints found in public repositories", () => {
  // The README lists what torch says is in each file: under "[file]", lines of name, storage class
  // and shape.
  const listing = existsSync(new URL("pth/", shared)) ? readFileSync(new URL("pth/README.md", shared), "utf8") : "";
  const dtypes = { FloatStorage: "float32", LongStorage: "int64" };
  const listed = listing
    .split(/^(?=\[)/m)
    .slice(1)
    .map((section) => {
      const tensors = [...section.matchAll(/^ +(\S+) (FloatStorage|LongStorage) (\[.*\])$/gm)];
      return {
        path: /^\[(.*)\]/.exec(section)![1],
        tensors: tensors.map(([, name, storage, shape]) => ({
          name: name.replace(/^module\./, ""),
          dtype: dtypes[storage as keyof typeof dtypes],
          shape: JSON.parse(shape) as number[],
        })),
      };
    });
  const truncated = ["21toanyone-pro/netG_A2B.pth", "huangrt01/checkpoints_pizzapizza_latest_net_G_B.pth"];

  it.each(truncated)("%s is truncated, and reported as such", (path) => {
    expect(() => readCheckpoint(open(`pth/${path}`))).toThrow(/^The file is cut off: storage 3 of \d+ needs \d+ bytes/);
  });

  it("the listing covers them all", () => expect(listed).toHaveLength(19));

  it.each(listed.filter(({ path }) => !truncated.includes(path)))(
    "$path has the tensors that torch finds",
    ({ path, tensors }) => {
      const read = readCheckpoint(open(`pth/${path}`)).tensors;
      expect(read.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(tensors);
      // None is of a network that the reference has; the refusal names a tensor of the file.
      expect(() => identify(read)).toThrow(
        new RegExp(`^(${read.map(({ name }) => name.replaceAll(".", "\\.")).join("|")}) \\[`),
      );
    },
  );

  it.each([
    [
      "ShreyaVinayakSawant/netD_A.pth",
      /^model\.4\.weight \[256, 128, 4, 4\] has no place in a PatchGAN .*model\.5\.weight/,
    ],
    [
      "AbdullahMasood450/generator_A2B.pth",
      /^model\.0\.weight \[64, 3, 7, 7\] does not fit a PatchGAN .*\[64, 3, 4, 4\] there/,
    ],
    ["Jee-371/generator.pth", /^main\.0\.weight \[64, 3, 7, 7\] is not a tensor of a known network/],
    [
      "sysPursuer/D_A.pth",
      /^net\.0\.weight \[32, 3, 3, 3\] does not fit a pixel discriminator .*\[32, 3, 1, 1\] there/,
    ],
  ])("%s is refused for the first tensor that does not fit", (path, reason) => {
    expect(() => identify(readCheckpoint(open(`pth/${path}`)).tensors)).toThrow(reason);
  });

  it("the truncated files' headers describe a ResNet-6 and a ResNet-9 of the reference", () => {
    const architectures = truncated.map(
      (path) => identify(listed.find((file) => file.path === path)!.tensors).architecture,
    );
    expect(architectures).toMatchObject([
      { blocks: 6, ngf: 64, norm: "instance" },
      { blocks: 9, ngf: 64, norm: "instance" },
    ]);
  });
});

describe.skipIf(!existsSync(new URL("golden/", shared)))("golden cases", () => {
  it.each(["G_A", "G_B", "D_A", "D_B"])("%s has the same tensors in both forms", (net) => {
    const zip = readCheckpoint(open(`golden/resnet6_lsgan_64/${net}.pth`));
    const legacy = readCheckpoint(open(`golden/resnet6_lsgan_64/${net}.legacy.pth`));
    expect([zip.format, legacy.format]).toEqual(["pth-zip", "pth-legacy"]);
    const comparable = (tensor: NamedTensor) => ({ ...tensor, data: Buffer.from(tensor.data).toString("base64") });
    expect(legacy.tensors.map(comparable)).toEqual(zip.tensors.map(comparable));
  });

  it.each([
    ["resnet6_lsgan_64", "G_A", { kind: "resnet", blocks: 6, ngf: 8, norm: "instance", dropout: false }],
    ["resnet6_lsgan_64", "D_A", { kind: "patch", layers: 3, ndf: 8, norm: "instance" }],
    ["resnet9_vanilla_b2_48x80", "G_B", { kind: "resnet", blocks: 9, ngf: 4, norm: "instance", dropout: false }],
    ["resnet9_vanilla_b2_48x80", "D_B", { kind: "patch", layers: 2, ndf: 4, norm: "instance" }],
    ["unet128_batch_pixel", "G_A", { kind: "unet", downs: 7, ngf: 4, norm: "batch", dropout: null }],
    ["unet128_batch_pixel", "D_A", { kind: "pixel", ndf: 4, norm: "batch" }],
    ["resnet6_wgangp_none", "G_A", { kind: "resnet", blocks: 6, ngf: 4, norm: "none", dropout: false }],
    ["resnet6_wgangp_none", "D_A", { kind: "patch", layers: 3, ndf: 4, norm: "none" }],
  ])("%s %s is recognised", (name, net, architecture) => {
    const identity = identify(readCheckpoint(open(`golden/${name}/${net}.pth`)).tensors);
    expect(identity).toMatchObject({ architecture, ignored: [] });
  });

  it("the float64 truth is read from safetensors", () => {
    const { tensors } = readSafetensors(open("golden/resnet6_lsgan_64/truth.safetensors"));
    expect(tensors.find(({ name }) => name === "step0.fake_B")).toMatchObject({ shape: [1, 3, 64, 64] });
  });
});
