import { after } from "./key.ts";

/** One line of a list: an item, or all items below a prefix folded into one. */
export type Line<Item> = { item: Item } | { prefix: string };

export interface Walk<Item> {
  lines: Line<Item>[];
  truncated: boolean;
}

/**
 * Reads a sorted index page by page and folds what lies behind a delimiter, skipping over folded
 * stretches instead of reading them.
 *
 * @param next items with a key at or after `from`, in order, at most `count`
 * @param from where to begin; folded lines that are not greater than `foldedAfter` were told before
 */
export function walk<Item extends { key: string }>(options: {
  next(from: Position, count: number): Item[];
  prefix: string;
  delimiter: string;
  max: number;
  from: Position;
  foldedAfter: string;
}): Walk<Item> {
  const { prefix, delimiter, max } = options;
  const lines: Line<Item>[] = [];
  if (max === 0) return { lines, truncated: false };
  const end = prefix === "" ? undefined : after(prefix);
  let position: Position | undefined = options.from;
  if (isBefore(position.key, prefix)) position = { key: prefix, inclusive: true };
  while (position) {
    const page: Item[] = options.next(
      position,
      Math.min(delimiter ? SHORT_PAGE : PAGE, max - lines.length + 1),
    );
    let skipTo: string | undefined;
    for (const item of page) {
      if (end !== undefined && !isBefore(item.key, end)) return { lines, truncated: false };
      const cut = delimiter === "" ? -1 : item.key.indexOf(delimiter, prefix.length);
      const folded = cut === -1 ? undefined : item.key.slice(0, cut + delimiter.length);
      if (folded !== undefined && !isBefore(options.foldedAfter, folded)) {
        skipTo = after(folded);
        break;
      }
      if (lines.length === max) return { lines, truncated: true };
      if (folded !== undefined) {
        lines.push({ prefix: folded });
        skipTo = after(folded);
        break;
      }
      lines.push({ item });
    }
    const last = page.at(-1);
    if (skipTo !== undefined) position = { key: skipTo, inclusive: true };
    else if (last && page.length > 0) position = advance(last);
    else position = undefined;
  }
  return { lines, truncated: false };
}

/** A place between items. `item` names one exactly, where several share a key. */
export interface Position {
  key: string;
  inclusive: boolean;
  item?: { key: string } | undefined;
}

/** In UTF-8 order, which is not that of JavaScript's strings. */
export function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

function advance(item: { key: string }): Position {
  return { key: item.key, inclusive: false, item };
}

const PAGE = 1001;
/** Where lines may fold, most of a long page would be read for nothing. */
const SHORT_PAGE = 50;
