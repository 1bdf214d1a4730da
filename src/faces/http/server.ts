/**
 * A server on an address: opened, and closed again without losing an answer.
 *
 * It is told to end by a signal: it takes no more connections, those that are idle are closed, requests that are being answered get
 * some seconds, and then they are cut.
 */
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { WinnowError } from '../../base/mod.ts';

/** Connections at once. Each idle one costs some 20 kB. */
const mostConnections = 1_000;
/**
 * Milliseconds for a request's head, and for all of it: who is slower holds a connection for nothing. Longer than this thread may be busy on a
 * machine that is busy as well: what it has not read yet counts as not sent (10 s were too few at a load of 40 on two cores).
 */
const headMs = 30_000;
const requestMs = 60_000;
/** Milliseconds that a connection that takes nothing of its answer is held. */
const stalledMs = 60_000;
/**
 * Milliseconds that an idle connection is kept. A busy thread sees a request late, and must not take its connection for idle; what stands
 * between servers and their clients keeps connections for a minute.
 */
const idleMs = 65_000;
/** Milliseconds that requests get to end when the server does. */
const graceMs = 5_000;

export interface Listening {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** @param options other bounds, for tests @throws WinnowError `address-unusable` */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  host: string,
  port: number,
  options: { stalledMs?: number } = {},
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const answer = await app.fetch(request, env);
      // From the first byte of an answer on, somebody has to take it; with the next request Node counts anew.
      (env as { outgoing?: ServerResponse }).outgoing?.socket?.setTimeout(options.stalledMs ?? stalledMs);
      return answer;
    },
    overrideGlobalObjects: false,
    serverOptions: {
      requestTimeout: requestMs,
      headersTimeout: headMs,
      keepAliveTimeout: idleMs,
      maxHeaderSize: 16_384,
    },
  }) as Server;
  server.maxConnections = mostConnections;
  const answering: Answering = { responses: new Set(), isEnding: false };
  server.prependListener('request', (_, response) => {
    if (answering.isEnding) response.shouldKeepAlive = false;
    answering.responses.add(response);
    response.once('close', () => answering.responses.delete(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(unusable(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return { host, port: address.port, close: () => close(server, answering) };
}

interface Answering {
  readonly responses: Set<ServerResponse>;
  isEnding: boolean;
}

function close(server: Server, answering: Answering): Promise<void> {
  answering.isEnding = true;
  // A connection would be kept alive behind its answer, and hold up the end.
  for (const response of answering.responses) {
    const { socket } = response;
    if (response.headersSent) response.once('finish', () => socket?.end());
    else response.shouldKeepAlive = false;
  }
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** What the system says of an address that cannot be listened on. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'another process listens there already: another `winnow serve`, perhaps. Choose another with --port, or 0 for any that is free',
  EACCES: 'this user may not listen there. Choose a port of 1024 or more',
  EADDRNOTAVAIL: 'this machine has no such address. Choose another with --host',
  ENOTFOUND: 'no address has this name. Choose another with --host',
  EAI_AGAIN: 'the name could not be looked up. Choose an address with --host',
};

function unusable(error: NodeJS.ErrnoException, host: string, port: number): unknown {
  const why = reasons[error.code ?? ''];
  if (why === undefined) return error;
  return new WinnowError('address-unusable', `Cannot listen on ${host}, port ${port}: ${why}.`, {
    details: { host, port, reason: error.code },
    cause: error,
  });
}
