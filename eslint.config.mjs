// Lint with types, and only rules that find mistakes which the compiler lets pass: layout is
// Prettier's, unused names are the compiler's. Beside them one for what Prettier leaves open, the
// order of imports, and one that keeps untrusted text off the terminal.

import tseslint from "typescript-eslint";
import { importOrder } from "./scripts/import-order.mjs";

export default tseslint.config(
  // What tsconfig.json leaves out, and what a build or a run writes.
  {
    ignores: ["**/.*", "dist*/", "test-output/", "output/", "bench/peers/", "test/library/consumers/"],
  },
  {
    files: ["**/*.{ts,tsx,mjs}"],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "@typescript-eslint": tseslint.plugin, pixelcycle: { rules: { "import-order": importOrder } } },
    rules: {
      "pixelcycle/import-order": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  // What is printed goes through this one file, which makes it harmless to a terminal.
  { files: ["src/**"], ignores: ["src/cli/terminal/print.ts"], rules: { "no-console": "error" } },
);
