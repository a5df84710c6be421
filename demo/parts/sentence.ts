// What a visitor is told of an error. Most are sentences already (UserError, and what came from a worker as one); anything else is a defect
// of ours, and says so.

const readable = ["UserError", "NoAdapterError", "OutOfMemoryError", "DeviceLostError"];

export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return `Something went wrong in this page: ${String(error)}.`;
  if (readable.includes(error.name)) return error.message;
  return `Something went wrong in this page. Reload it to go on. [${error.message}]`;
}

/** Whether the visitor stopped it. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
