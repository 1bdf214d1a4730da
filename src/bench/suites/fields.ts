/** Fields of a row of a suite's data, each told by file and line where it is not what it should be. */
import { shown, wrongRow } from '../tablerows.ts';
import type { DataRow } from './types.ts';

/** @throws WinnowError `bad-data` */
export function textOf({ row, path, line }: DataRow, field: string): string {
  const value = row[field];
  if (typeof value !== 'string') throw wrongRow(path, line, `"${field}", a text`, shown(value));
  return value;
}

/** The name of a problem: a text, or a number as MBPP has it. @throws WinnowError `bad-data` */
export function idOf({ row, path, line }: DataRow, ...fields: readonly string[]): string {
  for (const field of fields) {
    const value = row[field];
    if (typeof value === 'string' || typeof value === 'number') return `${value}`;
  }
  throw wrongRow(path, line, fields.map((field) => `"${field}"`).join(' or '), shown(row[fields[0] as string]));
}

/** @throws WinnowError `bad-data` */
export function listOf({ row, path, line }: DataRow, field: string): readonly unknown[] {
  const value = row[field];
  if (!Array.isArray(value)) throw wrongRow(path, line, `"${field}", a list`, shown(value));
  return value;
}

/** @throws WinnowError `bad-data` */
export function textsOf(row: DataRow, field: string): readonly string[] {
  const list = listOf(row, field);
  if (!list.every((one) => typeof one === 'string'))
    throw wrongRow(row.path, row.line, `"${field}", a list of texts`, shown(list));
  return list as readonly string[];
}

/** Absent is `null`. */
export const maybeText = ({ row }: DataRow, field: string): string | null =>
  typeof row[field] === 'string' ? row[field] : null;
