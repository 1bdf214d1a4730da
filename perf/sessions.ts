/**
 * Measures sessions: time to open one, latency of a cell, memory of many at once, growth over many cells, and how soon the next cell answers after one
 * that never returns was interrupted.
 *
 *   node --expose-gc perf/sessions.ts [--backend native|embedded] [--language NAME …] [--what open|latency|many|growth|interrupt …]
 *     [--cells 10000] [--sessions 100] [--cache DIR]
 *
 * Latency is the time that `Session.run` takes for a cell of `1 + 1` in a warm session, one caller after the other. Memory is PSS, summed over this
 * process and all its children, so that what they share counts once. Times are of the wall: other work on the machine lengthens them, the load that
 * is printed says how much there was. So a cell's CPU time is given as well: of this process and all its children together.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { delimiter } from 'node:path';
import { parseArgs } from 'node:util';
import { openSessions, type Session, type SessionLanguage } from '../src/run/mod.ts';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'native' },
    language: { type: 'string', multiple: true, default: ['python', 'javascript', 'typescript', 'bash', 'sql'] },
    what: { type: 'string', multiple: true, default: ['open', 'latency', 'interrupt', 'growth', 'many'] },
    cells: { type: 'string', default: '10000' },
    sessions: { type: 'string', default: '100' },
    cache: { type: 'string' },
  },
});
const backend = values.backend === 'embedded' ? 'embedded' : 'native';
const cells = Number(values.cells);
const count = Number(values.sessions);

const simple: Readonly<Record<string, string>> = { bash: 'echo $((1 + 1))', sql: 'select 1 + 1;' };
const endless: Readonly<Record<string, string>> = {
  python: 'while True: pass',
  javascript: 'for (;;);',
  typescript: 'for (;;);',
  bash: 'while :; do :; done',
  sql: 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;',
};

const sessions = openSessions({
  cacheDir: values.cache ?? null,
  path: (process.env.PATH ?? '').split(delimiter).filter((one) => one.startsWith('/')),
});
const open = (language: string): Promise<Session> =>
  sessions.open({ language: language as SessionLanguage, backend, limits: { idleMs: 3_600_000 } });

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
const ms = (value: number): string => value.toFixed(2);
const tell = (what: string, language: string, text: string): void =>
  console.log(`${backend} ${language} ${what}: ${text} (load ${loadavg()[0]?.toFixed(1)})`);

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

async function timesOf(times: number, act: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < times; index++) taken.push(await timed(act));
  return taken.sort((a, b) => a - b);
}

const measures: Readonly<Record<string, (language: string) => Promise<void>>> = {
  async open(language) {
    await (await open(language)).end();
    const opened: Session[] = [];
    const taken = await timesOf(20, async () => opened.push(await open(language)));
    tell('open', language, `p50 ${ms(at(taken, 0.5))} ms, most ${ms(at(taken, 1))} ms of 20`);
    await Promise.all(opened.map((one) => one.end()));
  },
  async latency(language) {
    const session = await open(language);
    const code = simple[language] ?? '1 + 1';
    await timesOf(200, () => session.run(code));
    const before = cpuOfTree();
    const taken = await timesOf(2000, () => session.run(code));
    const cpu = (cpuOfTree() - before) / taken.length;
    const wall = [0.5, 0.95, 0.99].map((share) => ms(at(taken, share))).join(', ');
    tell('cell', language, `CPU time ${ms(cpu)} ms; p50, p95, p99 ${wall} ms of 2000`);
    await session.end();
  },
  async interrupt(language) {
    const session = await open(language);
    await session.run(simple[language] ?? '1 + 1');
    const taken = await timesOf(10, async () => {
      const running = session.run(endless[language] ?? '');
      await new Promise((resolve) => setTimeout(resolve, 200));
      session.interrupt();
      await running;
      await session.run(simple[language] ?? '1 + 1');
    });
    const lost = session.history.filter(({ report }) => report.stateLost).length;
    tell(
      'interrupt to next answer',
      language,
      `p50 ${ms(at(taken, 0.5) - 200)} ms, most ${ms(at(taken, 1) - 200)} of 10, state lost in ${lost}`,
    );
    await session.end();
  },
  async growth(language) {
    const session = await open(language);
    const code = simple[language] ?? '1 + 1';
    const sample = async () => {
      globalThis.gc?.();
      return {
        kernel: await session.memoryBytes(),
        own: process.memoryUsage().rss,
        heap: process.memoryUsage().heapUsed,
      };
    };
    for (let index = 0; index < 500; index++) await session.run(code);
    const before = await sample();
    for (let index = 500; index < cells; index++) await session.run(code);
    const after = await sample();
    const mib = (value: number | null): string => (value === null ? '?' : (value / 2 ** 20).toFixed(1));
    tell(
      `${cells} cells`,
      language,
      `session ${mib(before.kernel)} → ${mib(after.kernel)} MiB, this process ${mib(before.own)} → ${mib(after.own)} MiB, its heap ${mib(before.heap)} → ${mib(after.heap)} MiB (from cell 500 on; history is kept)`,
    );
    await session.end();
  },
  async many(language) {
    const before = pssOfTree();
    const began = performance.now();
    const opened: Session[] = [];
    for (let index = 0; index < count; index++) {
      const session = await open(language);
      await session.run(simple[language] ?? '1 + 1');
      opened.push(session);
    }
    const taken = (performance.now() - began) / 1000;
    const after = pssOfTree();
    tell(
      `${count} sessions`,
      language,
      `${((after.bytes - before.bytes) / 2 ** 20).toFixed(0)} MiB of PSS more, ${after.processes - before.processes} processes, opened in ${taken.toFixed(1)} s`,
    );
    await Promise.all(opened.map((one) => one.end()));
  },
};

/** This process and everything below it. */
function tree(): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const [, parent] = statOf(Number(name));
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (pid: number): boolean => {
    for (let one: number | undefined = pid; one !== undefined && one > 1; one = parents.get(one))
      if (one === process.pid) return true;
    return false;
  };
  return [...parents.keys()].filter(isBelow);
}

/** Fields of /proc/PID/stat from the third on; none when it has ended. */
function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function pssOfTree(): { readonly bytes: number; readonly processes: number } {
  const pids = tree();
  const bytes = pids.reduce((sum, pid) => {
    try {
      return sum + 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return sum;
    }
  }, 0);
  return { bytes, processes: pids.length };
}

/** ms, in ticks of 10. */
function cpuOfTree(): number {
  const ticks = tree().reduce((sum, pid) => {
    const fields = statOf(pid);
    return sum + fields.slice(11, 15).reduce((one, field) => one + Number(field), 0);
  }, 0);
  return ticks * 10;
}

for (const what of values.what) {
  const measure = measures[what];
  if (measure === undefined)
    throw new Error(`nothing is called ${what}; there are ${Object.keys(measures).join(', ')}`);
  for (const language of values.language) await measure(language);
}
await sessions.close();
