// The facets on the page: histograms and lists with selectable bars and lines.

import type { Facet } from "./facets.ts";
import { verdictNames } from "./facets.ts";
import { chosen, counts, facets, toggleBin } from "./state.browser.ts";
import { plural, whole } from "./words.ts";

interface Shown {
  readonly facet: Facet;
  readonly counts: Uint32Array;
  readonly chosen: ReadonlySet<number> | undefined;
}

export function Filters() {
  const all = new Map(facets.value.map((facet) => [facet.id, facet]));
  const shown = (id: string): Shown => ({
    facet: all.get(id)!,
    counts: counts.value.get(id)!,
    chosen: chosen.value.get(id),
  });
  return (
    <>
      <List {...shown("verdict")} />
      <Histogram {...shown("cell")} />
      <Histogram {...shown("colors")} />
      <Histogram {...shown("confidence")} />
      <List {...shown("duplicates")} />
      <div class="answers">
        {["alpha", "jpeg", "blank"].map((id) => (
          <List key={id} {...shown(id)} />
        ))}
      </div>
      <List {...shown("choice")} />
      <List {...shown("taken")} />
      {all.get("source")!.bins.length > 1 && <List {...shown("source")} />}
    </>
  );
}

/** Bars as high as their counts; even the lowest remains visible and selectable. */
function Histogram({ facet, counts, chosen }: Shown) {
  const most = Math.max(1, ...counts);
  const heading = `facet-${facet.id}`;
  return (
    <section class="facet" aria-labelledby={heading}>
      <h2 id={heading}>{facet.title}</h2>
      <div class="bars" role="group" aria-labelledby={heading} data-some={!!chosen?.size}>
        {facet.bins.map(({ label, meaning }, bin) => {
          const words = `${meaning ?? label}: ${plural(counts[bin], "picture")}`;
          return (
            <button
              key={bin}
              type="button"
              aria-pressed={chosen?.has(bin) ?? false}
              title={words}
              data-none={counts[bin] === 0}
              onClick={() => toggleBin(facet.id, bin)}
            >
              <span class="column">
                <i style={{ height: `${(100 * counts[bin]) / most}%` }} />
              </span>
              <span class="label">{label}</span>
              <span class="unseen"> {words}</span>
            </button>
          );
        })}
      </div>
    </section>
  );
}

/** Empty bins are left out unless they are selected. */
function List({ facet, counts, chosen }: Shown) {
  const heading = `facet-${facet.id}`;
  return (
    <section class="facet" aria-labelledby={heading}>
      <h2 id={heading}>{facet.title}</h2>
      <ul class="bins">
        {facet.bins.map(({ label, meaning }, bin) => {
          if (counts[bin] === 0 && !chosen?.has(bin) && facet.id !== "choice") return null;
          return (
            <li key={bin}>
              <button
                type="button"
                aria-pressed={chosen?.has(bin) ?? false}
                title={meaning ?? label}
                data-verdict={facet.id === "verdict" ? verdictNames[bin] : undefined}
                onClick={() => toggleBin(facet.id, bin)}
              >
                {facet.id === "verdict" && <i class="dot" />}
                <span class="label">{label}</span>
                <span class="number">{whole(counts[bin])}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
