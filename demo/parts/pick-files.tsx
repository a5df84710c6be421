// A button that opens a dialog for files.

import { useRef } from "preact/hooks";
import { Button, type ButtonProps } from "./controls.tsx";

export interface PickFilesProps extends Omit<ButtonProps, "onClick"> {
  readonly onFiles: (files: File[]) => void;
  /** As `<input accept>`: `image/*`, `.pth,.safetensors`. */
  readonly accept?: string;
  readonly multiple?: boolean | undefined;
  /** Chooses a folder, with all files below it. */
  readonly folder?: boolean;
  /** Opens the camera on phones. */
  readonly camera?: boolean;
}

export function PickFiles({ onFiles, accept, multiple, folder, camera, ...button }: PickFilesProps) {
  const input = useRef<HTMLInputElement | null>(null);
  return (
    <>
      <Button {...button} onClick={() => input.current!.click()} />
      <input
        ref={(element) => {
          input.current = element;
          if (element && folder) element.webkitdirectory = true;
        }}
        type="file"
        hidden
        accept={accept}
        multiple={multiple || folder}
        capture={camera ? "environment" : undefined}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = ""; // so that choosing the same file again fires an event
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
