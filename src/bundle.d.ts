/** A browser script, bundled, as text: see scripts/bundle-text.mjs. */
declare module "*?bundle" {
  const script: string;
  export default script;
}

declare module "*.css" {
  const style: string;
  export default style;
}
