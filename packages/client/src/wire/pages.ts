/** One page of a list, as the API gives it. */
export interface Page<Item> {
  items: Item[];
  nextCursor?: string | undefined;
}

/** Every item of a list, page after page, asked for as they are needed. */
export async function* every<Item>(
  page: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor);
    yield* items;
    cursor = nextCursor;
  } while (cursor !== undefined);
}

/** A query with a cursor in it, when there is one. */
export function at<Query extends object>(query: Query, cursor: string | undefined) {
  return cursor === undefined ? query : { ...query, cursor };
}
