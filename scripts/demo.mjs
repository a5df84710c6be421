// The page. `npm run build:demo` builds the folder dist-demo/, which any static host can serve
// unchanged. `npm run demo` also serves it, on this machine only; `--port N` sets the port.

import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { forBrowsers } from "./bundles.mjs";
import { serve } from "./serve.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A worker for each room of the page, and one for work that needs no GPU. */
const workers = ["convert/worker/convert", "parts/grid", "train/train", "inside/inside", "bench/bench"];

/** @param {string} folder is emptied first */
export async function buildDemo(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    ...forBrowsers,
    entryPoints: [
      { in: "demo/main.tsx", out: "main" },
      ...workers.map((path) => ({ in: `demo/${path}.worker.ts`, out: `workers/${basename(path)}` })),
    ],
    outdir: folder,
    // Code that workers and views share is loaded once.
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "linked",
  });
  await build({
    ...forBrowsers,
    entryPoints: [{ in: "demo/style/index.css", out: "style" }],
    outdir: folder,
    minify: true,
  });
  for (const file of ["index.html", "icon.svg", "recorded"]) {
    cpSync(join(root, "demo", file), join(folder, file), { recursive: true });
  }
  copyWithIndex("weights", /\.json$/, /\.(json|safetensors)$/, folder);
  copyWithIndex("weights/discriminators", /\.json$/, /\.(json|safetensors)$/, folder);
  copyWithIndex("samples", /\.jpg$/, /\.(jpg|md)$/, folder);
  copyTrainingSamples(folder);
}

/**
 * Copies a folder's files and adds an index.json, since a page cannot list a folder.
 *
 * @param {string} name
 * @param {RegExp} listed
 * @param {RegExp} copied
 * @param {string} folder
 */
function copyWithIndex(name, listed, copied, folder) {
  mkdirSync(join(folder, name));
  const files = readdirSync(join(root, name)).filter((file) => copied.test(file));
  for (const file of files) cpSync(join(root, name, file), join(folder, name, file));
  writeFileSync(join(folder, name, "index.json"), JSON.stringify(files.filter((file) => listed.test(file)).sort()));
}

/** @param {string} folder */
function copyTrainingSamples(folder) {
  const name = "samples/train";
  cpSync(join(root, name), join(folder, name), { recursive: true });
  const side = (/** @type {string} */ side) => readdirSync(join(root, name, `train${side}`)).sort();
  writeFileSync(join(folder, name, "index.json"), JSON.stringify({ A: side("A"), B: side("B") }));
}

async function main() {
  const { values } = parseArgs({
    options: { build: { type: "boolean", default: false }, port: { type: "string", default: "8080" } },
  });
  const folder = join(root, "dist-demo");
  await buildDemo(folder);
  if (values.build) {
    console.log("The page is in dist-demo/: any static host can serve it.");
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port takes 0 to 65535, not ${values.port}.`);
  const { address } = await serve(folder, port).catch((error) => {
    if (error.code !== "EADDRINUSE") throw error;
    console.log(`Port ${port} is taken; another one is used.`);
    return serve(folder);
  });
  console.log(`The page is at ${address} (Ctrl-C ends it).`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
