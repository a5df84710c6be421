// Chooses the pictures in a folder's files. Supported kinds are read. Unsupported kinds are
// reported by name, so that nobody misses them. Everything else is ignored. The name decides;
// without an extension, the file's first bytes do.

import { UserError } from "../../errors.ts";
import { isArchiveName, isOtherArchiveName } from "./archive-name.ts";
import { isPictureName, pictureKind, unreadKind } from "./picture-file.ts";

/** A picture, or an archive of them, that is skipped. */
export interface UnreadPicture {
  readonly name: string;
  /** HEIC, NEF and the like; `archiveKind` for archives. */
  readonly kind: string;
}

const archiveKind = "archive";

/** The number of bytes of a file that determine its kind. */
export const tellingBytes = 512;

const cameraExtensions =
  "3fr ari arw bay cr2 cr3 crw dcr dng erf fff gpr iiq k25 kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f".split(
    " ",
  );
const otherExtensions = (
  "heic heics heif heifs hif avci avcs jxl jp2 j2k j2c jpf jpx jpm jxr wdp hdp psd psb xcf kra " +
  "ico cur icns tga exr hdr pcx qoi pam pfm svg svgz eps"
).split(" ");

/**
 * @param beginning reads the file's first `tellingBytes` bytes; called if the name has no extension
 */
export async function chooseFile(
  name: string,
  beginning: () => Promise<Uint8Array>,
): Promise<"picture" | UnreadPicture | undefined> {
  if (isPictureName(name)) return "picture";
  if (isArchiveName(name) || isOtherArchiveName(name)) return { name, kind: archiveKind };
  if (extensionOf(name) !== undefined) return unreadByName(name);
  const bytes = await beginning();
  const kind = unreadKind(bytes);
  if (kind !== undefined) return { name, kind };
  try {
    pictureKind(bytes);
    return "picture";
  } catch {
    return undefined;
  }
}

/** A picture of an unsupported kind, by its name alone. */
export function unreadByName(name: string): UnreadPicture | undefined {
  const extension = extensionOf(name) ?? "";
  const isUnread = otherExtensions.includes(extension) || cameraExtensions.includes(extension);
  return isUnread ? { name, kind: extension.toUpperCase() } : undefined;
}

/**
 * Most cameras' raw files are TIFFs, of which only a thumbnail could be read.
 *
 * @throws UserError for a TIFF with the extension of a camera's raw file
 */
export function refuseCameraFile(name: string): void {
  if (!cameraExtensions.includes(extensionOf(name) ?? "")) return;
  throw new UserError("it is a camera's raw file, which is not supported; save it as JPEG or PNG.");
}

/** Without the dot, in lower case; undefined if there is none. */
function extensionOf(name: string): string | undefined {
  return /[^/\\]\.([^./\\]+)$/.exec(name)?.[1].toLowerCase();
}

/**
 * A sentence for each kind: `2 HEIC files left out: a.heic, b.heic; convert them to JPEG or PNG
 * first.`
 */
export function leftOutSentences(unread: readonly UnreadPicture[]): string[] {
  const kinds = new Map<string, string[]>();
  for (const { name, kind } of unread) kinds.set(kind, [...(kinds.get(kind) ?? []), name]);
  return [...kinds].map(([kind, names]) => {
    const [files, them] = names.length === 1 ? ["file", "it"] : ["files", "them"];
    const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
    const first = names.slice(0, mostNamed).join(", ");
    if (kind === archiveKind) {
      const archives = names.length === 1 ? "archive" : "archives";
      return `${names.length} ${archives} left out: ${first}${more}; unpack ${them} first.`;
    }
    return `${names.length} ${kind} ${files} left out: ${first}${more}; convert ${them} to JPEG or PNG first.`;
  });
}

const mostNamed = 5;
