// @ts-nocheck: the types of what is measured are there only once it is installed.

// tfjs-webgpu as a peer for training. It runs in its own process and takes steps of CycleGAN from
// given weights, like the reference (ResNet, basic discriminator, instance norm, least squares,
// identity), without image pools.
//
//   in   { networks: { G_A, G_B, D_A, D_B: Map of name -> { shape, data } }, blocks }            once, PyTorch's order
//        { A, B: { shape, data } }                                                              a step on these pictures
//   out  { ready: adapter's name }, then for each step { milliseconds, processorMilliseconds, output }: the eight losses

import "./navigator.mjs";
import { around, backend, conv, norm, resnet, tensorOf, tf } from "./tfjs-backend.mjs";
import { timed } from "./timed.mjs";

/** tfjs's own mirrorPad has a wrong gradient: it ignores the gradient of the margins. */
function mirror(x, by) {
  for (const axis of [1, 2]) {
    const size = x.shape[axis];
    const slice = (start) => {
      const begin = [0, 0, 0, 0];
      const end = [...x.shape];
      begin[axis] = start;
      end[axis] = by;
      return tf.reverse(tf.slice(x, begin, end), axis);
    };
    x = tf.concat([slice(1), x, slice(size - 1 - by)], axis);
  }
  return x;
}

function discriminate(get, picture) {
  let x = tf.leakyRelu(conv(get, picture, "model.0", 2, around(1, 1)), 0.2);
  x = tf.leakyRelu(norm(conv(get, x, "model.2", 2, around(1, 1))), 0.2);
  x = tf.leakyRelu(norm(conv(get, x, "model.5", 2, around(1, 1))), 0.2);
  x = tf.leakyRelu(norm(conv(get, x, "model.8", 1, around(1, 1))), 0.2);
  return conv(get, x, "model.11", 1, around(1, 1));
}

function trainer({ networks, blocks }) {
  const parameters = {};
  for (const [network, weights] of Object.entries(networks)) {
    const variables = [...weights].map(([name, weight]) => [name, tf.variable(tensorOf(weight), true)]);
    parameters[network] = new Map(variables);
  }
  const of = (network) => (name) => parameters[network].get(name);
  const all = (...names) => names.flatMap((network) => [...parameters[network].values()]);
  const generate = (network, picture) => resnet(of(network), blocks, mirror, picture);
  const judge = (network, picture) => discriminate(of(network), picture);
  const distance = (a, b) => tf.mean(tf.abs(tf.sub(a, b)));
  const square = (prediction, target) => tf.mean(tf.square(tf.sub(prediction, target)));
  const adam = () => tf.train.adam(2e-4, 0.5, 0.999, 1e-8);
  const optimizers = { generators: adam(), discriminators: adam() };

  function learn(optimizer, variables, loss) {
    const { value, grads } = tf.variableGrads(loss, variables);
    optimizer.applyGradients(grads);
    tf.dispose([value, grads]);
  }

  return async ({ A, B }) => {
    const losses = tf.tidy(() => {
      const [realA, realB] = [A, B].map(({ shape, data }) => tf.transpose(tf.tensor(data, shape), [0, 2, 3, 1]));
      let fakeA, fakeB, ofGenerators, ofDiscriminators;
      learn(optimizers.generators, all("G_A", "G_B"), () => {
        fakeB = tf.keep(generate("G_A", realA));
        fakeA = tf.keep(generate("G_B", realB));
        ofGenerators = {
          G_A: square(judge("D_A", fakeB), 1),
          G_B: square(judge("D_B", fakeA), 1),
          cycle_A: tf.mul(10, distance(generate("G_B", fakeB), realA)),
          cycle_B: tf.mul(10, distance(generate("G_A", fakeA), realB)),
          idt_A: tf.mul(5, distance(generate("G_A", realB), realB)),
          idt_B: tf.mul(5, distance(generate("G_B", realA), realA)),
        };
        Object.values(ofGenerators).forEach((loss) => tf.keep(loss));
        return Object.values(ofGenerators).reduce((a, b) => tf.add(a, b));
      });
      learn(optimizers.discriminators, all("D_A", "D_B"), () => {
        const loss = (network, real, fake) =>
          tf.mul(0.5, tf.add(square(judge(network, real), 1), square(judge(network, fake), 0)));
        ofDiscriminators = { D_A: tf.keep(loss("D_A", realB, fakeB)), D_B: tf.keep(loss("D_B", realA, fakeA)) };
        return tf.add(ofDiscriminators.D_A, ofDiscriminators.D_B);
      });
      const { D_A, D_B, G_A, G_B, cycle_A, cycle_B, idt_A, idt_B } = { ...ofGenerators, ...ofDiscriminators };
      const eight = [D_A, G_A, cycle_A, idt_A, D_B, G_B, cycle_B, idt_B];
      const stacked = tf.stack(eight);
      tf.dispose([...eight, fakeA, fakeB]);
      return stacked;
    });
    const data = await losses.data();
    losses.dispose();
    return data;
  };
}

let step;
process.on("message", async (message) => {
  if (message.networks) {
    step = trainer(message);
    process.send({ ready: backend });
  } else {
    process.send(await timed(() => step(message)));
  }
});
