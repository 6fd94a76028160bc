import type { Cloud } from "../kernel/cloud.ts";
import type { Operation, Service } from "../kernel/service.ts";
import { openBodies } from "./body.ts";
import { askOf, type Objects, openObjects } from "./objects.ts";
import { actions } from "./operations.ts";
import { checkOwner } from "./owner.ts";
import type { Action, Shelf } from "./shelf.ts";
import { sweep } from "./sweep.ts";
import { TABLES } from "./tables.ts";
import { serve } from "./wire/serve.ts";

export type { Objects, PutFile, StoredObject } from "./objects.ts";

export type S3 = Service & { objects: Objects };

/**
 * An S3 for one machine: index in the store, bodies as files. The same actions answer the SDK over
 * HTTP and neighbours in this process.
 */
export function openS3(cloud: Cloud): S3 {
  cloud.store.schema(TABLES);
  const shelf: Shelf = { cloud, bodies: openBodies(cloud.folder("s3")) };
  const removed = shelf.bodies.removeOrphans(known(shelf));
  if (removed > 0) cloud.tell(`s3: removed ${removed} bodies that no object names`);
  let timer: NodeJS.Timeout | undefined;
  const service: S3 = {
    name: "s3",
    wire: { protocol: "own", serve: (exchange) => serve(shelf, exchange) },
    operations: Object.fromEntries(
      Object.entries(actions).map(([name, action]) => [name, operation(shelf, action)]),
    ),
    objects: openObjects(shelf),
    start() {
      trySweep(shelf);
      timer = setInterval(() => trySweep(shelf), SWEEP_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
    },
  };
  cloud.add(service);
  return service;
}

/** Permissions are checked by the action itself: they depend on the bucket's policy. */
function operation(shelf: Shelf, action: Action): Operation {
  return {
    run: async (input, caller) => {
      checkOwner(shelf, input);
      return action(shelf, askOf(caller), input);
    },
  };
}

/** What cannot be done now is tried again in an hour; the objects are served all the same. */
function trySweep(shelf: Shelf): void {
  try {
    sweep(shelf);
  } catch (error) {
    shelf.cloud.tell(
      `s3: lifecycle rules were not done: ${error instanceof Error ? error.name : "failure"}`,
    );
  }
}

function known(shelf: Shelf): Set<string> {
  const { store } = shelf.cloud;
  const rows = store.all<{ file: string }>(
    "SELECT file FROM s3_pieces UNION ALL SELECT file FROM s3_parts",
  );
  return new Set(rows.map((row) => row.file));
}

const SWEEP_MS = 3_600_000;
