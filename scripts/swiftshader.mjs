// SwiftShader is the software GPU of Chromium. Debian's package carries it beside the browser, as a Vulkan driver that
// Dawn in Node can take too.

import { existsSync } from "node:fs";
import { chromium } from "./chromium.mjs";
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
  chromium();
  if (existsSync(driver)) return driver;
  throw new Error("SwiftShader comes with Debian's own Chromium. Install it with: sudo apt-get install chromium");
}
