// @ts-nocheck: the types of what is measured are there only once it is installed.

// tfjs-webgpu as a peer. It runs in its own process, builds the same ResNet from the same weights,
// and runs it on request.
//
//   in   { weights: Map of name -> { shape, data }, input: { shape, data }, blocks }      once, PyTorch's order
//        "run"                                                                           any number of times
//   out  { ready: adapter's name }, then for each run { milliseconds, processorMilliseconds, output }, [1, 3, H, W]

import { around, backend, resnet, tensorOf, tf } from "./tfjs-backend.mjs";
import { timed } from "./timed.mjs";

const mirror = (x, by) => tf.mirrorPad(x, around(by, by), "reflect");

let run;
process.on("message", async (message) => {
  if (message !== "run") {
    const weights = new Map([...message.weights].map(([name, weight]) => [name, tensorOf(weight)]));
    const input = tf.tensor(message.input.data, message.input.shape);
    run = async () => {
      const output = tf.tidy(() => {
        const picture = tf.transpose(input, [0, 2, 3, 1]);
        return tf.transpose(
          resnet((name) => weights.get(name), message.blocks, mirror, picture),
          [0, 3, 1, 2],
        );
      });
      const data = await output.data();
      output.dispose();
      return data;
    };
    process.send({ ready: backend });
  } else {
    process.send(await timed(run));
  }
});
