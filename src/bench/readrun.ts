/** A run's folder read again: what it was asked, its summary with the figures in it, and its raw rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../base/mod.ts';

export interface Figure {
  /** Where it stands in the summary: `figures / pass@1`. */
  readonly name: string;
  readonly value: number;
  /** 95% interval. */
  readonly low: number;
  readonly high: number;
  readonly n: number | null;
}

export interface ReadRun {
  readonly suite: string;
  readonly command: readonly string[];
  readonly seed: number;
  readonly date: string;
  readonly versions: Readonly<Record<string, unknown>>;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly figures: readonly Figure[];
  readonly summary: Readonly<Record<string, unknown>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** @throws WinnowError `path-not-found` where no whole run lies, `bad-data` where it cannot be read */
export function readRun(folder: string): ReadRun {
  const command = json(text(folder, 'command.json'), folder, 'command.json');
  const summary = json(text(folder, 'summary.json'), folder, 'summary.json');
  const rows = text(folder, 'rows.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => json(line, folder, 'rows.jsonl'));
  return {
    suite: String(command.suite ?? 'unknown'),
    command: Array.isArray(command.command) ? command.command.map(String) : [],
    seed: Number(command.seed ?? 0),
    date: String(command.date ?? ''),
    versions: objectOr(command.versions),
    machine: objectOr(command.machine),
    figures: figuresOf(summary, []),
    summary,
    rows,
  };
}

function text(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (cause) {
    throw new WinnowError(
      'path-not-found',
      `Expected a folder that a benchmark's --out wrote; ${folder} has no ${name} that can be read.`,
      { details: { path: folder }, cause },
    );
  }
}

function json(line: string, folder: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch {
    // Told below, as anything else that is no object.
  }
  throw new WinnowError('bad-data', `Expected objects of JSON in ${join(folder, name)}; came ${line.slice(0, 80)}.`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOr = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

/** Whatever has a value and an interval, by the names that lead to it; of rows in a list, their own name. */
function figuresOf(value: unknown, path: readonly string[]): readonly Figure[] {
  if (Array.isArray(value))
    return value.flatMap((one, index) => {
      const { name, system, method, group } = objectOr(one);
      return figuresOf(one, [...path, String(name ?? system ?? method ?? group ?? index)]);
    });
  if (!isObject(value)) return [];
  const { value: mean = value.mean, low, high, interval, n } = value;
  const [from, to] = Array.isArray(interval) ? interval : [low, high];
  if (typeof mean === 'number' && typeof from === 'number' && typeof to === 'number')
    return [
      {
        name: path.filter((part) => part !== 'estimate').join(' / '),
        value: mean,
        low: from,
        high: to,
        n: typeof n === 'number' ? n : null,
      },
    ];
  return Object.entries(value).flatMap(([name, one]) => figuresOf(one, [...path, name]));
}
