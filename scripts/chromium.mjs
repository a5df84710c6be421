// Finds a Chromium for the tests of the page, and on Debian installs one where we may. Its own software GPU, SwiftShader, is what it runs
// WebGPU on without a GPU.

import { existsSync } from "node:fs";
import { aptInstall } from "./apt.mjs";
import { readOsRelease } from "./machine.mjs";

const places = [
  process.env.CHROME_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The browser's path. Throws a sentence where there is none and none may be installed. */
export function chromium() {
  const find = () => places.find((place) => place !== undefined && existsSync(place));
  const found = find();
  if (found) return found;
  const { ID } = readOsRelease();
  if (ID === "debian" && process.getuid?.() === 0) {
    console.log("Installing Debian's chromium, which the tests of the page run in. It takes a minute.");
    aptInstall(["chromium"]);
    const installed = find();
    if (installed) return installed;
  }
  throw new Error(
    "The tests of the page need Chrome or Chromium. " +
      (ID === "debian" ? "Install it with: sudo apt-get install chromium" : "Install it, or name it in CHROME_PATH."),
  );
}
