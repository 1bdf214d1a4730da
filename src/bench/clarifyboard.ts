/**
 * What a question back is worth: a board's query is asked, and where a question comes with the hits, it is answered and the query asked again.
 *
 * Answered by one who knows: the choice whose filter lets the first answer of grade 2 through that any choice does; where none does, the hits
 * stay as they were. And by one who guesses: the mean over all choices, which says what a wrong reply costs. Whether a choice lets an answer
 * through is asked of the index, not of the hits, so a choice is right even where the answer was nowhere among them.
 */
import { type Clarification, type Definition, definitionTest, parseQuery, type SearchAnswer } from '../search/mod.ts';
import type { BoardRow } from './boardfile.ts';
import { divideId, scoreBoardHits } from './boardjudge.ts';
import type { Engine } from './engine.ts';
import { type BootstrapOptions, type Estimate, estimate, pairedDifference } from './interval.ts';

/** What became of one query. MRR in [0, 1]. */
export interface ClarifiedRow {
  /** What the question was about; `null`: none came. */
  readonly asks: Clarification['asks'] | null;
  /** Whether some choice holds an answer of grade 2; `false` where none was asked. */
  readonly answerable: boolean;
  readonly choices: readonly string[];
  readonly before: number;
  readonly told: number;
  readonly guessed: number;
}

export interface ClarifyReport {
  readonly queries: number;
  readonly asked: number;
  readonly answerable: number;
  /** Of all queries. */
  readonly before: Estimate;
  readonly told: Estimate;
  readonly gain: Estimate;
  /** The same where every question is answered at random. */
  readonly guessed: Estimate;
  readonly loss: Estimate;
  /** Of the queries that a question came for; `null` where there were none. */
  readonly amongAsked: { readonly before: Estimate; readonly told: Estimate; readonly guessed: Estimate } | null;
}

export async function clarifyRow(
  engine: Engine,
  row: BoardRow,
  answer: SearchAnswer,
  depth: number,
): Promise<ClarifiedRow> {
  const mrrOf = ({ hits }: SearchAnswer): number => scoreBoardHits(hits, row.answers).mrr;
  const before = mrrOf(answer);
  const { clarification } = answer;
  if (clarification === null)
    return { asks: null, answerable: false, choices: [], before, told: before, guessed: before };
  const { asks, choices } = clarification;
  const mrrs: number[] = [];
  for (const { query } of choices) mrrs.push(mrrOf(await engine.ask(query, { limit: depth })));
  const tests = choices.map(({ narrowing }) => definitionTest(parseQuery(narrowing)));
  const wanted = row.answers.filter(({ grade }) => grade === 2).map(({ at }) => definitionsAt(engine, at));
  const right = wanted.map((places) => tests.findIndex((test) => places.some(test))).find((choice) => choice >= 0);
  return {
    asks,
    answerable: right !== undefined,
    choices: choices.map(({ narrowing }) => narrowing),
    before,
    told: right === undefined ? before : (mrrs[right] as number),
    guessed: mrrs.reduce((sum, mrr) => sum + mrr, 0) / mrrs.length,
  };
}

function definitionsAt(engine: Engine, at: string): Definition[] {
  const { path, name } = divideId(at);
  if (name === null) return [{ path, kind: 'text', name: null }];
  return engine.definitions(path, name).map(({ kind, name: last }) => ({ path, kind, name: last }));
}

/** @param rows at least one */
export function clarifyReport(rows: readonly ClarifiedRow[], options: BootstrapOptions): ClarifyReport {
  const of = (some: readonly ClarifiedRow[], key: 'before' | 'told' | 'guessed'): number[] =>
    some.map((row) => row[key]);
  const mean = (some: readonly ClarifiedRow[], key: 'before' | 'told' | 'guessed'): Estimate =>
    estimate(of(some, key), undefined, options);
  const asked = rows.filter(({ asks }) => asks !== null);
  return {
    queries: rows.length,
    asked: asked.length,
    answerable: asked.filter(({ answerable }) => answerable).length,
    before: mean(rows, 'before'),
    told: mean(rows, 'told'),
    gain: pairedDifference(of(rows, 'before'), of(rows, 'told'), options),
    guessed: mean(rows, 'guessed'),
    loss: pairedDifference(of(rows, 'before'), of(rows, 'guessed'), options),
    amongAsked:
      asked.length === 0
        ? null
        : { before: mean(asked, 'before'), told: mean(asked, 'told'), guessed: mean(asked, 'guessed') },
  };
}
