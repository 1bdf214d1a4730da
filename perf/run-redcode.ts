/**
 * Runs every program of RedCode-Exec (Python) on a backend and looks whether this machine is still what it was.
 *
 * ```
 * node perf/run-redcode.ts FILE --backend embedded|native [--first N] [--json]
 * ```
 *
 * FILE: a JSON line a program with `Index` and `Code`, plain or gzipped. The programs delete files, read secrets, kill
 * processes, open shells; so they run in the sandbox under test, and that inside the second belt of `test/escapes`. Bait lies
 * about: a home with keys, a shadow file with a secret in it, and a server at every loopback address that a program
 * names. After each category of 30 a picture of files (by hash), processes, sockets and mounts is compared with the one before.
 *
 * Exit codes: 0 all contained, 1 the host changed or a secret came out, 2 bad use, 3 no second belt, or the sandbox failed.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type BackendName, type BatchEntry, type Job, type Outcome, openRunner } from '../src/run/mod.ts';
import { layBait } from '../test/escapes/bait.ts';
import { belted, beltProblem } from '../test/escapes/belt.ts';
import { differences, type Picture, takePicture } from '../test/escapes/picture.ts';
import { copyKept } from '../test/keptcache.ts';
import { table } from './markdown.ts';

const usage = 'usage: node perf/run-redcode.ts FILE --backend embedded|native [--first N] [--json]';
const ownTmp = '/tmp/winnow-own';

interface Program {
  readonly Index: string;
  readonly Code: string;
}

interface Row {
  readonly index: string;
  /** How it ended, in a word or two. */
  readonly ending: string;
  readonly leaked: boolean;
  readonly wallMs: number;
}

interface Found {
  readonly backend: string;
  readonly version: string | null;
  readonly elapsedMs: number;
  readonly rows: readonly Row[];
  /** What changed on the host, by category; empty: nothing. */
  readonly changes: readonly string[];
  readonly canaries: number;
  readonly servers: number;
}

const limits = {
  wallMs: 5000,
  cpuMs: 5000,
  memoryBytes: 256 * 1024 * 1024,
  outputBytes: 4 * 1024 * 1024,
  fileBytes: 16 * 1024 * 1024,
  processes: 64,
};

function readPrograms(file: string): Program[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Program);
}

const categoryOf = ({ Index }: Program): string => Index.split('_')[0] as string;

/** Files such as a user has, each with its own words, in the places that the programs name. @returns how many */
function layCanaries(): number {
  const home = homedir();
  const user = '/home/user';
  const files = [home, user].flatMap((at) =>
    [
      '.bashrc',
      '.profile',
      '.ssh/id_rsa',
      '.ssh/authorized_keys',
      '.aws/credentials',
      '.bash_history',
      'Documents/a.txt',
      'Documents/b/c.txt',
    ].map((name) => join(at, name)),
  );
  files.push(
    '/usr/usrfile.txt',
    '/boot/important_file',
    '/var/lib/pam/account',
    '/tmp/data.xml',
    '/var/log/winnow-canary.log',
    '/opt/canary/a',
  );
  for (const file of files) {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, `canary ${file} ${randomBytes(8).toString('hex')}\n`);
  }
  return files.length;
}

/** Somebody to talk to at every loopback port that a program names. */
async function layServers(programs: readonly Program[], called: (port: number) => void): Promise<number> {
  const ports = new Set(
    programs.flatMap(({ Code }) => [...Code.matchAll(/\b([1-9]\d{3,4})\b/g)].map(([port]) => Number(port))),
  );
  let listening = 0;
  for (const port of [...ports].filter((port) => port > 1024 && port < 65536).slice(0, 500))
    await new Promise<void>((resolve) => {
      const server = createServer((socket) => {
        called(port);
        socket.on('error', () => undefined).end('exit\n');
      });
      server.on('error', () => resolve());
      server.listen(port, '127.0.0.1', () => {
        listening++;
        resolve();
      });
      server.unref();
    });
  return listening;
}

async function runInside(programs: readonly Program[], backend: BackendName, word: string): Promise<Found> {
  const own = [`${ownTmp}/`];
  const bait = await layBait(word);
  const calls = new Set<number>();
  const canaries = layCanaries();
  const servers = await layServers(programs, (port) => calls.add(port));
  const cacheDir = join(ownTmp, 'cache');
  copyKept(cacheDir);
  const runner = openRunner({
    cacheDir,
    path: (process.env.PATH ?? '').split(':'),
    parallelism: 2,
    backend,
  });
  const offer = (await runner.offers()).find((offer) => offer.backend === backend);
  const runtime = offer?.runtimes.find(({ language }) => language === 'python');
  if (runtime?.state !== 'ready')
    throw new Error(`no Python on the ${backend} backend: ${runtime?.reason ?? JSON.stringify(offer?.availability)}`);
  const jobOf = (program: Program): Job => ({
    language: 'python',
    entry: 'main.py',
    files: [{ path: 'main.py', bytes: Buffer.from(program.Code) }],
    limits,
  });
  for await (const _ of runner.runAll([jobOf({ Index: '', Code: 'pass' }), jobOf({ Index: '', Code: 'pass' })]));
  const started = performance.now();
  const rows: Row[] = [];
  const changes: string[] = [];
  let before = takePicture(own);
  for (const [category, members] of Map.groupBy(programs, categoryOf)) {
    for await (const entry of runner.runAll(members.map(jobOf), { ordered: true })) {
      const program = members[entry.index] as Program;
      rows.push(rowOf(program, entry, bait.inside));
    }
    const after = await settle(before, own);
    changes.push(...differences(before, after).map((line) => `category ${category}: ${line}`));
    before = after;
  }
  const elapsedMs = performance.now() - started;
  await runner.close();
  changes.push(...[...calls].map((port) => `a server at 127.0.0.1:${port} was called`));
  changes.push(...bait.called().map((name) => `the bait server ${name} was called`));
  return { backend, version: runtime.version, elapsedMs, rows, changes, canaries, servers };
}

/** Workers that are being replaced come and go for a moment. */
async function settle(before: Picture, own: readonly string[]): Promise<Picture> {
  let after = takePicture(own);
  for (let tries = 0; tries < 40 && differences(before, after).length > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    after = takePicture(own);
  }
  return after;
}

function rowOf(program: Program, entry: BatchEntry, inside: (...texts: (Uint8Array | string)[]) => boolean): Row {
  if ('error' in entry)
    return { index: program.Index, ending: `sandbox failed: ${entry.error.message}`, leaked: false, wallMs: 0 };
  const { outcome } = entry;
  const { stdout, stderr, files, usage } = outcome;
  const returned = files.flatMap((file) => ('bytes' in file ? [file.bytes] : []));
  const leaked = inside(stdout.head, stdout.tail, stderr.head, stderr.tail, ...returned);
  return { index: program.Index, ending: endingOf(outcome), leaked, wallMs: Math.round(usage.wallMs) };
}

/** A program that ended with an exception is counted by it: what it tried is not there. */
function endingOf({ ending, stderr }: Outcome): string {
  if (ending.kind === 'timed-out') return `timed-out (${ending.clock})`;
  if (ending.kind === 'crashed') return `crashed (${ending.signal ?? 'trap'})`;
  if (ending.kind !== 'exited') return ending.kind;
  if (ending.code === 0) return 'exited 0';
  const last = Buffer.concat([stderr.head, stderr.tail]).toString('utf8').trimEnd().split('\n').at(-1) ?? '';
  return `exited ${ending.code}${/^[\w.]+(?=:|$)/.test(last) ? `, ${/^[\w.]+/.exec(last)?.[0]}` : ''}`;
}

function render(found: Found): string {
  const counts = Map.groupBy(found.rows, (row) => row.ending);
  const rows = [...counts]
    .map(([ending, members]) => [ending, String(members.length)])
    .sort((a, b) => Number(b[1]) - Number(a[1]));
  const leaks = found.rows.filter((row) => row.leaked).map((row) => row.index);
  return [
    `${found.backend} backend, ${found.version}; ${found.rows.length} programs in ${(found.elapsedMs / 1000).toFixed(1)} s;`,
    `${found.canaries} canary files and ${found.servers} servers laid out.\n`,
    table([['ending', 'programs'], ...rows]),
    `\nHost: ${found.changes.length === 0 ? 'unchanged' : `\n- ${found.changes.join('\n- ')}`}`,
    `Secrets that came out: ${leaks.length === 0 ? 'none' : leaks.join(', ')}\n`,
  ].join('\n');
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      backend: { type: 'string' },
      first: { type: 'string' },
      json: { type: 'boolean', default: false },
      inside: { type: 'string' },
    },
  });
  const [file] = positionals;
  const backend = values.backend;
  if (file === undefined || (backend !== 'embedded' && backend !== 'native')) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  if (values.inside !== undefined) {
    const programs = readPrograms(file).slice(0, values.first === undefined ? undefined : Number(values.first));
    process.stdout.write(JSON.stringify(await runInside(programs, backend, values.inside)));
    return 0;
  }
  const problem = await beltProblem();
  if (problem !== null) {
    process.stderr.write(`${problem}\n`);
    return 3;
  }
  const word = randomBytes(16).toString('hex');
  const argv = [process.execPath, import.meta.filename, resolve(file), '--backend', backend, '--inside', word];
  const run = await belted(
    [
      'sh',
      '-c',
      `mkdir -p ${ownTmp} && exec "$@"`,
      'sh',
      ...argv,
      ...(values.first === undefined ? [] : ['--first', values.first]),
    ],
    { memoryBytes: 6 * 2 ** 30, processes: 1000, wallMs: 3_600_000 },
    { env: { TMPDIR: ownTmp, HOME: homedir(), NODE_DISABLE_COMPILE_CACHE: '1' } },
  );
  if (run.exit !== 0) {
    process.stderr.write(`${run.stderr}\n`);
    return 3;
  }
  const found = JSON.parse(run.stdout) as Found;
  process.stdout.write(values.json ? `${JSON.stringify(found, null, 2)}\n` : render(found));
  if (found.rows.some((row) => row.ending.startsWith('sandbox failed'))) return 3;
  return found.changes.length > 0 || found.rows.some((row) => row.leaked) ? 1 : 0;
}

process.exit(await main());
