import { test } from "vitest";
import { openTestGpu } from "./gpu.ts";
import { timeDispatches } from "../src/gpu/timing.ts";
import { Trainer } from "../src/train/trainer.ts";
import { defaultTrainingOptions } from "../src/train/options.ts";
import { randomPicture } from "./networks.ts";
const gpu = await openTestGpu();
test("profile", async () => {
  const ngf = Number(process.env.NGF ?? 8);
  const options = { ...defaultTrainingOptions, netG: "resnet_6blocks" as const, ngf, ndf: Number(process.env.NDF ?? 8), cropSize: 64, loadSize: 64 };
  const t = await Trainer.create(gpu, options, { count: 1, A: [64, 64], B: [64, 64] });
  const batch = { realA: [randomPicture(64, 64)], realB: [randomPicture(64, 64)], namesA: [""], namesB: [""] };
  for (let i = 0; i < 3; i++) { const s = performance.now(); const c0 = process.cpuUsage(); const { losses } = await t.step(batch as never, { step: i, pictures: i, learningRate: 1e-4 }); await losses; const c = process.cpuUsage(c0); console.log("step", performance.now() - s, "cpu ms", (c.user + c.system) / 1000, "compile", gpu.pipelines.compileTime); }
  const p = (t as any).prepared[0].program;
  console.log("dispatches", p.dispatches.length, "flops", p.plan.flops / 1e9, "pipelines", gpu.pipelines.count);
  const times = await timeDispatches(gpu, p.dispatches);
  const by = new Map<string, { n: number; ms: number; fl: number }>();
  times.forEach((ns: number, i: number) => { const l = p.dispatches[i].label; const e = by.get(l) ?? { n: 0, ms: 0, fl: 0 }; e.n++; e.ms += ns / 1e6; e.fl += p.dispatches[i].flops; by.set(l, e); });
  console.log("total", times.reduce((a: number, b: number) => a + b, 0) / 1e6);
  for (const [l, e] of [...by].sort((a, b) => b[1].ms - a[1].ms).slice(0, 30)) console.log(l.padEnd(60), e.n, e.ms.toFixed(1), (e.fl / e.ms / 1e6).toFixed(2) + " GF/s");
}, 600000);
