/**
 * What a server holds after answers and after edits: the JavaScript objects that are alive behind a collection, and the most memory it took
 * meanwhile. What grows from row to row is a leak.
 *
 *   node perf/faces-heap.ts DIR [ANSWERS] [EDITS]
 *
 * DIR is written to: one file, load_edit.py, which is removed again.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { launcher } from '../test/program.ts';

const dir = resolve(process.argv[2] ?? '.');
const answers = Number(process.argv[3] ?? 1_000);
const edits = Number(process.argv[4] ?? 60);
const connections = 32;
const home = mkdtempSync(join(tmpdir(), 'winnow-perf-'));
const env = { PATH: process.env.PATH ?? '', HOME: home, WINNOW_HOME: home };

/** Loaded before the server: at a signal it collects, and says on standard error what is alive and what was the most. */
const probe = `data:text/javascript,${encodeURIComponent(`
  let most = 0;
  setInterval(() => { most = Math.max(most, process.memoryUsage.rss()); }, 100).unref();
  process.on('SIGUSR2', () => {
    gc(); gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    console.error(JSON.stringify({ heapUsed, external, rss, most }));
    most = 0;
  });
`)}`;

spawnSync(process.execPath, [launcher, 'index', dir], { env });
const server = spawn(
  process.execPath,
  ['--expose-gc', '--import', probe, launcher, 'serve', '--port', '0', '--json', '--log', 'none'],
  { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] },
);
const [line] = (await once(server.stdout, 'data')) as [Buffer];
const { url } = JSON.parse(line.toString()) as { url: string };
const told = createInterface({ input: server.stderr });

async function post(operation: string, input: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}api/v1/${operation}`, { method: 'POST', headers, body: JSON.stringify(input) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${operation}: ${response.status} ${text.slice(0, 300)}`);
}

const asks: readonly (readonly [string, object])[] = [
  ['search', { query: 'request handling of errors', limit: 5 }],
  ['show', { id: 'README.md' }],
  ['graph', { symbol: 'README.md' }],
  ['map', {}],
  ['locate', { issue: '-', $stdin: 'The README is wrong' }],
];

async function answer(): Promise<void> {
  let begun = 0;
  const one = async (): Promise<void> => {
    while (begun < answers) await post(...(asks[begun++ % asks.length] as [string, object]));
  };
  await Promise.all(Array.from({ length: connections }, one));
}

async function edit(from: number): Promise<void> {
  for (let n = from; n < from + edits; n++) {
    writeFileSync(join(dir, 'load_edit.py'), `def load_edit_${n}_name():\n    return ${n}\n`);
    await post('graph', { symbol: `load_edit_${n}_name` });
  }
}

async function row(what: string): Promise<void> {
  server.kill('SIGUSR2');
  const [text] = (await once(told, 'line')) as [string];
  const bytes = JSON.parse(text) as Record<'heapUsed' | 'external' | 'rss' | 'most', number>;
  const mb = (value: number): string => (value / 1e6).toFixed(0).padStart(5);
  console.log(
    `${what.padEnd(24)} alive ${mb(bytes.heapUsed)} + ${mb(bytes.external)} outside the heap; resident ${mb(bytes.rss)}, most ${mb(bytes.most)} MB`,
  );
}

try {
  for (let round = 1; round <= 4; round++) {
    await answer();
    await row(`${round * answers} answers`);
  }
  for (let round = 0; round < 3; round++) {
    await edit(round * edits);
    await row(`and ${(round + 1) * edits} edits`);
  }
} finally {
  server.kill();
  await once(server, 'exit');
  rmSync(join(dir, 'load_edit.py'), { force: true });
  rmSync(home, { recursive: true, force: true });
}
