// Every file of shaders/ under its name, and which of them a composed shader is made of: so that whoever looks at a dispatch can read the
// very text that a person wrote.

import texts from "../../../shaders?texts";

/** By its path below shaders/, without the ending. */
export const shaderFiles = texts;

/**
 * The files that `composeShader` made a shader of: the one with its entry point first, then the pieces that it includes.
 *
 * A shader holds the text of its files, so nobody has to write down where it is from.
 */
export function filesOf(shader: string): string[] {
  const names = Object.keys(shaderFiles).filter((name) => isPartOf(shaderFiles[name], shader));
  const entry = (name: string) => Number(shaderFiles[name].includes("@compute"));
  return names.sort((a, b) => entry(b) - entry(a));
}

/** What lies between the lines that composing replaces is there in order. */
function isPartOf(source: string, shader: string): boolean {
  let place = 0;
  for (const part of source.split(/^(?:#include \S+|enable .*;)$/m)) {
    place = shader.indexOf(part, place);
    if (place < 0) return false;
    place += part.length;
  }
  return true;
}
