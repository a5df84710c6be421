// Every file of shaders/ by its name, and the files that a composed shader consists of. With it, a
// page that shows a dispatch can show the source files as they were written.

import texts from "../../../shaders?texts";

/** By its path below shaders/, without the extension. */
export const shaderFiles = texts;

/**
 * The files from which `composeShader` made a shader: first the one with the entry point, then the
 * files that it includes.
 *
 * A shader contains the text of its files, so its origin need not be recorded.
 */
export function filesOf(shader: string): string[] {
  const names = Object.keys(shaderFiles).filter((name) => isPartOf(shaderFiles[name], shader));
  const entry = (name: string) => Number(shaderFiles[name].includes("@compute"));
  return names.sort((a, b) => entry(b) - entry(a));
}

/**
 * Whether the pieces of text between the lines that `composeShader` replaces occur in the shader,
 * in order.
 */
function isPartOf(source: string, shader: string): boolean {
  let place = 0;
  for (const part of source.split(/^(?:#include \S+|enable .*;)$/m)) {
    place = shader.indexOf(part, place);
    if (place < 0) return false;
    place += part.length;
  }
  return true;
}
