// An area that accepts files: dropped (also folders, recursively) or chosen in a dialog.

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Button } from "./controls.tsx";

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
  readonly disabled?: boolean;
}

export function DropZone({ children, onFiles, accept, multiple, folders, more, disabled }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    if (input.files?.length) onFiles([...input.files]);
    input.value = ""; // so that choosing the same file again fires an event
  };
  return (
    <div
      class="drop-zone"
      data-over={over}
      onDragOver={(event) => {
        if (disabled) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        if (!disabled && event.dataTransfer)
          void filesIn(event.dataTransfer).then((found) => found.length && onFiles(found));
      }}
    >
      <div>{children}</div>
      <div class="buttons">
        <Button onClick={() => files.current!.click()} disabled={disabled}>
          {multiple ? "Choose files" : "Choose a file"}
        </Button>
        {folders && (
          <Button onClick={() => folder.current!.click()} disabled={disabled}>
            Choose a folder
          </Button>
        )}
        {more}
      </div>
      <input
        ref={files}
        type="file"
        hidden
        accept={accept}
        multiple={multiple}
        onChange={(event) => take(event.currentTarget)}
      />
      {folders && (
        <input
          ref={(element) => {
            folder.current = element;
            if (element) element.webkitdirectory = true;
          }}
          type="file"
          hidden
          multiple
          onChange={(event) => take(event.currentTarget)}
        />
      )}
    </div>
  );
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
