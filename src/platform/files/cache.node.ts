// Where pixelcycle keeps what it can find out again: a folder of its own in the system's folder for
// caches.

import { homedir } from "node:os";
import { join } from "node:path";
import type { CacheStorage } from "../../tuning/cache.ts";
import { readFileBytes, writeFileAtomically } from "./files.node.ts";

/** More than any cache file has. */
const maximumBytes = 2 ** 22;

/** @param folder created by the first write */
export function cacheStorage(folder: string = cacheFolder()): CacheStorage {
  return {
    place: folder,
    async read(name) {
      try {
        return await readFileBytes(join(folder, name), maximumBytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw error;
      }
    },
    write: (name, text) => writeFileAtomically(join(folder, name), text),
  };
}

/** `XDG_CACHE_HOME` counts everywhere, so that a folder can be chosen on every system. */
export function cacheFolder(
  { XDG_CACHE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  const inHome =
    platform === "win32"
      ? (LOCALAPPDATA ?? join(home, "AppData", "Local"))
      : platform === "darwin"
        ? join(home, "Library", "Caches")
        : join(home, ".cache");
  return join(XDG_CACHE_HOME || inHome, "pixelcycle");
}
