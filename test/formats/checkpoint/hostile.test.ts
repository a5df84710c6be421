// Files that no honest program writes, made by hand. Each must end in a UserError with the right
// reason.

import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { bytes, dict, global, integer, legacyOf, little, tensor, text, tuple, zipOf, type Piece } from "../assemble.ts";

function refuses(file: Uint8Array, reason: RegExp) {
  expect(() => readCheckpoint(file)).toThrow(UserError);
  expect(() => readCheckpoint(file)).toThrow(reason);
}

describe("pickles that would run code", () => {
  const run = (module: string, name: string): Piece => [global(module, name), tuple(text("echo boo")), "R"];
  it.each([
    ["os", "system"],
    ["builtins", "eval"],
    ["torch.hub", "load"],
    ["torch", "load"],
    ["torch.serialization", "load"],
    ["collections", "OrderedDict.fromkeys"],
    ["__main__", "\u001b[2J\u202e"],
  ])("%s.%s", (module, name) => {
    const call = bytes(run(module, "NAME")).length ? [`c${module}\n`, new TextEncoder().encode(name), "\n", ")R"] : [];
    refuses(zipOf(dict([text("w"), call])), /would run .* when loaded by Python; refused/);
    refuses(legacyOf(dict([text("w"), call])), /would run .* when loaded by Python; refused/);
  });
  it("prints no control characters of a name", () => {
    refuses(zipOf([global("x", "\u001b[2Jy"), ")R"]), /would run x\.\?\[2Jy when/);
  });
  it("by the newer opcode", () => refuses(zipOf([text("os"), text("system"), 0x93]), /would run os\.system/));
  it("with a name that is not text", () => refuses(zipOf(["NN", 0x93]), /global by something that is not text/));
  it("in the name of a property that every object has", () => {
    for (const name of ["constructor", "__proto__", "toString"])
      refuses(zipOf([`c${name}\n`, `${name}\n`]), /would run/);
  });
  it("by making a module", () => {
    refuses(
      zipOf([global("torch.nn.modules.container", "Sequential"), ")", 0x81]),
      /whole pickled object of the class torch\.nn/,
    );
  });
  it("by calling a storage class or a text", () => {
    refuses(zipOf([global("torch", "FloatStorage"), ")R"]), /calls something that is not a function/);
    refuses(zipOf([text("os.system"), ")R"]), /calls something that is not a function/);
  });
  it("by hooks and states", () => {
    refuses(zipOf(["N", dict(), "b"]), /state of an object that is not a plain dict/);
    refuses(zipOf([dict(), "Nb"]), /state of an object that is not a plain dict/);
    refuses(zipOf([dict([text("w"), [tensor(), dict(), "b"]])]), /state of an object/);
  });
});

describe("pickles that would run code from where plain data is skipped", () => {
  const system = global("os", "system");
  const byStack: Piece = [text("os"), text("system"), 0x93];
  const command = text("touch pickle-has-run");
  const ways: Record<string, Piece> = {
    REDUCE: [system, tuple(command), "R"],
    NEWOBJ: [system, tuple(command), 0x81],
    NEWOBJ_EX: [system, tuple(command), dict(), 0x92],
    BUILD: [global("mine", "Options"), ")", 0x81, dict([text("__setstate__"), system]), "b"],
    "BUILD with a state of another kind": [global("mine", "Options"), ")", 0x81, [system, tuple(command), "R"], "b"],
    INST: ["(", command, "ios\nsystem\n"],
    OBJ: ["(", system, command, "o"],
    STACK_GLOBAL: [byStack, tuple(command), "R"],
    "a name that was remembered": [text("os"), "q", 80, "0", "h", 80, text("system"), 0x93, tuple(command), "R"],
    "a function that a call gives": [global("builtins", "getattr"), tuple(global("os", "path"), text("os")), "R"],
    "a default of a defaultdict": [global("collections", "defaultdict"), tuple(system), "R"],
    "a partial": [global("functools", "partial"), tuple(system), "R", tuple(system, tuple(command), dict(), "N"), "b"],
    "a value that is thrown away": [system, tuple(command), "R0N"],
    "a value behind a mark that is thrown away": ["(", system, tuple(command), "R1N"],
    "a key": dict([[system, tuple(command), "R"], "N"]),
    "an argument of a tensor": tensor({ offset: 0, storage: system }),
    "a hook": [global("torch._utils", "_rebuild_parameter"), tuple(tensor(), 0x88, [system, tuple(command), "R"]), "R"],
    "metadata of the state dict": [dict(), dict([text("_metadata"), system]), "b"],
  };
  const weights = dict([text("model.1.weight"), tensor()]);

  it.each(Object.entries(ways))("%s of a function that runs programs refuses the file", (_, way) => {
    for (const object of [
      dict([text("net"), weights], [text("opt"), way]),
      dict([text("opt"), way], [text("net"), weights]),
      dict([text("model.1.weight"), tensor()], [text("model.1._extra_state"), way]),
      ["](", weights, way, "e"],
      tuple(weights, ["](", way, "e"]),
    ]) {
      refuses(zipOf(object), /would run os\.\w+ when loaded by Python; refused/);
      refuses(legacyOf(object), /would run os\.\w+ when loaded by Python; refused/);
    }
  });

  it("of an unknown function is skipped, and its result is nothing", () => {
    const foreign = (piece: Piece): Piece =>
      typeof piece === "string"
        ? piece.replace("os\nsystem", "mine\nsystem")
        : Array.isArray(piece)
          ? piece.map(foreign)
          : piece;
    for (const name of [
      "REDUCE",
      "NEWOBJ",
      "NEWOBJ_EX",
      "BUILD",
      "INST",
      "OBJ",
      "a partial",
      "a value that is thrown away",
    ]) {
      const file = zipOf(dict([text("net"), weights], [text("opt"), foreign(ways[name])]));
      expect(
        readCheckpoint(file).tensors.map(({ name }) => name),
        name,
      ).toEqual(["model.1.weight"]);
    }
    // Nor can a call turn such a value into a tensor, since its result is again an opaque value.
    for (const name of ["REDUCE", "NEWOBJ", "INST", "OBJ"]) {
      const made = foreign(ways[name]);
      for (const value of [
        made,
        [global("torch._utils", "_rebuild_parameter"), tuple(made), "R"],
        [global("torch._tensor", "_rebuild_from_type_v2"), tuple(made, made, ")", "N"), "R"],
        [global("torch._utils", "_rebuild_tensor_v2"), tuple(made, integer(0), ")", ")"), "R"],
      ]) {
        refuses(zipOf(dict([text("a"), value])), /would run mine\.system/);
        refuses(zipOf(dict([text("b"), tensor()], [text("a.weight"), value])), /would run mine\.system/);
      }
    }
  });

  it("and builds no object of the tensors' own classes and functions", () => {
    refuses(zipOf([global("torch", "FloatStorage"), ")", 0x81]), /makes an object of something that is not a class/);
    refuses(zipOf([global("torch", "Tensor"), ")R"]), /calls something that is not a function/);
    refuses(zipOf(["(icollections\nOrderedDict\n"]), /makes an object of something that is not a class/);
    refuses(zipOf(["(", "o"]), /makes an object of something that is not a class/);
    const rebuild = global("torch._tensor", "_rebuild_from_type_v2");
    refuses(
      zipOf([rebuild, tuple(rebuild, rebuild, ")", "N"), "R"]),
      /makes a tensor out of something that is not a tensor/,
    );
    refuses(zipOf([rebuild, ")R"]), /makes a tensor out of something that is not a tensor/);
    // A call within a call within a call.
    const parts = [rebuild, "q", 70, global("torch", "Tensor"), "q", 71, "00"];
    const deep = ["hFhG".repeat(200_000), ")", new Uint8Array(200_000).fill(0x87)];
    refuses(zipOf([parts, "h", 70, deep, "R"]), /makes a tensor out of something that is not a tensor/);
    const nested = [rebuild, global("torch", "Tensor"), "N", "N"];
    refuses(
      zipOf([rebuild, tuple(rebuild, global("torch", "Tensor"), tuple(...nested), "N"), "R"]),
      /out of something that is not a tensor/,
    );
  });
});

describe("pickles that are bombs", () => {
  it("doubling through the memo: 2^200 values in a few bytes are never unfolded", () => {
    const doubled = Array.from({ length: 200 }, (_, i): Piece => [["h", i, "h", i], 0x86, "q", i + 1]);
    refuses(zipOf([")q", 0, doubled]), /stack that is not one value/);
    refuses(zipOf(dict([text("w"), [")q", 0, "0"]])), /a key without a value/);
    refuses(zipOf(dict([text("w"), ["(", ")q", 0, doubled, "t"]])), /are nested too often/);
  });
  it("nesting", () => {
    refuses(zipOf("(".repeat(100_000)), /nests more than 1000 deep/);
    refuses(zipOf([dict(), new Uint8Array(500_000).fill(0x85)]), /does not hold a state dict/);
  });
  it("a list that holds itself", () => refuses(zipOf(["]q", 0, "h", 0, "a"]), /does not hold a state dict/));
  it("steps", () => refuses(zipOf("]".repeat(1_100_000)), /more than 1000000 steps/));
  it("bytes", () => {
    const long = [text("x".repeat(65_000)), "q", 0].flat();
    refuses(zipOf(Array.from({ length: 300 }, () => long)), /longer than 16777216 bytes/);
  });
  it("numbers and texts that claim more than there is", () => {
    refuses(zipOf([0x8a, 255, new Uint8Array(255)]), /a number of many bytes where tensors belong/);
    refuses(zipOf([0x8b, little(2 ** 31 - 1, 4)]), /cut off in the middle of its pickle/);
    refuses(zipOf([0x8b, little(2n ** 32n - 1n, 4)]), /number of -1 bytes/);
    for (const code of [0x8d, 0x8e, 0x96]) {
      refuses(zipOf([code, little(2n ** 64n - 1n, 8)]), /cut off in the middle of its pickle/);
    }
    refuses(zipOf(["X", little(2 ** 32 - 1, 4)]), /cut off in the middle of its pickle/);
    refuses(zipOf(["X", little(60_000, 4), "abc"]), /cut off in the middle of its pickle/);
    refuses(zipOf(["X", little(2, 4), 0xc3, 0x28]), /not UTF-8/);
    refuses(zipOf(["c", "x".repeat(5_000), "\n\n"]), /more than 1024 letters/);
  });
  it("the memo", () => {
    refuses(zipOf(["Nr", little(2 ** 32 - 1, 4)]), /remembers a value under the number 4294967295/);
    refuses(zipOf(["h", 3]), /recalls the value 3, which it never remembered/);
  });
  it("an empty stack, a closed mark, a stack left over", () => {
    for (const opcodes of [".", "R", "a", "u", "t", "e", "s", "b", "Q", "q\u0000", [0x85], [0x86], [0x87], "NR"]) {
      refuses(zipOf([opcodes]), /pickle .*; refused/);
    }
    refuses(zipOf("NN"), /stack that is not one value/);
    refuses(zipOf("(N"), /stack that is not one value/);
  });
  it("the wrong containers", () => {
    refuses(zipOf(["NNa"]), /appends to something that is not a list/);
    refuses(zipOf(["NNNs"]), /sets items of something that is not a dict/);
    refuses(zipOf(["}(Nu"]), /a key without a value/);
    refuses(zipOf([global("collections", "OrderedDict"), "N", 0x85, "R"]), /out of something other than pairs/);
    refuses(zipOf([global("collections", "OrderedDict"), "](Ne", 0x85, "R"]), /out of something other than pairs/);
    refuses(
      zipOf([global("torch._utils", "_rebuild_parameter"), ")R"]),
      /parameter out of something that is not a tensor/,
    );
  });
  it("protocols and opcodes that do not exist", () => {
    refuses(zipOf([0x80, 6, "N"]), /protocol 6/);
    refuses(zipOf([0xff]), /opcode 0xff/);
  });
});

describe("tensors with false claims", () => {
  const lies: [string, Parameters<typeof tensor>[0], RegExp][] = [
    ["a negative stride", { strides: [-1], offset: 3 }, /negative or huge size/],
    ["a negative offset", { offset: -1 }, /negative or huge size/],
    ["a negative side", { shape: [-2] }, /negative or huge size/],
    ["a side beyond 2^53", { shape: [2n ** 63n] }, /negative or huge size/],
    ["an offset that would overflow", { offset: 2n ** 64n - 1n }, /negative or huge size/],
    ["a product that would overflow", { shape: [2 ** 32, 2 ** 32, 2], strides: [1, 1, 1] }, /beyond its storage of 4/],
    ["more elements than its storage", { shape: [5] }, /shape \[5\] that reaches beyond its storage of 4 elements/],
    ["an offset beyond", { offset: 3 }, /beyond its storage/],
    ["a stride beyond", { strides: [4] }, /beyond its storage/],
    ["an empty tensor beyond", { shape: [0], offset: 5 }, /beyond its storage/],
    ["sizes without strides", { strides: [] }, /without its storage, size and stride/],
    ["nine dimensions", { shape: new Array(9).fill(1), strides: new Array(9).fill(1) }, /more than 8 dimensions/],
    ["a storage longer than its bytes", { length: 5, shape: [5] }, /should hold 20 bytes but is 16 bytes|cut off/],
    ["a storage shorter than its bytes", { length: 3 }, /should hold 12 bytes but is 16 bytes|two lengths/],
    ["a huge storage", { length: 2n ** 40n, shape: [1] }, /should hold 4398046511104 bytes|cut off/],
    ["a negative storage", { length: -1 }, /not a tensor's storage/],
    [
      "a storage that is not there",
      { key: "1" },
      /storage 1 should hold 16 bytes but is missing|list of storages is wrong/,
    ],
    ["a storage outside the archive's folder", { key: "../version" }, /is missing|list of storages is wrong/],
    ["a storage of no known type", { storage: text("torch.FloatStorage") }, /not a tensor's storage/],
    [
      "2^40 elements out of one",
      { shape: [2 ** 20, 2 ** 20], strides: [0, 0] },
      /expand to far more than the file holds/,
    ],
  ];
  it.each(lies)("%s", (_, description, reason) => {
    refuses(zipOf(dict([text("w"), tensor(description)])), reason);
    refuses(legacyOf(dict([text("w"), tensor(description)])), reason);
  });
  it("a thousand tensors that view one storage of a megabyte", () => {
    const view = { length: 2 ** 18, shape: [2 ** 18] };
    const entries = Array.from({ length: 1000 }, (_, i): [Piece, Piece] => [text(`w${i}`), tensor(view)]);
    refuses(zipOf(dict(...entries), { 0: new Uint8Array(2 ** 20) }), /expand to far more than the file holds/);
  });
  it("a transposed tensor too large to reorder", () => {
    const side = 209 * 256;
    const view = {
      storage: global("torch", "ByteStorage"),
      length: 1024 * side,
      shape: [side, 1024],
      strides: [1, side],
    };
    const file = zipOf(dict([text("w"), tensor(view)]), { 0: new Uint8Array(1024 * side) });
    refuses(file, /are not stored in order, .* too much memory/);
  });
  it("more tensors than any network has", () => {
    const many = [tensor(), "q", 0, Array.from({ length: 20_000 }, () => tensor({ length: 4 }))];
    refuses(zipOf(["](", many, "e"]), /more than 20000 tensors/);
  });
  it("one storage of two types or lengths", () => {
    const other = [{ length: 2 }, { storage: global("torch", "DoubleStorage") }];
    for (const second of other) {
      refuses(zipOf(dict([text("a"), tensor()], [text("b"), tensor(second)])), /storage 0 has two types or lengths/);
    }
  });
  it("an unsupported type", () => {
    refuses(zipOf([global("torch._utils", "_rebuild_tensor_v3")]), /unsupported type/);
    refuses(
      zipOf(dict([text("w"), tensor({ storage: global("torch", "ComplexFloatStorage") })])),
      /would run torch\.Complex/,
    );
  });
});

describe("invalid state dicts", () => {
  it("a name that occurs twice", () =>
    refuses(zipOf(dict([text("w"), tensor()], [text("w"), tensor()])), /holds w twice/));
  it("a name that is not text", () => {
    refuses(zipOf(dict([integer(1), tensor()])), /has a tensor whose name is not plain text/);
    refuses(zipOf(dict([text("\u001b[31m"), tensor()])), /has a tensor whose name is not plain text/);
  });
  it("thousands of prefixes", () => {
    refuses(zipOf(dict([text("module.".repeat(9_000)), tensor()])), /has a tensor whose name is not plain text/);
    const json = `{"${"module.".repeat(500_000)}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`;
    refuses(bytes(little(json.length, 8), json), /has a tensor whose name is not plain text/);
  });
  it("an entry with a tensor's name that is not a tensor", () => {
    for (const name of ["w.weight", "bias", "model.2.running_mean"]) {
      const file = zipOf(dict([text("w"), tensor()], [text(name), integer(3)]));
      refuses(file, /entry \S+ is not a tensor; refused/);
    }
  });
  it("but __proto__ is a name like any other", () => {
    const { tensors } = readCheckpoint(zipOf(dict([text("__proto__"), tensor()])));
    expect(tensors.map(({ name }) => name)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).data).toBeUndefined();
  });
});

describe("legacy files", () => {
  const file = legacyOf(dict([text("w"), tensor()]));
  it("cut off anywhere", () => {
    for (let length = 0; length < file.length; length++) {
      refuses(file.subarray(0, length), /cut off|empty|neither a PyTorch|list of storages/);
    }
  });
  it("of another version or none of torch's", () => {
    const version = file.findIndex((_, i) => file[i] === 0xe9 && file[i + 1] === 0x03);
    refuses(file.with(version, 0xea), /version of torch\.save/);
    refuses(bytes([0x80, 2], dict(), "."), /not one that torch\.save wrote/);
  });
  it("with large pickles in place of small ones", () => {
    const lists = bytes([0x80, 2], "]".repeat(2_000), ".");
    refuses(lists, /more than 1000 steps/);
    refuses(bytes(file.subarray(0, file.indexOf(0x2e) + 1), lists), /more than 1000 steps/);
  });
  it("with a storage listed twice or not at all", () => {
    const list = (keys: string[]) => bytes([0x80, 2], "](", ...keys.map(text), "e.");
    const at = file.length - (8 + 16) - list(["0"]).length;
    const withKeys = (keys: string[]) => bytes(file.subarray(0, at), list(keys), file.subarray(file.length - 24));
    expect(readCheckpoint(withKeys(["0"])).tensors).toHaveLength(1);
    refuses(bytes(withKeys(["0", "0"]), file.subarray(file.length - 24)), /list of storages is wrong/);
    refuses(withKeys([]), /a storage is missing/);
  });
});

describe("files of another kind", () => {
  it.each([
    ["nothing", bytes(), /is empty/],
    ["a web page", bytes("<!DOCTYPE html><html>"), /web page/],
    ["a Git LFS pointer", bytes("version https://git-lfs.github.com/spec/v1\n"), /Git LFS pointer/],
    [
      "a tar, of PyTorch before 0.1.10",
      bytes(new Uint8Array(257).fill(120), "ustar\u000000", new Uint8Array(300)),
      /before 0\.1\.10/,
    ],
    ["text", bytes("hello, I am a checkpoint"), /neither a PyTorch checkpoint nor a safetensors file/],
    ["a picture", bytes(0x89, "PNG\r\n\u001a\n", new Uint8Array(100)), /neither/],
  ])("%s", (_, file, reason) => refuses(file, reason));
});
