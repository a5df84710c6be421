// The shaders that other compilers get are all that exist.

import { expect, test } from "vitest";
import { filterGradientVariants } from "../../src/kernels/convolution/filter-gradient-variants.ts";
import { variants } from "../../src/kernels/convolution/variants.ts";
import { filesOf, shaderFiles } from "../../src/kernels/core/shader-files.ts";
import { devices, shaderVariants } from "./shader-variants.ts";

const shaders = [...shaderVariants().keys()].map((shader) => ({ shader, file: filesOf(shader)[0] }));

/** The variants of a file, and the values of each constant in them. */
function constantsOf(file: string): Map<string, Set<string>> {
  const constants = new Map<string, Set<string>>();
  for (const own of shaders.filter((shader) => shader.file === file)) {
    for (const [, name, value] of own.shader.matchAll(/^const ([A-Z0-9_]+)(?:: f32)? = (.*);$/gm)) {
      constants.set(name, (constants.get(name) ?? new Set()).add(value));
    }
  }
  return constants;
}

const entries = Object.keys(shaderFiles).filter((file) => shaderFiles[file].includes("@compute"));

test("every file with an entry point is included, and every variable constant takes several values", () => {
  expect(new Set(shaders.map(({ file }) => file))).toEqual(new Set(entries));
  for (const file of entries) {
    for (const [name, values] of constantsOf(file)) {
      if (["true", "false"].some((value) => values.has(value))) expect(values.size, `${file} ${name}`).toBe(2);
    }
  }
});

test("every tile of the convolutions is included, on every kind of device", () => {
  for (const [family, table] of [
    ["convolution", variants],
    ["convolution/filter-gradient", filterGradientVariants],
  ] as const) {
    for (const { kind, rows, columns, groupColumns, groupRows } of devices.flatMap((traits) => [...table(traits)])) {
      const whole = kind === "quads" || kind === "narrow"; // these have one tile
      const lanes = family === "convolution" ? groupColumns : groupRows;
      const words = [
        kind !== "broadcast" && !whole
          ? `const GROUP_ROWS = ${groupRows}u;\nconst GROUP_COLUMNS = ${groupColumns}u;`
          : "",
        (family === "convolution" && kind !== "naive" && !whole) || kind === "tiled" ? `const ROWS = ${rows}u;` : "",
        kind !== "naive" && !whole ? `const COLUMNS = ${columns}u;` : "", // a naive lane has no tile
        kind === "broadcast" || (family === "convolution" && kind === "narrow")
          ? `const LANES = ${kind === "narrow" ? groupRows : lanes}u;`
          : "",
      ];
      const fitting = shaders.filter(
        ({ shader, file }) => file === `${family}/${kind}` && words.every((word) => shader.includes(word)),
      );
      expect(fitting.length, `${family} ${kind} ${rows}x${columns}`).toBeGreaterThan(0);
    }
  }
});
