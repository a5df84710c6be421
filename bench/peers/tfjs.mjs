// @ts-nocheck: the types of what is measured are there only once it is installed.

// tfjs-webgpu as a peer: a process of its own, that builds the same ResNet from the same weights and runs it when told.
//
//   in   { weights: Map of name -> { shape, data }, input: { shape, data }, blocks }      once, PyTorch's order
//        "run"                                                                           as often as one likes
//   out  { ready: adapter's name }, then for each run { milliseconds, processorMilliseconds, output }, [1, 3, H, W]

import { create, globals } from "webgpu";

// What tfjs expects of a browser.
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]), userAgent: "node" }, configurable: true });
globalThis.window ??= globalThis;

const tf = await import("@tensorflow/tfjs-core");
await import("@tensorflow/tfjs-backend-webgpu");
await tf.setBackend("webgpu");
await tf.ready();

function build({ weights, blocks }) {
  const tensors = new Map();
  for (const [name, { shape, data }] of weights) {
    const tensor = tf.tensor(data, shape);
    // PyTorch's [out, in, k, k] and, transposed, [in, out, k, k]; tfjs wants [k, k, in, out] and [k, k, out, in].
    tensors.set(name, shape.length === 4 ? tf.transpose(tensor, [2, 3, 1, 0]) : tensor);
  }
  const get = (name) => tensors.get(name);
  const mirror = (x, by) =>
    tf.mirrorPad(
      x,
      [
        [0, 0],
        [by, by],
        [by, by],
        [0, 0],
      ],
      "reflect",
    );
  const conv = (x, name, stride, pad) => tf.add(tf.conv2d(x, get(`${name}.weight`), stride, pad), get(`${name}.bias`));
  const up = (x, name) => {
    const [batch, height, width] = x.shape;
    const outputs = get(`${name}.bias`).shape[0];
    // PyTorch's padding 1 with output padding 1 is tfjs's explicit padding of 1 before and 0 after.
    const shape = [batch, 2 * height, 2 * width, outputs];
    const pad = [
      [0, 0],
      [1, 0],
      [1, 0],
      [0, 0],
    ];
    return tf.add(tf.conv2dTranspose(x, get(`${name}.weight`), shape, 2, pad), get(`${name}.bias`));
  };
  const norm = (x) => {
    const { mean, variance } = tf.moments(x, [1, 2], true);
    return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  };
  const one = [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ];
  return (input) =>
    tf.tidy(() => {
      let x = tf.transpose(input, [0, 2, 3, 1]);
      x = tf.relu(norm(conv(mirror(x, 3), "model.1", 1, "valid")));
      x = tf.relu(norm(conv(x, "model.4", 2, one)));
      x = tf.relu(norm(conv(x, "model.7", 2, one)));
      for (let block = 10; block < 10 + blocks; block++) {
        const inner = tf.relu(norm(conv(mirror(x, 1), `model.${block}.conv_block.1`, 1, "valid")));
        x = tf.add(x, norm(conv(mirror(inner, 1), `model.${block}.conv_block.5`, 1, "valid")));
      }
      x = tf.relu(norm(up(x, `model.${10 + blocks}`)));
      x = tf.relu(norm(up(x, `model.${13 + blocks}`)));
      x = tf.tanh(conv(mirror(x, 3), `model.${17 + blocks}`, 1, "valid"));
      return tf.transpose(x, [0, 3, 1, 2]);
    });
}

let run;
process.on("message", async (message) => {
  if (message !== "run") {
    const forward = build(message);
    const input = tf.tensor(message.input.data, message.input.shape);
    run = async () => {
      const start = performance.now();
      const usage = process.cpuUsage();
      const output = forward(input);
      const data = await output.data();
      const milliseconds = performance.now() - start;
      const { user, system } = process.cpuUsage(usage);
      output.dispose();
      return { milliseconds, processorMilliseconds: (user + system) / 1e3, output: data };
    };
    process.send({ ready: `tfjs ${tf.version_core}, ${tf.getBackend()}` });
  } else {
    process.send(await run());
  }
});
