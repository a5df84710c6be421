// The choice of the model, and facts about it.

import { checkpointExtensions } from "../../../src/formats/checkpoint/extensions.ts";
import { Select } from "../../parts/controls.tsx";
import { ProgressBar } from "../../parts/display.tsx";
import { NetworkChoice } from "../../parts/network-choice.tsx";
import { PickFiles } from "../../parts/pick-files.tsx";
import { countText } from "../../parts/words.ts";
import { cards, chooseBundled, chooseFile, model, ownFile } from "../state/model.ts";

export function ModelChoice() {
  const now = model.value;
  const name = now.kind === "loading" ? now.name : now.kind === "ready" ? now.description.name : "";
  const bundled = cards.value.map((card) => ({ value: card.name, text: card.name }));
  const isOther = name !== "" && !bundled.some(({ value }) => value === name);
  return (
    <section class="stack tight">
      <div class="model">
        <Select
          label="Model"
          value={name}
          choices={isOther ? [...bundled, { value: name, text: name }] : bundled}
          disabled={now.kind === "loading"}
          onChoose={(chosen) => {
            if (bundled.some(({ value }) => value === chosen)) void chooseBundled(chosen);
          }}
        />
        <PickFiles
          label="Open a model: a .pth or .safetensors file"
          accept={checkpointExtensions}
          onFiles={([file]) => void chooseFile(file)}
        >
          Open…
        </PickFiles>
      </div>
      {ownFile.value && (
        <NetworkChoice
          networks={ownFile.value.networks}
          disabled={now.kind === "loading"}
          onChoose={(key) => void chooseFile(ownFile.value!.file, key)}
        />
      )}
      <p class="small faint model-facts" aria-live="polite">
        <ModelFacts />
      </p>
    </section>
  );
}

function ModelFacts() {
  const now = model.value;
  if (now.kind === "failed") return <>No model is loaded.</>;
  if (now.kind === "loading") {
    return (
      <>
        Loading{now.name && ` ${now.name}`}…
        <ProgressBar share={now.share} label="Model download" />
      </>
    );
  }
  const { description, network, ngf, norm, parameters, precision, inputChannels, outputChannels } = now.description;
  const channels =
    inputChannels === 3 && outputChannels === 3 ? "" : `, ${inputChannels} to ${outputChannels} channels`;
  return (
    <>
      {description && `${description} `}
      {network}, width {ngf}, {norm} norm{channels}, {countText(parameters)} parameters in {precision}.
      {now.reason && ` ${now.reason}`}
    </>
  );
}
