// Describes in one line what was skipped in a checkpoint. Users who convert another trainer's file
// should see that nothing of the network was skipped.

import type { Checkpoint } from "../../formats/checkpoint/checkpoint.ts";
import { printable } from "../../printable.ts";

/** Undefined if everything was read unchanged. */
export function passedOverLine({ prefixes, networks, tensors, others }: Checkpoint["passedOver"]): string | undefined {
  const parts = [
    told("prefix", "prefixes", prefixes),
    told(
      "network",
      "networks",
      networks.map((key) => key || "(without a key)"),
    ),
    told("tensor", "tensors", tensors),
    told("entry that is not a tensor", "entries that are not tensors", others),
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? `skipped: ${parts.join("; ")}` : undefined;
}

const mostNamed = 4;

function told(one: string, many: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const first = names.slice(0, mostNamed).map(printable).join(", ");
  const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  return `${names.length === 1 ? one : `${names.length} ${many}`} ${first}${rest}`;
}
