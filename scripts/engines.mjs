// Engines that are neither Node nor Chromium, for `npm run test:all`: Firefox, which Debian packages, and Deno and Bun, which npm does. The two
// lie in test/engines/node_modules, out of the way of everybody who has no need of two hundred megabytes. Where one cannot be had, its tests
// are skipped.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { aptInstall } from "./apt.mjs";
import { readOsRelease } from "./machine.mjs";

const folder = fileURLToPath(new URL("../test/engines/", import.meta.url));

const firefoxPlaces = [
  process.env.FIREFOX_PATH,
  "/usr/bin/firefox-esr",
  "/usr/bin/firefox",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
  "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
];

/** Firefox's path, undefined where there is none. */
export function firefox() {
  return firefoxPlaces.find((place) => place !== undefined && starts(place));
}

/** Whether an engine is there, with the libraries that it needs. @param {string} path */
function starts(path) {
  return existsSync(path) && spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Deno's path, undefined where it is not installed. */
export function deno() {
  return executableIn("@deno", "deno");
}

/** Bun's path, undefined where it is not installed. */
export function bun() {
  return executableIn("@oven", "bin/bun");
}

/**
 * Their packages run an install script that links the executable out of the package of this system; it is taken from there.
 *
 * @param {string} scope of the packages, of which npm installs the one for this system
 * @param {string} name of the executable in it
 */
function executableIn(scope, name) {
  const packages = join(folder, "node_modules", scope);
  if (!existsSync(packages)) return undefined;
  return readdirSync(packages)
    .flatMap((system) => [join(packages, system, name), join(packages, system, `${name}.exe`)])
    .find(starts);
}

/** Installs what is not there and says what the tests will run in. That something cannot be installed is no error. */
export function provideEngines() {
  if (!firefox() && readOsRelease().ID === "debian" && process.getuid?.() === 0) {
    console.log("Installing Debian's firefox-esr, for the tests of the page in it. It takes a minute.");
    try {
      aptInstall(["firefox-esr"]);
    } catch (error) {
      console.log(error instanceof Error ? error.message : error);
    }
  }
  if (!deno() || !bun()) {
    console.log("Installing Deno and Bun into test/engines/node_modules.");
    const words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    spawnSync("npm", words, { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
  }
  for (const [name, path] of Object.entries({ Firefox: firefox(), Deno: deno(), Bun: bun() })) {
    console.log(path ? `Tests run in ${name} as well, ${path}.` : `${name} is not here: its tests are skipped.`);
  }
}
