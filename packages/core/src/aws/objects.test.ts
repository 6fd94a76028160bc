import { expect, it } from "vitest";
import { decoded } from "./objects.ts";

it.each([
  { sent: "plain", meant: "plain" },
  { sent: "=?UTF-8?Q?Urlaub_=C3=A9?=", meant: "Urlaub é" },
  { sent: "=?UTF-8?B?VXJsYXViIMOp?=", meant: "Urlaub é" },
  { sent: "=?utf-8?b?w6k=?= =?UTF-8?Q?_=C3=A9?=", meant: "é é" },
  { sent: "a =?b", meant: "a =?b" },
])("metadata sent as $sent means $meant", ({ sent, meant }) => {
  expect(decoded(sent)).toBe(meant);
});
