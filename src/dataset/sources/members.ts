// Which members of an archive are read. Archives come from strangers: a name may lead out of the
// folder, a link anywhere, and a few bytes may expand to gigabytes. Nothing from an archive is ever
// written to the disk, and what is refused here is not read either.

/** The largest file that is read as a picture. */
export const mostPictureBytes = 256 * 2 ** 20;

/**
 * From this size on, the compression ratio of a deflated member is checked. Pictures are already
 * compressed, and even a drawing as a BMP stays far below the limit.
 */
const ratioFrom = 16 * 2 ** 20;
const mostRatio = 200;

/** What is wrong with a member's name; undefined if nothing is. */
export function faultOfName(name: string): string | undefined {
  if (name.includes("\0")) return "its name has a zero byte";
  if (/^[/\\]|^[a-z]:/i.test(name)) return "its name is an absolute path";
  if (name.split(/[/\\]/).includes("..")) return "its name leads out of the archive";
  return undefined;
}

/** What is wrong with a member's size; undefined if nothing is. */
export function faultOfSize(bytes: number, packed: number): string | undefined {
  if (bytes > mostPictureBytes) return `it has ${bytes} bytes, but at most ${mostPictureBytes} are read`;
  if (bytes > ratioFrom && bytes > mostRatio * packed)
    return `${packed} bytes would unpack to ${bytes}, as in a zip bomb`;
  return undefined;
}

/** Files that operating systems add, and hidden files. */
export function isHidden(name: string): boolean {
  return name.split("/").some((part) => part === "__MACOSX" || (part.startsWith(".") && part !== "." && part !== ".."));
}
