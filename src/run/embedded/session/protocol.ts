/**
 * What the host of sessions and their child say to each other, and how the host reads it.
 *
 * The host says `open` once and then request after request, each of which is answered by one `reply`; while a cell runs its output comes before
 * that. `failed` in the place of a reply is our own failure. As with jobs (`../protocol.ts`) the host reads the child's words as an enemy's: it may be told
 * lies about the sessions of this child, but nothing it is told can make it hold more than the limits allow, throw what is not a `FrameError`, or name
 * a path outside of a work directory.
 */
import { pathProblem } from '../../jobpath.ts';
import { readError, readShown } from '../../session/reading.ts';
import type { CellOutput } from '../../session/types.ts';
import type { JobFile } from '../../types.ts';
import { isCount, isRecord } from '../../untrusted.ts';
import { FrameError, plainView } from '../frames.ts';
import { kinds, outputFrameBytes } from '../protocol.ts';
import type { EngineCell, EngineChange, EngineEnding, EngineFile, SessionSetup } from './engine.ts';

/** Beside those of jobs. */
export const sessionKinds = { ...kinds, request: 9, shown: 10, limit: 11, reply: 12 } as const;

export type SessionRequest =
  | { readonly op: 'new'; readonly id: number; readonly setup: SessionSetup }
  | {
      readonly op: 'run';
      readonly id: number;
      readonly code: string;
      readonly count: number;
      readonly outputBytes: number;
      /** That no other cell of this process has: whoever wishes that it stops says so. */
      readonly cell: number;
    }
  | { readonly op: 'copy'; readonly id: number; readonly from: number }
  | { readonly op: 'restart' | 'drop' | 'list' | 'changes' | 'size'; readonly id: number }
  | { readonly op: 'put'; readonly id: number; readonly files: readonly JobFile[] }
  | {
      readonly op: 'read';
      readonly id: number;
      readonly path: string;
      readonly offset: number;
      readonly length: number;
    }
  | {
      readonly op: 'write';
      readonly id: number;
      readonly path: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
      readonly mode: number;
    };

/** `refused`: in words for the caller. */
export type SessionReply = { readonly value: unknown; readonly heldBytes: number } | { readonly refused: string };

/** A cell as the child tells of it. */
export interface CellReply extends EngineCell {
  readonly cpuMs: number;
  /** Bytes that were written past the limit and not passed on. */
  readonly omitted: { readonly stdout: number; readonly stderr: number };
}

/** Shown values: a picture of at most 16 MiB and what goes with it. Source: `kernels/python_kernel.py`. */
export const shownFrameBytes = 24 * 2 ** 20;
/** Parts of files are 4 MiB; names of 100,000 files of 80 bytes are 8. */
const replyFrameBytes = 24 * 2 ** 20;
const smallBytes = 64 * 1024;
/** Past this a list of files is no use to anybody. */
const mostFiles = 100_000;
const mostNotices = 100;

export function mostSessionBytes(kind: number): number {
  if (kind === kinds.stdout || kind === kinds.stderr) return outputFrameBytes;
  if (kind === sessionKinds.shown) return shownFrameBytes;
  if (kind === sessionKinds.limit) return 0;
  if (kind === sessionKinds.reply) return replyFrameBytes;
  return kind === kinds.failed ? smallBytes : -1;
}

/** @throws FrameError */
export function readReply(value: unknown): SessionReply {
  if (!isRecord(value)) throw new FrameError('a reply that is no object');
  if (typeof value.refused === 'string') return { refused: value.refused.slice(0, 1000) };
  if (!isCount(value.heldBytes)) throw new FrameError('a reply without what is held');
  return { value: value.value, heldBytes: value.heldBytes };
}

/** A shown value: the length of its JSON, that, and a picture. @throws FrameError */
export function readShownFrame(payload: Uint8Array): CellOutput {
  const bytes = plainView(payload);
  const length = bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (length < 0 || length > bytes.length - 4) throw new FrameError('a shown value that is cut');
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes.subarray(4, 4 + length)).toString());
  } catch (cause) {
    throw new FrameError('a shown value that is not JSON', { cause });
  }
  const png = bytes.subarray(4 + length);
  const shown = readShown(json, png.length === 0 ? null : png.slice());
  if (shown === null) throw new FrameError('a shown value without its text');
  return shown;
}

/** @throws FrameError */
export function readCell(value: unknown): CellReply {
  if (!isRecord(value) || !isRecord(value.omitted)) throw new FrameError('a cell without its end');
  const { state, cpuMs, omitted } = value;
  if (state !== 'kept' && state !== 'before' && state !== 'lost') throw new FrameError('a cell without its state');
  if (typeof cpuMs !== 'number' || !(cpuMs >= 0)) throw new FrameError('a cell without its time');
  const { stdout, stderr } = omitted;
  if (!isCount(stdout) || !isCount(stderr)) throw new FrameError('a cell without what it left out');
  const notices = Array.isArray(value.notices) ? value.notices : [];
  return {
    ending: readEnding(value.ending),
    state,
    cpuMs,
    omitted: { stdout, stderr },
    notices: notices.slice(0, mostNotices).map((notice) => String(notice).slice(0, 1000)),
  };
}

function readEnding(value: unknown): EngineEnding {
  if (!isRecord(value)) throw new FrameError('an ending that is no object');
  const { kind } = value;
  if (kind === 'done' || kind === 'interrupted' || kind === 'out-of-memory') return { kind };
  if (kind === 'exit') {
    const { code, signal } = value;
    return {
      kind,
      code: isCount(code) ? code & 0xff : null,
      signal: typeof signal === 'string' ? signal.slice(0, 20) : null,
    };
  }
  const error = kind === 'failed' ? readError(value.error) : null;
  if (error === null) throw new FrameError('an ending of no known kind');
  return { kind: 'failed', error };
}

/** @throws FrameError */
export function readFiles(value: unknown): readonly EngineFile[] {
  return rows(value, (row) => {
    const { path, kind, sizeBytes, mode } = row;
    if (kind !== 'file' && kind !== 'directory' && kind !== 'symlink' && kind !== 'other') return null;
    if (!isSound(path) || !isCount(sizeBytes) || !isCount(mode)) return null;
    return { path, kind, sizeBytes, mode: mode & 0o7777 };
  });
}

/** @throws FrameError */
export function readChanges(value: unknown): readonly EngineChange[] {
  const known = ['added', 'modified', 'symlink', 'removed', 'left-out'] as const;
  return rows(value, (row) => {
    const { path, sizeBytes, mode, text } = row;
    const change = known.find((one) => one === row.change);
    if (change === undefined || !isSound(path) || !isCount(sizeBytes) || !isCount(mode)) return null;
    return { path, change, sizeBytes, mode: mode & 0o7777, text: String(text).slice(0, 5000) };
  });
}

/** Programs choose names that nobody may write to; such a one is left out here. */
const isSound = (path: unknown): path is string => typeof path === 'string' && pathProblem(path) === null;

function rows<Row>(value: unknown, read: (row: Readonly<Record<string, unknown>>) => Row | null): readonly Row[] {
  if (!Array.isArray(value)) throw new FrameError('a list of files that is none');
  const found: Row[] = [];
  for (const row of value.slice(0, mostFiles)) {
    const made = isRecord(row) ? read(row) : null;
    if (made !== null) found.push(made);
  }
  return found;
}

/** @throws FrameError */
export function readBytes(value: unknown, most: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length > most) throw new FrameError('a part of a file that is none');
  // A copy: a view would keep the whole frame alive.
  return value.slice();
}
