/** What manifests call a codec, RFC 6381. */
export function codecString(stsd: Buffer): string {
  const entry = stsd.toString("latin1", 12, 16);
  if (entry === "avc1" || entry === "avc3") {
    const at = stsd.indexOf("avcC", 0, "latin1");
    return `${entry}.${stsd.toString("hex", at + 5, at + 8).toUpperCase()}`;
  }
  if (entry === "mp4a") return `mp4a.40.${audioObjectType(stsd)}`;
  return entry;
}

/** The first five bits of AudioSpecificConfig, below the descriptors of `esds`. */
function audioObjectType(stsd: Buffer): number {
  const esds = stsd.indexOf("esds", 0, "latin1");
  if (esds < 0) return 2;
  let at = esds + 8; // past name, version and flags
  for (const tag of [3, 4, 5]) {
    while (at < stsd.length && stsd[at] !== tag) at += 1;
    at += 1;
    while ((stsd[at] ?? 0) & 0x80) at += 1;
    at += 1;
    if (tag === 3) at += 3;
    if (tag === 4) at += 13;
  }
  return (stsd[at] ?? 0) >> 3 || 2;
}
