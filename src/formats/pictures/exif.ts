// A picture's orientation in EXIF: 1 to 8, where 1 is upright and 5 to 8 exchange rows and columns.

/**
 * @param tiff the directories, from their TIFF header on; the result is 1 if they give no valid
 * orientation
 */
export function exifOrientation(tiff: Uint8Array): number {
  if (tiff.length < 14) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0, start = directory + 2; i < entries && start + 12 <= tiff.length; i++, start += 12) {
    if (view.getUint16(start, little) !== 0x0112) continue;
    const value = view.getUint16(start + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
