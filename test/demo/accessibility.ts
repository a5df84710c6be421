// What a screen reader or a keyboard would stumble over in a page, as far as axe can tell.

import axe from "axe-core";
import type { Page } from "puppeteer";

/** A line for each rule that is broken, with the places. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ["violations"] }),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
