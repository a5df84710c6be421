// `npm run setup`: prepares the machine and reports what it does. It is plain Node without
// packages, since it runs before they are installed; run again, it finds nothing to do. `--check`
// changes nothing and exits with 1 if something is missing. `--browser` also provides a Chromium
// for the tests of the page; `--engines` also provides Firefox, Deno and Bun, if they are
// available.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { aptInstall } from "./apt.mjs";
import { chromium, provideChromium } from "./chromium.mjs";
import { provideEngines } from "./engines.mjs";
import { isOlder, minimumVersion, readOsRelease, wayToAdapter } from "./machine.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A sentence about what is missing and what to do. */
class Missing extends Error {}

/** @param {{ check: boolean }} options */
function setup({ check }) {
  checkNode();
  if (!dependenciesInstalled()) {
    if (check) throw new Missing("The npm packages are missing or out of date: run `npm run setup`.");
    installDependencies();
  }
  let answer = askForAdapter();
  if (answer.problem) {
    const way = wayToAdapter({
      platform: process.platform,
      release: readOsRelease(),
      root: process.getuid?.() === 0,
      node: process.execPath,
      setup: process.argv[1],
    });
    const hidden = driverVariables.filter((name) => process.env[name] !== undefined);
    if (hidden.length > 0 && !askForAdapter({ allDrivers: true }).problem) {
      throw new Missing(`${answer.problem} ${hidden.join(" and ")} hides the one that is here: unset it.`);
    }
    if ("words" in way) throw new Missing(`${answer.problem} ${way.words}`);
    if (check) throw new Missing(`${answer.problem} \`npm run setup\` will install ${way.packages.join(" and ")}.`);
    console.log(`${answer.problem} Installing a software one (${way.packages.join(", ")}), which takes a minute.`);
    aptInstall(way.packages, way);
    answer = askForAdapter();
    if (answer.problem) {
      throw new Missing(
        `${way.packages[0]} is installed, and still: ${answer.problem} A newer release of ${
          readOsRelease().NAME ?? "this system"
        } has a newer one.`,
      );
    }
  }
  console.log(`Ready: Node ${process.versions.node}, WebGPU on ${answer.adapter}.`);
}

function checkNode() {
  const wanted = minimumVersion(readJson("package.json").engines.node);
  if (isOlder(process.versions.node, wanted)) {
    throw new Missing(`Node ${wanted} or newer is needed, and this is ${process.versions.node}.`);
  }
}

/**
 * Whether npm's record of installed packages, and the folders themselves, match package-lock.json.
 * Missing optional packages are those for other systems.
 *
 * @param {Record<string, { version?: string, optional?: boolean }>} listed
 * @param {Record<string, { version?: string }>} installed
 * @param {(path: string) => boolean} exists
 */
export function dependenciesMatch(listed, installed, exists) {
  return Object.entries(listed).every(([path, { version, optional }]) => {
    if (!path.startsWith("node_modules/")) return true;
    return path in installed ? installed[path].version === version && exists(path) : optional === true;
  });
}

function dependenciesInstalled() {
  if (!existsSync(`${root}package-lock.json`)) return true; // the published package: npm installed its dependencies
  const record = "node_modules/.package-lock.json";
  if (!existsSync(root + record)) return false;
  const listed = readJson("package-lock.json").packages;
  return dependenciesMatch(listed, readJson(record).packages, (path) => existsSync(root + path));
}

function installDependencies() {
  console.log("Installing the npm packages, as package-lock.json lists them.");
  const words = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const { status } = npm
    ? spawnSync(process.execPath, [npm, ...words], { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
    : spawnSync(`npm ${words.join(" ")}`, { cwd: root, stdio: ["ignore", "inherit", "inherit"], shell: true });
  if (status !== 0) {
    throw new Missing(
      "npm could not install the packages: see that the network is there, and run `npm run setup` again.",
    );
  }
}

/** With these variables the Vulkan loader considers only certain drivers. */
const driverVariables = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"];

/**
 * @param {{ allDrivers?: boolean }} [options]
 * @returns {{ adapter?: string, problem?: string }}
 */
function askForAdapter({ allDrivers = false } = {}) {
  const env = { ...process.env };
  if (allDrivers) for (const name of driverVariables) delete env[name];
  const { status, signal, stdout } = spawnSync(process.execPath, [`${root}scripts/adapter.mjs`], {
    cwd: root,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  if (status === 0) return JSON.parse(stdout);
  return { problem: `The WebGPU driver ended its process (${signal ?? `exit code ${status}`}).` };
}

/** @param {string} path from the root of the repository */
function readJson(path) {
  return JSON.parse(readFileSync(root + path, "utf8"));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const check = process.argv.includes("--check");
    setup({ check });
    if (process.argv.includes("--browser")) {
      console.log(`The tests of the page run in ${await (check ? chromium() : provideChromium())}.`);
    }
    if (process.argv.includes("--engines")) provideEngines();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
