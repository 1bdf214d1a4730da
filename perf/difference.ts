/**
 * What changed in ranking between two runs of a benchmark (`--out` folders).
 *
 * ```
 * node perf/difference.ts RUN-A RUN-B [--system NAME] [--changes N]
 * ```
 *
 * Queries are paired by id; each measure's mean difference B − A comes with its 95%
 * bootstrap interval, then the queries that moved most. Held queries count in the
 * means and are never listed.
 *
 * Exit codes: 0 done, 2 bad use or folders that are no runs of the same benchmark.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pairedDifference } from '../src/bench/interval.ts';
import { table } from './markdown.ts';

const usage = 'usage: node perf/difference.ts RUN-A RUN-B [--system NAME] [--changes N]';

/** The parts of a row that retrieval runs and board runs have in common. */
interface Row {
  readonly system?: string;
  /** Id of the query in a retrieval run, its text in a board run. */
  readonly query: string;
  readonly id?: string;
  readonly split?: string;
  readonly scores: Readonly<Record<string, number>>;
}

function rowsOf(dir: string, system: string): Map<string, Row> {
  const lines = readFileSync(join(dir, 'rows.jsonl'), 'utf8').split('\n').filter(Boolean);
  const rows = lines.map((line) => JSON.parse(line) as Row).filter((row) => (row.system ?? 'winnow') === system);
  return new Map(rows.map((row) => [row.id ?? row.query, row]));
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;

function difference(argv: readonly string[]): string {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { system: { type: 'string', default: 'winnow' }, changes: { type: 'string', default: '15' } },
    allowPositionals: true,
  });
  const [dirA, dirB] = positionals;
  if (dirA === undefined || dirB === undefined || positionals.length > 2) throw new Error('expected two run folders');
  const [a, b] = [rowsOf(dirA, values.system), rowsOf(dirB, values.system)];
  const ids = [...a.keys()].filter((id) => b.has(id));
  if (ids.length === 0) throw new Error(`the runs have no query of ${values.system} in common`);
  const measures = Object.keys(a.get(ids[0] as string)?.scores ?? {});
  const scoreIn = (rows: Map<string, Row>, id: string, measure: string): number => rows.get(id)?.scores[measure] ?? 0;
  const lines = measures.map((measure) => {
    const [before, after] = [a, b].map((rows) => ids.map((id) => scoreIn(rows, id, measure)));
    const { value, low, high } = pairedDifference(before as number[], after as number[]);
    const mean = (of: number[] | undefined): string => ((of ?? []).reduce((x, y) => x + y, 0) / ids.length).toFixed(4);
    return [measure, mean(before), mean(after), `${signed(value)} (${signed(low)} to ${signed(high)})`];
  });
  const moved = ids
    .filter((id) => a.get(id)?.split !== 'held')
    .map((id) => ({ id, by: scoreIn(b, id, 'mrr') - scoreIn(a, id, 'mrr') }))
    .filter(({ by }) => by !== 0)
    .sort((x, y) => Math.abs(y.by) - Math.abs(x.by));
  const apart = a.size + b.size - 2 * ids.length;
  return [
    `${ids.length} queries in both${apart > 0 ? `, ${apart} in one only and left out` : ''}`,
    '',
    table([['', 'A', 'B', 'B − A (95%)'], ...lines]),
    '',
    `${moved.filter(({ by }) => by > 0).length} better, ${moved.filter(({ by }) => by < 0).length} worse by MRR; most moved:`,
    ...moved
      .slice(0, Number(values.changes))
      .map(({ id, by }) => `  ${signed(by)}  ${id}  ${a.get(id)?.id === undefined ? '' : a.get(id)?.query}`),
    '',
  ].join('\n');
}

try {
  process.stdout.write(difference(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${usage}\n`);
  process.exitCode = 2;
}
