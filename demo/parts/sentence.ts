// Turns an error into a sentence for the visitor. Most errors are sentences already (UserError,
// also when it comes from a worker). Anything else is a defect of the page, and the sentence says
// so.

const readable = ["UserError", "NoAdapterError", "OutOfMemoryError", "DeviceLostError"];

export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return `Something went wrong in this page: ${String(error)}.`;
  if (readable.includes(error.name)) return error.message;
  return `Something went wrong in this page. Reload it to continue. [${error.message}]`;
}

/** Whether the error means that the visitor stopped the work. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
