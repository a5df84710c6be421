// What the setup decides on machines of all kinds, without installing anything.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { backportsEntry, parseDeb822, parseList } from "../../scripts/apt.mjs";
import { chromium } from "../../scripts/chromium.mjs";
import { isOlder, minimumVersion, readOsRelease, wayToAdapter } from "../../scripts/machine.mjs";
import { dependenciesMatch } from "../../scripts/setup.mjs";

const deb822 = `# Debian's archive
Types: deb deb-src
# A comment between fields
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/security.gpg
`;

describe("the address of Debian's backports", () => {
  test("is that of the release's own archive, under its key", () => {
    expect(backportsEntry(parseDeb822(deb822), "bookworm")).toBe(
      "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm-backports\nComponents: main\n" +
        "Signed-By: /usr/share/keyrings/archive.gpg\n",
    );
  });

  test("comes from one-line sources too, whatever their options", () => {
    const list = `
# deb http://commented.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb http://security.example/debian-security bookworm-security main
deb [arch=amd64 signed-by=/key.gpg trusted=yes] http://mirror.example/debian bookworm main contrib # here
deb http://later.example/debian bookworm main
`;
    expect(backportsEntry(parseList(list), "bookworm")).toBe(
      "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm-backports\nComponents: main\n" +
        "Signed-By: /key.gpg\nTrusted: yes\n",
    );
  });

  test("keeps a key that is given inline", () => {
    const key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----";
    const text = `Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n${key}\n`;
    const entry = backportsEntry(parseDeb822(text), "bookworm");
    expect(entry).toContain(key.replace("Signed-By:", ""));
    expect(parseDeb822(entry!)[0].signedBy).toBe(parseDeb822(text)[0].signedBy);
  });

  test("is not added if the machine has it, nor invented without a source", () => {
    const backports = "deb http://mirror.example/debian bookworm-backports main";
    expect(backportsEntry([...parseDeb822(deb822), ...parseList(backports)], "bookworm")).toBe("");
    expect(backportsEntry(parseDeb822(deb822), "trixie")).toBeUndefined();
    expect(backportsEntry(parseDeb822(deb822.replace("Types", "Enabled: no\nTypes")), "bookworm")).toBeUndefined();
    expect(backportsEntry(parseList("deb cdrom:[Debian]/ bookworm main"), "bookworm")).toBeUndefined();
    expect(backportsEntry([], "bookworm")).toBeUndefined();
  });
});

describe("the remedy for a missing adapter", () => {
  const debian12 = readOsRelease('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n');
  const machine = { platform: "linux", release: debian12, root: true, node: "/bin/node", setup: "scripts/setup.mjs" };

  test("is the backports on Debian 12, and the system's own package on newer systems", () => {
    expect(wayToAdapter(machine)).toEqual({
      packages: ["mesa-vulkan-drivers", "libvulkan1"],
      backportsOf: "bookworm",
    });
    for (const text of ['ID=debian\nVERSION_ID="13"', "ID=debian", 'ID=ubuntu\nVERSION_ID="24.04"\nID_LIKE=debian']) {
      const way = wayToAdapter({ ...machine, release: readOsRelease(text) });
      expect(way).toEqual({ packages: ["mesa-vulkan-drivers", "libvulkan1"] });
    }
  });

  test("is a command to type if we may not install", () => {
    expect(wayToAdapter({ ...machine, root: false })).toEqual({
      words: "Install a software adapter with: sudo /bin/node scripts/setup.mjs",
    });
  });

  test.each([
    ["linux", "ID=fedora", /dnf install/],
    ["linux", "ID=manjaro\nID_LIKE=arch", /pacman/],
    ["linux", "", /Vulkan/],
    ["darwin", "", /macOS/],
    ["win32", "", /Direct3D 12/],
    ["sunos", "", /sunos/],
  ])("is advice on %s %s", (platform, release, words) => {
    const way = wayToAdapter({ ...machine, platform, release: readOsRelease(release) });
    expect(way).toEqual({ words: expect.stringMatching(words) });
  });
});

test("versions are compared by numbers", () => {
  expect(minimumVersion(">=20.19")).toBe("20.19");
  for (const older of ["20.18.9", "18.20.0", "9.99.99"]) expect(isOlder(older, "20.19")).toBe(true);
  for (const newer of ["20.19.0", "20.19.1", "20.100.0", "22.0.0"]) expect(isOlder(newer, "20.19")).toBe(false);
});

describe("the npm packages", () => {
  const lock = {
    "": {},
    "node_modules/a": { version: "1.0.0" },
    "node_modules/for-another-system": { version: "1.0.0", optional: true },
  };
  const exists = () => true;

  test("match the lock file if all are installed, except those for other systems", () => {
    expect(dependenciesMatch(lock, { "node_modules/a": { version: "1.0.0" } }, exists)).toBe(true);
  });

  test("do not match if one is missing, older, or recorded but gone", () => {
    expect(dependenciesMatch(lock, {}, exists)).toBe(false);
    expect(dependenciesMatch(lock, { "node_modules/a": { version: "0.9.0" } }, exists)).toBe(false);
    expect(dependenciesMatch(lock, { "node_modules/a": { version: "1.0.0" } }, () => false)).toBe(false);
  });
});

test("a browser that does not start is not used", async () => {
  vi.stubEnv("CHROME_PATH", process.execPath);
  expect(await chromium()).toBe(process.execPath);
  vi.stubEnv("CHROME_PATH", fileURLToPath(import.meta.url));
  expect(await chromium()).not.toBe(fileURLToPath(import.meta.url));
  vi.unstubAllEnvs();
});

test("a missing driver is reported in one line, and the check fails", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/setup.mjs", "--check"], {
    encoding: "utf8",
    env: { ...process.env, VK_DRIVER_FILES: "/nowhere", VK_ICD_FILENAMES: "/nowhere" },
  });
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^There is no WebGPU adapter\..*\n$/);
  expect(status).toBe(1);
});
