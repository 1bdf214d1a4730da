/**
 * Handles of what follows an answer. They hold where to go on, and a hash of what was asked, so that one given with other arguments is
 * refused and not answered wrongly. Nothing is kept for them here.
 */
import { createHash } from 'node:crypto';
import { WinnowError } from '../../base/mod.ts';

/** @param asked the arguments, without cursor and budget */
export function cursorAt(offset: number, asked: Readonly<Record<string, unknown>>): string {
  return `${offset}.${hashOf(asked)}`;
}

/** @returns where to go on; 0 without a cursor @throws WinnowError `bad-usage` for one of something else */
export function offsetOf(cursor: string | undefined, asked: Readonly<Record<string, unknown>>): number {
  if (cursor === undefined) return 0;
  const [, offset, hash] = /^(\d{1,6})\.([0-9a-f]{8})$/.exec(cursor) ?? [];
  if (offset !== undefined && hash === hashOf(asked)) return Number(offset);
  throw new WinnowError(
    'bad-usage',
    'Expected a cursor as `next` of an answer has it, with the arguments of that answer; this one is of another. Ask without cursor to begin.',
  );
}

function hashOf(asked: Readonly<Record<string, unknown>>): string {
  const { cursor: _cursor, budget: _budget, ...rest } = asked;
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 8);
}
