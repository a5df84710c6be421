// Identifies the machine, and how one without a WebGPU adapter can get one. Nothing here changes
// anything.

import { existsSync, readFileSync } from "node:fs";

const mesa = ["mesa-vulkan-drivers", "libvulkan1"];

/**
 * The lowest version allowed by an `engines` range of the form ">=x.y".
 *
 * @param {string} range
 */
export function minimumVersion(range) {
  return range.replace(/^>=\s*/, "");
}

/**
 * Whether one dotted version is older than another.
 *
 * @param {string} version
 * @param {string} than
 */
export function isOlder(version, than) {
  const [left, right] = [version, than].map((text) => text.split(".").map(Number));
  const place = left.findIndex((number, i) => number !== (right[i] ?? 0));
  return place >= 0 && left[place] < (right[place] ?? 0);
}

/**
 * The fields of /etc/os-release, by which Linux systems identify themselves; empty if there is no
 * such file.
 *
 * @param {string} [text]
 * @returns {Record<string, string | undefined>}
 */
export function readOsRelease(text = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "") {
  return Object.fromEntries([...text.matchAll(/^(\w+)="?(.*?)"?$/gm)].map(([, name, value]) => [name, value]));
}

/**
 * How a machine without an adapter gets one: packages that we may install, or advice for the user.
 *
 * @param {{ platform: string, release: Record<string, string | undefined>, root: boolean, node: string, setup: string }} machine
 *   `setup` is the path of setup.mjs
 * @returns {{ packages: string[], backportsOf?: string | undefined } | { words: string }}
 */
export function wayToAdapter({ platform, release, root, node, setup }) {
  if (platform === "darwin") return { words: "macOS offers one from version 12 on, on every Mac with Metal." };
  if (platform === "win32") return { words: "Install the driver of your graphics card, or Windows' own Direct3D 12." };
  if (platform !== "linux") return { words: `On ${platform} there is no known way to one.` };

  const system = `${release.ID ?? ""} ${release.ID_LIKE ?? ""}`;
  if (/\bdebian\b|\bubuntu\b/.test(system)) {
    if (!root) return { words: `Install a software adapter with: sudo ${node} ${setup}` };
    const oldMesa = release.ID === "debian" && release.VERSION_ID === "12";
    return oldMesa ? { packages: mesa, backportsOf: release.VERSION_CODENAME } : { packages: mesa };
  }
  if (/\bfedora\b|\brhel\b/.test(system)) {
    return { words: "Install a software adapter with: sudo dnf install mesa-vulkan-drivers vulkan-loader" };
  }
  if (/\barch\b/.test(system)) return { words: "Install a software adapter with: sudo pacman -S vulkan-swrast" };
  return { words: "Install your system's Vulkan loader and Mesa's Vulkan drivers (version 23 or newer)." };
}
