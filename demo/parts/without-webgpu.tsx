// What is shown where there is no WebGPU: which browsers have it, which flag may be missing, and a recorded example of what would be here.

import { Notice } from "./display.tsx";

/** Pictures that the bundled model made, recorded when the page was built (scripts/demo.mjs). */
const recorded = [
  { name: "otter", words: "An otter on its rock" },
  { name: "stone-path", words: "A path between stone pillars" },
  { name: "general", words: "A general in gold" },
];

export function WithoutWebGpu({ reason }: { readonly reason: "no WebGPU" | "no adapter" }) {
  return (
    <div class="stack">
      <h1>Photos become pixel art, on your own GPU</h1>
      <Notice tone="warning">
        {reason === "no WebGPU"
          ? "This browser has no WebGPU, which everything here runs on."
          : "This browser knows WebGPU, but finds no graphics adapter for it."}
      </Notice>
      <section>
        <h2>Where it runs</h2>
        <ul>
          <li>Chrome and Edge 113 or later on Windows, macOS and ChromeOS; 121 or later on Android</li>
          <li>Safari 26 or later on macOS, iOS and iPadOS</li>
          <li>Firefox 141 or later on Windows, 145 or later on Macs with Apple silicon</li>
          <li>
            Chrome on Linux: where it is not on by itself, start it with <code>--enable-unsafe-webgpu</code> and{" "}
            <code>--enable-features=Vulkan</code>
          </li>
          <li>
            In a machine without a GPU, Chrome computes on its processor with <code>--enable-unsafe-webgpu</code> and{" "}
            <code>--use-webgpu-adapter=swiftshader</code>: slow, but it works
          </li>
          <li>
            On an address that is not https, nor this machine's own, browsers switch WebGPU off: use https or localhost
          </li>
        </ul>
      </section>
      <section>
        <h2>What it does</h2>
        <p>Recorded with the bundled model, cells of 4 pixels: the photo, and what the network makes of it.</p>
        <div class="recorded">
          {recorded.map(({ name, words }) => (
            <figure key={name}>
              <div class="pair">
                <img src={`samples/${name}.jpg`} alt={`${words}, the photo`} />
                <img class="pixelated" src={`recorded/${name}.png`} alt={`${words}, as pixel art`} />
              </div>
              <figcaption class="small faint">{words}</figcaption>
            </figure>
          ))}
        </div>
      </section>
    </div>
  );
}
