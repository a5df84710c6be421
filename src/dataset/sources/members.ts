// What of an archive is read. Archives come from strangers: a name may lead out of the folder, a link anywhere, and a few bytes may stand for
// gigabytes. Nothing of an archive is ever written to the disk; what is refused here is not read either.

/** The largest file that is read as a picture. */
export const mostPictureBytes = 256 * 2 ** 20;

/** Of a deflated member so large that its ratio matters: pictures are compressed already, and even a drawing as a BMP stays far below. */
const ratioFrom = 16 * 2 ** 20;
const mostRatio = 200;

/** What is wrong with a member's name; undefined where nothing is. */
export function faultOfName(name: string): string | undefined {
  if (name.includes("\0")) return "its name has a zero byte";
  if (/^[/\\]|^[a-z]:/i.test(name)) return "its name is an absolute path";
  if (name.split(/[/\\]/).includes("..")) return "its name leads out of the archive";
  return undefined;
}

/** What is wrong with a member's size; undefined where nothing is. */
export function faultOfSize(bytes: number, packed: number): string | undefined {
  if (bytes > mostPictureBytes) return `it has ${bytes} bytes, and at most ${mostPictureBytes} are read`;
  if (bytes > ratioFrom && bytes > mostRatio * packed) return `${packed} bytes would unpack to ${bytes}, as in a bomb`;
  return undefined;
}

/** What systems put beside files, and what is hidden. */
export function isHidden(name: string): boolean {
  return name.split("/").some((part) => part === "__MACOSX" || (part.startsWith(".") && part !== "." && part !== ".."));
}
