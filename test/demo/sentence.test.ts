// Options in the training's sentences, as the page spells them.

import { isValidElement, type VNode } from "preact";
import { expect, test } from "vitest";
import { Sentence } from "../../demo/train/sentence.tsx";
import { nonFiniteWarning } from "../../src/train/run/health.ts";

test("an option appears as code, under its field's name or else its control's", () => {
  const broken = { G_A: NaN, D_A: 1, cycle_A: 1, idt_A: 1, G_B: 1, D_B: 1, cycle_B: 1, idt_B: 1 };
  const { children } = Sentence({ children: nonFiniteWarning(7, broken)! }).props as { children: (string | VNode)[] };
  const codes = children
    .filter(isValidElement)
    .map(({ type, props }) => [type, (props as { children: string }).children]);
  const names = ["Continue", "lr", "seed", "init_gain", "lambda_A", "lambda_B"];
  expect(codes).toEqual(names.map((name) => ["code", name]));
});
