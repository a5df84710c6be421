// SwiftShader is the software GPU of Chromium. Debian's package carries it beside the browser, as a Vulkan driver that
// Dawn in Node can take too.

import { existsSync } from "node:fs";
import { aptInstall } from "./apt.mjs";
import { readOsRelease } from "./machine.mjs";

const driver = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** The driver's description for the Vulkan loader, installed first where we may. Throws a sentence where it is not. */
export function swiftShader() {
  if (existsSync(driver)) return driver;
  if (readOsRelease().ID !== "debian") {
    throw new Error(
      "The tests on SwiftShader take it from Debian's package chromium: run `npm run test:all` on Debian.",
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error("SwiftShader comes with Chromium. Install it with: sudo apt-get install chromium");
  }
  console.log("Installing Debian's chromium, which carries SwiftShader.");
  aptInstall(["chromium"]);
  return driver;
}
