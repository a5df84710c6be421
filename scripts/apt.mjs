// Debian's package system: where packages come from, and how to install one. Debian 12's own Mesa
// is too old for Dawn; the newer one is in its backports. The address of that archive is derived
// from the machine's existing sources.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

/**
 * One entry of apt's sources, in either of its two formats.
 *
 * @typedef {object} Source
 * @property {string[]} types
 * @property {string[]} uris
 * @property {string[]} suites
 * @property {string[]} components
 * @property {string | undefined} [signedBy] a path, or a complete key in lines
 * @property {string | undefined} [trusted]
 */

const sourcesFolder = "/etc/apt/sources.list.d";
const backportsFile = `${sourcesFolder}/pixelcycle-backports.sources`;

/** The entries of a `.sources` file (deb822: paragraphs of `Field: value`).
 * @param {string} text
 * @returns {Source[]} */
export function parseDeb822(text) {
  return text
    .replace(/^#.*\n?/gm, "")
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const fields = paragraph.replace(/\n(?=[ \t])/g, "\0").split("\n");
      return new Map(
        fields.flatMap((field) => {
          const [, name, value] = /^([\w-]+):[ \t]*(.*)$/s.exec(field) ?? [];
          return name ? [[name.toLowerCase(), value.replaceAll("\0", "\n").trimEnd()]] : [];
        }),
      );
    })
    .filter((fields) => fields.has("uris") && fields.get("enabled") !== "no")
    .map((fields) => ({
      types: words(fields.get("types")),
      uris: words(fields.get("uris")),
      suites: words(fields.get("suites")),
      components: words(fields.get("components")),
      signedBy: fields.get("signed-by"),
      trusted: fields.get("trusted"),
    }));
}

/**
 * The entries of a `.list` file: `deb [options] uri suite components`, one per line.
 * @param {string} text
 * @returns {Source[]}
 */
export function parseList(text) {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, type, options = "", uri, suite, components] = match;
    /** @param {string} name */
    const option = (name) => new RegExp(`(?:^|\\s)${name}=(\\S+)`, "i").exec(options)?.[1];
    return [
      {
        types: [type],
        uris: [uri],
        suites: [suite],
        components: words(components),
        signedBy: option("signed-by"),
        trusted: option("trusted"),
      },
    ];
  });
}

/**
 * The `.sources` entry that adds the backports of a release, at the same address and with the same
 * key as the release itself. Empty if the machine already has the backports. Undefined if it has no
 * source for the release's main archive (the archives of security updates have other suites, and no
 * backports).
 *
 * @param {Source[]} sources
 * @param {string} codename
 * @returns {string | undefined}
 */
export function backportsEntry(sources, codename) {
  const packages = sources.filter(({ types, components }) => types.includes("deb") && components.includes("main"));
  const suite = `${codename}-backports`;
  if (packages.some(({ suites }) => suites.includes(suite))) return "";
  const archive = packages.find(
    ({ suites, uris }) => suites.includes(codename) && uris.some((uri) => !uri.startsWith("cdrom:")),
  );
  if (!archive) return undefined;
  const fields = {
    Types: "deb",
    URIs: archive.uris.filter((uri) => !uri.startsWith("cdrom:")).join(" "),
    Suites: suite,
    Components: "main",
    "Signed-By": archive.signedBy,
    Trusted: archive.trusted,
  };
  return Object.entries(fields)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}

/** All sources of this machine.
 * @returns {Source[]} */
function readSources() {
  const files = existsSync(sourcesFolder) ? readdirSync(sourcesFolder).map((name) => `${sourcesFolder}/${name}`) : [];
  return ["/etc/apt/sources.list", ...files].filter(existsSync).flatMap((file) => {
    if (file.endsWith(".sources")) return parseDeb822(readFileSync(file, "utf8"));
    return file.endsWith(".list") ? parseList(readFileSync(file, "utf8")) : [];
  });
}

/**
 * Installs packages, from the backports of `codename` if it is given. Throws one sentence if apt
 * fails.
 *
 * @param {string[]} packages
 * @param {{ backportsOf?: string | undefined }} [options]
 */
export function aptInstall(packages, { backportsOf } = {}) {
  let added = false;
  if (backportsOf) {
    const entry = backportsEntry(readSources(), backportsOf);
    if (entry === undefined) {
      throw new Error(
        `The packages are in ${backportsOf}-backports, but apt has no source for ${backportsOf} to take its address from. ` +
          "Add the backports to apt's sources and run `npm run setup` again.",
      );
    }
    if (entry) {
      writeFileSync(backportsFile, entry);
      console.log(`Added ${backportsOf}-backports to apt's sources (${backportsFile}).`);
      added = true;
    }
  }
  const release = backportsOf ? ["-t", `${backportsOf}-backports`] : [];
  try {
    apt(["update"]);
    apt(["install", "-y", "--no-install-recommends", ...release, ...packages]);
  } catch (error) {
    if (added) rmSync(backportsFile);
    throw error;
  }
}

/** @param {string[]} command */
function apt(command) {
  const { status, stderr, error } = spawnSync("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", ...command], {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (status === 0) return;
  const reason = error?.message ?? stderr.split("\n").find((line) => line.startsWith("E: ")) ?? `exit code ${status}`;
  throw new Error(
    `\`apt-get ${command.join(" ")}\` failed (${reason.replace(/^E: /, "").replace(/\.$/, "")}): ` +
      "see that the network is there, and try again.",
  );
}

/** @param {string} [text] */
function words(text = "") {
  return text.split(/\s+/).filter(Boolean);
}
