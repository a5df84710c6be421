// The gallery of an audit: filters beside a list of pictures, a large view of one picture, and
// manual choices.

import { render } from "preact";
import base from "../style/base.css";
import components from "../style/components.css";
import tokens from "../style/tokens.css";
import { Bar } from "./bar.browser.tsx";
import { Closeup } from "./closeup.browser.tsx";
import { verdictNames, verdictWords } from "./facets.ts";
import { Filters } from "./filters.browser.tsx";
import style from "./gallery.css";
import { listenToKeys } from "./keys.browser.ts";
import { isSifted, isThere, pictures, showAll, shown, sources } from "./state.browser.ts";
import { Tiles } from "./tiles.browser.tsx";
import { plural } from "./words.ts";

document.head.append(
  Object.assign(document.createElement("style"), { textContent: [tokens, base, components, style].join("\n") }),
);

function Page() {
  return (
    <>
      <header class="top">
        <div>
          <h1>{plural(pictures.length, "picture")}</h1>
          <p class="faint">of {sources.join(", ")}</p>
        </div>
        <p class="keys faint small">
          <kbd>← ↑ → ↓</kbd> move <kbd>Enter</kbd> open <kbd>K</kbd> keep <kbd>D</kbd> drop <kbd>U</kbd> undecided
        </p>
        <Overview />
      </header>
      <div class="body">
        <details class="side" open={innerWidth > 860}>
          <summary>Filters</summary>
          <nav aria-label="Filters">
            <Filters />
          </nav>
        </details>
        <main>
          <Bar />
          <Tiles />
          {shown.value.length === 0 && (
            <p class="nothing">
              No picture matches.{" "}
              {isSifted.value && (
                <button type="button" class="button" onClick={showAll}>
                  Show all
                </button>
              )}
            </p>
          )}
        </main>
      </div>
      <Closeup />
    </>
  );
}

/** The verdicts of all pictures as one bar. */
function Overview() {
  const counts = verdictNames.map((name) => pictures.filter(({ verdict }) => verdict === name).length);
  const words = verdictNames.flatMap((name, i) => (counts[i] > 0 ? [`${counts[i]} ${verdictWords[name].label}`] : []));
  return (
    <div class="overview" role="img" aria-label={words.join(", ")}>
      {verdictNames.map(
        (name, i) => counts[i] > 0 && <i key={name} data-verdict={name} style={{ flexGrow: counts[i] }} />,
      )}
    </div>
  );
}

const place = Object.assign(document.createElement("div"), { className: "gallery" });
document.body.append(place);
if (isThere) {
  document.title = `${plural(pictures.length, "picture")} · pixelcycle`;
  render(<Page />, place);
  listenToKeys();
} else {
  place.className = "lost";
  place.textContent =
    "The list of pictures, data.js, is not beside this page. Open the page in the folder that dataset audit wrote, or run the audit again.";
}
