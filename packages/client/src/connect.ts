import type {
  Budget,
  BudgetWish,
  Comparison,
  CostQuery,
  Estimate,
  EstimateWish,
  Grant,
  Making,
  Me,
  MonthCosts,
  Profile,
} from "./shapes.ts";
import { type About, newFilm, nextSource } from "./upload/begin.ts";
import { blobSource } from "./upload/blob-source.ts";
import type { Source } from "./upload/source.ts";
import { type SendOptions, type Uploading, upload } from "./upload/upload.ts";
import { type Videos, videosOf } from "./videos.ts";
import { type Seen, type WatchOptions, watch } from "./watch/watch.ts";
import { type Webhooks, webhooksOf } from "./webhooks.ts";
import { taken, Wire, type WireOptions } from "./wire/wire.ts";

/** Everything the API does, in a few words. */
export interface Rushes {
  videos: Videos;
  /** Uploads a new film. Small files go in one piece, others in parts that can be resumed. */
  upload(file: Blob | Source, options?: About & SendOptions): Uploading;
  /** Uploads another source for a film that is there already. */
  replace(id: string, file: Blob | Source, options?: Making & SendOptions): Uploading;
  /** Tells what changes, until the film is READY, FAILED or CANCELED. */
  watch(id: string, options?: WatchOptions): AsyncGenerator<Seen, void, undefined>;
  /** The permission to watch a film, for a while. */
  grant(id: string, wish?: { lifetimeSeconds?: number }): Promise<Grant>;
  /** What a source would cost, before anything runs. */
  estimate(wish: EstimateWish): Promise<Estimate>;
  costs: {
    month(query?: CostQuery): Promise<MonthCosts>;
    /** Whether reserved or on-demand encoding was the cheaper for that month. */
    reserved(query?: CostQuery): Promise<Comparison>;
  };
  budgets: {
    get(owner?: string): Promise<Budget>;
    set(owner: string, wish: BudgetWish): Promise<Budget>;
  };
  webhooks: Webhooks;
  profiles(): Promise<Profile[]>;
  /** Who the API takes the caller for. */
  me(): Promise<Me>;
}

/** Speaks to the API at an address. Nothing is sent before something is asked. */
export function connect(options: WireOptions): Rushes {
  const wire = Wire.open(options);
  const { repeat } = wire;
  return {
    videos: videosOf(wire),
    upload(file, options = {}) {
      const { about, sending } = apart(options);
      return upload(wire, sourceOf(file), newFilm(wire, about), { ...sending, purpose: "new" });
    },
    replace(id, file, options = {}) {
      const { about, sending } = apart(options);
      return upload(wire, sourceOf(file), nextSource(wire, id, about), { ...sending, purpose: id });
    },
    watch: (id, options) => watch(wire, id, options),
    grant: (id, body = {}) =>
      taken(repeat.POST("/videos/{id}/grants", { params: { path: { id } }, body })),
    estimate: (body) => taken(repeat.POST("/estimates", { body })),
    costs: {
      month: (query = {}) => taken(repeat.GET("/costs", { params: { query } })),
      reserved: (query = {}) => taken(repeat.GET("/costs/reserved", { params: { query } })),
    },
    budgets: {
      get: (owner = "me") => taken(repeat.GET("/budgets/{owner}", { params: { path: { owner } } })),
      set: (owner, body) =>
        taken(repeat.PUT("/budgets/{owner}", { params: { path: { owner } }, body })),
    },
    webhooks: webhooksOf(wire),
    profiles: async () => (await taken(repeat.GET("/profiles"))).items,
    me: () => taken(repeat.GET("/me")),
  };
}

function sourceOf(file: Blob | Source): Source {
  return file instanceof Blob ? blobSource(file) : file;
}

/** What is said of the film, apart from how its file is sent. */
function apart<Said extends object>(options: Said & SendOptions) {
  const { parallel, signal, resume, records, onProgress, onBegun, ...about } = options;
  const all = { parallel, signal, resume, records, onProgress, onBegun };
  const sending: SendOptions = Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  );
  return { about, sending };
}
