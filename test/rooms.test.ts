// The structure of the source (docs/architecture.md): imports run downwards, only the lowest room
// calls WebGPU, only kernels read shaders, and code for one platform stays out of shared code.
// Lists are not awaited with Promise.all, since which failure it reports would depend on a race.
// Checked with TypeScript's parser.

import { readFileSync, readdirSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/**
 * The rooms that each room of src/ may import from, besides itself and the files directly in src/.
 */
const rooms: Record<string, readonly string[]> = {
  gpu: [],
  kernels: ["gpu"],
  autograd: ["gpu", "kernels"],
  tuning: ["gpu", "kernels", "autograd"],
  nn: ["gpu", "kernels", "autograd", "formats", "picture"],
  train: ["gpu", "kernels", "autograd", "nn", "formats", "picture"],
  picture: [],
  formats: ["picture"],
  pixelart: ["gpu", "kernels", "autograd", "nn", "formats", "picture"],
  dataset: ["kernels", "formats", "picture", "pixelart"],
  platform: ["gpu", "formats", "picture", "train", "dataset", "tuning"], // of the last three, the interfaces that it implements
  charts: ["train"],
  style: [], // style sheets
  gallery: ["picture", "dataset", "style"],
  library: ["gpu", "kernels", "autograd", "nn", "train", "formats", "picture", "pixelart", "dataset", "platform"],
  cli: [
    ...["gpu", "kernels", "autograd", "nn", "train", "formats", "picture", "pixelart", "dataset", "platform", "charts"],
    ...["library", "gallery", "tuning"],
  ],
  demo: [
    "gpu",
    "kernels",
    "autograd",
    "nn",
    "train",
    "formats",
    "picture",
    "pixelart",
    "dataset",
    "platform",
    "charts",
    "tuning",
  ],
};

/**
 * The floors of the larger rooms: the folders that each folder may import from, besides itself.
 * Files directly in the room may import from all of its folders; a folder imports none of them
 * unless "" is listed.
 */
const floors: Record<string, Record<string, readonly string[]>> = {
  "src/kernels": {
    core: [],
    tensor: ["core"],
    convolution: ["core", "tensor"],
    normalization: ["core", "tensor"],
    training: ["core", "tensor"],
    pixelart: ["core", "tensor"],
  },
  "src/formats": {
    bytes: [],
    tensors: ["bytes"],
    pickle: [],
    torch: ["bytes", "tensors", "pickle"],
    checkpoint: ["tensors", "torch"],
    pictures: ["bytes"],
    animations: ["bytes", "pictures"],
  },
  "src/train": {
    options: [],
    batches: ["options"],
    step: ["options", "batches"],
    run: ["options", "batches", "step"],
  },
  "src/pixelart/grid": {
    signal: [],
    steps: ["signal"],
    cells: [],
    content: ["signal", "cells"],
  },
  "src/dataset": {
    sources: [],
    grid: [],
    audit: ["sources", "grid"],
    prepare: ["sources", "grid", "audit"],
    export: ["sources", "grid", "audit", "prepare"],
  },
  "src/platform": {
    gpu: [],
    files: [],
    models: ["files"],
    pictures: ["files"],
    training: ["files", "pictures"],
  },
  "src/cli": {
    options: [],
    files: ["options"],
    terminal: ["files", "options"],
    pages: ["options", "terminal"],
    commands: ["files", "options", "terminal", "pages"],
  },
  demo: {
    parts: [],
    convert: ["parts"],
    train: ["parts"],
    inside: ["parts"],
    bench: ["parts"],
  },
  "demo/inside": {
    code: [""],
    walk: ["", "code"],
    step: [""],
    judge: [""],
  },
  "demo/train": {
    storage: [""],
    start: ["", "storage"],
    run: ["", "storage"],
  },
};

/** Packages for views, in the page and in the gallery. */
const viewPackages = ["preact", "preact/hooks", "@preact/signals"];
/** Packages only for the page. */
const pagePackages = [...viewPackages, "comlink", "fflate"];
/** Packages that run in Node and in browsers, used below the command line. */
const portablePackages = ["hyparquet", "papaparse", "valibot", "wgpu-matrix"];
/** Packages of pages. */
const browserPackages = ["fast-png", "uplot", "uplot/dist/uPlot.min.css"];

const webGpuCalls = new Set([
  ...["requestAdapter", "requestDevice", "queue", "writeBuffer", "mapAsync", "getMappedRange"],
  ...["createBuffer", "createBindGroup", "createShaderModule", "createComputePipeline", "createComputePipelineAsync"],
  ...["createCommandEncoder", "beginComputePass", "createQuerySet", "pushErrorScope"],
]);
const nodeGlobals = new Set(["Buffer", "process", "require", "__dirname", "__filename"]);
const browserGlobals = new Set(["document", "navigator"]);

/** The platform of a file; undefined if it runs on both. */
function platformOf(file: string): "node" | "browser" | undefined {
  if (file.startsWith("demo/")) return "browser";
  const [, door] = /^src\/(?:platform|charts|gallery|library|cli)\/(?:.*\.)?(node|browser)\.tsx?$/.exec(file) ?? [];
  return (door as "node" | "browser" | undefined) ?? (file.startsWith("src/cli/") ? "node" : undefined);
}

/** The page, demo/, is a room too: the top one. */
function roomOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1] ?? /^demo(?=\/)/.exec(file)?.[0];
}

/** The larger rooms of a file, and its folder in each: "" for a file directly in the room. */
function floorsOf(file: string): { room: string; floor: string }[] {
  const rooms = Object.keys(floors).filter((name) => file.startsWith(`${name}/`));
  return rooms.map((room) => {
    const [first, ...rest] = file.slice(room.length + 1).split("/");
    return { room, floor: rest.length > 0 ? first : "" };
  });
}

/** Whether a file of that floor may import from another one of its room. */
function mayImport({ room, floor }: { room: string; floor: string }, target: string): boolean {
  return floor === "" || floor === target || (floors[room][floor]?.includes(target) ?? true);
}

/** The violations of the structure in a file, one line each. */
function violations(file: string, source: string): string[] {
  const room = roomOf(file);
  const platform = platformOf(file);
  const own = floorsOf(file);
  const found: string[] = [];
  for (const { room, floor } of own)
    if (floor !== "" && !(floor in floors[room])) found.push(`${room}/${floor} is no floor that this test knows`);
  if (room !== undefined && !(room in rooms)) found.push(`src/${room} is no room that this test knows`);

  function checkImport(specifier: string) {
    if (!specifier.startsWith(".")) {
      const allowed = [
        ...portablePackages,
        ...(platform === "browser" ? browserPackages : []),
        ...(room === "demo" ? pagePackages : []),
        ...(room === "gallery" && platform === "browser" ? viewPackages : []),
      ];
      if (platform !== "node" && !allowed.includes(specifier)) found.push(`imports ${specifier}`);
      return;
    }
    const target = posix.join(posix.dirname(file), specifier);
    if (/^shaders(?:\/|\?texts$)/.test(target)) {
      if (room !== "kernels") found.push(`reads ${target}`);
      return;
    }
    if (!target.startsWith("src/") && roomOf(target) !== "demo") {
      const outside = target.startsWith("bench/") || target === "package.json"; // its kernels' bench, and the version
      if (room !== "cli" && !(room === "demo" && outside)) found.push(`imports ${target}`);
      return;
    }
    const targetRoom = roomOf(target);
    const targets = floorsOf(target);
    const isHigher = own.some((floor) =>
      targets.some((target) => target.room === floor.room && !mayImport(floor, target.floor)),
    );
    if (isHigher) found.push(`imports ${target} from a higher floor`);
    else if (targetRoom && targetRoom !== room && !rooms[room ?? ""]?.includes(targetRoom))
      found.push(`imports ${target}`);
    else if ((platformOf(target) ?? platform) !== platform) found.push(`imports ${target} on another platform`);
  }

  function visit(node: ts.Node) {
    const imported =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined;
    if (imported && ts.isStringLiteral(imported)) checkImport(imported.text);
    else if (imported) found.push(`imports ${imported.getText()}, which cannot be checked`);

    if (ts.isIdentifier(node)) {
      const { text, parent } = node;
      const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
      const isName = "name" in parent && parent.name === node;
      const isCalled =
        isMember || (ts.isBindingElement(parent) && parent.parent.kind === ts.SyntaxKind.ObjectBindingPattern);
      if (isCalled && room !== "gpu" && webGpuCalls.has(text)) found.push(`uses WebGPU's ${text}`);
      if (!isName && nodeGlobals.has(text) && platform !== "node") found.push(`names ${text}`);
      if (!isName && browserGlobals.has(text) && platform !== "browser") found.push(`names ${text}`);
    }
    if (ts.isPropertyAccessExpression(node) && node.getText() === "Promise.all") {
      found.push("uses Promise.all in place of allInOrder");
    }
    ts.forEachChild(node, visit);
  }
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found.map((what) => `${file} ${what}`);
}

const files = ["src", "demo"]
  .flatMap((top) =>
    readdirSync(top, { recursive: true, encoding: "utf8" }).map((path) => `${top}/${path.replaceAll("\\", "/")}`),
  )
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"));

test("every file imports only what its room may", () => {
  expect(files).toContain("src/gpu/gpu.ts");
  expect(files).toContain("src/cli/commands/info.ts");
  expect(files).toContain("demo/main.tsx");
  expect(files.flatMap((file) => violations(file, readFileSync(file, "utf8")))).toEqual([]);
});

test("no room depends on itself through others", () => {
  const reach = (room: string, path: string[] = []): string[] =>
    path.includes(room) ? [...path, room] : rooms[room].flatMap((next) => reach(next, [...path, room]));
  expect(Object.keys(rooms).flatMap((room) => reach(room))).toEqual([]);
});

describe("a violation is detected", () => {
  test.each([
    ["src/gpu/x.ts", 'import { a } from "../kernels/a.ts";', "src/gpu/x.ts imports src/kernels/a.ts"],
    ["src/nn/x.ts", 'import type { A } from "../train/a.ts";', "src/nn/x.ts imports src/train/a.ts"],
    ["src/train/x.ts", 'import { a } from "../pixelart/a.ts";', "src/train/x.ts imports src/pixelart/a.ts"],
    [
      "src/kernels/core/x.ts",
      'import { a } from "../tensor/a.ts";',
      "src/kernels/core/x.ts imports src/kernels/tensor/a.ts from a higher floor",
    ],
    [
      "src/kernels/tensor/x.ts",
      'import { a } from "../index.ts";',
      "src/kernels/tensor/x.ts imports src/kernels/index.ts from a higher floor",
    ],
    [
      "src/formats/pickle/x.ts",
      'import { a } from "../torch/a.ts";',
      "src/formats/pickle/x.ts imports src/formats/torch/a.ts from a higher floor",
    ],
    [
      "src/cli/pages/x.ts",
      'import { a } from "../commands/train/a.ts";',
      "src/cli/pages/x.ts imports src/cli/commands/train/a.ts from a higher floor",
    ],
    [
      "demo/inside/x.ts",
      'import "../convert/settings.ts";',
      "demo/inside/x.ts imports demo/convert/settings.ts from a higher floor",
    ],
    [
      "src/pixelart/grid/signal/x.ts",
      'import { a } from "../steps/a.ts";',
      "src/pixelart/grid/signal/x.ts imports src/pixelart/grid/steps/a.ts from a higher floor",
    ],
    [
      "src/platform/files/x.node.ts",
      'import { a } from "../pictures/a.node.ts";',
      "src/platform/files/x.node.ts imports src/platform/pictures/a.node.ts from a higher floor",
    ],
    [
      "demo/inside/walk/x.tsx",
      'import { a } from "../judge/a.tsx";',
      "demo/inside/walk/x.tsx imports demo/inside/judge/a.tsx from a higher floor",
    ],
    ["src/train/attic/x.ts", "", "src/train/attic/x.ts src/train/attic is no floor that this test knows"],
    ["src/nn/x.ts", 'export * from "../cli/a.ts";', "src/nn/x.ts imports src/cli/a.ts"],
    ["src/nn/deep/x.ts", 'await import("../../train/a.ts");', "src/nn/deep/x.ts imports src/train/a.ts"],
    ["src/nn/x.ts", 'let a: import("../train/a.ts").A;', "src/nn/x.ts imports src/train/a.ts"],
    ["src/nn/x.ts", "await import(`../${name}.ts`);", "src/nn/x.ts imports `../${name}.ts`, which cannot be checked"],
    ["src/errors.ts", 'import { a } from "./gpu/a.ts";', "src/errors.ts imports src/gpu/a.ts"],
    ["src/formats/x.ts", 'import { a } from "../gpu/a.ts";', "src/formats/x.ts imports src/gpu/a.ts"],
    ["src/picture/x.ts", 'import { a } from "../formats/a.ts";', "src/picture/x.ts imports src/formats/a.ts"],
    ["src/attic/x.ts", "", "src/attic/x.ts src/attic is no room that this test knows"],
    ["src/nn/x.ts", 'import code from "../../shaders/a/b.wgsl";', "src/nn/x.ts reads shaders/a/b.wgsl"],
    ["src/train/x.ts", 'import fs from "node:fs";', "src/train/x.ts imports node:fs"],
    ["src/nn/x.ts", 'import { a } from "../../scripts/a.mjs";', "src/nn/x.ts imports scripts/a.mjs"],
    ["src/picture/x.ts", 'import sharp from "sharp";', "src/picture/x.ts imports sharp"],
    [
      "src/platform/pictures/images.browser.ts",
      'import "sharp";',
      "src/platform/pictures/images.browser.ts imports sharp",
    ],
    [
      "src/library/browser.ts",
      'import "../platform/files/files.node.ts";',
      "src/library/browser.ts imports src/platform/files/files.node.ts on another platform",
    ],
    [
      "src/library/shared.ts",
      'import "../platform/files/files.node.ts";',
      "src/library/shared.ts imports src/platform/files/files.node.ts on another platform",
    ],
    ["src/autograd/x.ts", "gpu.device.queue.submit([]);", "src/autograd/x.ts uses WebGPU's queue"],
    ["src/kernels/x.ts", "device.createBuffer({});", "src/kernels/x.ts uses WebGPU's createBuffer"],
    ["src/kernels/x.ts", "const { queue } = gpu.device;", "src/kernels/x.ts uses WebGPU's queue"],
    ["src/cli/x.ts", "await Promise.all(reads);", "src/cli/x.ts uses Promise.all in place of allInOrder"],
    ["src/nn/x.ts", "const a = navigator.gpu;", "src/nn/x.ts names navigator"],
    ["src/formats/x.ts", "Buffer.from([1]);", "src/formats/x.ts names Buffer"],
    ["src/formats/x.ts", "let a: Buffer;", "src/formats/x.ts names Buffer"],
    ["src/picture/x.ts", "if (process.env.X) a();", "src/picture/x.ts names process"],
    ["src/cli/x.ts", "document.title;", "src/cli/x.ts names document"],
    ["src/cli/x.browser.ts", "process.exit();", "src/cli/x.browser.ts names process"],
    ["src/nn/x.ts", 'import "../../demo/a.ts";', "src/nn/x.ts imports demo/a.ts"],
    ["src/charts/x.browser.ts", 'import "preact";', "src/charts/x.browser.ts imports preact"],
    ["demo/bench/x.tsx", 'import "../../src/cli/a.ts";', "demo/bench/x.tsx imports src/cli/a.ts"],
    [
      "demo/bench/x.tsx",
      'import "../../src/platform/files/files.node.ts";',
      "demo/bench/x.tsx imports src/platform/files/files.node.ts on another platform",
    ],
    ["demo/bench/x.tsx", 'import "react";', "demo/bench/x.tsx imports react"],
    ["demo/bench/x.tsx", "device.createBuffer({});", "demo/bench/x.tsx uses WebGPU's createBuffer"],
    ["src/cli/x.ts", 'import "./x.browser.ts";', "src/cli/x.ts imports src/cli/x.browser.ts on another platform"],
  ])("%s: %s", (file, source, violation) => {
    expect(violations(file, source)).toEqual([violation]);
  });

  test("and valid code is accepted", () => {
    const kernels = 'import a from "../../shaders/a/b.wgsl"; import "../gpu/gpu.ts"; import "../errors.ts"; a.process;';
    expect(violations("src/kernels/x.ts", `${kernels} // Buffer`)).toEqual([]);
    expect(violations("src/gpu/x.ts", "device.createBuffer({}); device.queue;")).toEqual([]);
    const cli =
      'import fs from "node:fs"; import { Command } from "commander"; import "../platform/files/files.node.ts";';
    expect(violations("src/cli/x.ts", `${cli} process.exitCode = 1;`)).toEqual([]);
    const page = 'import uPlot from "uplot"; document.title;';
    const demo = 'import { render } from "preact"; import "../../src/nn/a.ts"; import "../parts/b.tsx"; navigator.gpu;';
    expect(violations("demo/bench/x.tsx", demo)).toEqual([]);
    expect(violations("demo/bench/x.ts", 'import "../../bench/peak.ts";')).toEqual([]);
    expect(violations("src/cli/x.browser.ts", page)).toEqual([]);
    expect(violations("src/cli/x.ts", 'import script from "./x.browser.ts?bundle";')).toEqual([]);
    expect(violations("src/library/node.ts", 'import "../platform/files/files.node.ts"; import "../nn/a.ts";')).toEqual(
      [],
    );
  });
});
