/** A WGSL file imported as text: esbuild's text loader in bundles, a small plugin in vitest. */
declare module "*.wgsl" {
  const source: string;
  export default source;
}
