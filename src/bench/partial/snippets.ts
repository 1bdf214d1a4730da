/** Reads programs to be run partially: JSON Lines of `{"id", "code"}`, as SelfPiCo's data sets are turned into. */
import { readFileSync } from 'node:fs';
import { WinnowError } from '../../base/mod.ts';

export interface ProgramLine {
  readonly id: string;
  readonly code: string;
}

/** @throws WinnowError `path-not-found`, `bad-data` */
export function readTaskLines(path: string): readonly ProgramLine[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new WinnowError('path-not-found', `${path} cannot be read; give JSON Lines with "id" and "code".`, {
      details: { path },
      cause,
    });
  }
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [programOf(line, path, index + 1)]));
}

function programOf(line: string, path: string, number: number): ProgramLine {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    row = null;
  }
  const { id, code } = (row ?? {}) as { readonly id?: unknown; readonly code?: unknown };
  if (typeof code === 'string') return { id: typeof id === 'string' ? id : `${number}`, code };
  throw new WinnowError('bad-data', `${path}:${number} must be {"id": text, "code": text}.`, { details: { path } });
}
