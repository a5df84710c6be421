// Offers to snap a picture that is pixel art already to its own grid, instead of converting it as a
// photo.

import { Button } from "../parts/controls.tsx";
import { plural } from "../parts/words.ts";
import { findingSentence } from "./grid-words.ts";
import { convertInstead, offered, snap } from "./state/own-grid.ts";
import { selected } from "./state/pictures.ts";
import { cameraHasStage } from "./state/scene.ts";

export function OwnGridOffer() {
  const picture = selected.value;
  const finding = picture?.finding.value;
  const sentence = finding && findingSentence(finding);
  if (!picture || !sentence || cameraHasStage.value) return null;
  const all = offered.value;
  return (
    <div class="offer" role="status">
      <p>
        {sentence}
        {finding.grid &&
          (picture.isOnGrid.value
            ? " It is now snapped to its grid."
            : " Snap it to its grid instead of converting it?")}
      </p>
      {finding.grid && (
        <div class="row">
          {picture.isOnGrid.value ? (
            <Button small onClick={() => void convertInstead(picture)}>
              Convert instead
            </Button>
          ) : (
            <Button small look="primary" onClick={() => void snap([picture])}>
              Snap to its grid
            </Button>
          )}
          {all.length > (picture.isOnGrid.value ? 0 : 1) && (
            <Button small onClick={() => void snap(all)}>
              {picture.isOnGrid.value ? `Snap ${plural(all.length, "other")}` : `Snap all ${all.length} with a grid`}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
