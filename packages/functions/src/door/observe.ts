import { Logger } from "@aws-lambda-powertools/logger";
import { Tracer } from "@aws-lambda-powertools/tracer";
import { type Problem, problems, toProblem } from "@rushes/core/problem";

/** Which film a call is about. It is the correlation id of every line and trace. */
export interface About {
  videoId?: string | undefined;
  attempt?: number | undefined;
  /** The gateway's id of a request, and which route took it. */
  request?: string | undefined;
  route?: string | undefined;
}

/**
 * Runs one piece of work with its story told: when it began, how it ended, for which film. Inputs
 * and answers are never logged: they carry task tokens and grants.
 *
 * @throws Problem always one, so that whoever called can tell errors by name
 */
export async function observed<Out>(about: About, run: () => Promise<Out>): Promise<Out> {
  const { logger, tracer } = instruments();
  logger.resetKeys();
  if (about.videoId) logger.setCorrelationId(about.videoId);
  // one by one: what else came in with them is nobody's to read
  const { attempt, request, route } = about;
  logger.appendKeys({
    ...(attempt === undefined ? {} : { attempt }),
    ...(request === undefined ? {} : { request }),
    ...(route === undefined ? {} : { route }),
  });
  const startedAtMs = performance.now();
  const parent = tracer.isTracingEnabled() ? tracer.getSegment() : undefined;
  const segment = parent?.addNewSubsegment(`## ${process.env._HANDLER ?? "handler"}`);
  if (segment) tracer.setSegment(segment);
  if (about.videoId) tracer.putAnnotation("videoId", about.videoId);
  try {
    const answer = await run();
    logger.info("done", { ms: Math.round(performance.now() - startedAtMs) });
    return answer;
  } catch (error) {
    const problem = toProblem(error);
    tracer.addErrorAsMetadata(problem);
    tell(problem, Math.round(performance.now() - startedAtMs));
    throw problem;
  } finally {
    if (parent && segment) {
      segment.close();
      tracer.setSegment(parent);
    }
  }
}

/** A line about something that happened inside a piece of work. */
export function say(message: string, about: Record<string, unknown>): void {
  instruments().logger.info(message, about);
}

function tell(problem: Problem, ms: number): void {
  const { logger } = instruments();
  const line = { problem: problem.code, reason: problem.message, ms };
  const { cause } = problem;
  const whole = cause instanceof Error ? { ...line, error: cause } : line;
  // what has a name is the film's trouble, not ours; what has none needs somebody to look
  if (problem.code === "Unexpected") logger.error("broken", whole);
  else logger.warn("not done", problems[problem.code].httpStatus >= 500 ? whole : line);
}

/** Made at the first call, so that a module that is only loaded reads no environment. */
function instruments(): { logger: Logger; tracer: Tracer } {
  made ??= { logger: new Logger(), tracer: new Tracer({ captureHTTPsRequests: false }) };
  return made;
}

let made: { logger: Logger; tracer: Tracer } | undefined;
