/** A piece of a file. */
export interface Piece {
  first: number;
  sizeBytes: number;
}

/** Where a piece goes, by an address that was signed for just this. */
export interface Target {
  url: string;
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /** hears how many bytes have left since it was last told */
  onBytes(count: number): void;
}

/** What the store answered. */
export interface Answer {
  status: number;
  /** the store's word for a refusal, such as `BadDigest`; empty when it said none */
  code: string;
}

/** A file, wherever it lies: it can be read piece by piece, and more than once. */
export interface Source {
  readonly name: string;
  readonly sizeBytes: number;
  /** media type; undefined when nobody knows */
  readonly type: string | undefined;
  /** stays while the file does, and is another once somebody has written to it */
  readonly fingerprint: string;
  /** CRC-32 of a piece, read in small steps */
  crc32(piece: Piece, signal: AbortSignal): Promise<number>;
  /** Sends a piece by PUT, with its exact length. Throws when nobody answers. */
  put(piece: Piece, target: Target): Promise<Answer>;
  /** Throws UploadProblem `FileChanged` when it is no longer the file it was. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** The store's word for a refusal, from its XML. */
export function codeIn(body: string): string {
  return /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? "";
}
