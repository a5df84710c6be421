import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { networkName, parameterCount, stateDict, type Architecture, type Norm } from "../../src/nn/architecture.ts";
import { identify, type TensorShape } from "../../src/nn/identify.ts";
import references from "./reference/state_dicts.json" with { type: "json" };

// Each case is PyTorch's own description of a network: see reference/state_dicts.py.
const cases = references.map(({ architecture, parameters, tensors }) => {
  const tracked = architecture.norm.startsWith("tracked");
  return {
    title: Object.values(architecture).join(" "),
    tracked,
    architecture: { ...architecture, norm: tracked ? "instance" : (architecture.norm as Norm) } as Architecture,
    parameters,
    tensors: tensors.map(([name, shape, dtype]) => ({ name, shape, dtype })) as (TensorShape & { dtype: string })[],
  };
});
const statistic = /running_mean|running_var|num_batches_tracked/;

describe.each(cases)("$title", ({ tracked, architecture, parameters, tensors }) => {
  it("has PyTorch's tensors in PyTorch's order", () => {
    const ours = stateDict(architecture).map(({ name, shape, dtype }) => ({ name, shape, dtype }));
    expect(ours).toEqual(tracked ? tensors.filter(({ name }) => !statistic.test(name)) : tensors);
    expect(parameterCount(architecture)).toBe(parameters);
  });

  it("is recognised by its tensors, in any order", () => {
    const expected = architecture.kind === "unet" ? { ...architecture, dropout: null } : architecture;
    const identity = identify(tensors);
    expect(identity.architecture).toEqual(expected);
    expect(identity.ignored).toEqual(tracked ? tensors.map(({ name }) => name).filter((n) => statistic.test(n)) : []);
    expect(identify([...tensors].reverse()).architecture).toEqual(expected);
  });

  it("is refused if any tensor is missing, misshapen, misnamed or superfluous", () => {
    // Any of an old instance norm's statistics may be missing or invalid: they are ignored.
    for (const { name, shape } of tensors.filter(({ name }) => !(tracked && statistic.test(name)))) {
      const others = tensors.filter((tensor) => tensor.name !== name);
      const damaged = [
        // PyTorch before 0.4.1 did not count batches.
        ...(name.endsWith("num_batches_tracked") ? [] : [others]),
        [...others, { name: `${name}.more`, shape }],
        [...tensors, { name: `${name}.more`, shape }],
        [...others, { name, shape: [...shape, 2] }],
        [...others, { name, shape: shape.length ? shape.map((side) => side + 1) : [2] }],
      ];
      for (const file of damaged) expect(() => identify(file), name).toThrow(UserError);
    }
  });
});

describe("names and counts of the reference", () => {
  const resnet = cases[0].architecture;
  it.each([
    [resnet, "resnet_9blocks", 11_378_179],
    [{ ...resnet, blocks: 6 }, "resnet_6blocks", 7_837_699],
    [{ ...cases[9].architecture, downs: 8 }, "unet_256", 54_413_955],
    [{ ...cases[9].architecture, downs: 7 }, "unet_128", 41_828_995],
    [cases[15].architecture, "basic", 2_764_737],
    [{ kind: "pixel", inputChannels: 3, ndf: 64, norm: "instance" }, "pixel", 8_705],
  ] as [Architecture, string, number][])("%j", (architecture, name, count) => {
    expect(networkName(architecture)).toBe(name);
    expect(parameterCount(architecture)).toBe(count);
  });
  it("calls other depths of the PatchGAN n_layers", () => {
    expect(networkName({ kind: "patch", inputChannels: 3, ndf: 64, layers: 2, norm: "none" })).toBe("n_layers");
  });
});

function endlessUnet(): TensorShape[] {
  const levels = Array.from({ length: 60 }, (_, i) => `model.model.1${".model.3".repeat(i)}.model.1.weight`);
  return ["model.model.0.weight", ...levels].map((name) => ({ name, shape: [8, 8, 4, 4] }));
}

describe("refusals name the first tensor that does not fit and what was expected", () => {
  const file = (change: (tensor: TensorShape) => TensorShape) => cases[0].tensors.map(change);
  it("a wrong shape", () => {
    const damaged = file(({ name, shape }) => ({ name, shape: name === "model.4.weight" ? [96, 64, 3, 3] : shape }));
    expect(() => identify(damaged)).toThrow(
      "model.4.weight [96, 64, 3, 3] does not fit a ResNet generator (resnet_9blocks, ngf 64, norm instance), " +
        "the closest known network, which has [128, 64, 3, 3] there.",
    );
  });
  it("a superfluous tensor, and what should be in its place", () => {
    const damaged = file(({ name, shape }) => ({ name: name.replace("model.26.", "model.27."), shape }));
    expect(() => identify(damaged)).toThrow(
      /^model\.27\.weight \[3, 64, 7, 7\] has no place in .*, which has model\.26\.weight \[3, 64, 7, 7\] instead\.$/,
    );
  });
  it("a missing tensor", () => {
    expect(() => identify(cases[0].tensors.slice(0, -1))).toThrow(/^model\.26\.bias \[3\] is missing: a ResNet/);
  });
  it("a completely different network", () => {
    expect(() => identify([{ name: "encoder.0.weight", shape: [64, 3, 7, 7] }])).toThrow(
      /^encoder\.0\.weight \[64, 3, 7, 7\] is not a tensor of a known network: a ResNet generator begins with model\.1/,
    );
  });
  it.each([
    ["no tensors", []],
    [
      "a huge index",
      [
        { name: "model.1.weight", shape: [2 ** 40, 3, 7, 7] },
        { name: "model.999999999.weight", shape: [1] },
      ],
    ],
    ["a U-Net without end", endlessUnet()],
    ["no filters", [{ name: "net.0.weight", shape: [0, 3, 1, 1] }]],
    ["a name of the language", [{ name: "__proto__", shape: [1] }]],
    ["many dimensions", [{ name: "model.0.weight", shape: new Array(1000).fill(1) }]],
  ] as [string, TensorShape[]][])("%s", (_, tensors) => {
    expect(() => identify(tensors)).toThrow(UserError);
  });
});
