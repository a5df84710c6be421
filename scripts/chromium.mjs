// The Chromium for the tests of the page: puppeteer's own if it can be downloaded, otherwise the
// system's, which on Debian is installed if permitted. Without a GPU it runs WebGPU on its own
// software GPU, SwiftShader.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { aptInstall } from "./apt.mjs";
import { readOsRelease } from "./machine.mjs";

const systemPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * Whether a browser exists, with the libraries that it needs. On Windows it includes them, and a
 * test run would open a window.
 */
function starts(/** @type {string | undefined} */ path) {
  if (!path || !existsSync(path)) return false;
  return process.platform === "win32" || spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Where puppeteer installs its browser, whether or not it is there. */
async function puppeteersPlace() {
  const { default: puppeteer } = await import("puppeteer");
  return puppeteer.executablePath();
}

/** The browser's path. Throws a sentence if there is none. */
export async function chromium() {
  const found = [process.env.CHROME_PATH, await puppeteersPlace(), ...systemPlaces].find(starts);
  if (found) return found;
  throw new Error(
    "The tests of the page need Chrome or Chromium. " +
      (readOsRelease().ID === "debian"
        ? "Install it with: sudo apt-get install chromium"
        : "Install it, or name it in CHROME_PATH."),
  );
}

/** Like `chromium`, but installs one if there is none. */
export async function provideChromium() {
  const place = await puppeteersPlace();
  if (!starts(process.env.CHROME_PATH) && !existsSync(place)) await download(place);
  if (!starts(place) && !systemPlaces.some(starts) && readOsRelease().ID === "debian" && process.getuid?.() === 0) {
    console.log("Installing Debian's chromium, which the tests of the page run in. It takes a minute.");
    aptInstall(["chromium"]);
  }
  return chromium();
}

/** Downloads puppeteer's browser. A failure is not an error, since the system's browser will do. */
async function download(/** @type {string} */ place) {
  if (process.env.PUPPETEER_SKIP_DOWNLOAD) return;
  const { Browser, detectBrowserPlatform, getDownloadUrl, install } = await import("@puppeteer/browsers");
  const { default: puppeteer, PUPPETEER_REVISIONS } = /** @type {any} */ (await import("puppeteer"));
  const platform = detectBrowserPlatform();
  if (!platform) return;
  const what = { browser: Browser.CHROME, platform, buildId: PUPPETEER_REVISIONS.chrome };
  try {
    // If the server does not answer, the download itself would wait for minutes.
    await fetch(getDownloadUrl(what.browser, platform, what.buildId), {
      method: "HEAD",
      signal: AbortSignal.timeout(5000),
    });
    console.log(`Downloading Chrome ${what.buildId} for the tests of the page, to ${place}.`);
    await install({ ...what, cacheDir: puppeteer.configuration.cacheDirectory });
  } catch {
    console.log("Puppeteer's own browser cannot be downloaded here.");
  }
}
