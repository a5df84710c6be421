// Offers a file to the visitor as a download.

export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // Some browsers start the download late, so the address stays valid for a while.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
