/**
 * Uploads a file in a process of its own, so that its memory can be looked at and it can be killed:
 * `node uploader.ts '{api, issuer, clientId, email, password, path, records}'`. Prints one JSON
 * value a line: what has begun, how far it is, and at the end the film.
 */
import { connect, openAccounts } from "@rushes/client";
import { fileSource, recordFolder } from "@rushes/client/node";

export interface Errand {
  api: string;
  issuer: string;
  clientId: string;
  email: string;
  password: string;
  path: string;
  /** folder of unfinished uploads */
  records: string;
}

export type Told =
  | { begun: { videoId: string; uploadId: string } }
  | { sentBytes: number; resumedBytes: number; mostRssBytes: number }
  | { done: { id: string; status: string } };

if (import.meta.main) {
  const { api, issuer, clientId, email, password, path, records }: Errand = JSON.parse(
    process.argv[2] ?? "",
  );
  const tell = (told: Told) => void process.stdout.write(`${JSON.stringify(told)}\n`);
  let mostRssBytes = 0;
  const look = () => {
    mostRssBytes = Math.max(mostRssBytes, process.memoryUsage.rss());
  };
  const looking = setInterval(look, 50);
  const accounts = openAccounts({ issuer, clientId });
  await accounts.signIn({ email, password });
  const rushes = connect({ api, token: accounts.token });
  const film = await rushes.upload(await fileSource(path), {
    records: recordFolder(records),
    onBegun: ({ videoId, uploadId }) => tell({ begun: { videoId, uploadId } }),
    onProgress({ sentBytes, resumedBytes }) {
      look();
      tell({ sentBytes, resumedBytes, mostRssBytes });
    },
  });
  clearInterval(looking);
  tell({ done: { id: film.id, status: film.status } });
}
