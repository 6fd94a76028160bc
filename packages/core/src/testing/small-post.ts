import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** SQS, as far as messages are sent later and put off. Hands out what was sent, when asked. */
export interface Post {
  url(queue: string): string;
  /** What was sent to a queue since it was last emptied. */
  empty(queue: string): { body: unknown; afterSeconds: number }[];
  /** For how long messages were put off, by receipt handle. */
  putOff: Map<string, number>;
  close(): void;
}

/** Opens it where every SQS client of this process finds it. */
export async function openSmallPost(): Promise<Post> {
  const sent = new Map<string, { body: unknown; afterSeconds: number }[]>();
  const putOff = new Map<string, number>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const input = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, string>;
      const operation = String(request.headers["x-amz-target"]).split(".")[1];
      response.setHeader("content-type", "application/x-amz-json-1.0");
      if (operation === "ChangeMessageVisibility") {
        putOff.set(input.ReceiptHandle ?? "", Number(input.VisibilityTimeout));
        return void response.end("{}");
      }
      const { QueueUrl = "", MessageBody = "", DelaySeconds = 0 } = input;
      const body: unknown = JSON.parse(MessageBody);
      const queue = sent.get(QueueUrl) ?? [];
      sent.set(QueueUrl, [...queue, { body, afterSeconds: Number(DelaySeconds) }]);
      const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
      response.end(JSON.stringify({ MessageId: randomUUID(), MD5OfMessageBody }));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ENDPOINT_URL_SQS = at;
  const url = (queue: string) => `${at}/000000000000/${queue}`;
  return {
    url,
    empty(queue) {
      const all = sent.get(url(queue)) ?? [];
      sent.delete(url(queue));
      return all;
    },
    putOff,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
