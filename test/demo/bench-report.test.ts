// The bench's text to copy, and the browser's name.

import { describe, expect, test } from "vitest";
import { browserName } from "../../demo/bench/browser-name.ts";
import { reportText } from "../../demo/bench/report.ts";
import type { Results } from "../../demo/bench/session.ts";

const results: Results = {
  settings: { network: "resnet9", size: "256", gradients: true },
  begun: new Date("2026-11-25T08:09:10Z"),
  adapter: { name: "nvidia ada lovelace", vendor: "nvidia", architecture: "ada", driver: "", software: false },
  clock: "GPU",
  peak: { flopsPerSecond: 40e12, bytesPerSecond: 900e9, arithmetic: "4 chains", memory: "16 vec4 a lane" },
  layers: [
    {
      name: "3x3 256->256 at 64x64",
      count: 18,
      flops: 4.832e9,
      time: { variant: "tiled 4x4 in 16x16 deep 8", chosen: true, seconds: 0.000483, compileSeconds: 0.0415 },
    },
    { name: "7x7 64->3 at 256x256", count: 1, flops: 1.23e9, time: null },
  ],
  forward: {
    seconds: 0.0125,
    kinds: [
      { kind: "convolution", dispatches: 22, seconds: 0.009 },
      { kind: "normalize", dispatches: 23, seconds: 0.001 },
    ],
    compileSeconds: 1.25,
    flops: 99e9,
    bytes: 1e8,
  },
};

describe("the text to copy", () => {
  test("is Markdown with everything that a reader elsewhere needs", () => {
    expect(reportText(results, { browser: "Firefox 145 on macOS", version: "1.2.3" }))
      .toBe(`### pixelcycle 1.2.3, kernel bench

- adapter: nvidia ada lovelace
- browser: Firefox 145 on macOS
- date: 2026-11-25 08:09 UTC
- network: resnet_9blocks, ngf 64, at 256x256, with gradients
- measured peak: 40000 GFLOP/s (4 chains), 900.0 GB/s (16 vec4 a lane)
- forward pass: 12.5 ms, 7920 GFLOP/s, 19.8 % of peak, first run 1.3 s longer
- timed with the GPU's clock, on random numbers, median of 3

| layer | count | time | GFLOP/s | of peak | compile | variant |
| --- | ---: | ---: | ---: | ---: | ---: | --- |
| 3x3 256->256 at 64x64 | 18 | 0.483 ms | 10004 | 25.0 % | 42 ms | tiled 4x4 in 16x16 deep 8 |

| kernels of the forward pass | dispatches | time | share |
| --- | ---: | ---: | ---: |
| convolution | 22 | 9 ms | 90.0 % |
| normalize | 23 | 1 ms | 10.0 % |
`);
  });

  test("of an incomplete run contains the results so far, and names the clock", () => {
    const text = reportText({ ...results, clock: "CPU", forward: null }, { browser: "x", version: "1" });
    expect(text).toContain("with the CPU's clock");
    expect(text).not.toContain("forward pass");
    expect(text.match(/^\| /gm)).toHaveLength(3);
  });

  test("says if the peak cannot be right", () => {
    const surroundings = { browser: "x", version: "1" };
    expect(reportText(results, surroundings)).not.toContain("disturbed");
    const peak = { ...results.peak!, flopsPerSecond: 9e12 };
    expect(reportText({ ...results, peak }, surroundings)).toContain("- disturbed: a layer seems faster than the peak");
    const layers = results.layers.map((layer) => ({
      ...layer,
      time: layer.time && { ...layer.time, variant: "Winograd" },
    }));
    expect(reportText({ ...results, peak, layers }, surroundings)).not.toContain("disturbed");
  });
});

test.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
    "Chrome 156 on Linux",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "Edge 141 on Windows",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
    "Safari 26.1 on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.1 Mobile/15E148 Safari/604.1",
    "Chrome 141 on iOS",
  ],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Chrome 141 on Android",
  ],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox 145 on macOS"],
  ["Ladybird", "Ladybird"],
])("%s is %s", (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});
