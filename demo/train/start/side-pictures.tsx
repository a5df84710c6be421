// The pictures of one side, dropped, chosen, or from the sample set, with a few thumbnails.

import { useEffect, useState } from "preact/hooks";
import { spread } from "../../../src/spread.ts";
import { Button } from "../../parts/controls.tsx";
import { DropZone } from "../../parts/drop-zone.tsx";
import { plural } from "../../parts/words.ts";
import { newRun } from "../state.ts";
import { CellSizesView } from "./cell-sizes-view.tsx";
import type { Side } from "./new-run.ts";

const sides: Readonly<Record<Side, { readonly title: string; readonly hint: string }>> = {
  A: { title: "A: source", hint: "For example photos like those that you want to convert." },
  B: {
    title: "B: target",
    hint: "Pictures in the style that you want. They need not show the same subjects.",
  },
};

/** The number of thumbnails per side. */
const shownPictures = 8;

export function SidePictures({ side }: { readonly side: Side }) {
  const { title, hint } = sides[side];
  const isOwn = newRun.source.value === "own";
  const files = newRun.files.value[side];
  const leftOut = newRun.leftOut.value[side];
  const samples = newRun.samples.value?.[side] ?? [];
  const count = isOwn ? files.length : samples.length;
  return (
    <section class="side panel" aria-label={`Pictures of side ${title}`}>
      <h3>{title}</h3>
      <p class="small faint">{hint}</p>
      {isOwn ? (
        <DropZone
          accept="image/*,.tif,.tiff,.ppm,.pgm,.pbm,.pnm"
          multiple
          folders
          onFiles={(files) => newRun.addFiles(side, files)}
        >
          {count === 0 ? "Drop a folder or pictures here" : "Drop more here"}
        </DropZone>
      ) : null}
      {isOwn ? <FileThumbnails files={files} /> : <Thumbnails addresses={spread(samples, shownPictures)} />}
      <div class="row side-count">
        <span class="number">{count > 0 || !isOwn ? plural(count, "picture") : "No pictures yet"}</span>
        {newRun.unread.value[side].map((sentence) => (
          <span key={sentence} class="small">
            {sentence}
          </span>
        ))}
        {leftOut > 0 && <span class="small faint">{plural(leftOut, "other file")} left out</span>}
        {isOwn && count > 0 && (
          <Button
            small
            look="quiet"
            label={`Clear the pictures of side ${side}`}
            onClick={() => newRun.clearFiles(side)}
          >
            Clear
          </Button>
        )}
      </div>
      {side === "B" && <CellSizesView />}
    </section>
  );
}

function FileThumbnails({ files }: { readonly files: readonly File[] }) {
  const [addresses, setAddresses] = useState<readonly string[]>([]);
  useEffect(() => {
    const made = spread(files, shownPictures).map((file) => URL.createObjectURL(file));
    setAddresses(made);
    return () => made.forEach((address) => URL.revokeObjectURL(address));
  }, [files]);
  return <Thumbnails addresses={addresses} />;
}

function Thumbnails({ addresses }: { readonly addresses: readonly string[] }) {
  return (
    <div class="thumbnails" aria-hidden="true">
      {Array.from({ length: shownPictures }, (_, index) => (
        <div key={index}>
          {addresses[index] && <img src={addresses[index]} alt="" loading="lazy" decoding="async" />}
        </div>
      ))}
    </div>
  );
}
