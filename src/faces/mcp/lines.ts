/**
 * What comes from a client over standard input, before the protocol's package sees it: one message on a line.
 *
 * The package passes over what is no message, so that a client whose request was wrong waits for ever; and it ends with a line that is too
 * long. Here both are answered with the errors of JSON-RPC 2.0 (section 5.1), and what follows is heard.
 */
import { Transform, type TransformCallback } from 'node:stream';

/** Bytes of a message, as of a request's body over HTTP. */
export const mostLineBytes = 8 * 1024 * 1024;

const newline = 0x0a;

/** @param refuse is given an error answer, as JSON, for each line that is no message */
export function messageLines(refuse: (answer: string) => void): Transform {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const take = (piece: Buffer): void => {
    bytes += piece.length;
    if (bytes <= mostLineBytes) pieces.push(piece);
    else pieces = [];
  };
  const end = (out: Transform): void => {
    const line = Buffer.concat(pieces);
    const complaint =
      bytes > mostLineBytes
        ? answerOf(null, -32600, `Expected a message of at most ${mostLineBytes} bytes on a line; ${bytes} came.`)
        : complaintOf(line.toString('utf8'));
    pieces = [];
    bytes = 0;
    if (complaint !== null) refuse(complaint);
    else if (line.length > 0) out.push(Buffer.concat([line, Buffer.of(newline)]));
  };
  return new Transform({
    transform(chunk: Buffer, _, done: TransformCallback) {
      let from = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
        take(chunk.subarray(from, at));
        end(this);
        from = at + 1;
      }
      take(chunk.subarray(from));
      done();
    },
  });
}

/** Null: a message, or an empty line. What is right in it beyond its frame, the package says. */
function complaintOf(line: string): string | null {
  if (line.trim() === '') return null;
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch (error) {
    return answerOf(null, -32700, `Expected JSON on one line: ${error instanceof Error ? error.message : error}`);
  }
  const why = wrongWith(message);
  return why === null ? null : answerOf(idOf(message), -32600, `Expected a message of JSON-RPC 2.0; ${why}.`);
}

function wrongWith(message: unknown): string | null {
  if (Array.isArray(message)) return 'a list came, and batches are not part of this protocol';
  if (!isObject(message)) return 'no object came';
  const { jsonrpc, method, params } = message;
  if (jsonrpc !== '2.0') return '"jsonrpc" is not "2.0"';
  if ('id' in message && idOf(message) === null) return '"id" is neither a text nor a whole number';
  if ('result' in message || 'error' in message) return null;
  if (typeof method !== 'string') return '"method" is no text';
  if (params !== undefined && !isObject(params)) return '"params" is no object';
  const strange = Object.keys(message).find((key) => !['jsonrpc', 'id', 'method', 'params'].includes(key));
  return strange === undefined ? null : `it has an unknown key ${JSON.stringify(strange.slice(0, 100))}`;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function idOf(message: unknown): string | number | null {
  const id = isObject(message) ? message.id : null;
  return typeof id === 'string' || Number.isSafeInteger(id) ? (id as string | number) : null;
}

const answerOf = (id: string | number | null, code: number, message: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
