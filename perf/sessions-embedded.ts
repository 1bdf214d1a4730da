/**
 * Measures sessions of the embedded backend: cells warm, with and without another session in between, copies, a hundred at once, ten thousand cells.
 *
 *   node perf/sessions-embedded.ts [language] [--cells N]
 *
 * Latencies are wall time as a caller sees it and processor time as the engine's process tells it; on a busy machine only the latter can be compared.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { openSessions, type Session } from '../src/run/mod.ts';

const language = process.argv[2] ?? 'python';
const at = process.argv.indexOf('--cells');
const manyCells = at === -1 ? 10_000 : Number(process.argv[at + 1]);
const words: Readonly<Record<string, { readonly set: string; readonly get: string }>> = {
  python: { set: 'x = 1\ndef f(n):\n    return [i * x for i in range(n)]', get: 'x += 1\nsum(f(100))' },
  javascript: {
    set: 'let x = 1; const f = (n) => Array.from({ length: n }, (_, i) => i * x)',
    get: 'x += 1; f(100).length',
  },
  typescript: { set: 'let x: number = 1;', get: 'x += 1; x as number' },
  bash: { set: 'x=1; f() { echo $((x * $1)); }', get: 'x=$((x + 1)); f 100' },
  sql: { set: 'create table t (x); insert into t values (1)', get: 'update t set x = x + 1; select x from t' },
};
const { set, get } = words[language] ?? { set: '', get: '' };

const quantiles = (values: readonly number[]): string => {
  const sorted = values.toSorted((a, b) => a - b);
  const of = (part: number) => (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0).toFixed(2);
  return `p50 ${of(0.5)} ms, p99 ${of(0.99)} ms, worst ${of(1)} ms (${sorted.length})`;
};

const sessions = openSessions({
  cacheDir: process.env.WINNOW_CACHE ?? null,
  path: (process.env.PATH ?? '').split(':'),
});
const open = (): Promise<Session> =>
  sessions.open({
    language: language as Session['language'],
    backend: 'embedded',
    limits: { memoryBytes: 512 * 2 ** 20 },
  });

/** This process and all below it, bytes: what is theirs alone and their part of what is shared. */
function memoryBytes(): { readonly host: number; readonly engines: number } {
  const below = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      below.set(parent, [...(below.get(parent) ?? []), Number(name)]);
    } catch {}
  const of = (pid: number): number => {
    try {
      return 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  };
  const tree = (pid: number): number => of(pid) + (below.get(pid) ?? []).reduce((sum, child) => sum + tree(child), 0);
  const host = of(process.pid);
  return { host, engines: tree(process.pid) - host };
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const told = (): string => {
  const { host, engines } = memoryBytes();
  return `this process ${mebibytes(host)}, engines ${mebibytes(engines)}`;
};

let began = performance.now();
const first = await open();
console.log(`${first.version}\nfirst session: ${(performance.now() - began).toFixed(0)} ms`);
began = performance.now();
const second = await open();
console.log(`second session: ${(performance.now() - began).toFixed(0)} ms`);

async function timed(turns: readonly Session[], cells: number): Promise<void> {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let i = 0; i < cells; i++) {
    const session = turns[i % turns.length] as Session;
    const start = performance.now();
    const report = await session.run(get);
    wall.push(performance.now() - start);
    if (report.ending.kind !== 'done') throw new Error(JSON.stringify(report.ending));
    cpu.push(report.cpuMs ?? 0);
    // As somebody would who reads the answer: what a cell changed is put aside meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log(`  wall ${quantiles(wall)}\n  cpu  ${quantiles(cpu)}`);
}
for (const session of [first, second]) {
  await session.run(set);
  for (let i = 0; i < 200; i++) await session.run(get);
}
console.log('cells of one session');
await timed([first], 300);
console.log('cells of two sessions in turn');
await timed([first, second], 300);

const forks: number[] = [];
let way = '';
for (let i = 0; i < 50; i++) {
  const forked = await first.fork();
  ({ way } = forked);
  forks.push(forked.wallMs);
  await forked.session.run(get);
  await forked.session.end();
}
console.log(`copies (${way}): ${quantiles(forks)}`);

const before = told();
const hundred = await Promise.all(Array.from({ length: 100 }, () => open()));
await Promise.all(hundred.map((session) => session.run(set)));
await Promise.all(hundred.map((session) => session.run(get)));
console.log(`memory before: ${before}\nwith 100 sessions, two cells each: ${told()}`);
for (const session of hundred) await session.end();

console.log(`before ${manyCells} cells: ${told()}, the session ${mebibytes((await first.memoryBytes()) ?? 0)}`);
began = performance.now();
for (let i = 0; i < manyCells; i++) await first.run(get);
console.log(`${((performance.now() - began) / manyCells).toFixed(2)} ms a cell without a pause`);
console.log(`after: ${told()}, the session ${mebibytes((await first.memoryBytes()) ?? 0)}`);
await sessions.close();
process.exit(0);
