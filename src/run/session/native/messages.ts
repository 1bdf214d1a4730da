/**
 * The messages of a native kernel, as JSON. What is in them is read by `reading.ts`; a message that is none is a `FrameError`, for which the
 * kernel is ended.
 */
import { FrameError } from '../../embedded/frames.ts';
import { isCount, isRecord } from '../../untrusted.ts';
import type { KernelEnding } from '../kernel.ts';
import { readError, readShown } from '../reading.ts';
import type { CellOutput } from '../types.ts';

export interface DoneMessage {
  readonly count: number;
  readonly ending: KernelEnding;
  readonly notices: readonly string[];
}

/** A kernel tells some threads that were left, and that something was repaired. */
const noticesMost = 20;
const noticeMost = 1000;

/** @throws FrameError */
export function shownOf(payload: Uint8Array): CellOutput {
  const it = read(payload);
  const png = typeof it.png === 'string' ? new Uint8Array(Buffer.from(it.png, 'base64')) : null;
  const shown = readShown(it, png);
  if (shown === null) throw new FrameError('a shown value without a text');
  return shown;
}

/** @throws FrameError */
export function doneOf(payload: Uint8Array): DoneMessage {
  const it = read(payload);
  if (!isCount(it.count)) throw new FrameError('a done message of no cell');
  const notices = Array.isArray(it.notices) ? it.notices : [];
  return {
    count: it.count,
    ending: endingOf(it.ending),
    notices: notices.slice(0, noticesMost).map((notice) => String(notice).slice(0, noticeMost)),
  };
}

function endingOf(value: unknown): KernelEnding {
  if (!isRecord(value)) throw new FrameError('an ending that is no object');
  if (value.kind === 'done' || value.kind === 'interrupted' || value.kind === 'out-of-memory')
    return { kind: value.kind };
  const error = value.kind === 'failed' ? readError(value.error) : null;
  if (error === null) throw new FrameError('an ending of no known kind');
  return { kind: 'failed', error };
}

function read(payload: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString());
  } catch {}
  if (!isRecord(value)) throw new FrameError('a message that is no object');
  return value;
}
