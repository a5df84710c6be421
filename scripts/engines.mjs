// Engines other than Node and Chromium for `npm run test:all`: Firefox from Debian's packages, Deno
// and Bun from npm. Deno and Bun are installed in test/engines/node_modules, so that only those who
// need them download two hundred megabytes. If an engine is not available, its tests are skipped.

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

/** Firefox's path; undefined if there is none. */
export function firefox() {
  return firefoxPlaces.find((place) => place !== undefined && starts(place));
}

/**
 * Whether an engine exists, with the libraries that it needs.
 * @param {string} path
 */
function starts(path) {
  return existsSync(path) && spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Deno's path; undefined if it is not installed. */
export function deno() {
  return executableIn("@deno", "deno");
}

/** Bun's path; undefined if it is not installed. */
export function bun() {
  return executableIn("@oven", "bin/bun");
}

/**
 * An engine's executable. Their install scripts would link it out of the package for this system;
 * here it is used directly from there.
 *
 * @param {string} scope the scope of the packages, of which npm installs the one for this system
 * @param {string} name the executable's name in it
 */
function executableIn(scope, name) {
  const packages = join(folder, "node_modules", scope);
  if (!existsSync(packages)) return undefined;
  return readdirSync(packages)
    .flatMap((system) => [join(packages, system, name), join(packages, system, `${name}.exe`)])
    .find(starts);
}

/**
 * Installs missing engines and prints which ones the tests will use. A failed installation is not
 * an error.
 */
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
