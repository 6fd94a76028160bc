/**
 * Pages of other origins that may play films and upload from a browser. Our own console shares
 * the distribution's origin and is always allowed; add yours, per stage.
 */
const elsewhere: Record<string, string[]> = {
  dev: ["http://localhost:5173"],
};

export const guests = elsewhere[$app.stage] ?? [];

/**
 * Servers that webhooks may be sent to and films may be pulled from although their address is not
 * public, as `host:port`. Where there are any, plain http is allowed as well. For trying things out
 * on one machine; a stage that others reach has none.
 */
const nearby: Record<string, string[]> = {
  dev: ["127.0.0.1:8787", "localhost:8787"],
};

export const neighbours = nearby[$app.stage] ?? [];
