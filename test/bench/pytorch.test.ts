// What the bench sends to PyTorch, and what it says if there is none. An impostor in Node stands in
// for PyTorch; peers.slow.test.ts asks PyTorch itself.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Shaped } from "../../bench/contenders.ts";
import { startPytorch } from "../../bench/pytorch.ts";
import { testFolder } from "../folder.ts";

const shaped = (shape: number[], ...values: number[]): Shaped => ({ shape, data: Float32Array.from(values) });
const setup = { networks: { G_A: new Map([["model.1.bias", shaped([2], 1, 2)]]) }, blocks: 9 };

test("a message is a length and a safetensors file, an answer a line", async () => {
  const impostor = join(testFolder("pytorch"), "impostor.mjs");
  // Answers with the header of what it got, and with its last four bytes as a number.
  writeFileSync(
    impostor,
    `let bytes = Buffer.alloc(0);
    process.stdin.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 8) {
        const length = Number(bytes.readBigUInt64LE(0));
        if (bytes.length < 8 + length) return;
        const file = bytes.subarray(8, 8 + length);
        const ready = file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString().trim();
        console.log(JSON.stringify({ ready, milliseconds: 3, processorMilliseconds: 4, output: [file.readFloatLE(length - 4)] }));
        bytes = bytes.subarray(8 + length);
      }
    });`,
  );
  const peer = await startPytorch(process.execPath, impostor, "NHWC", setup);
  try {
    expect(JSON.parse(peer.name)).toEqual({
      __metadata__: { layout: "NHWC", blocks: "9" },
      "networks/G_A/model.1.bias": { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    });
    const [one, two] = [peer.ask({ A: shaped([1, 1, 1, 1], 5) }), peer.ask({ A: shaped([1], 6), B: shaped([1], 7) })];
    expect(await one).toMatchObject({ milliseconds: 3, processorMilliseconds: 4, output: Float32Array.of(5) });
    expect(await two).toMatchObject({ output: Float32Array.of(7) });
  } finally {
    peer.close();
  }
});

test("without a Python, and without PyTorch, one sentence says so", async () => {
  const file = join(testFolder("pytorch"), "ends.mjs");
  writeFileSync(file, "");
  for (const python of ["/no/such/python", process.execPath])
    await expect(startPytorch(python, file, "NCHW", setup)).rejects.toThrow(`${python} does not run PyTorch`);
});
