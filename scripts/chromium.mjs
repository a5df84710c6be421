// The Chromium that the tests of the page run in: the one that puppeteer is made for where it can be downloaded, else the system's, which on
// Debian is installed where we may. Its own software GPU, SwiftShader, is what it runs WebGPU on without a GPU.

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

/** Whether a browser is there, with the libraries that it needs. On Windows it brings them, and opens a window when it is asked. */
function starts(/** @type {string | undefined} */ path) {
  if (!path || !existsSync(path)) return false;
  return process.platform === "win32" || spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Puppeteer's place for its browser, whether it is there or not. */
async function puppeteersPlace() {
  const { default: puppeteer } = await import("puppeteer");
  return puppeteer.executablePath();
}

/** The browser's path. Throws a sentence where there is none. */
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

/** As `chromium`, and gets one where there is none. */
export async function provideChromium() {
  const place = await puppeteersPlace();
  if (!starts(process.env.CHROME_PATH) && !existsSync(place)) await download(place);
  if (!starts(place) && !systemPlaces.some(starts) && readOsRelease().ID === "debian" && process.getuid?.() === 0) {
    console.log("Installing Debian's chromium, which the tests of the page run in. It takes a minute.");
    aptInstall(["chromium"]);
  }
  return chromium();
}

/** Downloads puppeteer's browser. That it cannot be done is no error: the system's will do. */
async function download(/** @type {string} */ place) {
  if (process.env.PUPPETEER_SKIP_DOWNLOAD) return;
  const { Browser, detectBrowserPlatform, getDownloadUrl, install } = await import("@puppeteer/browsers");
  const { default: puppeteer, PUPPETEER_REVISIONS } = /** @type {any} */ (await import("puppeteer"));
  const platform = detectBrowserPlatform();
  if (!platform) return;
  const what = { browser: Browser.CHROME, platform, buildId: PUPPETEER_REVISIONS.chrome };
  try {
    // Where nothing answers, the download itself would wait for minutes.
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
