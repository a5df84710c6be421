// The bar above the pictures: their number and order, and buttons for the choices.

import { useRef } from "preact/hooks";
import { before, chosenSets, openList, saveList, trouble, undo } from "./choices.browser.ts";
import { orders, type OrderName } from "./order.ts";
import {
  decideAll,
  isDescending,
  isSifted,
  orderName,
  pictures,
  showAll,
  shown,
  tileWidth,
  words,
} from "./state.browser.ts";
import { whole } from "./words.ts";

export function Bar() {
  const file = useRef<HTMLInputElement>(null);
  const { keep, drop } = chosenSets.value;
  const decided = keep.size + drop.size;
  const count = shown.value.length;
  return (
    <div class="bar">
      <div class="line">
        <p class="count" role="status">
          <b class="number">{whole(count)}</b>{" "}
          {count === pictures.length ? "shown" : `of ${whole(pictures.length)} shown`}
        </p>
        {isSifted.value && (
          <button type="button" class="button small" onClick={showAll}>
            Show all
          </button>
        )}
        <input
          type="search"
          placeholder="Name or folder"
          aria-label="Search by name or folder"
          value={words.value}
          onInput={({ currentTarget }) => (words.value = currentTarget.value)}
        />
        <label class="choice">
          <span>Sort by</span>
          <select
            value={orderName.value}
            onChange={({ currentTarget }) => (orderName.value = currentTarget.value as OrderName)}
          >
            {Object.entries(orders).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          class="button small"
          aria-pressed={isDescending.value}
          aria-label="Descending order"
          title={isDescending.value ? "Descending" : "Ascending"}
          onClick={() => (isDescending.value = !isDescending.value)}
        >
          {isDescending.value ? "↓" : "↑"}
        </button>
        <input
          type="range"
          aria-label="Thumbnail size"
          title="Thumbnail size"
          min={72}
          max={288}
          step={12}
          value={tileWidth.value}
          onInput={({ currentTarget }) => (tileWidth.value = Number(currentTarget.value))}
        />
      </div>
      <div class="line">
        <span class="small">{count === 1 ? "The shown one:" : `All ${whole(count)} shown:`}</span>
        <button type="button" class="button small" disabled={count === 0} onClick={() => decideAll("keep")}>
          Keep
        </button>
        <button type="button" class="button small" disabled={count === 0} onClick={() => decideAll("drop")}>
          Drop
        </button>
        <button type="button" class="button small quiet" disabled={count === 0} onClick={() => decideAll(undefined)}>
          Reset
        </button>
        {before.value && (
          <button type="button" class="button small quiet" onClick={undo}>
            Undo
          </button>
        )}
        <span class="space" />
        <p class="faint small number" role="status">
          {decided === 0 ? "No choices yet" : `${whole(keep.size)} kept, ${whole(drop.size)} dropped`}
        </p>
        <button type="button" class="button small" onClick={() => file.current!.click()}>
          Open list
        </button>
        <input
          ref={file}
          type="file"
          accept=".json"
          hidden
          onChange={({ currentTarget }) => {
            const [list] = currentTarget.files!;
            currentTarget.value = "";
            if (list) void openList(list);
          }}
        />
        <button type="button" class="button small primary" disabled={decided === 0} onClick={saveList}>
          Save choices.json
        </button>
      </div>
      {trouble.value && (
        <p class="notice" data-tone="warning" role="alert">
          {trouble.value}
        </p>
      )}
    </div>
  );
}
