// A button that opens a dialog for one file, and also accepts a dropped file.

import { useRef, useState } from "preact/hooks";
import { Button } from "../parts/controls.tsx";
import { filesIn } from "../parts/drop-zone.tsx";

interface FileButtonProps {
  readonly label: string;
  readonly accept: string;
  readonly onFile: (file: File) => void;
}

export function FileButton({ label, accept, onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <span
      class="file-button"
      data-over={over}
      title={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) void filesIn(event.dataTransfer).then(([file]) => file && onFile(file));
      }}
    >
      <Button label={`Open file. ${label}`} onClick={() => input.current!.click()}>
        Open file
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = ""; // so that choosing the same file again fires an event
          if (file) onFile(file);
        }}
      />
    </span>
  );
}
