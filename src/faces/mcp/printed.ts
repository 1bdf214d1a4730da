/**
 * Ids as answers print them, taken back: with kind and lines behind them, with colours of a terminal, with signs in the place of characters
 * that are not shown. What is given is tried as it is first, since a name may hold anything.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { hasSigns, WinnowError } from '../../base/mod.ts';
import type { ShowOutput } from '../operations/show.ts';
import type { Call } from './types.ts';

/** Of a printed row its id: the first line, up to the two spaces before the kind. */
export function printedId(row: string): string {
  const [line = ''] = stripVTControlCharacters(row).trim().split(/\r?\n/);
  return line.split(/ {2,}|\t/)[0] ?? '';
}

/** Asks with an id as it is, and where nothing has it with what it may be a print of. @throws WinnowError of the first try */
export async function withId<Answer>(id: string, ask: (id: string) => Promise<Answer>): Promise<Answer> {
  try {
    return await ask(id);
  } catch (error) {
    const printed = printedId(id);
    if (!(error instanceof WinnowError) || error.code !== 'unknown-id' || printed === id || printed === '') throw error;
    return ask(printed).catch((second: unknown) => {
      throw second instanceof WinnowError && second.code === 'unknown-id' ? error : second;
    });
  }
}

/**
 * The file that is meant by a path or an id, and what stands behind the path in the id (`:Class.method`, or nothing).
 *
 * @param base directory that relative paths are relative to
 * @returns null where there is no such file
 */
export async function fileOf(
  given: string,
  base: string,
  call: Call,
): Promise<{ readonly path: string; readonly behind: string } | null> {
  const printed = printedId(given);
  if (existsSync(resolve(base, given))) return { path: resolve(base, given), behind: '' };
  for (const id of new Set([printed, given])) {
    const ends = [id.length, ...[...id.matchAll(/:/g)].map(({ index }) => index).reverse()];
    const end = ends.find((at) => at > 0 && existsSync(resolve(base, id.slice(0, at))));
    if (end !== undefined) return { path: resolve(base, id.slice(0, end)), behind: id.slice(end) };
  }
  if (!hasSigns(printed)) return null;
  const { output } = await call.ask<ShowOutput>('show', { id: printed, directory: base });
  if (output.shown === null) return null;
  const { path, id } = output.shown;
  return { path: join(output.root, path), behind: id.startsWith(path) ? id.slice(path.length) : '' };
}
