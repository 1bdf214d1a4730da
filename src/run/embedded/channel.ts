/**
 * The child's end of the channel to its host: whole frames, written and read synchronously on descriptor 3.
 */
import fs from 'node:fs';
import { frameHead, frameHeadBytes, pack, readFrameHead, unpack } from './frames.ts';
import { type Failed, kinds } from './protocol.ts';

const channel = 3;

/** Our own failure. */
export function fail(cause: unknown): undefined {
  const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  const failed: Failed = { message: message.slice(0, 4000), missing: null };
  send(kinds.failed, ...pack(failed));
}

export function send(kind: number, ...parts: readonly Uint8Array[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = Buffer.concat([frameHead(kind, length), ...parts]);
  for (let at = 0; at < whole.length; ) at += fs.writeSync(channel, whole, at);
}

/** Sleeps until the host speaks; ends the process when the host is gone or wants no more. */
export function read(expected: number): unknown {
  const { length, kind } = readFrameHead(readExactly(frameHeadBytes));
  if (kind !== expected) throw new Error(`expected frame ${expected}, got ${kind}`);
  return unpack(readExactly(length));
}

function readExactly(bytes: number): Uint8Array {
  const buffer = new Uint8Array(bytes);
  for (let at = 0; at < bytes; ) {
    const got = fs.readSync(channel, buffer, at, bytes - at, null);
    // Through `exit`, so that Node writes what it compiled to its cache, where it has one.
    if (got === 0) process.exit(0);
    at += got;
  }
  return buffer;
}
