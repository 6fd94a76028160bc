/** How much of everything: the one place that says so. Lengths count characters, not bytes. */
export const limits = {
  titleLength: 200,
  descriptionLength: 5000,
  tags: 30,
  tagLength: 60,
  /** a change and its shares are one write, and one write takes 100 rows */
  sharedWith: 40,
  filenameLength: 255,
  /** of a list's page: unless said otherwise, and at most */
  pageItems: 25,
  pageItemsAtMost: 100,
  /** part addresses that one request may ask for */
  addresses: 100,
  idempotencyKeyLength: 255,
  webhookEvents: 20,
  urlLength: 2000,
} as const;

export const visibilities = ["private", "public"] as const;

/** What somebody is to a film. `none` is told to nobody: the film is not found. */
export const relations = ["own", "operator", "shared", "public"] as const;

/** What a rendition carries. */
export const renditionKinds = ["video", "audio"] as const;

/** Where a film is on its way, in a word for people. */
export const phases = [
  "waiting-for-upload",
  "fetching",
  "looking",
  "waiting-for-budget",
  "queued",
  "encoding",
  "ready",
  "failed",
  "canceled",
] as const;
