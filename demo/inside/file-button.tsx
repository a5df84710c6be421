// A button that opens a dialog for one file, and also accepts a dropped file.

import { useDrop } from "../parts/drop-zone.tsx";
import { PickFiles } from "../parts/pick-files.tsx";

interface FileButtonProps {
  readonly label: string;
  readonly accept: string;
  readonly onFile: (file: File) => void;
}

export function FileButton({ label, accept, onFile }: FileButtonProps) {
  const take = ([file]: File[]) => onFile(file);
  return (
    <span class="file-button" title={label} {...useDrop(take)}>
      <PickFiles label={`Open file. ${label}`} accept={accept} onFiles={take}>
        Open file
      </PickFiles>
    </span>
  );
}
