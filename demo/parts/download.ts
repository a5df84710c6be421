// Hands a file to the visitor, as a download.

export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The download has begun when the next task runs, but not in every browser at once.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
