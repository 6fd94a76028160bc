/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const production = input.stage === "production";
    return {
      name: "rushes",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
      providers: { aws: { region: "us-east-1" } },
      types: { ignore: ["packages/functions", "packages/local", "packages/cli"] },
    };
  },
  async run() {
    await import("./stacks/defaults.ts");
    await import("./stacks/library.ts");
    await import("./stacks/queues.ts");
    await import("./stacks/announcements.ts");
    await import("./stacks/accounts.ts");
    await import("./stacks/gateway.ts");
    await import("./stacks/delivery.ts");
    await import("./stacks/storage.ts");
    await import("./stacks/encoder.ts");
    await import("./stacks/workflow.ts");
    await import("./stacks/jobs.ts");
    await import("./stacks/care.ts");
    await import("./stacks/api.ts");
    await import("./stacks/playback.ts");
    await import("./stacks/pull.ts");
    await import("./stacks/webhooks.ts");
    await import("./stacks/rules.ts");
    await import("./stacks/alarms.ts");
    return (await import("./stacks/outputs.ts")).outputs;
  },
});
