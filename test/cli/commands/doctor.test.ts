// The doctor on this machine's adapter, and on simulated machines with problems.

import { Command } from "commander";
import { afterEach, describe, expect, test, vi } from "vitest";
import { describeDiagnosis, diagnose, humanBytes, registerDoctor } from "../../../src/cli/commands/doctor.ts";
import { NoAdapterError } from "../../../src/gpu/errors.ts";
import { Gpu } from "../../../src/gpu/gpu.ts";
import { cacheStorage } from "../../../src/platform/files/cache.node.ts";
import { ChoiceCache } from "../../../src/tuning/cache.ts";
import type { Measurement } from "../../../src/tuning/measure.ts";
import { testFolder } from "../../folder.ts";
import { webGpu } from "../../gpu.ts";

async function run(...words: string[]): Promise<string> {
  const program = new Command().exitOverride();
  registerDoctor(program);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await program.parseAsync(["doctor", ...words], { from: "user" });
  const printed = log.mock.calls.map(([line]) => line).join("\n");
  log.mockRestore();
  return printed;
}

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

describe("on this machine", () => {
  test("prints JSON that reports no problem", async () => {
    const diagnosis = JSON.parse(await run("--json"));
    expect(diagnosis).toMatchObject({ ok: true, problems: [], node: { version: process.versions.node } });
    expect(diagnosis.adapter.name).not.toBe("");
    expect(diagnosis.limits.bindingBytes).toBeGreaterThanOrEqual(2 ** 27);
    expect(diagnosis.selfCheck.relativeError).toBeGreaterThan(0);
    expect(diagnosis.selfCheck.relativeError).toBeLessThan(1e-6);
    expect(process.exitCode).toBeUndefined();
  });

  test("prints the same in words", async () => {
    const text = await run();
    expect(text).toMatch(/^kernels +\S/m);
    expect(text).toMatch(/^adapter +\S/m);
    expect(text).toMatch(/MiB|GiB/);
    expect(text).toMatch(/comes out right/);
    expect(text).toMatch(/All is well\.$/);
  });
});

describe("kernels that were measured", () => {
  const open = () => Gpu.open(webGpu);
  const measured: Measurement = {
    ...{ layer: "a layer", byRule: "usual", chosen: "fast" },
    seconds: { usual: 0.002, slow: 1.0834, fast: 0.0011 },
    refused: { odd: "it is wrong" },
  };

  test("are listed with the times that decided", async () => {
    const storage = cacheStorage(testFolder("cache"));
    const gpu = await open();
    const cache = await ChoiceCache.of(gpu, storage);
    gpu.close();
    await cache.add([measured, { ...measured, layer: "another", chosen: "usual" }]);
    const diagnosis = await diagnose(open, undefined, storage);
    expect(diagnosis.kernels).toMatchObject({ file: cache.place, unused: null, layers: [measured, {}] });
    const text = describeDiagnosis(diagnosis).join("\n");
    expect(text).toContain(`kernels     2 layers were measured, see below; kept in ${cache.place}`);
    expect(text).toContain(
      [
        "a layer: fast, 0.55 of the time by rule",
        "  fast     1.10 ms  chosen",
        "  usual    2.00 ms  by rule",
        "  slow     1083 ms",
        "  odd    refused: it is wrong",
        "another: as by rule; nothing is clearly faster",
      ].join("\n"),
    );

    const kernels = { ...diagnosis.kernels!, unused: "it is damaged", layers: [] };
    expect(describeDiagnosis({ ...diagnosis, kernels })).toContainEqual(
      expect.stringMatching(/^kernels +by rule; .* is not used: it is damaged$/),
    );
  });
});

describe("with a problem", () => {
  test("a missing adapter is reported with a remedy", async () => {
    const diagnosis = await diagnose(() => Promise.reject(new NoAdapterError("none")));
    expect(diagnosis).toMatchObject({ ok: false, adapter: null, selfCheck: null });
    expect(diagnosis.problems).toEqual([{ problem: "There is no WebGPU adapter.", fix: expect.stringMatching(/\S/) }]);
  });

  test("the command line exits with 1", async () => {
    vi.spyOn(Gpu, "open").mockRejectedValue(new NoAdapterError("none"));
    expect(await run()).toMatch(/There is no WebGPU adapter\. \S/);
    expect(process.exitCode).toBe(1);
  });

  test("an adapter that computes wrong results is detected", async () => {
    const open = async () => {
      const gpu = await Gpu.open(webGpu);
      const read = gpu.read.bind(gpu);
      gpu.read = async (...range) => {
        const bytes = await read(...range);
        new Float32Array(bytes).fill(NaN, 5, 6);
        return bytes;
      };
      return gpu;
    };
    const { ok, adapter, problems } = await diagnose(open);
    expect(ok).toBe(false);
    expect(problems).toEqual([{ problem: `${adapter?.name} computes wrong results.`, fix: "Update its driver." }]);
  });

  test("a driver that fails is quoted, and the device closed", async () => {
    const gpu = await Gpu.open(webGpu);
    gpu.read = () => Promise.reject(new Error("the driver is upset"));
    const { ok, problems } = await diagnose(async () => gpu);
    expect(ok).toBe(false);
    expect(problems[0].problem).toContain("the driver is upset");
    expect((await gpu.lost).reason).toBe("destroyed");
  });

  test("an old Node is reported", async () => {
    const { ok, problems } = await diagnose(() => Gpu.open(webGpu), "18.20.0");
    expect(ok).toBe(false);
    expect(problems).toEqual([{ problem: "Node 18.20.0 is too old.", fix: "Install Node 20.19 or newer." }]);
  });
});

test.each([
  [0, "0 bytes"],
  [512, "512 bytes"],
  [32768, "32 KiB"],
  [134217728, "128 MiB"],
  [4294967292, "4 GiB"],
  [1.5 * 2 ** 40, "1.5 TiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(humanBytes(bytes)).toBe(text);
});
