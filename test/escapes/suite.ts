/**
 * Runs the corpus on a backend inside a second belt, and gives what came through, a row a program. Also a command:
 *
 * ```
 * node test/escapes/suite.ts --backend embedded|native [--only NAME]… [--json]
 * ```
 *
 * Exit codes: 0 all contained, 1 something came through, 2 bad use, 3 no second belt can be made here.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BackendName } from '../../src/run/mod.ts';
import { belted, beltProblem } from './belt.ts';
import type { Row } from './inside.ts';

/** A bomb that its sandbox does not hold takes this much of the machine and no more. */
const caps = { memoryBytes: 4 * 2 ** 30, processes: 1000 };
const ownTmp = '/tmp/winnow-own';
const inside = join(import.meta.dirname, 'inside.ts');

interface Options {
  readonly only?: readonly string[];
  readonly wallMs?: number;
  readonly onRow?: (row: Row) => void;
}

/** The programs that only read, without a belt: where none can be made, that much can still be asked. */
export function harmlessRows(backend: BackendName): Row[] {
  const TMPDIR = mkdtempSync(join(tmpdir(), 'winnow-harmless-'));
  try {
    const done = spawnSync(process.execPath, [inside, '--backend', backend, '--harmless'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', TMPDIR },
    });
    if (done.status !== 0) throw new Error(`the suite broke with ${done.status}: ${done.stderr}`);
    const lines = done.stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Row);
  } finally {
    rmSync(TMPDIR, { recursive: true });
  }
}

/** @throws Error when the suite itself broke, with what it said */
export async function escapeRows(backend: BackendName, options: Options = {}): Promise<Row[]> {
  const word = randomBytes(16).toString('hex');
  const argv = [
    ...['sh', '-c', `mkdir -p ${ownTmp} /tmp/winnow-cwd && cd /tmp/winnow-cwd && exec "$@"`, 'sh'],
    ...[process.execPath, inside, '--backend', backend, '--word', word],
    ...(options.only ?? []).flatMap((name) => ['--only', name]),
  ];
  const rows: Row[] = [];
  let rest = '';
  const run = await belted(
    argv,
    { ...caps, wallMs: options.wallMs ?? 480_000 },
    {
      env: { TMPDIR: ownTmp, WINNOW_WORD: word, HOME: process.env.HOME ?? '/root', NODE_DISABLE_COMPILE_CACHE: '1' },
      onStdout: (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const row = JSON.parse(line) as Row;
          rows.push(row);
          options.onRow?.(row);
        }
      },
    },
  );
  if (run.timedOut) throw new Error(`the suite took too long; the last it said was of ${rows.at(-1)?.name}`);
  if (run.exit !== 0) throw new Error(`the suite broke with ${run.exit} after ${rows.at(-1)?.name}: ${run.stderr}`);
  return rows;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      backend: { type: 'string' },
      only: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.backend !== 'embedded' && values.backend !== 'native') {
    process.stderr.write('usage: node test/escapes/suite.ts --backend embedded|native [--only NAME]… [--json]\n');
    return 2;
  }
  const problem = await beltProblem();
  if (problem !== null) {
    process.stderr.write(`${problem}\n`);
    return 3;
  }
  const print = (row: Row): void => {
    const state = row.skipped ?? (row.findings.length === 0 ? 'contained' : row.findings.join('; '));
    const said = row.said === undefined ? '' : `\n${row.said}`;
    process.stdout.write(
      values.json
        ? `${JSON.stringify(row)}\n`
        : `${row.name}: ${row.endings.join(', ')} ${row.wallMs} ms · ${state}${said}\n`,
    );
  };
  const rows = await escapeRows(values.backend, {
    onRow: print,
    wallMs: 580_000,
    ...(values.only === undefined ? {} : { only: values.only }),
  });
  const bad = rows.filter((row) => row.findings.length > 0).length;
  const ran = rows.filter((row) => row.skipped === null).length;
  if (!values.json) process.stdout.write(`${ran - bad} of ${ran} contained, ${rows.length - ran} skipped\n`);
  return bad > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main();
