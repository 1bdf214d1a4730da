/**
 * The server's routes in their order: who may ask, then operations, what is told of them, health and metrics, agents, pages. It opens no
 * port; `server.ts` does.
 */
import { Hono } from 'hono';
import type { Logger } from 'pino';
import { systemClock, WinnowError } from '../../base/mod.ts';
import type { Surroundings } from '../served/call.ts';
import type { Turns } from '../served/turns.ts';
import { limitedBody } from './bodies.ts';
import { failureOf, wrongMethod } from './failures.ts';
import { checkRequest, type Guard } from './guards.ts';
import { loginOf } from './login.ts';
import type { Metrics } from './metrics.ts';
import { openApi, operationList } from './openapi.ts';
import { listPath, operationRoutes } from './operations.ts';

/** What all routes share. */
export interface Serving {
  readonly surroundings: Surroundings;
  readonly guard: Guard;
  readonly metrics: Metrics;
  readonly turns: Turns;
  readonly log: Logger;
  readonly version: string;
}

/** Bytes of a request's body: programs and their inputs, no data sets. */
export const mostBodyBytes = 8 * 1024 * 1024;

/** @param more routes of other faces on the same server, before everything else is answered with 404 */
export function appOf(serving: Serving, more: readonly ((app: Hono) => void | Promise<void>)[] = []): Promise<Hono> {
  const app = new Hono();
  app.onError((error, request) => {
    const { status, code, body } = failureOf(error, request.req.raw.signal.aborted);
    if (code === 'bug') serving.log.error({ err: error, path: request.req.path }, 'a request failed');
    if (status === 503) request.header('retry-after', '1');
    if (status === 405 && Array.isArray(body.error.details.allow))
      request.header('allow', body.error.details.allow.join(', '));
    if (status === 401) request.header('www-authenticate', 'Bearer realm="winnow"');
    return request.json(body, status as 400);
  });
  app.use(async (request, next) => {
    const startedMs = systemClock.elapsedMs();
    await next();
    request.res.headers.set('x-content-type-options', 'nosniff');
    if (!request.res.headers.has('referrer-policy')) request.res.headers.set('referrer-policy', 'no-referrer');
    request.res.headers.set('cross-origin-resource-policy', 'same-origin');
    const { method, path } = request.req;
    serving.log.info({ method, path, status: request.res.status, ms: Math.round(systemClock.elapsedMs() - startedMs) });
  });
  // Whether it lives is no secret, and who watches it has no token.
  app.get('/health', (request) => request.json({ status: 'ok', version: serving.version }));
  const login = loginOf(serving.guard);
  login.add(app);
  app.use((request, next) => {
    // A person cannot give a browser a header: an address with the token, or a form, is turned into a cookie.
    const moved = login.byAddress(request);
    if (moved !== null) return Promise.resolve(moved);
    try {
      checkRequest(request.req.raw.headers, serving.guard);
    } catch (error) {
      const { code } = failureOf(error);
      serving.metrics.refused(code);
      const page = code === 'unauthorised' ? login.page(request) : null;
      if (page !== null) return Promise.resolve(page);
      throw error;
    }
    return next();
  });
  app.use(limitedBody(mostBodyBytes, () => serving.metrics.refused('too-large')));
  app.get('/metrics', (request) => {
    serving.metrics.running = serving.turns.running;
    serving.metrics.waiting = serving.turns.waiting;
    return request.body(serving.metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  app.get(listPath, async (request) => request.json(await operationList(serving)));
  app.get('/openapi.json', async (request) => request.json(await openApi(serving)));
  operationRoutes(app, serving);
  return withMore(app, more);
}

async function withMore(app: Hono, more: readonly ((app: Hono) => void | Promise<void>)[]): Promise<Hono> {
  for (const add of more) await add(app);
  app.all('*', ({ req }) => {
    const allow = methodsOf(app, req.path);
    // What a route did not find is not there.
    if (allow.length > 0 && !allow.includes(req.method)) throw wrongMethod(req.method, req.path, allow);
    throw new WinnowError(
      'unknown-operation',
      `There is nothing at ${req.method} ${JSON.stringify(req.path.slice(0, 200))}. GET /openapi.json lists what there is.`,
    );
  });
  return app;
}

/** What the routes answer at an address, those that name it before those of a pattern. Routes for all methods are no place. */
function methodsOf({ routes }: Hono, address: string): readonly string[] {
  const parts = address.split('/');
  const own = routes.filter(({ method }) => method !== 'ALL');
  const named = own.filter(({ path }) => path === address);
  const fitting = own.filter(({ path }) => {
    const pattern = path.split('/');
    return pattern.length === parts.length && pattern.every((part, at) => part.startsWith(':') || part === parts[at]);
  });
  const found = new Set((named.length > 0 ? named : fitting).map(({ method }) => method));
  return [...found].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}
