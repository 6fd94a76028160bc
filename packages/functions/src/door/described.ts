import type * as Actor from "@rushes/core/actor";
import * as Config from "@rushes/core/config";
import type { ProblemCode } from "@rushes/core/problem";
import type * as z from "zod";

/** Where the API begins, at the distribution and at the gateway. */
export const ROOT = Config.API_ROOT;

/** What one route takes and gives. The API's description and its behaviour both come from this. */
export interface Described {
  /** A good name for a method of a client, such as `openVideo`. */
  id: string;
  method: "get" | "post" | "put" | "patch" | "delete";
  /** below the API's root, with variables as `{id}` */
  path: `/${string}`;
  tag: string;
  summary: string;
  description?: string;
  /**
   * `token`: the gateway lets nobody in without an access token. `either`: with or without one.
   * `none`: what is asked for carries its own right.
   */
  access: "token" | "either" | "none";
  params?: z.ZodObject;
  /** What a path says whose variable, by name, can be nobody's; without it the field is named. */
  absent?: Readonly<Record<string, ProblemCode>>;
  query?: z.ZodObject;
  /** by lower-case name; others are not looked at */
  headers?: z.ZodObject;
  /** JSON. A shape that takes `{}` may be left out by the caller. */
  body?: z.ZodType;
  answer: Answer;
  /** Problems of its own, beside those that every route may answer. */
  problems: readonly ProblemCode[];
}

/** What a route answers when all is well. */
export interface Answer {
  status: 200 | 201 | 202 | 204;
  says: string;
  /** absent: no body */
  shape?: z.ZodType;
  /** the body's type, where it is not JSON */
  type?: string;
  /** headers beside those that every answer has, each with what it says */
  headers?: Readonly<Record<string, string>>;
  /** it has an ETag, and a caller who knows it already gets a 304 */
  tagged?: true;
}

/** A request in its route's own words. */
export interface Asked<Route extends Described> {
  actor: Route["access"] extends "token" ? Actor.Actor : Actor.Actor | undefined;
  params: Out<Route, "params">;
  query: Out<Route, "query">;
  headers: Out<Route, "headers">;
  body: Out<Route, "body">;
}

type Out<Route extends Described, Part extends keyof Described> = Route extends {
  [Name in Part]: infer Shape extends z.ZodType;
}
  ? z.output<Shape>
  : Record<string, never>;

/** What a handler may answer: the body alone, or a {@link Reply} with more around it. */
export type Given<Route extends Described> = Route["answer"] extends {
  shape: infer Shape extends z.ZodType;
}
  ? z.input<Shape> | Reply<z.input<Shape>>
  : // biome-ignore lint/suspicious/noConfusingVoidType: nothing is answered to a DELETE
    void;

/** A body with something around it. */
export class Reply<Body> {
  readonly body: Body;
  readonly around: Around;

  constructor(body: Body, around: Around) {
    this.body = body;
    this.around = around;
  }
}

interface Around {
  etag?: string;
  /** below the API's root */
  location?: string;
  /** whole `Set-Cookie` lines */
  cookies?: readonly string[];
  headers?: Readonly<Record<string, string>>;
}

/** Keeps a description's own types, so that its handler is checked against them. */
export function described<const Route extends Described>(route: Route): Route {
  return route;
}

/** A described route and what answers it. */
export interface Served {
  route: Described;
  run(asked: Asked<Described>): Promise<unknown>;
}

/** Puts a handler behind a description. */
export function serve<Route extends Described>(
  route: Route,
  run: (asked: Asked<Route>) => Promise<Given<Route>>,
): Served {
  // the door reads every part with the route's own shapes before it calls
  return { route, run: (asked) => run(asked as Asked<Route>) };
}
