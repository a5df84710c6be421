// What checkpoints are called. A file's bytes tell what it is, whatever its name; names are for dialogs, and for what was mistyped.

const extensions = [".pth", ".pt", ".pkl", ".ckpt", ".bin", ".safetensors"];

/** For the `accept` of a dialog. */
export const checkpointExtensions = extensions.join(",");

export function isCheckpointName(name: string): boolean {
  return extensions.some((extension) => name.toLowerCase().endsWith(extension));
}
