// A button that asks for one file, and takes one that is dropped on it.

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
      <PickFiles label={`Own file. ${label}`} accept={accept} onFiles={take}>
        Own file
      </PickFiles>
    </span>
  );
}
