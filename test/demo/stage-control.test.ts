// The divider of the stage, in a page that has no more than the stage needs.

import { beforeEach, expect, test, vi } from "vitest";
import type { Scene } from "../../demo/convert/state/scene.ts";

vi.mock("../../demo/convert/settings.ts", () => ({ artOptions: { value: { grid: null } } }));

let now = 0;
let frames: FrameRequestCallback[] = [];
beforeEach(() => {
  [now, frames] = [0, []];
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {} }));
  vi.stubGlobal("devicePixelRatio", 1);
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
  vi.stubGlobal("cancelAnimationFrame", () => {});
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
  vi.spyOn(performance, "now").mockImplementation(() => now);
});

/** Lets animation frames run for some milliseconds. */
function pass(milliseconds: number) {
  for (const end = now + milliseconds; now < end; now += 16) frames.splice(0).forEach((callback) => callback(now));
}

async function openStage() {
  const { StageControl } = await import("../../demo/convert/stage/stage-control.ts");
  const context = new Proxy({}, { get: () => () => {}, set: () => true });
  const element = { clientWidth: 200, clientHeight: 100, addEventListener() {} };
  const control = new StageControl();
  control.attach(element as never, { ...element, getContext: () => context } as never);
  return control;
}

const before = { width: 40, height: 20 } as ImageBitmap;
const scene = (id: number, isDone: boolean): Scene => {
  const place = { left: 0, top: 0, width: 40, height: 20 };
  const after = { bitmaps: [before], seen: { width: 10, height: 5 }, place, cell: 4 };
  return { id, before: [before], after: isDone ? (after as never) : null };
};

test("the divider returns to its place, however fast pictures are chosen", async () => {
  const control = await openStage();
  control.moveDivider(0.3);
  for (let id = 1; id < 6; id++) {
    control.show(scene(id, false));
    control.show(scene(id, true));
    pass(50);
  }
  expect(control.divider.value).toBeGreaterThan(0.5);
  pass(2000);
  expect(control.divider.value).toBeCloseTo(0.3);
});

test("a divider that is moved while new art is revealed stays where it is put", async () => {
  const control = await openStage();
  control.show(scene(1, true));
  pass(50);
  control.moveDivider(0.8);
  pass(2000);
  expect(control.divider.value).toBe(0.8);
});
