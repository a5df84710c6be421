// An area that accepts files: dropped (also folders, recursively) or chosen in a dialog.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { PickFiles } from "./pick-files.tsx";

export interface DropZoneProps {
  /** Says what to drop here. */
  readonly children: ComponentChildren;
  readonly onFiles: (files: File[]) => void;
  /** As `<input accept>`: `image/*`, `.pth,.safetensors`. */
  readonly accept: string;
  readonly multiple?: boolean;
  /** Adds a button that chooses a whole folder. */
  readonly folders?: boolean;
  /** More buttons. */
  readonly more?: ComponentChildren;
  readonly disabled?: boolean | undefined;
}

export function DropZone({ children, onFiles, accept, multiple, folders, more, disabled }: DropZoneProps) {
  return (
    <div class="drop-zone" {...useDrop(onFiles, disabled)}>
      <div>{children}</div>
      <div class="buttons">
        <PickFiles onFiles={onFiles} accept={accept} multiple={multiple} disabled={disabled}>
          {multiple ? "Choose files" : "Choose a file"}
        </PickFiles>
        {folders && (
          <PickFiles onFiles={onFiles} folder disabled={disabled}>
            Choose a folder
          </PickFiles>
        )}
        {more}
      </div>
    </div>
  );
}

/**
 * Attributes that make an element accept dropped files. While files are over it, `data-over` is
 * true.
 */
export function useDrop(onFiles: (files: File[]) => void, disabled = false) {
  const [over, setOver] = useState(false);
  return {
    "data-over": over,
    onDragOver: (event: DragEvent) => {
      if (disabled) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      // Keeps the page from taking the files as well.
      event.stopPropagation();
      setOver(false);
      if (!disabled && event.dataTransfer)
        void filesIn(event.dataTransfer).then((files) => files.length > 0 && onFiles(files));
    },
  };
}

/** All files of a drop, including those in its folders, sorted by path. */
export async function filesIn(transfer: DataTransfer): Promise<File[]> {
  // Get the entries before the first await: the browser empties the transfer afterwards.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  if (entries.every((entry) => entry === null)) return [...transfer.files];
  const found: { path: string; file: File }[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      found.push({ path: entry.fullPath, file });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // readEntries returns a folder in parts; an empty part marks the end.
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (part.length === 0) return;
      for (const child of part) await walk(child);
    }
  };
  for (const entry of entries) if (entry) await walk(entry);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ file }) => file);
}
