// @ts-nocheck: the types of what is measured are there only once it is installed.

// tfjs-webgpu as a peer. It runs in its own process, builds the same ResNet from the same weights,
// and runs it on request.
//
//   in   { weights: Map of name -> { shape, data }, input: { shape, data }, blocks }      once, PyTorch's order
//        "run"                                                                           any number of times
//   out  { ready: adapter's name }, then for each run { milliseconds, processorMilliseconds, output }, [1, 3, H, W]

import "./navigator.mjs";
import { timed } from "./timed.mjs";
import { start } from "./tfjs-forward.mjs";

let run;
process.on("message", async (message) => {
  if (message === "run") return process.send(await timed(run));
  const contender = start(message);
  run = contender.run;
  process.send({ ready: contender.ready });
});
