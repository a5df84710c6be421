// Measures the quality of a page for its visitors: accessibility, layout shifts while it loads,
// content wider than the window, and whether every control can be reached by Tab, is visible, and
// shows its focus.

import type { Page } from "puppeteer";

/** Resolves when a view is shown with everything that it fetches by itself. */
export async function untilShown(page: Page): Promise<void> {
  await page.bringToFront();
  await page.waitForSelector("main h1");
  await page.waitForNetworkIdle({ idleTime: 500, timeout: 60_000 });
}

/**
 * Resolves when a view has also finished its own computations: it shows no progress bar and no text
 * about work in progress.
 */
export async function untilReady(page: Page): Promise<void> {
  await untilShown(page);
  await page.waitForFunction(
    () => {
      const main = document.querySelector("main")!;
      const says = [...main.querySelectorAll(":not(button, button *, option)")].filter(
        ({ children }) => !children.length,
      );
      return (
        !main.querySelector("progress, [aria-busy='true']") &&
        !says.some((element) => element.checkVisibility() && /\w…/.test(element.textContent))
      );
    },
    { timeout: 60_000 },
  );
}

/**
 * All layout shifts since the page opened that the user did not cause: their sum, and what moved.
 */
export function layoutShifts(page: Page): Promise<{ sum: number; moved: string[] }> {
  return page.evaluate(async () => {
    interface LayoutShift extends PerformanceEntry {
      readonly value: number;
      readonly hadRecentInput: boolean;
      readonly sources: readonly { readonly node: Node | null }[];
    }
    const shifts = await new Promise<LayoutShift[]>((resolve) => {
      const observer = new PerformanceObserver((list) => resolve(list.getEntries() as LayoutShift[]));
      observer.observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve([]), 300); // there were none
    });
    const own = shifts.filter(({ hadRecentInput }) => !hadRecentInput);
    const nodes = own.flatMap(({ sources }) => sources.map(({ node }) => node));
    const nameOf = (node: Node | null) => {
      const element = node instanceof Element ? node : node?.parentElement;
      return element ? `${element.tagName.toLowerCase()}.${element.className}` : "something that is gone";
    };
    return { sum: own.reduce((sum, { value }) => sum + value, 0), moved: [...new Set(nodes.map(nameOf))] };
  });
}

/**
 * The elements that extend past the right edge of the window, so that the page scrolls sideways.
 */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((element) => {
      return element.getBoundingClientRect().right > clientWidth + 0.5;
    });
    return [`${scrollWidth} > ${clientWidth}`, ...wide.map(({ tagName, className }) => `${tagName}.${className}`)];
  });
}

/**
 * Goes through the page by Tab, from start to end. Returns controls that were not reached, and
 * controls that do not show their focus, or are hidden or covered while focused.
 */
export async function focusFaults(page: Page): Promise<string[]> {
  const count = await page.evaluate(() => {
    const wanted = 'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])';
    const visible = (element: Element) => element.checkVisibility({ visibilityProperty: true });
    // Tab stops at one button of a radio group.
    const stops = [...document.querySelectorAll<HTMLElement>(wanted)].filter((element) => {
      if (element.matches(":disabled, [tabindex='-1'], [inert] *") || !visible(element)) return false;
      return !(element instanceof HTMLInputElement && element.type === "radio" && !element.checked);
    });
    for (const element of document.querySelectorAll("[data-stop]")) element.removeAttribute("data-stop");
    stops.forEach((element, i) => (element.dataset.stop = String(i)));
    (document.activeElement as HTMLElement | null)?.blur();
    scrollTo(0, 0);
    return stops.length;
  });
  const faults: string[] = [];
  const reached = new Set<string>();
  for (let presses = 0; presses < 2 * count + 2; presses++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(focusedStop);
    if (stop === null || reached.has(stop.number)) break;
    reached.add(stop.number);
    if (stop.fault) faults.push(stop.fault);
  }
  // Controls that became disabled meanwhile do not count.
  const missed = await page.$$eval(
    "[data-stop]:not(:disabled)",
    (elements, reached) =>
      elements
        .filter((element) => !reached.includes((element as HTMLElement).dataset.stop!))
        .map((element) => `not reached by Tab: ${element.outerHTML.slice(0, 120)}`),
    [...reached],
  );
  return [...faults, ...missed];
}

/**
 * The focused element and the fault of its focus ring; null if the focus has left the page. Runs in
 * the page.
 */
function focusedStop(): { number: string; fault: string | null } | null {
  const element = document.activeElement as HTMLElement | null;
  if (!element || element === document.body) return null;
  const name = element.outerHTML.slice(0, 120);
  const number = element.dataset.stop ?? name;
  const fault = (what: string) => ({ number, fault: `${what}: ${name}` });

  // The ring may be around the element or around its label.
  const shown = element.closest("label") ?? element;
  const outlined = (candidate: Element) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(candidate);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2 && !/, 0\)$/.test(outlineColor);
  };
  if (!outlined(element) && !outlined(shown)) return fault("focus is not seen");

  const box = shown.getBoundingClientRect();
  if (box.width < 4 || box.height < 4) return fault("has no size");
  const inHead = element.closest(".head") !== null || element.classList.contains("skip");
  const head = document.querySelector(".head")!.getBoundingClientRect();
  if (box.bottom <= (inHead ? 0 : head.bottom) || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth)
    return fault("focus is out of sight");
  return { number, fault: null };
}
