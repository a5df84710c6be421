// Adds pictures to an imported run that has none.

import { useState } from "preact/hooks";
import { leftOutSentences, unreadByName } from "../../../src/formats/pictures/picture-choice.ts";
import { isPictureName } from "../../../src/formats/pictures/picture-file.ts";
import { Button } from "../../parts/controls.tsx";
import { DropZone } from "../../parts/drop-zone.tsx";
import { plural } from "../../parts/words.ts";
import { session } from "../state.ts";
import type { Side } from "./new-run.ts";

export function GivePictures({ run }: { readonly run: string }) {
  const [files, setFiles] = useState<Readonly<Record<Side, readonly File[]>>>({ A: [], B: [] });
  const [unread, setUnread] = useState<readonly string[]>([]);
  const add = (side: Side) => (added: readonly File[]) => {
    setUnread(leftOutSentences(added.flatMap(({ name }) => unreadByName(name) ?? [])));
    setFiles((files) => ({ ...files, [side]: [...files[side], ...added.filter(({ name }) => isPictureName(name))] }));
  };
  return (
    <div class="give-pictures" role="group" aria-label={`Pictures for ${run}`}>
      <div class="sides">
        {(["A", "B"] as const).map((side) => (
          <DropZone key={side} accept="image/*" multiple folders onFiles={add(side)}>
            {files[side].length > 0 ? plural(files[side].length, "picture") : `Side ${side}`}
          </DropZone>
        ))}
      </div>
      {unread.map((sentence) => (
        <span key={sentence} class="small">
          {sentence}
        </span>
      ))}
      <div class="row">
        <Button
          small
          look="primary"
          disabled={files.A.length === 0 || files.B.length === 0}
          onClick={() => void session.givePictures(run, files)}
        >
          Use these pictures
        </Button>
        <Button small onClick={() => void session.givePictures(run, "samples")}>
          Use the sample set
        </Button>
      </div>
    </div>
  );
}
