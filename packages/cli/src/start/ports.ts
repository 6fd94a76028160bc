import { createServer } from "node:net";
import { portsOf } from "@rushes/local/ports";

/** The laptop's ports that another program has. */
export async function takenOf(first: number): Promise<number[]> {
  const ports = Object.values(portsOf(first));
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, at) => !free[at]);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}
