import { Library } from "@rushes/core/library";
import { type Served, serve } from "../door/described.ts";
import { replaceSource } from "./table/making.ts";

export const making: readonly Served[] = [
  serve(replaceSource, ({ actor, params, body }) => Library.replace(actor, params.id, body)),
];
