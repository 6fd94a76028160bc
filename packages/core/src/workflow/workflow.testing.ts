import * as Id from "../id/index.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Workflow from "./workflow.ts";

/** What the encoder's probe says of {@link mp4}. */
export const probe = {
  container: {
    format: "mp4",
    duration: 6,
    tracks: [
      {
        trackType: "video",
        codec: "AVC",
        videoProperties: {
          width: 320,
          height: 180,
          frameRate: { numerator: 30, denominator: 1 },
        },
      },
      { trackType: "audio", codec: "AAC", audioProperties: { channels: 2 } },
    ],
  },
};

/** As much of a file as Validate looks at itself. */
export const mp4 = Buffer.concat([box("ftyp", 8), box("moov", 8), box("mdat", 100)]);

function box(type: string, bytes: number): Buffer {
  const whole = Buffer.alloc(8 + bytes);
  whole.writeUInt32BE(8 + bytes);
  whole.write(type, 4, "latin1");
  return whole;
}

let names = 0;

/** An operator drops a file in the inbox, and S3 says so. */
export function drop(
  cloud: SmallCloud,
  body: Buffer | string,
  metadata: Record<string, string> = {},
  name = `f${++names}.mp4`,
) {
  const key = `inbox/${name}`;
  const versionId = `v${++names}`;
  cloud.shelf.put("sources", key, body, { versionId, metadata });
  const sequencer = names.toString(16);
  return {
    videoId: Id.ofInbox("sources", key),
    key,
    input: Workflow.ValidateStep.parse({
      execution: `execution-${names}`,
      input: {
        kind: "arrived",
        event: { id: `e${names}`, time: "2030-01-01T00:00:00Z", account: "000000000000" },
        detail: {
          bucket: { name: "sources" },
          object: { key, size: body.length, "version-id": versionId, sequencer },
        },
      },
    }),
  };
}
