// A shader is composed of a readable WGSL file, the files that it includes, and a prelude of
// constants that fix its shapes and tile. Unlike pipeline overrides, constants may size arrays. The
// compiler drops what a shape does not need.

import type { Precision } from "./operation.ts";
import { shaderFiles } from "./shader-files.ts";

/** A constant of type f32; plain numbers are u32. */
export interface Float {
  readonly float: number;
}

export function float(value: number): Float {
  return { float: value };
}

/** A constant of type i32. */
export interface Int {
  readonly int: number;
}

export function int(value: number): Int {
  return { int: value };
}

/** A constant array of f32. */
export interface Floats {
  readonly floats: readonly number[];
}

export function floats(values: readonly number[]): Floats {
  return { floats: values };
}

/**
 * @param source a file of shaders/; a line `#include PATH` is replaced by the file of that path
 * below shaders/
 * @param constants the constants that the file uses: whole numbers become `u32`, `float(x)` becomes
 * `f32`, `int(x)` `i32`, `floats(xs)` an array of `f32`
 * @param precision how images are stored; "half" includes core/stored-half for core/stored
 */
export function composeShader(
  source: string,
  constants: Readonly<Record<string, number | boolean | Float | Int | Floats>>,
  precision: Precision = "full",
): string {
  const prelude = Object.entries(constants).map(([name, value]) => {
    if (typeof value === "boolean") return `const ${name} = ${value};`;
    if (typeof value === "object" && "floats" in value) {
      return `const ${name} = array<f32, ${value.floats.length}>(${value.floats.map(Math.fround).join(", ")});`;
    }
    if (typeof value === "object" && "int" in value) return `const ${name}: i32 = ${value.int};`;
    if (typeof value === "object") return `const ${name}: f32 = ${Math.fround(value.float)};`;
    if (!Number.isInteger(value) || value < 0) throw new Error(`${name} = ${value} is not a u32.`);
    return `const ${name} = ${value}u;`;
  });
  if (precision === "half" && !source.includes("#include core/stored"))
    throw new Error("This shader cannot read or write half precision.");
  const body = source.replace(/^#include (\S+)$/gm, (_, named: string) => {
    const name = precision === "half" && named === "core/stored" ? "core/stored-half" : named;
    if (!Object.hasOwn(shaderFiles, name)) throw new Error(`There is no shaders/${name}.wgsl to include.`);
    return shaderFiles[name];
  });
  // `enable` directives must come before everything else.
  const enables = body.match(/^enable .*;$/gm) ?? [];
  return [...enables, ...prelude, body.replace(/^enable .*;$/gm, "")].join("\n");
}
