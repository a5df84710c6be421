// SwiftShader is Chromium's software GPU. Chromium ships it beside its binary as a Vulkan driver,
// which Dawn in Node can also use.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { provideChromium } from "./chromium.mjs";

/** The location of what Debian's /usr/bin/chromium starts. */
const debianFolder = "/usr/lib/chromium";

/**
 * The path of the driver's description for the Vulkan loader. Throws a sentence if there is none.
 */
export async function swiftShader() {
  const folders = [dirname(await provideChromium()), debianFolder];
  const driver = folders.map((folder) => join(folder, "vk_swiftshader_icd.json")).find(existsSync);
  if (driver) return driver;
  throw new Error("The tests on SwiftShader take it from Chromium, and the one that is here has none beside it.");
}
