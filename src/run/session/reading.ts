/**
 * What a kernel says of a cell, read as a stranger's words: a cell can reach everything in its kernel's process and speak in its name.
 *
 * It may then lie about itself, as any program can that prints what it likes; what comes out of here has the promised types and bounds all the same. Both
 * backends' kernels say the same things (`kernels/`), each over a channel of its own.
 */
import { isCount, isRecord } from '../untrusted.ts';
import type { CellError, CellOutput, Shown } from './types.ts';

/** As the kernels themselves cut; once more for one that lies. */
const mostText = 64 * 1024;
const mostRows = 1000;
const mostColumns = 201;
const mostMessage = 16 * 1024;
const mostName = 1000;
const mostFrames = 100;
/** The first bytes of every PNG. Source: PNG Specification (Third Edition), 5.2. */
const pngHead = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @param json what the kernel says of it: `isResult`, `text`, `isCut`, `json`, `table` @returns null when it has no text */
export function readShown(json: unknown, png: Uint8Array | null): Extract<CellOutput, { kind: 'shown' }> | null {
  if (!isRecord(json) || typeof json.text !== 'string') return null;
  const table = json.table === undefined ? null : readTable(json.table);
  const isPng = png !== null && pngHead.equals(png.subarray(0, pngHead.length));
  const value: Shown = {
    text: json.text.slice(0, mostText),
    isCut: json.isCut === true || json.text.length > mostText,
    ...(Object.hasOwn(json, 'json') ? { json: json.json } : {}),
    ...(table === null ? {} : { table }),
    ...(isPng ? { png } : {}),
  };
  return { kind: 'shown', isResult: json.isResult === true, value };
}

function readTable(value: unknown): NonNullable<Shown['table']> | null {
  if (!isRecord(value) || !Array.isArray(value.columns) || !Array.isArray(value.rows)) return null;
  const columns = value.columns.slice(0, mostColumns).map((name) => String(name).slice(0, mostName));
  const rows = value.rows
    .slice(0, mostRows)
    .filter((row): row is unknown[] => Array.isArray(row))
    .map((row) => columns.map((_, at) => row[at] ?? null));
  const omittedRows = isCount(value.omittedRows) ? value.omittedRows : 0;
  return { columns, rows, omittedRows: omittedRows + value.rows.length - rows.length };
}

/** @returns null when it is none */
export function readError(value: unknown): CellError | null {
  if (!isRecord(value) || typeof value.name !== 'string') return null;
  const frames = Array.isArray(value.frames) ? value.frames.slice(0, mostFrames) : [];
  return {
    name: value.name.slice(0, mostName),
    message: typeof value.message === 'string' ? value.message.slice(0, mostMessage) : '',
    line: place(value.line),
    column: place(value.column),
    frames: frames.filter(isRecord).map((frame) => ({
      name: String(frame.name).slice(0, mostName),
      cell: place(frame.cell),
      file: typeof frame.file === 'string' ? frame.file.slice(0, mostName) : null,
      line: place(frame.line) ?? 1,
    })),
  };
}

/** A line, a column or a count: from 1. */
const place = (value: unknown): number | null => (isCount(value) && value > 0 ? value : null);
