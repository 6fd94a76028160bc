/**
 * Pages of other origins that may play films and upload from a browser. Our own console shares
 * the distribution's origin and is always allowed; add yours, per stage.
 */
const elsewhere: Record<string, string[]> = {
  dev: ["http://localhost:5173"],
};

export const guests = elsewhere[$app.stage] ?? [];
