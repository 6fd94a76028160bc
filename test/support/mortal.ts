import { join } from "node:path";
import { openLaptop } from "@rushes/local";

/**
 * A laptop that kills itself at a named moment, as a power cut would. A program of its own:
 * `node mortal.ts DATA MOMENT`. It tells when it is ready, and with `none` it lives.
 */
export const moments = [
  "during Validate",
  "between park and CreateJob",
  "between CreateJob and the job id's write",
  "during the transcode",
  "between COMPLETE and Record outputs",
] as const;
export type Moment = (typeof moments)[number] | "none";

async function live(dataDir: string, moment: Moment): Promise<void> {
  const root = join(import.meta.dirname, "../..");
  const laptop = await openLaptop({
    graph: join(root, "stacks/graph/dev.gen.json"),
    root,
    dataDir,
    bundles: join(root, "node_modules/.cache/rushes/bundles"),
    port: 0,
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

  switch (moment) {
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

const [dataDir = "", moment = "none"] = process.argv.slice(2);
await live(dataDir, moment as Moment);
