/**
 * `POST /api/v1/<operation>`: an operation of the table, with `-` for the space in its name. The body is its input as JSON; the
 * answer is what `--json` prints. Who accepts `text/event-stream` gets events instead: `progress` and `notice` while it runs, then
 * `result` or `error`.
 */
import type { Hono, Context as Request } from 'hono';
import { systemClock, WinnowError } from '../../base/mod.ts';
import { operationTable } from '../operations/table.ts';
import { type Asker, answer, offeredOperation } from '../served/call.ts';
import type { Serving } from './app.ts';
import { eventStream } from './events.ts';
import { failureOf } from './failures.ts';

/** By their names in addresses: `session-run` is `session run`, `diff-behaviour` itself. */
const namesByPath = new Map(operationTable.map(({ name }) => [pathOf(name), name]));

/** An operation's name as part of an address. */
export function pathOf(name: string): string {
  return name.replaceAll(' ', '-');
}

/** The list of operations stands among them. */
export const listPath = '/api/v1/operations';

const noAsker = { progress: () => {}, notice: () => {} };

export function operationRoutes(app: Hono, serving: Serving): void {
  const path = '/api/v1/:operation';
  app.post(path, async (request, next) => {
    if (request.req.path === listPath) return next();
    const name = nameAt(request.req.param('operation'));
    const offered = await offeredOperation(name, serving.surroundings);
    const given = await bodyOf(request);
    const { signal } = request.req.raw;
    const run = (asker: Asker) =>
      timed(serving, name, signal, () => answer(offered, given, serving.surroundings, asker));
    if (!/\btext\/event-stream\b/.test(request.req.header('accept') ?? '')) {
      const { output } = await run({ ...noAsker, signal });
      return request.json(output as object);
    }
    return eventStream(request, serving, async (events, gone) => {
      const asker = {
        signal: AbortSignal.any([signal, gone]),
        progress: (step: object) => events.whenRead('progress', step),
        notice: (text: string) => events.send('notice', { text }),
      };
      try {
        const { output } = await run(asker);
        events.send('result', output);
      } catch (error) {
        const { code, body } = failureOf(error, asker.signal.aborted);
        if (code === 'bug') serving.log.error({ err: error, operation: name }, 'an operation failed');
        events.send('error', body);
      }
    });
  });
  // What is not there is not there by any method.
  app.all(path, async ({ req }, next) => {
    if (req.path !== listPath) await offeredOperation(nameAt(req.param('operation')), serving.surroundings);
    return next();
  });
}

const nameAt = (path: string): string => namesByPath.get(path) ?? path;

/** Runs it in its turn, and counts it. */
async function timed<Result>(
  { turns, metrics }: Serving,
  operation: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedMs = systemClock.elapsedMs();
  let status = 'ok';
  try {
    return await turns.take(signal, work);
  } catch (error) {
    status = failureOf(error, signal.aborted).code;
    throw error;
  } finally {
    metrics.answered('http', operation, status, (systemClock.elapsedMs() - startedMs) / 1000);
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  const type = request.req.header('content-type') ?? '';
  // A form or a plain text can be sent by any page without asking; JSON cannot.
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new WinnowError(
      'bad-usage',
      `Expected a body of application/json; came ${type === '' ? 'none' : JSON.stringify(type.slice(0, 100))}.`,
    );
  const text = await request.req.text();
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WinnowError('bad-usage', `Expected JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
