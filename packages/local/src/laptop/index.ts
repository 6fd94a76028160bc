import { openCdn } from "../cdn/index.ts";
import { openCognito } from "../cognito/index.ts";
import { userPool, userPoolClient } from "../deploy/families/accounts.ts";
import { distribution } from "../deploy/families/delivery.ts";
import { lambdaFunction } from "../deploy/families/functions.ts";
import { api } from "../deploy/families/gateway.ts";
import { resolve } from "../deploy/graph.ts";
import { deploy, type Graph, readGraph } from "../deploy/index.ts";
import { openDynamodb } from "../dynamodb/index.ts";
import { openEvents } from "../events/index.ts";
import { openFront } from "../front/index.ts";
import { openGateway } from "../gateway/index.ts";
import { openIam } from "../iam/index.ts";
import { openCloud } from "../kernel/cloud.ts";
import { openLambda } from "../lambda/index.ts";
import { openMediaConvert } from "../mediaconvert/index.ts";
import { portsOf } from "../ports/index.ts";
import { openS3 } from "../s3/index.ts";
import { openScheduler } from "../scheduler/index.ts";
import { openSecrets } from "../secrets/index.ts";
import { openSns } from "../sns/index.ts";
import { openSqs } from "../sqs/index.ts";
import { openStates } from "../states/index.ts";
import { openSts } from "../sts/index.ts";
import { API, lookupOf } from "./addresses.ts";
import { type Endpoints, forgetEndpoints, placesOf, writeEndpoints } from "./endpoints.ts";
import { families } from "./families.ts";
import { claimFolder } from "./folder.ts";
import { listening } from "./ports.ts";

export type { Endpoints, User } from "./endpoints.ts";

export interface LaptopOptions {
  /** the graph to deploy */
  graph: string | Graph;
  /** where the graph's handler paths begin */
  root: string;
  /** where state lives */
  dataDir: string;
  /** AWS APIs on this port, the HTTP API one above, the CDN three; 0 for free ones */
  port: number;
  /** forgets what is in the data folder first */
  fresh?: boolean;
  /** transcodes what MediaConvert would refuse, when ffmpeg can */
  lenient?: boolean;
  /** a folder of bundles for several laptops, such as a test's; each has its own otherwise */
  bundles?: string;
  /** what to do before scripts are told where everything is; what it answers, they are told too */
  prepare?: (endpoints: Endpoints) => Promise<Partial<Endpoints>>;
  /** one line for the person at the terminal */
  tell?: (line: string) => void;
}

export type Laptop = Awaited<ReturnType<typeof openLaptop>>;

/**
 * Deploys a graph to this machine and starts it. What was under way when the last process ended,
 * however it ended, goes on.
 *
 * @throws Error when the folder is in use, a port is taken or the graph has what is not implemented
 */
export async function openLaptop(options: LaptopOptions) {
  const graph = typeof options.graph === "string" ? readGraph(options.graph) : options.graph;
  const { dataDir } = options;
  const store = claimFolder(dataDir, { fresh: options.fresh ?? false });
  forgetEndpoints(dataDir);

  const { region, accountId } = graph;
  const iam = openIam({ dataDir, accountId, region });
  const cloud = openCloud({
    dataDir,
    region,
    accountId,
    iam,
    store,
    ...(options.tell ? { tell: options.tell } : {}),
  });

  const closing: Array<() => Promise<unknown>> = [];
  const close = async (): Promise<void> => {
    for (const service of [...cloud.services.values()].reverse()) await service.stop?.();
    for (const end of closing.splice(0).reverse()) await end();
    store.close();
  };

  try {
    openEvents(cloud);
    const s3 = openS3(cloud);
    openScheduler(cloud);
    openDynamodb(cloud);
    openSqs(cloud);
    openSns(cloud);
    openSecrets(cloud);
    openSts(cloud);
    const cognito = openCognito(cloud);
    const lambda = openLambda(cloud, options.bundles ? { bundles: options.bundles } : {});
    const mediaconvert = openMediaConvert(cloud, {
      objects: s3.objects,
      lenient: options.lenient ?? false,
    });
    // last: at its start it makes the calls again that a kill interrupted
    const states = openStates(cloud);

    const ports = portsOf(options.port);
    const front = await listening(ports.front, () => openFront(cloud, { port: ports.front }));
    closing.push(() => front.close());
    const gateway = graph.resources.some(({ type }) => type === API)
      ? await listening(ports.gateway, () => openGateway(cloud, { port: ports.gateway }))
      : undefined;
    if (gateway) closing.push(() => gateway.close());
    const serverAt = (domain: string) => (gateway?.knows(domain) ? gateway.origin : undefined);
    const cdn = await listening(ports.cdn, () => openCdn(cloud, { port: ports.cdn, serverAt }));
    closing.push(() => cdn.close());

    const lookup = lookupOf(graph, {
      origin: front.origin,
      cdn: cdn.origin,
      dataDir,
      ...(gateway ? { gateway: gateway.origin } : {}),
    });
    await deploy(
      cloud,
      graph,
      families({
        lambdaFunction: lambdaFunction(lambda, options.root, lookup),
        api: api(gateway),
        distribution: distribution(cdn),
        userPool: userPool(cognito),
        userPoolClient: userPoolClient(cognito),
      }),
      lookup,
    );
    for (const service of cloud.services.values()) await service.start?.();

    const encoder = mediaconvert.health();
    if (!encoder.ok) cloud.tell(`mediaconvert: no film can be encoded. ${encoder.reason}`);
    const { accessKeyId, secretAccessKey } = iam.operatorKeys;
    const endpoints: Endpoints = {
      aws: front.origin,
      cdn: cdn.origin,
      ...(gateway ? { apiDirect: gateway.origin } : {}),
      region,
      accountId,
      credentials: { accessKeyId, secretAccessKey },
      ...placesOf(graph, resolve(graph.outputs, lookup)),
    };
    Object.assign(endpoints, await options.prepare?.(endpoints));
    return {
      endpoints,
      endpointsFile: writeEndpoints(dataDir, endpoints),
      onHistory: states.onHistory,
      invocations: lambda.invocations,
      close,
      /** The cloud itself, for tests that put what no outsider may. */
      cloud,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
