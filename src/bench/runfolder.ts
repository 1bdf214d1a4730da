/**
 * A benchmark's run as a folder, so that a figure can be traced and computed again:
 *
 * - `command.json`: the exact command, settings, seed, date, versions, machine;
 * - `rows.jsonl`: one line per query and system, raw;
 * - `summary.json`: computed from the rows, nothing else.
 *
 * A long run writes its rows as they come, beside `begun.json` with what it was asked to do (`beginRunFolder`); after a kill the same command goes on where it was.
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { WinnowError } from '../base/mod.ts';
import { makeDirectorySync } from '../run/mod.ts';
import { checkedOutCommit } from './checkout.ts';

export interface RunRecord {
  /** Which benchmark: `retrieval`, `board`. */
  readonly suite: string;
  /** What it was asked to do, in full, defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly rows: readonly object[];
  readonly summary: object;
}

/** @throws WinnowError `bad-usage` when the folder already holds a run */
export function checkRunFolder(dir: string): void {
  if (existsSync(join(dir, 'command.json')))
    throw new WinnowError(
      'bad-usage',
      `Expected a folder without a run; ${dir} holds one. Name another folder or delete it.`,
      { details: { dir } },
    );
}

/** @throws WinnowError `bad-usage` when the folder already holds a run, `path-unreadable` when it cannot be written */
export function writeRunFolder(dir: string, run: RunRecord): void {
  checkRunFolder(dir);
  const project = join(import.meta.dirname, '..', '..');
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
  const command = {
    schema: 'winnow.run/1',
    suite: run.suite,
    command: process.argv,
    directory: process.cwd(),
    settings: run.settings,
    seed: run.seed,
    date: new Date().toISOString(),
    versions: { winnow: version, commit: checkedOutCommit(project), node: process.version },
    machine: {
      platform: `${platform()} ${release()} ${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cpus: cpus().length,
      memoryBytes: totalmem(),
    },
  };
  try {
    makeDirectorySync(dir);
    writeFileSync(join(dir, 'rows.jsonl'), run.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    writeFileSync(join(dir, 'summary.json'), `${JSON.stringify(run.summary, null, 2)}\n`);
    writeFileSync(join(dir, 'command.json'), `${JSON.stringify(command, null, 2)}\n`); // last: marks the run as whole
    rmSync(join(dir, 'begun.json'), { force: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError('path-unreadable', `Cannot write the run to ${dir} (${code}).`, { cause });
  }
}

/** A run that is under way. */
export interface BegunRun {
  /** Rows of an earlier begin, in their order. */
  readonly rows: readonly object[];
  add(row: object): void;
}

/**
 * Begins a run, or goes on with one that was broken off. A last row that was cut short is dropped.
 *
 * @throws WinnowError `bad-usage` when the folder holds a whole run, or one that was begun with other settings; `path-unreadable`
 */
export function beginRunFolder(
  dir: string,
  { suite, settings, seed }: Pick<RunRecord, 'suite' | 'settings' | 'seed'>,
): BegunRun {
  checkRunFolder(dir);
  const [begunPath, rowsPath] = [join(dir, 'begun.json'), join(dir, 'rows.jsonl')];
  const begun = `${JSON.stringify({ suite, settings, seed }, null, 2)}\n`;
  const rows: object[] = [];
  try {
    makeDirectorySync(dir);
    if (existsSync(begunPath)) {
      if (readFileSync(begunPath, 'utf8') !== begun)
        throw new WinnowError(
          'bad-usage',
          `${dir} holds a run that was begun with other settings (begun.json). Give the same command again to go on with it, or name another folder.`,
          { details: { dir } },
        );
      for (const line of (existsSync(rowsPath) ? readFileSync(rowsPath, 'utf8') : '').split('\n')) {
        const row = readRow(line);
        if (row !== null) rows.push(row);
      }
    } else writeFileSync(begunPath, begun);
    writeFileSync(rowsPath, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError('path-unreadable', `Cannot write the run to ${dir} (${code}).`, { cause });
  }
  return { rows, add: (row) => appendFileSync(rowsPath, `${JSON.stringify(row)}\n`) };
}

function readRow(line: string): object | null {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === 'object' ? row : null;
  } catch {
    return null;
  }
}
