// The files that a shader consists of, for every launch of the operations' trials.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { byteLength } from "../../../src/kernels/core/operation.ts";
import { filesOf, shaderFiles } from "../../../src/kernels/core/shader-files.ts";
import { composeShader } from "../../../src/kernels/core/shader.ts";
import { operations } from "../../../src/kernels/index.ts";
import { hardware } from "../../devices.ts";

const folder = new URL("../../../shaders/", import.meta.url);

test("every file is available by its name", () => {
  const paths = readdirSync(folder, { recursive: true }).map(String);
  const files = paths.filter((path) => path.endsWith(".wgsl")).map((path) => path.replaceAll("\\", "/"));
  expect(Object.keys(shaderFiles).sort()).toEqual(files.map((path) => path.slice(0, -".wgsl".length)).sort());
  for (const [name, text] of Object.entries(shaderFiles)) {
    expect(text, name).toBe(readFileSync(new URL(`${name}.wgsl`, folder), "utf8"));
  }
});

test.each([false, true])(
  "every launch has one entry point and the pieces that it includes (software: %s)",
  (software) => {
    let launches = 0;
    for (const operation of operations) {
      for (const { inputs, attributes } of operation.trials) {
        const operands = inputs.map((type) => ({ type, bytes: byteLength(type) }));
        const type = operation.infer(inputs, attributes);
        const device = { ...hardware, workgroupBytes: 32768, software, subgroupSize: software ? 8 : 32 };
        const made = operation.forward(device, operands, { type, bytes: byteLength(type) }, attributes);
        for (const { shader } of made) {
          const [entry, ...pieces] = filesOf(shader);
          const included = includesOf(entry);
          expect(pieces.sort(), operation.name).toEqual(included);
          launches++;
        }
      }
    }
    expect(launches).toBeGreaterThan(100);
  },
);

test("text from no file has no files", () => {
  expect(filesOf("@compute @workgroup_size(1) fn main() {}")).toEqual([]);
  // A part of a file is not the file.
  const [name, text] = Object.entries(shaderFiles).find(([, text]) => text.includes("#include convolution/geometry"))!;
  expect(filesOf(text.split("#include convolution/geometry")[1])).not.toContain(name);
  expect(filesOf(composeShader(text, {}))[0]).toBe(name);
});

test("a missing include is named", () => {
  expect(() => composeShader("#include convolution/nothing", {})).toThrow("no shaders/convolution/nothing.wgsl");
  expect(() => composeShader("#include constructor", {})).toThrow("no shaders/constructor.wgsl");
});

function includesOf(name: string): string[] {
  return [...shaderFiles[name].matchAll(/^#include (\S+)$/gm)].map(([, piece]) => piece).sort();
}
