// The ways to add the first picture: files, the clipboard, a camera, and the bundled samples.

import { Button } from "../parts/controls.tsx";
import { DropZone } from "../parts/drop-zone.tsx";
import { fetched } from "../parts/fetched.ts";
import { PickFiles } from "../parts/pick-files.tsx";
import { sentenceOf } from "../parts/sentence.ts";
import { startCamera } from "./camera.ts";
import { take } from "./state/take.ts";
import { say } from "./state/worker.ts";

export const pictureTypes = "image/*,.bmp,.dib,.ppm,.pgm,.pbm,.pnm,.tif,.tiff,.avif";

/** One row of typical subjects: animals, towns, mountains, a face. */
const samples = ["otter", "harbour", "stone-path", "winter-peaks", "general", "cat"];

async function takeSample(name: string): Promise<void> {
  try {
    const file = `${name}.jpg`;
    const response = await fetched(`samples/${file}`);
    take([new File([await response.blob()], file, { type: "image/jpeg" })]);
  } catch (error) {
    say("error", sentenceOf(error));
  }
}

export function Inputs() {
  return (
    <div class="inputs">
      <DropZone
        accept={pictureTypes}
        multiple
        folders
        onFiles={take}
        more={
          <>
            <TakePhoto />
            <Button onClick={() => void startCamera()}>Use webcam</Button>
          </>
        }
      >
        <Example />
        <p>
          <strong>Drop or paste pictures here</strong>, as many as you like
        </p>
      </DropZone>
      <div class="samples">
        <p class="small">
          Or try one of these (<a href="samples/CREDITS.md">credits</a>):
        </p>
        <ul>
          {samples.map((name) => (
            <li key={name}>
              <button type="button" class="sample" onClick={() => void takeSample(name)}>
                <img src={`samples/${name}.jpg`} alt={`Convert the sample ${name.replaceAll("-", " ")}`} />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** A recorded example: one of the samples and its result. */
function Example() {
  return (
    <div class="example" aria-hidden="true">
      <img src="samples/otter.jpg" alt="" />
      <img class="pixelated" src="recorded/otter.png" alt="" />
    </div>
  );
}

/** Opens the camera app of a phone. Other devices have the webcam. */
function TakePhoto() {
  if (!matchMedia("(pointer: coarse)").matches) return null;
  return (
    <PickFiles accept="image/*" camera onFiles={take}>
      Take a photo
    </PickFiles>
  );
}
