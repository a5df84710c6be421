// What a screen reader or a keyboard would stumble over in a page, as far as axe can tell.

import axe from "axe-core";
import type { Page } from "puppeteer";

export interface AxeChoice {
  /** A selector of what is looked at. Default: all of the page. */
  readonly within?: string;
  /** Only what axe calls serious or critical. */
  readonly serious?: boolean;
}

/** A line for each rule that is broken, with the places. */
export async function accessibilityFaults(page: Page, { within, serious = false }: AxeChoice = {}): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (within) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(within ?? document, { resultTypes: ["violations"] }),
    within,
  );
  return violations
    .filter(({ impact }) => !serious || impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
