/**
 * Reads the rows that our own reporters write: what they are sealed with is checked, and all is bounded.
 *
 * A row is `SEAL NUMBER JSON`; the seal is the first half of HMAC-SHA-256 over the rest, with a key that the plan brought and that was removed before
 * code of the project ran. What is no such row is counted. Numbers rise by one: a row that is missing is counted as well.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of a report that are read: 10,000 tests of which each fails with all its details take less. */
const mostBytes = 256 * 1024 * 1024;

export interface SealedRows {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly unsealed: number;
}

export const seal = (key: string, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex').slice(0, 32);

export function readSealed(bytes: Uint8Array, key: string): SealedRows {
  const rows: Record<string, unknown>[] = [];
  let unsealed = 0;
  let next = 0;
  const text = new TextDecoder().decode(bytes.subarray(0, mostBytes));
  const lines = text.split('\n');
  // A process that was killed leaves half a row.
  lines.pop();
  for (const line of lines) {
    const given = line.slice(0, 32);
    const rest = line.slice(33);
    const space = rest.indexOf(' ');
    const number = Number(rest.slice(0, space));
    if (!isSeal(given, seal(key, rest)) || !Number.isSafeInteger(number) || number < next) {
      unsealed++;
      continue;
    }
    unsealed += number - next;
    next = number + 1;
    const row: unknown = JSON.parse(rest.slice(space + 1));
    if (typeof row === 'object' && row !== null) rows.push(row as Record<string, unknown>);
  }
  return { rows, unsealed };
}

function isSeal(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `1-3,7` as numbers; a text that says anything else, or too much, is none. */
export function linesOf(text: unknown): number[] {
  if (typeof text !== 'string' || !/^(\d{1,7}(-\d{1,7})?(,|$))*$/.test(text)) return [];
  const lines: number[] = [];
  for (const part of text.split(',')) {
    if (part === '') continue;
    const [from = 0, to = from] = part.split('-').map(Number);
    for (let line = Math.max(1, from); line <= to && lines.length < 1_000_000; line++) lines.push(line);
  }
  return lines;
}
