/**
 * What a round of partial execution wrote, and its reading: rows of winnow.partial/1 (docs/formats.md).
 *
 * The rows come out of the process of the program under test, so no line is believed to have the right form, and everything is bounded. What is
 * no row is counted. A row that is written anew while the round goes on (statements that ran) adds to what was said before, so that a round
 * that is stopped from outside has told what it did until then.
 *
 * Coverage is computed here and not by the tools: one definition for all languages, from statements and those of them that ran.
 */
import { placeOf as callPlaceOf } from '../record/rows.ts';
import { isCount, recordOf } from '../untrusted.ts';
import {
  type Fix,
  guessSources,
  guessTypes,
  type Injection,
  missingKinds,
  type PartialCall,
  type PartialCoverage,
  type PartialFailure,
  type PartialPlace,
  type RoundFile,
  type RoundRows,
} from './types.ts';

export const partialFormat = 'winnow.partial/1';

/** A file of a million lines is no source; statements of all files together. */
const mostStatements = 1_000_000;
/** Told places of each kind: a person reads tens; the rest is counted. */
const mostTold = 2_000;
/** Distinct calls; as the tools have it. */
const mostCalls = 20_000;
/** Characters of a text in a row; tools cut values to 100 and messages to 500. */
const mostText = 1_000;

type Row = Readonly<Record<string, unknown>>;

/** @returns null when there is no head: nothing was recorded */
export function readRows(bytes: Uint8Array): RoundRows | null {
  const reader = new Reader();
  for (const line of new TextDecoder().decode(bytes).split('\n')) if (line !== '') reader.take(line);
  return reader.rows();
}

/** Statements of files that ran, as lines; a line is missed where none of its statements ran. */
export function coverageOf(files: readonly RoundFile[]): PartialCoverage {
  return {
    statements: files.reduce((sum, { statements }) => sum + statements.length, 0),
    covered: files.reduce((sum, { ran }) => sum + ran.size, 0),
    files: files.map(({ path, statements, ran }) => {
      const lines = new Set(statements.filter((_, index) => ran.has(index)));
      const missed = new Set(statements.filter((line) => !lines.has(line)));
      return { path, ran: ascending(lines), missed: ascending(missed) };
    }),
  };
}

/** What ran in either of two rounds. Of a file whose statements differ, the one where more ran is taken. */
export function unionOf(one: readonly RoundFile[], other: readonly RoundFile[]): readonly RoundFile[] {
  const known = new Map(one.map((file) => [file.path, file]));
  for (const file of other) {
    const before = known.get(file.path);
    if (before === undefined) known.set(file.path, file);
    else if (before.statements.length === file.statements.length)
      known.set(file.path, { ...before, ran: new Set([...before.ran, ...file.ran]) });
    else if (file.ran.size > before.ran.size) known.set(file.path, file);
  }
  return [...known.values()];
}

const ascending = (lines: ReadonlySet<number>): number[] => [...lines].sort((a, b) => a - b);

class Reader {
  readonly #files = new Map<string, { path: string; statements: number[]; ran: Set<number> }>();
  readonly #injections: Injection[] = [];
  readonly #failures: PartialFailure[] = [];
  readonly #called: string[] = [];
  readonly #calls: PartialCall[] = [];
  readonly #beside: RoundRows['beside'][number][] = [];
  readonly #wanted: Fix[] = [];
  readonly #open: RoundRows['open'][number][] = [];
  readonly #gaps: string[] = [];
  #statements = 0;
  #more = 0;
  #begun = false;
  #ended = false;
  #unreadable = 0;

  take(line: string): void {
    const row = recordOf(line);
    if (row === null) this.#unreadable++;
    else if (!this.#begun) {
      this.#begun = row.format === partialFormat;
      if (!this.#begun) this.#unreadable++;
    } else if (!this.#takeRow(row)) this.#unreadable++;
  }

  rows(): RoundRows | null {
    if (!this.#begun) return null;
    return {
      files: [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
      injections: this.#injections,
      moreInjections: this.#more,
      // A place that was not told cannot be pointed to.
      failures: this.#failures.map((failure) => ({
        ...failure,
        because: failure.because.filter((index) => index < this.#injections.length),
      })),
      called: this.#called,
      calls: this.#calls,
      beside: this.#beside,
      wanted: this.#wanted,
      open: this.#open,
      gaps: this.#gaps,
      ended: this.#ended,
      unreadable: this.#unreadable,
    };
  }

  #takeRow(row: Row): boolean {
    switch (row.e) {
      case 'statements':
        return this.#takeStatements(row);
      case 'ran':
        return this.#takeRan(row);
      case 'injected':
        return this.#keep(this.#injections, injectionOf(row), () => this.#more++);
      case 'failed':
        return this.#keep(this.#failures, failureOf(row));
      case 'called':
        return this.#keep(this.#called, isText(row.name) ? row.name : null);
      case 'call':
        return this.#keep(this.#calls, callOf(row), undefined, mostCalls);
      case 'beside':
        return this.#keep(this.#beside, besideOf(row));
      case 'want':
        return this.#keep(this.#wanted, fixOf(row));
      case 'open':
        return this.#keep(this.#open, openOf(row));
      case 'gap':
        return this.#keep(this.#gaps, isText(row.text) ? row.text : null);
      case 'end':
        this.#ended = true;
        if (isCount(row.more)) this.#more += row.more;
        return true;
      default:
        return false;
    }
  }

  #keep<T>(list: T[], value: T | null, dropped?: () => void, most = mostTold): boolean {
    if (value === null) return false;
    if (list.length < most) list.push(value);
    else dropped?.();
    return true;
  }

  #takeStatements({ path, lines }: Row): boolean {
    if (!isText(path) || !isCounts(lines) || this.#files.has(path)) return false;
    this.#statements += lines.length;
    if (this.#statements > mostStatements) return false;
    this.#files.set(path, { path, statements: [...lines], ran: new Set() });
    return true;
  }

  #takeRan({ path, ran }: Row): boolean {
    const file = isText(path) ? this.#files.get(path) : undefined;
    if (file === undefined || !isCounts(ran)) return false;
    if (ran.some((index) => index >= file.statements.length)) return false;
    for (const index of ran) file.ran.add(index);
    return true;
  }
}

function injectionOf(row: Row): Injection | null {
  const fix = fixOf(row);
  if (fix === null || fix.value === null || !isCount(row.corrected)) return null;
  return { ...fix, value: fix.value, corrected: row.corrected };
}

function fixOf(row: Row): Fix | null {
  const place = placeOf(row);
  const kind = missingKinds.find((one) => one === row.kind);
  const type = guessTypes.find((one) => one === row.type);
  const source = guessSources.find((one) => one === row.source);
  const { what, value, why } = row;
  if (place === null || kind === undefined || type === undefined || source === undefined) return null;
  if (!isText(what) || !(value === null || isText(value)) || !Array.isArray(why) || !why.every(isText)) return null;
  return { ...place, kind, what, type, value, source, why };
}

function failureOf(row: Row): PartialFailure | null {
  const place = placeOf(row);
  const { type, message, because, guessedPath } = row;
  const certainty = (['genuine', 'possible'] as const).find((one) => one === row.certainty);
  const after = (['ended', 'resumed', 'caught'] as const).find((one) => one === row.after);
  if (place === null || certainty === undefined || after === undefined) return null;
  if (!isText(type) || !isText(message) || !isCounts(because) || typeof guessedPath !== 'boolean') return null;
  return { ...place, type, message, certainty, because, guessedPath, after };
}

function callOf(row: Row): PartialCall | null {
  const [caller, callee] = [callPlaceOf(row.caller), callPlaceOf(row.callee)];
  return caller === null || callee === null || !isCount(row.count) ? null : { caller, callee, count: row.count };
}

function besideOf({ path, ran, missed }: Row): RoundRows['beside'][number] | null {
  if (!isText(path) || !isCounts(ran) || !isCounts(missed)) return null;
  return ran.length + missed.length > mostStatements ? null : { path, ran, missed };
}

function openOf(row: Row): RoundRows['open'][number] | null {
  const place = placeOf(row);
  const way = (['true', 'false'] as const).find((one) => one === row.way);
  return place === null || way === undefined ? null : { ...place, way };
}

const placeOf = ({ path, line, column }: Row): PartialPlace | null =>
  isText(path) && isCount(line) && isCount(column) ? { path, line, column } : null;

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= mostText;

const isCounts = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isCount);
