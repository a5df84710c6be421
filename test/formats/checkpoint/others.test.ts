// Checkpoints as other trainers write them: the state dict somewhere inside, several networks, and
// values that are not tensors.

import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { bytes, dict, global, integer, legacyOf, little, tensor, text, tuple, zipOf, type Piece } from "../assemble.ts";

const state = (...names: string[]) => dict(...names.map((name): [Piece, Piece] => [text(name), tensor()]));
const generator = state("model.1.weight", "model.1.bias");
const scalar = tensor({ shape: [], strides: [] });

/** The names that are read, the same from both forms. */
function names(object: Piece, key?: string): string[] {
  const [zip, legacy] = [zipOf(object), legacyOf(object)].map((file) => readCheckpoint(file, { key }).tensors);
  expect(legacy.map(({ name }) => name)).toEqual(zip.map(({ name }) => name));
  return zip.map(({ name }) => name);
}

function refuses(object: Piece, reason: RegExp, key?: string): void {
  for (const file of [zipOf(object), legacyOf(object)]) {
    expect(() => readCheckpoint(file, { key })).toThrow(UserError);
    expect(() => readCheckpoint(file, { key })).toThrow(reason);
  }
}

describe("the state dict", () => {
  it("is found beside other tensors, and at any depth within limits", () => {
    const best = dict([text("best"), scalar], [text("state_dict"), generator], [text("epoch"), scalar]);
    expect(names(best)).toEqual(["model.1.weight", "model.1.bias"]);
    let deep: Piece = generator;
    for (let depth = 0; depth < 8; depth++) deep = dict([text("inner"), deep], [text("step"), integer(depth)]);
    expect(names(deep)).toHaveLength(2);
    refuses(dict([text("inner"), deep]), /holds no tensors/);
  });

  it("is not an optimiser's state", () => {
    const optimiser = dict([text("state"), dict([integer(0), dict([text("exp_avg"), tensor()])])]);
    expect(names(dict([text("optimizer"), optimiser], [text("net"), generator]))).toHaveLength(2);
  });

  it("is chosen among several by a key, which the refusal names", () => {
    const all = dict([text("nets"), dict([text("G_A"), generator], [text("G_B"), state("model.2.weight")])]);
    refuses(all, /several networks: nets\.G_A, nets\.G_B\. Choose one by its key, as in `key` nets\.G_A\.$/);
    expect(names(all, "nets.G_B")).toEqual(["model.2.weight"]);
    refuses(all, /no network under `key` G_C; it holds nets\.G_A, nets\.G_B\.$/, "G_C");
    const shared = dict([text("G_A"), [generator, "q", 200]], [text("G_B"), ["h", 200]]);
    expect(names(shared, "G_B")).toEqual(["model.1.weight", "model.1.bias"]);
  });

  it("is preferred to its moving average", () => {
    const both = dict([text("params_ema"), generator], [text("params"), generator]);
    expect(names(both)).toHaveLength(2);
    expect(readCheckpoint(zipOf(both)).passedOver.networks).toEqual(["params_ema"]);
    expect(readCheckpoint(zipOf(both), { key: "params_ema" }).passedOver.networks).toEqual(["params"]);
    expect(names(dict([text("params_ema"), state("model.3.weight")]))).toEqual(["model.3.weight"]);
    // For another network it is not an average.
    refuses(dict([text("D"), state("model.0.weight")], [text("G_ema"), generator]), /several networks: D, G_ema/);
  });

  it("among dicts that contain each other endlessly is refused", () => {
    refuses(
      ["}q", 200, "(", ...Array.from({ length: 40 }, (_, i): Piece => [text(`k${i}`), "h", 200]), "u"],
      /are nested too often/,
    );
  });
});

describe("names", () => {
  const prefixed = (prefix: string) => [`${prefix}model.1.weight`, `${prefix}model.1.bias`];
  it("lose prefixes before those of a network", () => {
    for (const prefix of ["netG_A.", "generator.", "module.netG.", "module.module.", "_orig_mod.", "a.b."]) {
      expect(names(state(...prefixed(prefix)))).toEqual(["model.1.weight", "model.1.bias"]);
    }
    expect(names(state("module.model.1.weight", "model.1.bias"))).toEqual(["model.1.weight", "model.1.bias"]);
    refuses(state("module.model.1.weight", "model.1.weight"), /model\.1\.weight twice/);
  });

  it("lose a wrapper module called like the network's own, except in a U-Net", () => {
    const resnet = ["model.1.weight", "model.10.conv_block.1.weight"];
    const unet = ["model.model.0.weight", "model.model.1.model.1.weight", "model.model.1.model.3.model.5.bias"];
    const patch = ["model.0.weight", "model.11.bias"];
    const pixel = ["net.0.weight", "net.5.bias"];
    for (const own of [resnet, unet, patch, pixel]) {
      for (const prefix of ["", "model.", "net.", "gan.model.", "model.module."]) {
        expect(names(state(...own.map((name) => prefix + name))), prefix).toEqual(own);
      }
    }
    expect(names(state("model.module.1.weight", "model.module.4.bias"))).toEqual(["model.1.weight", "model.4.bias"]);
  });

  it("of which some have a prefix belong to one network", () => {
    const own = ["model.1.weight", "model.1.bias", "model.4.weight", "model.4.bias"];
    for (const prefix of ["generator.", "netG_A.module.", "model."]) {
      const half = own.map((name, i) => (i % 2 ? prefix + name : name));
      expect(names(state(...half)), prefix).toEqual(own);
      const otherHalf = own.map((name, i) => (i % 2 ? name : prefix + name));
      expect(names(state(...otherHalf)), prefix).toEqual(own);
    }
    // An incomplete network under its own name is not part of the network beside it.
    expect(names(state("G.model.1.weight", "vgg.model.7.weight"))).toEqual(["model.1.weight"]);
  });

  it("that are unknown belong to the network under whose name they stand", () => {
    const beside = readCheckpoint(zipOf(state("G.model.1.weight", "lpips.lin0.weight", "G.head.weight")));
    expect(beside.tensors.map(({ name }) => name)).toEqual(["model.1.weight", "head.weight"]);
    expect(beside.passedOver.tensors).toEqual(["lpips.lin0.weight"]);
    expect(names(state("model.1.weight", "head.weight"))).toEqual(["model.1.weight", "head.weight"]);
    expect(names(state("module.first.weight", "second.weight"))).toEqual(["first.weight", "second.weight"]);
  });

  it("of several networks in one dict are separated by a key", () => {
    const both = state(...prefixed("netG_A."), ...prefixed("netG_B."));
    refuses(both, /several networks: netG_A, netG_B\. Choose one by its key, as in `key` netG_A\.$/);
    expect(names(both, "netG_B")).toEqual(["model.1.weight", "model.1.bias"]);
    expect(names(dict([text("state_dict"), both]), "state_dict.netG_A")).toHaveLength(2);
  });

  it("that belong to no network are skipped and reported", () => {
    const file = zipOf(state("total_ops", "model.1.weight", "model.1.total_params", "ema.model.1.weight"));
    const { tensors, passedOver } = readCheckpoint(file);
    expect(tensors.map(({ name }) => name)).toEqual(["model.1.weight"]);
    expect(passedOver).toMatchObject({ tensors: ["total_ops", "model.1.total_params"], networks: ["ema"] });
  });
});

describe("other values beside a state dict", () => {
  const call = (module: string, name: string, ...args: Piece[]): Piece => [global(module, name), tuple(...args), "R"];
  const values: Record<string, Piece> = {
    "argparse.Namespace": [global("argparse", "Namespace"), ")", 0x81, dict([text("lr"), integer(1)]), "b"],
    "numpy scalar": call(
      "numpy.core.multiarray",
      "scalar",
      [call("numpy", "dtype", text("f8")), "(NNt", "b"],
      ["C", 2, "ab"],
    ),
    defaultdict: [call("collections", "defaultdict", global("builtins", "list")), "(", text("a"), "]", "u"],
    deque: [call("collections", "deque"), "(", integer(1), "e"],
    "a path": call("pathlib", "PosixPath", text("a"), text("b")),
    "a path of Python 3.13": call("pathlib._local", "PosixPath", text("a"), text("b")),
    "a layout": call("torch.serialization", "_get_layout", text("torch.sparse_coo")),
    "a datetime": call("datetime", "datetime", ["C", 10, "0123456789"]),
    "an old object": [
      call("copyreg", "_reconstructor", global("a", "B"), global("builtins", "object"), "N"),
      dict([text("a"), "N"]),
      "b",
    ],
    "an object of protocol 1": ["(", global("mine", "Options"), text("x"), "o", dict([text("a"), "N"]), "b"],
    "an object of protocol 0": ["(", text("x"), "imine\nOptions\n", dict([text("a"), "N"]), "b"],
    "a long number": [0x8b, little(100, 4), new Uint8Array(100).fill(1)],
    "long bytes": [0x8e, little(100_000, 8), new Uint8Array(100_000)],
    "a bytearray": [0x96, little(3, 8), "abc"],
    "a long text": [0x8d, little(100_000, 8), new Uint8Array(100_000).fill(120)],
    "torch.Size": call("torch", "Size", tuple(integer(1))),
    "torch.device": call("torch", "device", text("cuda")),
    "an enum": call("mine", "Color", integer(1)),
    "a class": global("builtins", "dict"),
    "a simple namespace": call("types", "SimpleNamespace"),
    "an enum in a class": call("builtins", "getattr", global("mine", "Trainer"), text("Mode")),
    "a set": [0x8f, "(", integer(1), 0x90],
    "a frozen set": ["(", integer(1), 0x91],
    "an object with keyword arguments": [global("a", "B"), ")", dict(), 0x92],
    "a call of what a call gave": [call("mine", "maker", text("x")), ")R"],
  };
  it.each(Object.entries(values))("%s is skipped without being built", (_, value) => {
    expect(names(dict([text("state_dict"), generator], [text("opt"), value]))).toHaveLength(2);
    // As a key, within lists, and with a tensor in its arguments.
    const beside = dict([value, integer(1)], [text("list"), ["](", value, tensor(), "e"]], [text("net"), generator]);
    expect(names(beside)).toHaveLength(2);
  });

  it.each(Object.entries(values))("%s in place of a tensor, a name or a storage is refused", (_, value) => {
    const refused = /refused|not plain text/;
    refuses(dict([text("model.1.weight"), tensor()], [text("model.1.bias"), value]), refused);
    refuses(dict([text("model.1.weight"), tensor()], [value, tensor()]), refused);
    refuses(dict([text("model.1.weight"), tensor({ storage: value })]), refused);
    refuses(value, refused);
    refuses(dict([text("a"), value]), refused);
  });

  it.each([
    ["os", "system"],
    ["posix", "system"],
    ["subprocess", "Popen"],
    ["builtins", "eval"],
    ["io", "open"],
    ["pathlib", "Path.write_text"],
    ["types", "FunctionType"],
    ["importlib", "import_module"],
    ["torch.hub", "load"],
    ["torch", "load"],
  ])("%s.%s refuses the whole file, wherever it is, called or not", (module, name) => {
    const refused = /would run .* when loaded by Python; refused/;
    refuses(dict([text("state_dict"), generator], [text("opt"), call(module, name, text("echo boo"))]), refused);
    refuses(dict([text("state_dict"), generator], [text("opt"), ["](", global(module, name), "e"]]), refused);
    refuses(dict([global(module, name), integer(1)], [text("state_dict"), generator]), refused);
  });

  it("may be built with discarded values, such as tuples that contain themselves", () => {
    const selfish = ["]q", 90, "h", 90, 0x85, "q", 91, "a0h", 91];
    const longer = ["(]q", 92, "(h", 92, "NNNtq", 93, "aNNN1h", 93];
    for (const value of [selfish, longer]) {
      expect(names(dict([text("opt"), value], [text("net"), generator]))).toHaveLength(2);
    }
  });

  it("may be between the tensors of a state dict, under names that no tensor has", () => {
    for (const value of [...Object.values(values), "N", "]", "}", ")", text("a"), integer(3), dict([text("a"), "N"])]) {
      const between = dict(
        [text("model.1.weight"), tensor()],
        [text("model.1._extra_state"), value],
        [text("epoch"), value],
      );
      expect(names(between)).toEqual(["model.1.weight"]);
      expect(names(dict([text("net"), between]))).toEqual(["model.1.weight"]);
    }
  });

  it("may be large: a list of losses, and dicts of dicts", () => {
    const losses = ["](", Array.from({ length: 30_000 }, () => [integer(1), "N", 0x86]), "e"];
    const nested = ["](", Array.from({ length: 30_000 }, () => dict([text("G"), dict([text("A"), "N"])])), "e"];
    expect(names(dict([text("losses"), losses], [text("log"), nested], [text("net"), generator]))).toHaveLength(2);
  });

  it("cost no more than any other pickle", () => {
    const calls: Piece = [global("mine", "maker"), ")R".repeat(100_000)];
    expect(names(dict([text("opt"), calls], [text("net"), generator]))).toHaveLength(2);
    refuses([global("a", "B"), ")R".repeat(600_000)], /more than 1000000 steps/);
    refuses(["B", bytes(255, 255, 255, 255)], /cut off in the middle of its pickle/);
  });
});
