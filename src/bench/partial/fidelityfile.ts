/**
 * A recording of values as a file, `winnow.values/1` (docs/formats.md): what a project's suite worked with, and the sources that it stood in.
 *
 * JSON lines: a head, a row for each source, a row for each function that was called. The sources are there so that what is run partially is what was
 * recorded, wherever the project is by then.
 */
import { WinnowError } from '../../base/mod.ts';
import { type ValueFunction, valueFunction } from '../../run/mod.ts';
import { textOf } from '../beir.ts';
import { readObjects, wrongRow } from '../tablerows.ts';

const format = 'winnow.values/1';

export interface Recording {
  readonly project: string;
  /** null: not told by git. */
  readonly commit: string | null;
  /** Runner and interpreter, as the suite's report says; null: it did not get to say. */
  readonly runner: string | null;
  /** Tests by how they ended. */
  readonly tests: Readonly<Record<string, number>>;
  /** Text by path. */
  readonly sources: ReadonlyMap<string, string>;
  readonly functions: readonly ValueFunction[];
}

export function recordingText({ project, commit, runner, tests, sources, functions }: Recording): string {
  const rows = [
    { format, project, commit, runner, tests },
    ...[...sources].map(([source, text]) => ({ source, text })),
    ...functions.map((one) => ({
      ...one,
      returns: one.returns.map(spanArray),
      sites: one.sites.map((site) => ({
        ...site,
        at: spanArray(site.at),
        values: site.values.map(({ type, own, truth, size, count }) => [type, own, truthNumber(truth), size, count]),
      })),
    })),
  ];
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

const spanArray = ({ line, column, endLine, endColumn }: ValueFunction['returns'][number]): number[] => [
  line,
  column,
  endLine,
  endColumn,
];

const truthNumber = (truth: boolean | null): number | null => (truth === null ? null : truth ? 1 : 0);

/** @throws WinnowError `bad-data` (file:line), `path-not-found`, `path-unreadable` */
export async function readRecording(path: string): Promise<Recording> {
  let head: Omit<Recording, 'sources' | 'functions'> | null = null;
  const sources = new Map<string, string>();
  const functions: ValueFunction[] = [];
  for await (const { row, line } of readObjects(path)) {
    if (head === null) {
      if (row.format !== format) throw wrongRow(path, line, `a recording of values (${format})`, String(row.format));
      const counts = typeof row.tests === 'object' && row.tests !== null ? Object.entries(row.tests) : [];
      head = {
        project: textOf(row, 'project', path, line),
        commit: typeof row.commit === 'string' ? row.commit : null,
        runner: typeof row.runner === 'string' ? row.runner : null,
        tests: Object.fromEntries(counts.map(([state, count]) => [state, Number(count)])),
      };
    } else if ('source' in row) sources.set(textOf(row, 'source', path, line), textOf(row, 'text', path, line));
    else {
      const found = valueFunction(row);
      if (found === null) throw wrongRow(path, line, 'a function with its sites', 'another row');
      functions.push(found);
    }
  }
  if (head === null) throw new WinnowError('bad-data', `Expected a recording of values at ${path}; it is empty.`);
  return { ...head, sources, functions };
}
