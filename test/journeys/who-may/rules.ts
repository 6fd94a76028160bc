/** What a right lets whom do, in words of this test alone: nothing of core is asked. */

export const roles = ["viewer", "editor", "admin"] as const;
export type Role = (typeof roles)[number] | "anonymous";

/** What the film, or whatever else it is about, is to whoever asks. */
export const relations = ["own", "shared", "foreign", "public"] as const;
export type Relation = (typeof relations)[number];

/** What somebody is told who may not. */
export type Denied = "404 VideoNotFound" | "404 WebhookNotFound" | "403 Forbidden" | "401";
export type Verdict = "may" | Denied;

type Rule = (role: Exclude<Role, "anonymous">, relation: Relation) => Verdict;

const makes = (role: Role) => role === "editor" || role === "admin";
const knows = (role: Role, relation: Relation) => role === "admin" || relation !== "foreign";
const film =
  (may: (role: Role, relation: Relation) => boolean): Rule =>
  (role, relation) => {
    if (!knows(role, relation)) return "404 VideoNotFound";
    return may(role, relation) ? "may" : "403 Forbidden";
  };

const anyone: Rule = () => "may";
const maker: Rule = (role) => (makes(role) ? "may" : "403 Forbidden");
const operator: Rule = (role) => (role === "admin" ? "may" : "403 Forbidden");
const self: Rule = (role, relation) =>
  relation === "own" || role === "admin" ? "may" : "403 Forbidden";
const hook: Rule = (role, relation) => {
  if (!makes(role)) return "403 Forbidden";
  return relation === "own" ? "may" : "404 WebhookNotFound";
};
const watch = film(() => true);
const inspect = film((role, relation) => role === "admin" || relation === "own");
const change = film((role, relation) => role === "admin" || (relation === "own" && makes(role)));
const operate = film((role) => role === "admin");
/** An estimate of a film: for makers, of films they may look into. */
const assess: Rule = (role, relation) => (makes(role) ? inspect(role, relation) : "403 Forbidden");

export const rules: Record<string, Rule> = {
  showMe: anyone,
  showSignIn: anyone,
  listProfiles: anyone,
  openVideo: maker,
  listVideos: self,
  showVideo: watch,
  changeVideo: change,
  deleteVideo: change,
  readTimeline: inspect,
  showUpload: inspect,
  addressParts: change,
  completeUpload: change,
  abortUpload: change,
  replaceSource: change,
  retryVideo: change,
  reprocessVideo: change,
  cancelVideo: change,
  showExecution: operate,
  grantVideo: watch,
  readPlaylist: anyone,
  estimate: assess,
  showCosts: self,
  compareReserved: self,
  showBudget: self,
  setBudget: operator,
  openWebhook: maker,
  listWebhooks: maker,
  showWebhook: hook,
  changeWebhook: hook,
  deleteWebhook: hook,
  rotateSecret: hook,
  testWebhook: hook,
  listDeliveries: hook,
  replayDelivery: hook,
};

/**
 * Whoever brings no token: public films are for everybody, a playlist's grant is a right, and where
 * to sign in is no secret.
 */
export function withoutToken(id: string, relation: Relation): Verdict {
  if (id === "readPlaylist" || id === "showSignIn") return "may";
  if (id !== "grantVideo") return "401";
  return relation === "public" ? "may" : "404 VideoNotFound";
}

/** What a route is about, and so which relations there are to it. */
export function relationsOf(id: string): readonly Relation[] {
  if (
    /^(showMe|showSignIn|listProfiles|openVideo|openWebhook|listWebhooks|readPlaylist)$/.test(id)
  ) {
    return ["own"];
  }
  if (/^(listVideos|showCosts|compareReserved|showBudget|setBudget)$/.test(id)) {
    return ["own", "foreign"];
  }
  return /Webhook|Secret|Deliver/.test(id) ? ["own", "foreign"] : relations;
}
