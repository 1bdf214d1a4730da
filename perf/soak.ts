/**
 * A long run of random changes and questions, each answer held against one that cannot be stale.
 *
 *   node perf/soak.ts --repository GITDIR… [--minutes N] [--seed N] [--span COMMITS] [--check-every STEPS] [--rg PROGRAM]
 *
 * A step changes a work tree (`soakchanges.ts`), and sometimes does worse: it goes on editing while a refresh runs, lets a second process
 * refresh at the same time, kills one, or tidies. Then a word that an edit wrote is looked for: `grep` must name ripgrep's files, `search`
 * no other files, and all of these that are indexed. Every so many steps an index made from nothing elsewhere, as a brute force, must answer the
 * same, byte for byte: words, identifiers, meaning, and the whole graph; `grep` must print what ripgrep prints.
 *
 * Repositories are kept open for the whole run, as a server would. Memory, open files and the store's size are written down with each
 * check, one JSON object a line; the last line is a summary. Exit codes: 0 all was equal, 1 something was not, 2 bad use.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Random, seededRandom } from '../src/base/mod.ts';
import { quantile } from '../src/bench/interval.ts';
import { shippedTable } from '../src/embed/mod.ts';
import { openGraph, openRepository, type Repository, type Snapshot } from '../src/index/mod.ts';
import { openMeaning, type SearchAnswer, search, searchWithMeaning } from '../src/search/mod.ts';
import { describeGraph } from '../test/graphs.ts';
import { drawQueries } from './drawqueries.ts';
import { ours, theirs } from './grep-both.ts';
import { ChangingTree } from './soakchanges.ts';

const { values } = parseArgs({
  options: {
    repository: { type: 'string', multiple: true, default: [] },
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    span: { type: 'string', default: '1500' },
    'check-every': { type: 'string', default: '150' },
    rg: { type: 'string', default: 'rg' },
  },
});
if (values.repository.length === 0) {
  process.stderr.write(
    'usage: node perf/soak.ts --repository GITDIR… [--minutes N] [--seed N] [--span N] [--check-every N] [--rg PROGRAM]\n',
  );
  process.exit(2);
}

const launcher = fileURLToPath(new URL('../bin/winnow.js', import.meta.url));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'winnow-soak-')));
const home = join(scratch, 'home');
const startedMs = performance.now();
const seconds = (): number => Math.round((performance.now() - startedMs) / 100) / 10;
const say = (line: object): void => void process.stdout.write(`${JSON.stringify({ at: seconds(), ...line })}\n`);

/** Of one answer; which sort took how long. */
const took = new Map<string, number[]>();
async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    took.set(name, [...(took.get(name) ?? []), performance.now() - started]);
  }
}

let wrong = 0;
const compared = new Map<string, number>();
function hold(what: string, expected: string, found: string, more: object): void {
  compared.set(what, (compared.get(what) ?? 0) + 1);
  if (expected === found) return;
  wrong++;
  let at = 0;
  while (expected[at] === found[at]) at++;
  const around = (text: string): string => text.slice(Math.max(0, at - 200), at + 300);
  say({ wrong: what, ...more, expected: around(expected), found: around(found) });
}

function bytesUnder(directory: string): number {
  let sum = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) sum += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  return sum;
}

/** A command of its own on the same index. @param killAfterMs `null` lets it end by itself */
async function otherProcess(words: readonly string[], killAfterMs: number | null): Promise<void> {
  const child = spawn(process.execPath, [launcher, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, WINNOW_HOME: home },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  if (killAfterMs !== null) {
    await Promise.race([sleep(killAfterMs), ended]);
    child.kill('SIGKILL');
  }
  const exit = await ended;
  if (exit !== null) hold('exit of a command', 'true', String(exit <= 1), { words, exit, said });
}

/** An answer as text. How much matched is a lower bound where it says so, and may rest on how the index is laid out. */
const asText = (answer: SearchAnswer): string =>
  JSON.stringify(answer.total.moreThan ? { ...answer, total: 'more' } : answer);

class Subject {
  readonly name: string;
  readonly tree: ChangingTree;
  readonly repository: Repository;
  readonly #random: Random;
  readonly #log: string[] = [];
  steps = 0;

  constructor(gitDir: string, name: string, random: Random) {
    this.name = name;
    this.#random = random;
    this.tree = new ChangingTree(gitDir, join(scratch, name), Number(values.span), random);
    this.repository = openRepository(this.tree.root, { home });
  }

  #note(text: string): void {
    this.#log.push(text);
    if (this.#log.length > 12) this.#log.shift();
  }

  get #more(): object {
    return { subject: this.name, step: this.steps, before: this.#log };
  }

  async step(): Promise<void> {
    this.steps++;
    this.#note(this.tree.change());
    const { root } = this.tree;
    const draw = this.#random.next();
    if (draw < 0.04) {
      const refreshing = this.repository.refresh();
      for (let more = 1 + this.#random.int(4); more > 0; more--) {
        this.#note(`meanwhile ${this.tree.change()}`);
        await sleep(this.#random.int(20));
      }
      await refreshing;
    } else if (draw < 0.06) {
      this.#note('two refresh at once');
      const other = otherProcess(['index', root], null);
      await this.repository.refresh();
      await other;
    } else if (draw < 0.09) {
      const words = [
        ['index', root],
        ['search', 'retry value', root],
        ['graph', 'main', root],
        ['grep', 'retry', root],
      ];
      const chosen = words[this.#random.int(words.length)] as string[];
      this.#note(`kill ${chosen[0]}`);
      await otherProcess(chosen, this.#random.int(1500));
    } else if (draw < 0.095) {
      this.#note('tidy');
      await this.repository.tidy();
    }
    await this.#look();
  }

  /** A mark is where the disk has it, and nowhere else. */
  async #look(): Promise<void> {
    await timed('refresh', () => this.repository.refresh());
    const mark = this.tree.mark();
    if (mark === null) return;
    const { root } = this.tree;
    const rg = theirs(values.rg, root, ['-lF', '--', mark, './']);
    const mine = await timed('grep, a mark', () => ours(root, home, ['-lF', '--', mark, './']));
    hold('files with a mark, grep', rg.out.toString(), mine.out.toString(), { ...this.#more, mark, said: mine.said });
    const snapshot = this.repository.snapshot();
    try {
      const having = (...flags: string[]): Set<string> => {
        const words = ['--no-config', '-laF', '--hidden', ...flags, '-g', '!/.git', '--', mark, './'];
        const rg = spawnSync(values.rg, words, { cwd: root, encoding: 'utf8' });
        return new Set(rg.stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(2)])));
      };
      const on = having();
      // What git tracks is indexed although a rule leaves it out, which ripgrep does not ask.
      const anywhere = having('--no-ignore');
      const answer = await timed('words, a mark', () => search(snapshot, mark, { mode: 'words', limit: 1000 }));
      const at = new Set(
        answer.hits.flatMap((hit) => [hit.path, ...hit.duplicates.map((id) => id.slice(0, id.lastIndexOf(':')))]),
      );
      const tooMany = [...at].filter((path) => !anywhere.has(path));
      const missing = [...on].filter(
        (path) => !at.has(path) && snapshot.file(path) !== null && answer.hits.length < 1000,
      );
      const known = (path: string): boolean => snapshot.file(path) !== null || snapshot.leftOut(path) !== null;
      hold('files with a mark, search', '[]', JSON.stringify([...tooMany, ...missing]), { ...this.#more, mark });
      hold('a file is indexed or left out', '[]', JSON.stringify([...on].filter((path) => !known(path))), {
        ...this.#more,
        mark,
      });
    } finally {
      snapshot.close();
    }
  }

  /** Everything beside an index made from nothing. */
  async check(): Promise<void> {
    const fresh = join(scratch, `fresh-${this.name}`);
    const other = openRepository(this.tree.root, { home: fresh });
    try {
      await this.repository.refresh();
      await timed('index from nothing', () => other.refresh());
      const [now, anew] = [this.repository.snapshot(), other.snapshot()];
      try {
        await this.#compare(now, anew);
      } finally {
        now.close();
        anew.close();
      }
      const graph = await timed('graph, followed', () => openGraph(this.repository));
      const whole = await timed('graph from nothing', () => openGraph(other));
      hold('graph', describeGraph(whole), describeGraph(graph), this.#more);
      hold('verify', '[]', JSON.stringify(this.repository.verify()), this.#more);
    } finally {
      other.close();
      rmSync(fresh, { recursive: true, force: true });
    }
  }

  async #compare(now: Snapshot, anew: Snapshot): Promise<void> {
    const listed = (snapshot: Snapshot): string =>
      snapshot
        .files()
        .map(({ path, language, bytes, lines }) => `${path} ${language} ${bytes} ${lines}\n`)
        .join('');
    hold('files', listed(anew), listed(now), this.#more);
    hold(
      'left out',
      JSON.stringify(Object.entries(anew.completeness.leftOut).sort()),
      JSON.stringify(Object.entries(now.completeness.leftOut).sort()),
      this.#more,
    );
    const queries = drawQueries(anew, { words: 40, identifiers: 40 }, this.#random.int(1e9));
    for (const [mode, asked] of [
      ['words', queries.words],
      ['identifier', queries.identifiers],
    ] as const) {
      for (const query of asked) {
        const options = { mode, limit: 20, explain: true };
        const expected = asText(search(anew, query, options));
        const found = await timed(mode, () => search(now, query, options));
        hold(mode, expected, asText(found), { ...this.#more, query });
      }
    }
    const encoder = shippedTable();
    const [meaning, meant] = [
      await timed('vectors, followed', () => openMeaning(now, encoder)),
      await openMeaning(anew, encoder),
    ];
    for (const query of queries.words.slice(0, 10)) {
      const expected = asText(await searchWithMeaning(anew, query, { mode: 'words', limit: 20 }, async () => meant));
      const found = await timed('words and meaning', () =>
        searchWithMeaning(now, query, { mode: 'words', limit: 20 }, async () => meaning),
      );
      hold('words and meaning', expected, asText(found), { ...this.#more, query });
    }
    for (const name of queries.identifiers.slice(0, 10)) {
      const words = [
        ...([[], ['-i'], ['-w'], ['-c']][this.#random.int(4)] as string[]),
        '-n',
        '-e',
        name.slice(0, 4 + this.#random.int(8)),
        './',
      ];
      const expected = theirs(values.rg, this.tree.root, words);
      const found = await timed('grep', () => ours(this.tree.root, home, words));
      hold('grep', expected.out.toString('latin1'), found.out.toString('latin1'), {
        ...this.#more,
        words,
        said: found.said,
      });
    }
  }
}

const cost = (): object => {
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers, external } = process.memoryUsage();
  const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
  return {
    rssMB: megabytes(rss),
    heapMB: megabytes(heapUsed),
    outsideMB: megabytes(arrayBuffers + external),
    openFiles: readdirSync('/proc/self/fd').length,
    storeMB: megabytes(bytesUnder(home)),
    load: readFileSync('/proc/loadavg', 'utf8').split(' ')[0],
  };
};

const spread = (): object =>
  Object.fromEntries(
    [...took].map(([name, times]) => {
      const sorted = Float64Array.from(times).sort();
      const at = (q: number): number => Math.round(quantile(sorted, q) * 10) / 10;
      return [name, { times: times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }];
    }),
  );

try {
  mkdirSync(home);
  const random = seededRandom(Number(values.seed));
  const subjects = values.repository.map((gitDir, at) => new Subject(gitDir, `tree${at}`, random));
  say({
    seed: values.seed,
    repositories: values.repository.length,
    files: subjects.map(({ tree }) => tree.files().length),
  });
  const until = performance.now() + Number(values.minutes) * 60_000;
  let steps = 0;
  let last = subjects[0] as Subject;
  while (performance.now() < until) {
    last = subjects[random.int(subjects.length)] as Subject;
    await last.step();
    if (++steps % Number(values['check-every']) !== 0) continue;
    await last.check();
    say({ steps, wrong, ...cost() });
  }
  for (const subject of subjects) {
    await subject.check();
    await otherProcess(['index', '--verify', subject.tree.root], null);
    await subject.repository.tidy();
    await subject.check();
    subject.repository.close();
  }
  say({ ended: true, steps, wrong, compared: Object.fromEntries(compared), took: spread(), ...cost() });
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
