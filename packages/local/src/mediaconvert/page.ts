import { Refusal } from "../kernel/refusal.ts";

/** One page of a list, 1 to 20 at once; the token is where the next one begins. */
export function page<T>(
  all: readonly T[],
  input: { MaxResults?: unknown; NextToken?: unknown },
): { items: T[]; next: { NextToken?: string } } {
  const size = sizeOf(input.MaxResults);
  const start = input.NextToken === undefined ? 0 : placeOf(String(input.NextToken));
  const end = start + size;
  return {
    items: all.slice(start, end),
    next: end < all.length ? { NextToken: tokenOf(end) } : {},
  };
}

/** @throws Refusal for a page of none or of too many */
export function sizeOf(maxResults: unknown): number {
  const size = maxResults === undefined ? MOST : Number(maxResults);
  if (Number.isInteger(size) && size >= 1 && size <= MOST) return size;
  throw new Refusal("BadRequestException", `/maxResults: should be from 1 to ${MOST}`);
}

/** @throws Refusal for a token that this service did not make */
export function placeOf(token: string): number {
  const found = /^at:(\d+)$/.exec(Buffer.from(token, "base64url").toString("utf8"));
  if (!found) throw new Refusal("BadRequestException", "/nextToken: is not one that was given out");
  return Number(found[1]);
}

export function tokenOf(place: number): string {
  return Buffer.from(`at:${place}`).toString("base64url");
}

const MOST = 20;
