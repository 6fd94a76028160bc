/**
 * A text as S3 takes it in an object's metadata. That travels in headers, which know ASCII alone:
 * anything else goes as an encoded word (RFC 2047), which Rushes reads back.
 */
export function metadataText(text: string): string {
  const composed = text.normalize("NFC"); // as people type it; macOS takes names apart
  if (/^[ -~]*$/.test(composed) && !composed.includes("=?")) return composed;
  return `=?UTF-8?B?${Buffer.from(composed).toString("base64")}?=`;
}
