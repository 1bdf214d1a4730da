/**
 * A benchmark's run as a folder, so that a figure can be traced and computed again:
 *
 * - `command.json`: the exact command, settings, seed, date, versions, machine;
 * - `rows.jsonl`: one line per query and system, raw;
 * - `summary.json`: computed from the rows, nothing else.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { WinnowError } from '../base/mod.ts';
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
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'rows.jsonl'), run.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    writeFileSync(join(dir, 'summary.json'), `${JSON.stringify(run.summary, null, 2)}\n`);
    writeFileSync(join(dir, 'command.json'), `${JSON.stringify(command, null, 2)}\n`); // last: marks the run as whole
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError('path-unreadable', `Cannot write the run to ${dir} (${code}).`, { cause });
  }
}
