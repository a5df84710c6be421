// node probe.mjs: prints the adapter that Dawn finds, on one line: "hardware NAME", "software NAME"
// or "none". node probe.mjs --toggles: prints what the adapter offers by default, and what the
// toggles that a page cannot set add. Each set of toggles runs in its own process, since a driver
// may crash its process.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { create } from "webgpu";

const sets = [
  "",
  "vulkan_enable_f16_on_nvidia",
  "allow_unsafe_apis",
  "allow_unsafe_apis,vulkan_enable_f16_on_nvidia,use_vulkan_memory_model",
];
const [mode, toggles] = process.argv.slice(2);

if (mode === "--toggles") {
  /** @type {string[]} */
  let byItself = [];
  for (const set of sets) {
    const words = [fileURLToPath(import.meta.url), "--offers", set];
    const { stdout, signal, status } = spawnSync(process.execPath, words, { encoding: "utf8", timeout: 30_000 });
    const offers = stdout.trim().split(", ");
    const more = offers.filter((offer) => !byItself.includes(offer));
    console.log(
      `${set || "by itself"}: ${stdout ? more.join(", ") || "nothing more" : `ended with ${signal ?? status}`}`,
    );
    if (set === "") byItself = offers;
  }
} else {
  const entry = create(toggles ? [`enable-dawn-features=${toggles}`] : []);
  const adapter = await entry.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) console.log("none");
  else if (mode === "--offers") {
    /** @type {any} */
    const { subgroupMatrixConfigs = [] } = adapter.info;
    const matrices = [...subgroupMatrixConfigs].map(
      ({ componentType, resultComponentType, M, N, K }) => `${componentType} to ${resultComponentType} ${M}x${N}x${K}`,
    );
    console.log([...[...adapter.features].sort(), ...matrices].join(", "));
  } else {
    const { device, description, isFallbackAdapter } = adapter.info;
    const software = isFallbackAdapter || /llvmpipe|lavapipe|swiftshader|software/i.test(`${device} ${description}`);
    console.log(`${software ? "software" : "hardware"} ${device}, ${description}`);
  }
  process.exit(0);
}
