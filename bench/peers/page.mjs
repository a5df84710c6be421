// @ts-nocheck: beside files that are not checked either.

// What every contender in a page has in common. The page's folder has setup.safetensors, with the
// weights by PyTorch's names, the `picture`, [1, 3, H, W], and the number of `blocks`, and
// model.onnx, the same generator. A contender is `globalThis.contender`:
//
//   start()   its name, once it is ready
//   run()     { milliseconds, output }: one forward pass

export const fetchBytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());

/** { weights: Map of name -> { shape, data }, input: { shape, data }, blocks } */
export async function fetchSetup() {
  const { buffer } = await fetchBytes("setup.safetensors");
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const { __metadata__, ...entries } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const weights = new Map(
    Object.entries(entries).map(
      ([
        name,
        {
          shape,
          data_offsets: [begin, end],
        },
      ]) => {
        return [name, { shape, data: new Float32Array(buffer, 8 + length + begin, (end - begin) / 4) }];
      },
    ),
  );
  const input = weights.get("picture");
  weights.delete("picture");
  return { weights, input, blocks: Number(__metadata__.blocks) };
}

/** @param start returns `{ ready, run }`: the name, and a function from nothing to the output */
export function takePart(start) {
  let forward;
  globalThis.contender = {
    async start() {
      const { ready, run } = await start();
      forward = run;
      return ready;
    },
    async run() {
      const start = performance.now();
      const output = await forward();
      return { milliseconds: performance.now() - start, output: [...output] };
    },
  };
}
