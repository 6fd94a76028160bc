import { type Bench, bench, type Neighbour } from "./testing.ts";

/** A machine that goes through everything a kill could cut in two. */
export const tour = {
  QueryLanguage: "JSONata",
  StartAt: "Begin",
  States: {
    Begin: { Type: "Pass", Assign: { attempt: 7 }, Next: "Each" },
    Each: {
      Type: "Map",
      Items: [1, 2, 3],
      MaxConcurrency: 2,
      ItemProcessor: {
        StartAt: "Double",
        States: {
          Double: {
            Type: "Task",
            Resource: "arn:aws:states:::lambda:invoke",
            Arguments: { FunctionName: "double", Payload: "{% $states.input %}" },
            Output: "{% $states.result.Payload %}",
            TimeoutSeconds: 60,
            End: true,
          },
        },
      },
      Assign: { doubled: "{% $states.result %}" },
      Next: "Both",
    },
    Both: {
      Type: "Parallel",
      Branches: [
        { StartAt: "Left", States: { Left: { Type: "Wait", Seconds: 0, End: true } } },
        { StartAt: "Right", States: { Right: { Type: "Pass", Output: "right", End: true } } },
      ],
      Next: "Fails",
    },
    Fails: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: { FunctionName: "fail", Payload: 0 },
      TimeoutSeconds: 60,
      Retry: [
        {
          ErrorEquals: ["Busy"],
          IntervalSeconds: 1,
          MaxAttempts: 2,
          BackoffRate: 1,
          MaxDelaySeconds: 1,
          JitterStrategy: "FULL",
        },
      ],
      Catch: [
        {
          ErrorEquals: ["Busy"],
          Assign: { caught: "{% $states.errorOutput.Error %}" },
          Next: "End",
        },
      ],
      End: true,
    },
    End: {
      Type: "Succeed",
      Output: { attempt: "{% $attempt %}", doubled: "{% $doubled %}", caught: "{% $caught %}" },
    },
  },
};

export const tourEndsWith = { attempt: 7, doubled: [2, 4, 6], caught: "Busy" };

export const functions: Record<string, Neighbour> = {
  async lambda(_operation, { FunctionName, Payload }) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (FunctionName === "double") return { Payload: JSON.stringify(Number(Payload) * 2) };
    return { FunctionError: "Unhandled", Payload: '{"errorType":"Busy","errorMessage":"later"}' };
  },
};

/** Sets the tour going in a process of its own and says each event, to be killed at one of them. */
async function main(dataDir: string): Promise<void> {
  const table: Bench = await bench(functions, { dataDir });
  table.states.service.onHistory((arn, { id, type }) => {
    process.stdout.write(`${JSON.stringify({ arn, id, type })}\n`);
  });
  table.walk(tour);
  setInterval(() => undefined, 1000);
}

if (import.meta.main) await main(process.argv[2] ?? "");
