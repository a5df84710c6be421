// The layout of a step's graph, and the small pure functions of the Inside view.

import { describe, expect, test } from "vitest";
import { highlight } from "../../demo/inside/code/highlight.ts";
import { channelsOf, paint, reachOf, spreadOf, thumbnailOf } from "../../demo/inside/pictures.ts";
import { layOutStep } from "../../demo/inside/step/step-layout.ts";
import { numberText, shareText, timeText } from "../../demo/inside/words.ts";
import { shaderFiles } from "../../src/kernels/core/shader-files.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../src/train/options/options.ts";
import { dissectStep } from "../../src/train/step/anatomy.ts";
import { initialWeights } from "../../src/train/step/networks.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture } from "../networks.ts";

describe.each([
  { lambdaIdentity: 0.5, poolSize: 50 },
  { lambdaIdentity: 0, poolSize: 0 },
])("the graph of a step: %o", async (changes) => {
  const gpu = await openTestGpu();
  const options: TrainingOptions = { ...defaultTrainingOptions, ngf: 4, ndf: 4, netG: "resnet_6blocks", ...changes };
  const picture = randomPicture(32, 32);
  const batch = { realA: [picture], realB: [picture], namesA: ["A"], namesB: ["B"] };
  const anatomy = await dissectStep(gpu, options, initialWeights(options), batch);

  test.each([
    ["closed", new Set<string>()],
    ["open", new Set(["pass 0", "pass 2", "loss 1"])],
  ])("every operation has one position, boxes do not overlap, edges lead to the right: %s", (_, open) => {
    const { boxes, edges, stages, width, height } = layOutStep(anatomy, open);
    const drawn = boxes.flatMap(({ columns }) => columns.flatMap(({ forward, backward }) => [...forward, ...backward]));
    const computed = anatomy.plan.nodes.filter(({ phase }) => phase !== "given").map(({ id }) => id);
    expect([...drawn].sort((a, b) => a - b)).toEqual(computed);

    for (const box of boxes) {
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y).toBeLessThan(height);
      for (const { x, width } of box.columns) {
        expect(x).toBeGreaterThanOrEqual(box.x);
        expect(x + width).toBeLessThanOrEqual(box.x + box.width);
      }
      for (const other of boxes) {
        if (other === box || other.lane !== box.lane) continue;
        expect(other.x + other.width <= box.x || box.x + box.width <= other.x, `${box.title}, ${other.title}`).toBe(
          true,
        );
      }
    }
    expect(boxes.filter(({ key }) => key.startsWith("pass")).length).toBe(8);
    // Losses may be below their inputs, everything else is to the right of its inputs.
    for (const { from, to } of edges) expect(to.x, `${from.title} to ${to.title}`).toBeGreaterThanOrEqual(from.x);
    expect(stages.map(({ title }) => title)).toEqual([
      "Pictures",
      "Generators learn from a photo",
      "Generators learn from pixel art",
      "Discriminators learn",
      "Update",
    ]);
  });

  test("backward operations are below their forward operation", () => {
    for (const { columns } of layOutStep(anatomy, new Set()).boxes) {
      for (const { forward, backward } of columns) {
        for (const id of backward) {
          const { forwardNode } = anatomy.nodes[id];
          expect(forwardNode !== null && forward.includes(forwardNode)).toBe(true);
        }
      }
    }
  });
});

describe("pictures of numbers", () => {
  const values = Float32Array.of(0, -2, 4, 0, 1, 1, 1, 1);

  test("channels have their values and their range", () => {
    const [first, second] = channelsOf(values, [1, 2, 2, 2]);
    expect([...first.values]).toEqual([0, -2, 4, 0]);
    expect(spreadOf(first.values)).toEqual({ least: -2, most: 4, mean: 0.5, zeros: 0.5 });
    expect(spreadOf(second.values)).toEqual({ least: 1, most: 1, mean: 1, zeros: 0 });
    expect(reachOf(spreadOf(first.values))).toBe(4);
  });

  test("a thumbnail is the root mean square over channels, in boxes", () => {
    const channels = channelsOf(values, [1, 2, 2, 2]);
    expect([...thumbnailOf(channels, 2).values].map((x) => x ** 2)).toEqual(
      [0.5, 2.5, 8.5, 0.5].map((x) => expect.closeTo(x, 5)),
    );
    const { values: whole, width, height } = thumbnailOf(channels, 1);
    expect([width, height]).toEqual([1, 1]);
    expect(whole[0] ** 2).toBeCloseTo(24 / 8, 5);
    expect(thumbnailOf(channelsOf(new Float32Array(15).fill(2), [1, 1, 3, 5]), 2)).toMatchObject({
      width: 2,
      height: 1,
    });
  });

  test("the minimum, zero and the maximum have their colours", () => {
    const scale = { least: [0, 0, 200], zero: [100, 100, 100], most: [200, 0, 0] } as const;
    const field = { values: Float32Array.of(-4, 0, 2, 9), width: 4, height: 1 };
    expect([...paint(field, 4, scale).data]).toEqual([
      ...[0, 0, 200, 255],
      ...[100, 100, 100, 255],
      ...[150, 50, 50, 255],
      ...[200, 0, 0, 255],
    ]);
    // A channel of zeros.
    expect([...paint({ values: Float32Array.of(0), width: 1, height: 1 }, 0, scale).data]).toEqual([
      100, 100, 100, 255,
    ]);
  });
});

describe("highlighted WGSL", () => {
  test("contains all of every shader", () => {
    for (const text of Object.values(shaderFiles))
      expect(
        highlight(text)
          .map(({ text }) => text)
          .join(""),
      ).toBe(text);
  });

  test("has the right token classes", () => {
    const kinds = highlight("@compute fn main() { let a = vec4f(1.5, 0u); } // fn").map(
      ({ kind, text }) => `${kind} ${text}`,
    );
    expect(kinds).toEqual(
      expect.arrayContaining([
        "attribute @compute",
        "keyword fn",
        "keyword let",
        "type vec4f",
        "number 1.5",
        "number 0u",
        "comment // fn",
      ]),
    );
    expect(highlight("x1 floor2")).toEqual([{ kind: "plain", text: "x1 floor2" }]);
  });
});

test("numbers are short and readable", () => {
  expect([0, 1234.5, 0.00012345, -2.5e7, 0.1].map(numberText)).toEqual([
    "0",
    "1230",
    "1.23 × 10⁻⁴",
    "-2.50 × 10⁷",
    "0.1",
  ]);
  expect([0, 0.0004, 0.034, 0.5].map(shareText)).toEqual(["0.0 %", "< 0.1 %", "3.4 %", "50 %"]);
  expect([800, 123_456, 12_345_678].map(timeText)).toEqual(["0.8 µs", "123 µs", "12.3 ms"]);
});
