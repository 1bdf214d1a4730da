/**
 * Reads a board: one JSON object a line, a query over one repository with the places
 * that answer it. The format is described beside the boards, in `test/boards/README.md`.
 */
import { WinnowError } from '../base/mod.ts';
import { readObjects } from './tablerows.ts';

export const boardKinds = ['question', 'identifier', 'architecture'] as const;
export const boardSplits = ['dev', 'held'] as const;
export type BoardKind = (typeof boardKinds)[number];
export type BoardSplit = (typeof boardSplits)[number];

export interface BoardAnswer {
  /** `path:Qualified.name`, or `path` for a whole file. */
  readonly at: string;
  /** 2: an answer; 1: also clearly helpful. */
  readonly grade: 1 | 2;
}

export interface BoardRow {
  readonly id: string;
  /** `owner/name`. */
  readonly repo: string;
  readonly commit: string;
  readonly split: BoardSplit;
  readonly kind: BoardKind;
  readonly query: string;
  readonly answers: readonly BoardAnswer[];
}

/** @throws WinnowError `bad-data` (file:line), `path-not-found` */
export async function readBoard(path: string): Promise<BoardRow[]> {
  const rows = new Map<string, BoardRow>();
  for await (const { row, line } of readObjects(path)) {
    const wrong = (expected: string, came: unknown): WinnowError =>
      new WinnowError('bad-data', `${path}:${line}: expected ${expected}; came ${JSON.stringify(came) ?? 'nothing'}.`, {
        details: { path, line },
      });
    const text = (key: string): string => {
      const value = row[key];
      if (typeof value !== 'string' || value === '') throw wrong(`text under "${key}"`, value);
      return value;
    };
    const oneOf = <T extends string>(key: string, allowed: readonly T[]): T => {
      const value = row[key] as T;
      if (!allowed.includes(value)) throw wrong(`one of ${allowed.join(', ')} under "${key}"`, value);
      return value;
    };
    const answers = row.answers;
    if (!Array.isArray(answers) || answers.length === 0) throw wrong('a list of answers under "answers"', answers);
    for (const answer of answers) {
      const { at, grade } = (answer ?? {}) as Record<string, unknown>;
      if (typeof at !== 'string' || at === '' || (grade !== 1 && grade !== 2))
        throw wrong('an answer {"at": "path:Name", "grade": 1 or 2}', answer);
    }
    if (!answers.some((answer) => answer.grade === 2)) throw wrong('at least one answer of grade 2', answers);
    const id = text('id');
    if (rows.has(id)) throw wrong('an id that no line before it has', id);
    rows.set(id, {
      id,
      repo: text('repo'),
      commit: text('commit'),
      split: oneOf('split', boardSplits),
      kind: oneOf('kind', boardKinds),
      query: text('query'),
      answers: answers.map(({ at, grade }) => ({ at, grade })),
    });
  }
  return [...rows.values()];
}
