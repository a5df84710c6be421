// A worker process of `npm run test:mutants`. It opens a device once. For each fault that it
// receives it bundles the operations with that fault and runs their checks. Its parent kills it if
// it no longer responds.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { context } from "esbuild";
import { esbuildShaderTexts } from "../../scripts/shader-texts.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

/** @type {import("./faults.mjs").Fault | undefined} */
let fault;

const builder = await context({
  entryPoints: [join(root, "test/mutants/trial.ts")],
  absWorkingDir: root,
  bundle: true,
  write: false,
  format: "cjs",
  platform: "node",
  packages: "external",
  loader: { ".wgsl": "text" },
  logLevel: "silent",
  plugins: [
    {
      name: "fault",
      setup(build) {
        build.onLoad({ filter: /[\\/](?:shaders|kernels)[\\/]/ }, ({ path }) => {
          if (!fault || path !== join(root, fault.file)) return null;
          const source = readFileSync(path, "utf8");
          const contents = source.slice(0, fault.start) + fault.text + source.slice(fault.end);
          return { contents, loader: path.endsWith(".wgsl") ? "text" : "ts" };
        });
      },
    },
    esbuildShaderTexts,
  ],
});

/** The operations with the current fault. @returns {Promise<typeof import("./trial.ts")>} */
async function trial() {
  const { outputFiles } = await builder.rebuild();
  const module = { exports: /** @type {any} */ ({}) };
  // Not a file: there are thousands of faults, and Node never frees an imported module.
  vm.runInThisContext(`(function (module, exports, require) {${outputFiles[0].text}\n})`, {
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })(module, module.exports, require);
  return module.exports;
}

const sound = await trial();
const gpu = await sound.open();
const known = sound.know(gpu);

process.on("message", (/** @type {import("./faults.mjs").Fault} */ sent) => void judge(sent));

/** @param {import("./faults.mjs").Fault} sent */
async function judge(sent) {
  fault = sent;
  const shader = /^shaders\/(.*)\.wgsl$/.exec(fault.file)?.[1];
  let said;
  try {
    said = await (await trial()).firstFailure(gpu, known, shader, () => send({ alive: true }));
  } catch (error) {
    // The bundle does not even load: the fault is in code that runs on import.
    said = String(error);
  }
  send({ verdict: said === undefined ? "invalid" : said === null ? "survived" : "killed", said });
}

/** @param {object} message */
function send(message) {
  process.send?.(message);
}

send({ ready: true, adapter: gpu.adapter.name, cases: known.length });
