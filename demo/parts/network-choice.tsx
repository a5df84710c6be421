// Chooses one of the networks in a visitor's file. Shows nothing if there is only one.

import { Select } from "./controls.tsx";
import type { FileNetworks } from "./own-network.ts";

interface NetworkChoiceProps {
  readonly networks: FileNetworks;
  readonly disabled?: boolean;
  readonly onChoose: (key: string) => void;
}

export function NetworkChoice({ networks: { key, keys }, disabled, onChoose }: NetworkChoiceProps) {
  if (keys.length < 2) return null;
  const choices = keys.map((value) => ({ value, text: value || "(no key)" }));
  return <Select label="Network in the file" value={key} choices={choices} disabled={disabled} onChoose={onChoose} />;
}
