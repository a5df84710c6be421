// Shown if there is no WebGPU: the browsers that have it, flags that may be missing, and recorded
// examples of the result.

import { Notice } from "./display.tsx";

/** Results of the bundled model. */
const recorded = [
  { name: "otter", words: "An otter on its rock" },
  { name: "stone-path", words: "A path between stone pillars" },
  { name: "general", words: "A general in gold" },
];

export function WithoutWebGpu({ reason }: { readonly reason: "no WebGPU" | "no adapter" }) {
  return (
    <div class="stack">
      <h1>Turn photos into pixel art on your own GPU</h1>
      <Notice tone="warning">
        {reason === "no WebGPU"
          ? "This browser has no WebGPU, which this page needs."
          : "This browser supports WebGPU, but it finds no graphics adapter."}
      </Notice>
      <section>
        <h2>Where it runs</h2>
        <ul>
          <li>Chrome and Edge 113 or later on Windows, macOS and ChromeOS; 121 or later on Android</li>
          <li>Safari 26 or later on macOS, iOS and iPadOS</li>
          <li>Firefox 141 or later on Windows, 145 or later on Macs with Apple silicon</li>
          <li>
            Chrome on Linux: if WebGPU is off, start it with <code>--enable-unsafe-webgpu</code> and{" "}
            <code>--enable-features=Vulkan</code>
          </li>
          <li>
            Without a GPU, Chrome runs it on the CPU with <code>--enable-unsafe-webgpu</code> and{" "}
            <code>--use-webgpu-adapter=swiftshader</code>: slow, but it works
          </li>
          <li>Only on https or localhost: on other addresses browsers disable WebGPU</li>
        </ul>
      </section>
      <section>
        <h2>What it does</h2>
        <p>Recorded with the bundled model and cells of 4 pixels: each photo, and the result beside it.</p>
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
