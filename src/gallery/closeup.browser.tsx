// A large view of one picture, with its grid drawn over it and all findings about it.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { choices } from "./choices.browser.ts";
import type { GalleryPicture } from "./data.ts";
import { hasGrid, verdictWords } from "./facets.ts";
import { Stage } from "./stage.browser.tsx";
import { alike, current, decide, isOpen, move, pictures, position, shown, whyLeftOut, base } from "./state.browser.ts";
import { Preview } from "./tiles.browser.tsx";
import { addressOf, bytesWords, cellWords, nameOf, percent, phaseWords, plural, whole } from "./words.ts";

export function Closeup() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen.value && !dialog.current!.open) dialog.current!.showModal();
    if (!isOpen.value) dialog.current!.close();
  }, [isOpen.value]);
  const picture = pictures[current.value];
  return (
    <dialog ref={dialog} class="closeup" aria-labelledby="closeup-name" onClose={() => (isOpen.value = false)}>
      {isOpen.value && (
        <>
          <Stage key={picture.file} picture={picture} />
          <aside tabIndex={0} aria-label="Details">
            <header>
              <p class="faint number">
                {position.value < 0
                  ? "not in the list"
                  : `${whole(position.value + 1)} of ${whole(shown.value.length)}`}
              </p>
              <div class="row">
                <button type="button" class="button small" aria-label="Previous picture (←)" onClick={() => move(-1)}>
                  ←
                </button>
                <button type="button" class="button small" aria-label="Next picture (→)" onClick={() => move(1)}>
                  →
                </button>
                <button type="button" class="button small" onClick={() => (isOpen.value = false)}>
                  Close
                </button>
              </div>
            </header>
            <div class="who">
              <h2 id="closeup-name">{nameOf(picture)}</h2>
              <p class="faint">{picture.source}</p>
            </div>
            <p class="verdict" data-verdict={picture.verdict}>
              <i class="dot" />
              <span>
                <b>{verdictWords[picture.verdict].label}</b>
                <br />
                {picture.reason}
              </span>
            </p>
            <Decision picture={picture} />
            <Found picture={picture} />
            <Alike place={current.value} />
          </aside>
        </>
      )}
    </dialog>
  );
}

function Decision({ picture }: { readonly picture: GalleryPicture }) {
  const choice = choices.value.get(picture.file);
  const reason = whyLeftOut(picture);
  const decisions = [
    ["Keep", "K", "keep"],
    ["Undecided", "U", undefined],
    ["Drop", "D", "drop"],
  ] as const;
  return (
    <div class="decision">
      <div class="segmented" role="group" aria-label="Choice">
        {decisions.map(([label, key, value]) => (
          <button
            key={label}
            type="button"
            aria-pressed={choice === value}
            data-choice={value}
            onClick={() => decide(value)}
          >
            {label} <kbd>{key}</kbd>
          </button>
        ))}
      </div>
      <p class="faint small">
        {reason === undefined ? "dataset prepare accepts it as art." : `dataset prepare rejects it as art: ${reason}.`}
      </p>
    </div>
  );
}

function Found({ picture }: { readonly picture: GalleryPicture }) {
  const { columns, rows, colors, width, height, confidence, antialiasing, jpeg, alpha, blank, kind, about } = picture;
  if (picture.verdict === "broken") return null;
  const facts: [string, ComponentChildren][] = [
    ...(hasGrid(picture)
      ? ([
          ["Cell size", cellWords(picture)],
          ["First cell at", phaseWords(picture)],
          ["Size in cells", `${columns} × ${rows}`],
        ] as [string, ComponentChildren][])
      : []),
    ["Size in pixels", `${width} × ${height}`],
    ["Colors", whole(colors)],
    ["Confidence", percent(confidence)],
    ["Anti-aliased", `${percent(antialiasing)} of edges`],
    ["File", `${kind}, ${bytesWords(picture.bytes)}`],
    ["Other", [jpeg && "JPEG damage", alpha && "alpha", blank && "blank"].filter(Boolean).join(", ")],
    ["Licence", about?.licence],
    ["From", about?.origin],
    ["By", about?.author],
    ["Not safe for work", about?.nsfw === undefined ? undefined : percent(about.nsfw)],
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {about?.text && <p class="text">{about.text}</p>}
      {!picture.isPacked && (
        <a href={addressOf(picture, base)} target="_blank" rel="noreferrer">
          Open file
        </a>
      )}
    </>
  );
}

/** The first picture that it resembles, and the others that do. */
function Alike({ place }: { readonly place: number }) {
  const root = pictures[place].duplicateOf ?? place;
  const others = [root, ...(alike.get(root) ?? [])].filter((other) => other !== place);
  if (others.length === 0) return null;
  return (
    <section class="alike">
      <h3>{plural(others.length, "similar picture")}</h3>
      <div>
        {others.slice(0, 24).map((other) => (
          <button
            key={other}
            type="button"
            aria-label={pictures[other].file}
            title={pictures[other].file}
            onClick={() => (current.value = other)}
          >
            <Preview picture={pictures[other]} side={72} />
          </button>
        ))}
      </div>
    </section>
  );
}
