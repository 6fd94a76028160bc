/** Where a laptop begins unless told otherwise. */
export const FIRST_PORT = 4566;

/** The ports of a laptop: the front, the HTTP API and the CDN. From 0 the machine chooses each. */
export function portsOf(first: number): { front: number; gateway: number; cdn: number } {
  if (first === 0) return { front: 0, gateway: 0, cdn: 0 };
  return { front: first, gateway: first + 1, cdn: first + 3 };
}
