// The table of docs/layers.md lists exactly the existing operations and shaders.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shaderFiles } from "../../../src/kernels/core/shader-files.ts";
import { operations } from "../../../src/kernels/index.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const rows = read("docs/layers.md")
  .split("\n")
  .filter((line) => line.startsWith("|") && line.includes("`src/kernels/"))
  .map((line) => line.split("|").map((cell) => cell.trim()));
/** Operations of the pixel grid, which are not layers. */
const others = [
  "snapToCells",
  "averageCells",
  "keepColours",
  "cleanCells",
  "kMeans",
  "mapToPalette",
  "ditherOrdered",
  "diffuseError",
];
const otherShaders = /^pixelart\/(?:cells|colours|dither|palette)\//;

test("every operation is in the table, beside its declaration", () => {
  const named = rows.flatMap(([, forward, backward, declaration]) => {
    const source = read(declaration.replaceAll("`", ""));
    const names = /\[(.*?)\]/.exec(forward)![1].split(", ");
    for (const name of names) expect(source, `${name} in ${declaration}`).toMatch(new RegExp(`\\b${name}\\b`));
    return [...names, ...[...backward.matchAll(/`(\w+)`/g)].map(([, name]) => name)];
  });
  expect([...new Set([...named, ...others])].sort()).toEqual(operations.map(({ name }) => name).sort());
});

test("every shader is in the table", () => {
  const named = rows.flatMap(([, , , , shaders]) =>
    [...shaders.matchAll(/`shaders\/([\w/-]+)\/(?:\{(.*?)\}|([\w-]+))\.wgsl`/g)].flatMap(([, folder, several, one]) =>
      (several ?? one).split(",").map((name) => `${folder}/${name}`),
    ),
  );
  const files = Object.keys(shaderFiles).filter((file) => !otherShaders.test(file));
  expect([...new Set(named)].sort()).toEqual(files.sort());
});
