/**
 * A WGSL file imported as text: esbuild's text loader in bundles, scripts/shader-texts.mjs in
 * vitest.
 */
declare module "*.wgsl" {
  const source: string;
  export default source;
}

/**
 * All WGSL files of a folder, by their paths in it without the extension: see
 * scripts/shader-texts.mjs.
 */
declare module "*?texts" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}
