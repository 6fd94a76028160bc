import { join } from "node:path";
import { seedUsers } from "@rushes/cli/users";
import { openLaptop } from "@rushes/local";

/**
 * A laptop that kills itself at a named moment, as a power cut would. A program of its own:
 * `node mortal.ts DATA MOMENT [GRAPH]`. It tells when it is ready, and with `none` it lives.
 */
export const moments = [
  "during Validate",
  "between park and CreateJob",
  "between CreateJob and the job id's write",
  "during the transcode",
  "between COMPLETE and Record outputs",
  "after a film's tombstone",
  "after its upload was aborted",
  "between its source and its files",
  "after its files went",
  "between two of its records",
  "before its last record goes",
  "after its last record went",
  "between two parts of a pull",
  "after a pull is whole",
] as const;
export type Moment = (typeof moments)[number] | "none";

const root = join(import.meta.dirname, "../..");

async function live(dataDir: string, moment: Moment, graph: string): Promise<void> {
  const laptop = await openLaptop({
    graph,
    root,
    dataDir,
    bundles: join(root, "node_modules/.cache/rushes/bundles"),
    port: 0,
    prepare: async (place) => ({ users: await seedUsers(place, dataDir) }),
  });
  const die = () => process.kill(process.pid, "SIGKILL");
  const { cloud } = laptop;

  /** Dies before or after the operation, when the input is the one that is waited for. */
  const at = (
    service: string,
    name: string,
    when: "before" | "after",
    matches: (input: Record<string, unknown>) => boolean = () => true,
  ) => {
    const operation = cloud.services.get(service)?.operations[name];
    if (!operation) throw new Error(`there is no ${service} ${name}`);
    const { run } = operation;
    operation.run = async (input, caller) => {
      if (when === "before" && matches(input)) die();
      const output = await run.call(operation, input, caller);
      if (when === "after" && matches(input)) die();
      return output;
    };
  };

  /** Dies once S3 has done what a request asks for: its own wire knows requests, not operations. */
  const atS3 = (method: string, matches: RegExp) => {
    const { wire } = cloud.services.get("s3") ?? {};
    if (wire?.protocol !== "own") throw new Error("S3 has no wire of its own");
    const { serve } = wire;
    wire.serve = async (exchange) => {
      const { request, rawPath, rawQuery } = exchange;
      await serve.call(wire, exchange);
      if (request.method === method && matches.test(`${rawPath}?${rawQuery}`)) die();
    };
  };
  const { SourceBucket, DeliveryBucket } = laptop.endpoints.resources;
  const isLast = ({ Key }: Record<string, unknown>) => JSON.stringify(Key).includes('"META"');

  switch (moment) {
    case "after a film's tombstone":
      at("dynamodb", "UpdateItem", "after", ({ UpdateExpression }) =>
        String(UpdateExpression).startsWith("SET deletedAtMs"),
      );
      break;
    case "after its upload was aborted":
      atS3("DELETE", /uploadId=/);
      break;
    case "between its source and its files":
      atS3("POST", new RegExp(`${SourceBucket}.*delete`));
      break;
    case "after its files went":
      atS3("POST", new RegExp(`${DeliveryBucket}.*delete`));
      break;
    case "between two of its records":
      at("dynamodb", "DeleteItem", "after", (input) => !isLast(input));
      break;
    case "before its last record goes":
      at("dynamodb", "DeleteItem", "before", isLast);
      break;
    case "after its last record went":
      at("dynamodb", "DeleteItem", "after", isLast);
      break;
    case "between two parts of a pull":
      atS3("PUT", /partNumber=1(&|$)/);
      break;
    case "after a pull is whole":
      atS3("POST", /uploadId=/);
      break;
    case "during Validate":
      at("mediaconvert", "Probe", "before");
      break;
    case "between park and CreateJob":
      at("mediaconvert", "CreateJob", "before");
      break;
    case "between CreateJob and the job id's write":
      at("mediaconvert", "CreateJob", "after");
      break;
    case "during the transcode": {
      const { emit } = cloud;
      cloud.emit = (event) => {
        emit(event);
        if (event.detail.status === "INPUT_INFORMATION") setTimeout(die, 500);
      };
      break;
    }
    case "between COMPLETE and Record outputs": {
      const { RecordFunction } = laptop.endpoints.resources;
      at("lambda", "Invoke", "before", (input) =>
        String(input.FunctionName).includes(String(RecordFunction)),
      );
      break;
    }
    case "none":
      break;
  }
  console.log("ready");
}

const [dataDir = "", moment = "none", graph = join(root, "stacks/graph/dev.gen.json")] =
  process.argv.slice(2);
await live(dataDir, moment as Moment, graph);
