// @ts-nocheck: the types of what is measured are there only once it is installed.

// The ResNet's forward pass in tfjs, for Node and for a page.

import { around, backend, resnet, tensorOf, tf } from "./tfjs-backend.mjs";

const mirror = (x, by) => tf.mirrorPad(x, around(by, by), "reflect");

/** @param setup { weights: Map of name -> { shape, data }, input: { shape, data }, blocks }, in PyTorch's order */
export function start({ weights, input: { shape, data }, blocks }) {
  const tensors = new Map([...weights].map(([name, weight]) => [name, tensorOf(weight)]));
  const input = tf.tensor(data, shape);
  async function run() {
    const output = tf.tidy(() => {
      const picture = tf.transpose(input, [0, 2, 3, 1]);
      return tf.transpose(
        resnet((name) => tensors.get(name), blocks, mirror, picture),
        [0, 3, 1, 2],
      );
    });
    const data = await output.data();
    output.dispose();
    return data;
  }
  return { ready: backend, run };
}
