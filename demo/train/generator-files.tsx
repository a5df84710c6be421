// Downloads a run's generators as .pth, safetensors or ONNX, and the run itself as a zip.

import { Button } from "../parts/controls.tsx";
import { download } from "../parts/download.ts";
import type { GeneratorName, WeightFormat } from "./api.ts";
import { session } from "./state.ts";

const generators: readonly { readonly name: GeneratorName; readonly words: string }[] = [
  { name: "G_A", words: "A to B" },
  { name: "G_B", words: "B to A" },
];
const formats: readonly { readonly format: WeightFormat; readonly text: string }[] = [
  { format: "pth", text: ".pth" },
  { format: "safetensors", text: ".safetensors" },
  { format: "onnx", text: ".onnx" },
];

export function GeneratorFiles({ run }: { readonly run: string }) {
  const save = async (generator: GeneratorName, format: WeightFormat) => {
    const file = await session.exportGenerator(run, generator, format);
    if (file) download(file, file.name);
  };
  return (
    <details class="generator-files">
      <summary>Download generators</summary>
      {generators.map(({ name, words }) => (
        <div key={name} class="row" role="group" aria-label={`${name}, from ${words}`}>
          <span>
            {words} <code>{name}</code>
          </span>
          {formats.map(({ format, text }) => (
            <Button key={format} small label={`Download ${name} as ${text}`} onClick={() => void save(name, format)}>
              {text}
            </Button>
          ))}
        </div>
      ))}
    </details>
  );
}

export function ExportRun({ run, small }: { readonly run: string; readonly small?: boolean }) {
  const save = async () => {
    const file = await session.exportRun(run);
    if (file) download(file, file.name);
  };
  return (
    <Button small={small} label={`Export ${run} as a zip`} onClick={() => void save()}>
      Export
    </Button>
  );
}
