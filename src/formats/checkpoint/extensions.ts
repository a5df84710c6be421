// File extensions of checkpoints. The format is detected from a file's bytes, whatever its name.
// The names serve file dialogs and error messages about mistyped arguments.

const extensions = [".pth", ".pt", ".pkl", ".ckpt", ".bin", ".safetensors"];

/** For the `accept` attribute of a file dialog. */
export const checkpointExtensions = extensions.join(",");

export function isCheckpointName(name: string): boolean {
  return extensions.some((extension) => name.toLowerCase().endsWith(extension));
}
