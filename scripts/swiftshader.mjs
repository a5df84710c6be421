// SwiftShader is the software GPU of Chromium, which carries it beside its binary, as a Vulkan driver that Dawn in Node can take too.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { provideChromium } from "./chromium.mjs";

/** What Debian's /usr/bin/chromium starts lies here. */
const debianFolder = "/usr/lib/chromium";

/** The driver's description for the Vulkan loader. Throws a sentence where there is none. */
export async function swiftShader() {
  const folders = [dirname(await provideChromium()), debianFolder];
  const driver = folders.map((folder) => join(folder, "vk_swiftshader_icd.json")).find(existsSync);
  if (driver) return driver;
  throw new Error("The tests on SwiftShader take it from Chromium, and the one that is here has none beside it.");
}
