/**
 * Rows of a suite's data, numbers as they are written: `3.0` is no whole number to Python, and JavaScript would make one of it.
 *
 * Such a number is kept as its text and written back as it was (`JSON.rawJSON`). Parquet files have types of their own and are read as they are.
 */
import { readLines } from '../lines.ts';
import { readRows, shown, wrongRow } from '../tablerows.ts';
import type { DataRow, Row } from './types.ts';

/** ECMAScript 2025's, which the compiler's library does not have yet. */
const json = JSON as unknown as {
  rawJSON(text: string): unknown;
  parse(text: string, revive: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

const asWritten = (_: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value;

/** @throws WinnowError `bad-data`, `path-not-found`, `path-unreadable` */
export async function* readData(path: string): AsyncGenerator<DataRow> {
  if (path.endsWith('.parquet')) {
    for await (const row of readRows(path)) yield { ...row, path };
    return;
  }
  for await (const { number: line, text } of readLines(path)) {
    if (text.trim() === '') continue;
    let row: unknown;
    try {
      row = json.parse(text, asWritten);
    } catch (cause) {
      throw wrongRow(path, line, 'a JSON object', `${shown(text)} (${(cause as Error).message})`);
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw wrongRow(path, line, 'a JSON object', shown(row));
    yield { row: row as Row, line, path };
  }
}
