// The views as they first appear, checked by axe. quality.slow.test.ts checks all widths, both
// themes, and more than axe does.

import { describe, expect, test } from "vitest";
import { accessibilityFaults } from "./accessibility.ts";
import { openBrowser } from "./browser.ts";
import { focusFaults, layoutShifts, overflowing, untilShown } from "./quality.ts";

const { open } = await openBrowser();

test.each(["convert", "train", "inside", "bench"] as const)("%s is accessible", async (view) => {
  const { page, complaints } = await open({ view });
  await untilShown(page);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

describe("a defective page", () => {
  test("is detected", async () => {
    const { page } = await open({ view: "bench" });
    await untilShown(page);
    const before = await layoutShifts(page);
    await page.evaluate(() => {
      const main = document.querySelector("main")!;
      const block = (html: string) => {
        const element = document.createElement("div");
        element.innerHTML = html;
        main.prepend(element);
        return element;
      };
      block('<span role="button" tabindex="0">before</span><button id="trap">away</button>');
      block('<img src="icon.svg"><input>');
      block("wide").style.width = "3000px";
      block("high").style.height = "300px";
      block("<button>no ring</button>").querySelector("button")!.style.outline = "none";
      document.getElementById("trap")!.addEventListener("focus", () => document.querySelector("main")!.focus());
    });
    expect(await accessibilityFaults(page)).toEqual([
      expect.stringMatching(/^image-alt: /),
      expect.stringMatching(/^label: /),
    ]);
    expect(await overflowing(page)).toEqual([expect.stringMatching(/^\d{4} > 1/), "DIV."]);
    const after = await layoutShifts(page);
    expect(after.sum).toBeGreaterThan(before.sum + 0.05);
    const faults = await focusFaults(page);
    expect(faults).toContainEqual(expect.stringMatching(/^focus is not seen: <button style="outline/));
    expect(faults).toContainEqual(expect.stringMatching(/^not reached by Tab: <button id="trap"/));
    await page.close();
  });
});
