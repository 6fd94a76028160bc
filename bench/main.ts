/** Every bench: what it measures, and what runs it with the words after its name. */
const benches: Record<string, { measures: string; load: () => Promise<Bench> }> = {
  encode: {
    measures:
      "CPU of the default job against x264 alone and one ffmpeg per output   [FILE [ROUNDS]]",
    load: async () => (await import("./encode/encode.ts")).encode,
  },
  start: {
    measures: "seconds to ready, the first time and the second, and from drop to READY",
    load: async () => (await import("./start/start.ts")).start,
  },
  bundles: {
    measures: "each Lambda's size and import time beside its SDK clients alone",
    load: async () => (await import("./bundles/bundles.ts")).bundles,
  },
  s3: {
    measures:
      "PUT, parts, GET, ranges, small PUTs and memory beside a bare node:http   [MIB [ROUNDS]]",
    load: async () => (await import("./s3/s3.ts")).s3,
  },
  sign: {
    measures: "grants a second on one core beside the naive way   [ROUNDS [SECONDS]]",
    load: async () => (await import("./sign/sign.ts")).sign,
  },
};

type Bench = (words: string[]) => Promise<void>;

const [name = "", ...words] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench) {
  await (await bench.load())(words);
} else {
  const said = name ? `There is no bench "${name}".` : "Which bench?";
  const list = Object.entries(benches).map(
    ([known, { measures }]) => `  npm run bench -- ${known.padEnd(8)} ${measures}`,
  );
  console.error([said, ...list].join("\n"));
  process.exitCode = 2;
}
