/**
 * What a kernel says, read as a stranger's words: the process it comes from is also the cell's code.
 *
 * Every part is checked and bounded, and everything else is dropped. A message that is none is a `FrameError`, for which the kernel is ended.
 */
import { FrameError } from '../../embedded/frames.ts';
import { isCount, isRecord } from '../../untrusted.ts';
import type { KernelEnding } from '../kernel.ts';
import type { CellError, CellOutput, Shown } from '../types.ts';

export interface DoneMessage {
  readonly count: number;
  readonly ending: KernelEnding;
  readonly notices: readonly string[];
}

const textMost = 256 * 1024;
const messageMost = 64 * 1024;
const nameMost = 1000;
const framesMost = 200;
const noticesMost = 20;
const columnsMost = 1000;
const rowsMost = 10_000;
const pngHead = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @throws FrameError */
export function readShown(payload: Uint8Array): CellOutput {
  const it = read(payload);
  return { kind: 'shown', isResult: it.isResult === true, value: shownOf(it) };
}

/** @throws FrameError */
export function readDone(payload: Uint8Array): DoneMessage {
  const it = read(payload);
  if (!isCount(it.count)) throw new FrameError('a done message of no cell');
  const notices = Array.isArray(it.notices) ? it.notices : [];
  return {
    count: it.count,
    ending: readEnding(it.ending),
    notices: notices.slice(0, noticesMost).map((notice) => text(notice, nameMost)),
  };
}

function shownOf(it: Readonly<Record<string, unknown>>): Shown {
  const whole = typeof it.text === 'string' ? it.text : '';
  const png = typeof it.png === 'string' ? Buffer.from(it.png, 'base64') : null;
  const table = tableOf(it.table);
  return {
    text: whole.slice(0, textMost),
    isCut: it.isCut === true || whole.length > textMost,
    ...(it.json === undefined ? {} : { json: it.json }),
    ...(table === null ? {} : { table }),
    ...(png?.subarray(0, 8).equals(pngHead) === true ? { png: new Uint8Array(png) } : {}),
  };
}

function tableOf(value: unknown): NonNullable<Shown['table']> | null {
  if (!isRecord(value) || !Array.isArray(value.columns) || !Array.isArray(value.rows)) return null;
  const columns = value.columns.slice(0, columnsMost).map((name) => text(name, nameMost));
  const rows = value.rows
    .slice(0, rowsMost)
    .map((row: unknown) => (Array.isArray(row) ? row.slice(0, columns.length) : []));
  const omitted = isCount(value.omittedRows) ? value.omittedRows : 0;
  return { columns, rows, omittedRows: omitted + value.rows.length - rows.length };
}

function readEnding(value: unknown): KernelEnding {
  if (!isRecord(value)) throw new FrameError('an ending that is no object');
  switch (value.kind) {
    case 'done':
    case 'interrupted':
    case 'out-of-memory':
      return { kind: value.kind };
    case 'failed':
      return { kind: 'failed', error: errorOf(value.error) };
    default:
      throw new FrameError('an ending of no known kind');
  }
}

function errorOf(value: unknown): CellError {
  const it = isRecord(value) ? value : {};
  const frames = Array.isArray(it.frames) ? it.frames : [];
  return {
    name: text(it.name, nameMost),
    message: text(it.message, messageMost),
    line: position(it.line),
    column: position(it.column),
    frames: frames
      .filter(isRecord)
      .slice(0, framesMost)
      .map((frame) => ({
        name: text(frame.name, nameMost),
        cell: position(frame.cell),
        file: typeof frame.file === 'string' ? frame.file.slice(0, nameMost) : null,
        line: position(frame.line) ?? 1,
      })),
  };
}

const text = (value: unknown, most: number): string => (typeof value === 'string' ? value.slice(0, most) : '');

const position = (value: unknown): number | null => (isCount(value) && value > 0 ? value : null);

function read(payload: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString());
    if (isRecord(value)) return value;
  } catch {}
  throw new FrameError('a message that is no object');
}
