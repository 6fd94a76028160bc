import type {
  Execution,
  Happening,
  Making,
  Opened,
  Replacement,
  Upload,
  Video,
  VideoChange,
  VideoQuery,
  VideoWish,
} from "./shapes.ts";
import { newKey } from "./upload/records.ts";
import { at, every, type Page } from "./wire/pages.ts";
import { taken, type Wire } from "./wire/wire.ts";

/** Films, request by request. {@link Rushes.upload} and {@link Rushes.watch} do the longer things. */
export interface Videos {
  /** Opens a film: from a file that will be sent, or from a link that the API fetches. */
  open(wish: VideoWish, options?: { idempotencyKey?: string }): Promise<Opened>;
  /** Every film that fits, the newest first, page after page as they are needed. */
  list(query?: VideoQuery): AsyncGenerator<Video, void, undefined>;
  /** One page of them: the first, or the one that a `nextCursor` leads to. */
  page(query?: VideoQuery, cursor?: string): Promise<Page<Video>>;
  get(id: string): Promise<Video>;
  /** @param options `etag`: change it only if it is still as it was then */
  change(id: string, change: VideoChange, options?: { etag?: string }): Promise<Video>;
  /** Deletes a film and all that belongs to it; it is gone for everybody at once. */
  remove(id: string): Promise<void>;
  retry(id: string): Promise<Video>;
  cancel(id: string): Promise<Video>;
  /** Makes it again, with another ladder or other options. */
  reprocess(id: string, making?: Making): Promise<Video>;
  /** Gives it another source; the old stream plays until the new one is READY. */
  replace(id: string, replacement: Replacement): Promise<Opened>;
  /** What happened to it. */
  timeline(id: string): AsyncGenerator<Happening, void, undefined>;
  /** The workflow's own view, for operators. */
  execution(id: string, attempt?: number): Promise<Execution>;
  /** An upload, with the parts that have arrived. */
  showUpload(id: string, uploadId: string): Promise<Upload>;
}

export function videosOf({ repeat, once }: Wire): Videos {
  const film = (id: string) => ({ path: { id } });
  const page = (query: VideoQuery = {}, cursor?: string) =>
    taken(repeat.GET("/videos", { params: { query: at(query, cursor) } }));
  return {
    open: (body, { idempotencyKey = newKey() } = {}) =>
      taken(
        repeat.POST("/videos", {
          params: { header: { "idempotency-key": idempotencyKey } },
          body,
        }),
      ),
    list: (query) => every((cursor) => page(query, cursor)),
    page,
    get: (id) => taken(repeat.GET("/videos/{id}", { params: film(id) })),
    change: (id, body, { etag } = {}) =>
      taken(
        repeat.PATCH("/videos/{id}", {
          params: { ...film(id), header: etag === undefined ? {} : { "if-match": etag } },
          body,
        }),
      ),
    remove: async (id) => void (await repeat.DELETE("/videos/{id}", { params: film(id) })),
    retry: (id) => taken(once.POST("/videos/{id}/retry", { params: film(id), body: {} })),
    cancel: (id) => taken(repeat.POST("/videos/{id}/cancel", { params: film(id), body: {} })),
    reprocess: (id, body = {}) =>
      taken(once.POST("/videos/{id}/reprocess", { params: film(id), body })),
    replace: (id, body) => taken(repeat.PUT("/videos/{id}/source", { params: film(id), body })),
    timeline: (id) =>
      every((cursor) =>
        taken(
          repeat.GET("/videos/{id}/timeline", { params: { ...film(id), query: at({}, cursor) } }),
        ),
      ),
    execution: (id, attempt) =>
      taken(
        repeat.GET("/videos/{id}/execution", {
          params: { ...film(id), query: attempt === undefined ? {} : { attempt } },
        }),
      ),
    showUpload: (id, uploadId) =>
      taken(repeat.GET("/videos/{id}/uploads/{uploadId}", { params: { path: { id, uploadId } } })),
  };
}
