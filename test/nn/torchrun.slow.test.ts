// Round trip: a run's folder of ours continues training in PyTorch, in two processes under
// torchrun, and comes back.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { makePlan } from "../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../src/autograd/program.ts";
import { input } from "../../src/autograd/tensor.ts";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import { toFloat32, type NamedTensor } from "../../src/formats/tensors/tensors.ts";
import { writePth } from "../../src/formats/torch/pth-write.ts";
import { image } from "../../src/kernels/core/operation.ts";
import type { Architecture, Norm } from "../../src/nn/architecture.ts";
import { identify } from "../../src/nn/identify.ts";
import { network } from "../../src/nn/networks.ts";
import { uploadWeights } from "../../src/nn/weights.ts";
import { testFolder } from "../folder.ts";
import { fromDevice, openTestGpu, relativeError, toDevice } from "../gpu.ts";
import { randomWeights } from "../networks.ts";
import { python, pythonHas } from "../python.ts";

const script = fileURLToPath(new URL("reference/train.py", import.meta.url));
const gpu = await openTestGpu();
const folder = testFolder("torchrun");

const channels = { inputChannels: 3, outputChannels: 3 };
interface Case {
  options: { netG: string; netD: string; norm: Norm; ngf: number; ndf: number };
  generator: Architecture;
  discriminator: Architecture;
  width: number;
  height: number;
}
const cases: Case[] = [
  {
    options: { netG: "resnet_6blocks", netD: "basic", norm: "instance", ngf: 4, ndf: 4 },
    generator: { kind: "resnet", ...channels, ngf: 4, blocks: 6, norm: "instance", dropout: false },
    discriminator: { kind: "patch", inputChannels: 3, ndf: 4, layers: 3, norm: "instance" },
    width: 40,
    height: 32,
  },
  {
    options: { netG: "unet_128", netD: "pixel", norm: "batch", ngf: 2, ndf: 4 },
    generator: { kind: "unet", ...channels, ngf: 2, downs: 7, norm: "batch", dropout: null },
    discriminator: { kind: "pixel", inputChannels: 3, ndf: 4, norm: "batch" },
    width: 128,
    height: 128,
  },
];
const nets = ["G_A", "G_B", "D_A", "D_B"];

describe.skipIf(!pythonHas("torch.distributed.run")).each(cases)(
  "$options.netG, $options.norm norm",
  ({ options, generator, discriminator, ...size }) => {
    const name = options.netG;
    const run = join(folder, "checkpoints", name);
    const written = new Map<string, NamedTensor[]>();
    const read = (file: string) => readCheckpoint(new Uint8Array(readFileSync(join(run, file)))).tensors;

    beforeAll(() => {
      // The options of `pixelcycle train`, and the files that it leaves.
      const dataroot = join(folder, `data ${name}`);
      for (const [side, count] of [
        ["trainA", 2],
        ["trainB", 4],
      ] as const) {
        mkdirSync(join(dataroot, side), { recursive: true });
        for (let i = 0; i < count; i++) {
          writeFileSync(join(dataroot, side, `${i}.ppm`), somePpm(size.width, size.height, i));
        }
      }
      mkdirSync(run, { recursive: true });
      for (const net of nets) {
        written.set(net, weightsOf(net.startsWith("G") ? generator : discriminator));
        writeFileSync(join(run, `latest_net_${net}.pth`), writePth(written.get(net)!));
      }
      const words = [
        ...["-B", "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"],
        // torchrun 1.13 fails on Python 3.11 unless it is told where the processes print to.
        ...["--redirects", "1", "--tee", "1", "--log_dir", join(folder, "log")],
        ...[script, "--dataroot", dataroot, "--checkpoints_dir", join(folder, "checkpoints"), "--name", name],
        ...Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)]),
        "--continue_train",
      ];
      const { status, stderr } = spawnSync(python, words, { encoding: "utf8", timeout: 110_000 });
      expect(status, stderr).toBe(0);
    });

    test.each(nets)("PyTorch starts with our %s, byte for byte", (net) => {
      expect(read(`initial_net_${net}.pth`).map(comparable)).toEqual(written.get(net)!.map(comparable));
    });

    test.each(nets)("the %s that it trained loads here, with the prefix of wrapped modules and without", (net) => {
      const back = read(`latest_net_${net}.pth`);
      expect(read(`wrapped_net_${net}.pth`).map(comparable)).toEqual(back.map(comparable));
      expect(readFileSync(join(run, `wrapped_net_${net}.pth`)).includes("module.")).toBe(true);
      expect(identify(back).architecture).toEqual(net.startsWith("G") ? generator : discriminator);
      // It was trained: Adam moves every weight at every step.
      const before = written.get(net)!;
      const still = back.filter((tensor, i) => {
        return tensor.shape.length === 4 && relativeError(toFloat32(tensor), toFloat32(before[i])) < 1e-4;
      });
      expect(still.map(({ name }) => name)).toEqual([]);
    });

    test("the loaded network gives the same output here as there", async () => {
      const [real, fake, verdict] = ["real_A", "fake_B", "verdict"].map((wanted) => {
        return read("probe.pth").find((tensor) => tensor.name === wanted)!;
      });
      for (const [net, source, result] of [
        ["G_A", real, fake],
        ["D_A", fake, verdict],
      ] as const) {
        const tensors = read(`latest_net_${net}.pth`);
        const { architecture } = identify(tensors);
        const type = image(...(source.shape as [number, number, number, number]));
        const output = network(architecture, input("image", type), { batchStatistics: true, dropout: false });
        expect(output.shape).toEqual(result.shape);
        const program = await Program.prepare(
          gpu,
          makePlan(traitsOf(gpu), [output]),
          await uploadWeights(gpu, architecture, tensors),
        );
        program.write("image", toDevice(type, toFloat32(source)));
        await program.run();
        expect(relativeError(fromDevice(output.type, await program.read()), toFloat32(result))).toBeLessThan(1e-4);
      }
    });
  },
);

/** With the count of batches as PyTorch keeps it. */
function weightsOf(architecture: Architecture): NamedTensor[] {
  return randomWeights(architecture, 0.2).map((tensor) => {
    const counts = tensor.name.endsWith("num_batches_tracked");
    return counts ? { ...tensor, dtype: "int64", data: new Uint8Array(BigInt64Array.of(7n).buffer) } : tensor;
  });
}

function comparable({ name, dtype, shape, data }: NamedTensor) {
  return { name, dtype, shape, data: Buffer.from(data).toString("base64") };
}

function somePpm(width: number, height: number, seed: number): Uint8Array {
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => 128 + 120 * Math.sin((i * (seed + 3)) / 50));
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]);
}
