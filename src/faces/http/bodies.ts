/**
 * Bodies of requests, held to a size.
 *
 * Where the length is said it is looked at, and Node holds the client to it. Where it comes in pieces (`Transfer-Encoding: chunked`) the
 * pieces are read and counted first. The framework's own middleware makes a new request of the old one for that, which the adapter's
 * requests do not allow; here it is made of its parts.
 */
import type { MiddlewareHandler } from 'hono';
import { WinnowError } from '../../base/mod.ts';

/** @param mostBytes of a body @param refused is told of each that is too large, before it is thrown as `too-large` */
export function limitedBody(mostBytes: number, refused: () => void): MiddlewareHandler {
  const refuse = (): never => {
    refused();
    throw new WinnowError('too-large', `Expected a body of at most ${mostBytes} bytes; more came.`);
  };
  return async ({ req }, next) => {
    const { raw } = req;
    if (!raw.headers.has('transfer-encoding')) {
      if (Number(raw.headers.get('content-length') ?? 0) > mostBytes) refuse();
      return next();
    }
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of raw.body ?? []) {
      bytes += piece.length;
      if (bytes <= mostBytes) pieces.push(piece);
      // Leaving off cuts the connection, perhaps before the answer is read: who sends a little too much is heard to the end.
      else if (bytes > 2 * mostBytes) refuse();
    }
    if (bytes > mostBytes) refuse();
    // A request that only reads has no body to hand on.
    const body = /^(GET|HEAD)$/.test(raw.method) ? null : Buffer.concat(pieces, bytes);
    req.raw = new Request(raw.url, { method: raw.method, headers: raw.headers, signal: raw.signal, body });
    return next();
  };
}
