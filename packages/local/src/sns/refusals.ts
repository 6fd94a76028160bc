import { Refusal } from "../kernel/refusal.ts";

export const invalid = (what: string) =>
  new Refusal("InvalidParameter", `Invalid parameter: ${what}`);

export const notFound = (what: string) =>
  new Refusal("NotFound", `${what} does not exist`, { httpStatus: 404 });
