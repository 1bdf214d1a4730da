/**
 * Whether arguments that partial execution guesses are like those that a JavaScript project's own tests give: type, truth, size.
 *
 * `record PROJECT COPY` writes a copy of a project in which every function of the sources notes what it is called with, and says how to run its tests there.
 * `compare COPY --draw 200` draws functions that were called, runs each alone, as `perf/partial-javascript.ts` does, and compares what was injected for an argument, for
 * a member of one and for an element of one with what the tests gave in the same place.
 *
 * A value matches when its type is among those that were recorded there; so do truth and size class (none, one, more). Recorded are the first 20 calls of a function.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/mod.ts';
import { estimate } from '../src/bench/interval.ts';
import { createPartialInstrumenter } from '../src/code/mod.ts';
import { loadGrammarFile } from '../src/index/mod.ts';
import { openRunner } from '../src/run/mod.ts';
import { runPartial } from '../src/run/partial/partial.ts';
import type { Injection } from '../src/run/partial/types.ts';

/** One value as it was seen: its type in the words of partial execution, truth, and size class; null: it has none. */
interface Seen {
  readonly type: string;
  readonly truth: boolean;
  readonly size: number | null;
  readonly members?: Readonly<Record<string, Seen>>;
  readonly element?: Seen;
}

interface Call {
  readonly path: string;
  readonly name: string;
  readonly source: string;
  readonly given: readonly Seen[];
}

/** What the copy's functions report to. It knows nothing of guesses. */
const recorder = (out: string): string => `import { appendFileSync } from 'node:fs';
const counts = new Map();
const typeOf = (v) => v === null || v === undefined ? 'none' : typeof v === 'string' ? 'text' : typeof v === 'boolean' ? 'boolean'
  : typeof v === 'bigint' ? 'integer' : typeof v === 'number' ? (Number.isInteger(v) ? 'integer' : 'float') : typeof v === 'function' ? 'callable'
  : Array.isArray(v) ? 'list' : v instanceof Set ? 'set' : v instanceof Map ? 'mapping' : v instanceof RegExp ? 'regex' : v instanceof Date ? 'time'
  : v instanceof Error ? 'error' : v instanceof Promise ? 'awaitable' : ArrayBuffer.isView(v) ? 'bytes' : 'instance';
const sizeOf = (v) => typeof v === 'string' || Array.isArray(v) ? Math.min(2, v.length) : v instanceof Set || v instanceof Map ? Math.min(2, v.size) : null;
function seen(v, depth) {
  const it = { type: typeOf(v), truth: Boolean(v), size: sizeOf(v) };
  if (depth === 0) return it;
  if (it.type === 'instance') {
    it.members = {};
    for (let at = v, n = 0; at && at !== Object.prototype && n < 3; at = Object.getPrototypeOf(at), n++)
      for (const [key, own] of Object.entries(Object.getOwnPropertyDescriptors(at)).slice(0, 50))
        if (!(key in it.members) && 'value' in own) it.members[key] = seen(own.value, depth - 1);
  } else if (it.type === 'list' && v.length > 0) it.element = seen(v[0], depth - 1);
  return it;
}
export const file = (number) => ({
  c: [], b: (k, v) => v, x: (k, e) => e, v: (k, v) => v, l: () => false, s() {}, u() {}, E() {}, D() {},
  f(k, given) {
    if (given === undefined) return;
    const key = number + ' ' + k;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > 20) return;
    try { appendFileSync(${JSON.stringify(out)}, JSON.stringify([number, k, given.map((v) => seen(v, 3))]) + '\\n'); } catch {}
  },
});
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    draw: { type: 'string', default: '100' },
    seed: { type: 'string', default: '8' },
    level: { type: 'string', default: '2' },
    half: { type: 'string', default: 'all' },
    rows: { type: 'boolean', default: false },
  },
});
const [verb, first = '', second = ''] = positionals;
const copy = verb === 'record' ? second : first;
const recordedAt = join(copy, 'winnow-values.jsonl');
const tablesAt = join(copy, 'winnow-tables.json');

const isSource = (path: string): boolean =>
  /\.[cm]?[jt]s$/.test(path) &&
  !/\.d\.ts$|\.(test|spec)\.|(^|\/)(__tests__|tests?|node_modules)(\/|$)|config\./.test(path);

if (verb === 'record') {
  cpSync(first, copy, { recursive: true });
  const { rewrite } = await createPartialInstrumenter(loadGrammarFile);
  const runtime = join(copy, 'winnow-recorder.mjs');
  writeFileSync(runtime, recorder(recordedAt));
  const tables: { path: string; functions: { name: string; parameters: string[] }[] }[] = [];
  for (const entry of readdirSync(first, { recursive: true, withFileTypes: true })) {
    const path = relative(first, join(entry.parentPath, entry.name));
    if (!entry.isFile() || !isSource(path)) continue;
    const given = {
      path,
      level: 1 as const,
      file: tables.length,
      isEntry: false,
      isAround: false,
      registers: false,
      resolves: () => null,
    };
    const found = await rewrite(given, readFileSync(join(first, path)), path, () => ({ isModule: true, runtime }));
    if (found === null || !found.sure) continue;
    const functions = found.table.functions.map(({ name, parameters }) => ({
      name,
      parameters: parameters.map(({ what }) => what.replace(/@\d+$/, '')),
    }));
    tables.push({ path, functions });
    // Functions of a file, whose parameters are all plain names, note what they are called with.
    const text = found.text.replace(/\$yp\.f\((\d+)\)/g, (whole, number) => {
      const about = functions[Number(number)];
      if (about === undefined || !about.parameters.every((one) => /^[A-Za-z_$][\w$]*$/.test(one))) return whole;
      return `$yp.f(${number},[${about.parameters.join()}])`;
    });
    writeFileSync(join(copy, path), text);
  }
  writeFileSync(tablesAt, JSON.stringify(tables));
  process.stdout.write(`${tables.length} files; run the project's tests in ${copy}, then compare\n`);
}

function callsOf(original: string): Call[] {
  const tables = JSON.parse(readFileSync(tablesAt, 'utf8')) as {
    path: string;
    functions: { name: string; parameters: string[] }[];
  }[];
  const calls: Call[] = [];
  for (const line of readFileSync(recordedAt, 'utf8').split('\n')) {
    if (line === '') continue;
    const [file, number, given] = JSON.parse(line) as [number, number, Seen[]];
    const table = tables[file];
    const about = table?.functions[number];
    if (
      table === undefined ||
      about === undefined ||
      about.parameters.length === 0 ||
      !/^[A-Za-z_$][\w$]*$/.test(about.name)
    )
      continue;
    calls.push({ path: table.path, name: about.name, source: join(original, table.path), given });
  }
  return calls;
}

/** What tests gave at the place that an injection's text tells: `user.items[].price`, from the arguments of one call. */
function at(what: string, names: readonly string[], given: readonly Seen[]): Seen | undefined {
  const parts = what.match(/^[\w$]+|\.[\w$]+|\[\]/g);
  if (parts === null || parts.join('') !== what) return undefined;
  let found: Seen | undefined = given[names.indexOf(parts[0] as string)];
  for (const part of parts.slice(1)) found = part === '[]' ? found?.element : found?.members?.[part.slice(1)];
  return found;
}

/** JavaScript has one type of number, and whatever is called is callable. */
const wordOf = (type: string): string =>
  type === 'float'
    ? 'integer'
    : type === 'class'
      ? 'callable'
      : type === 'mapping' || type === 'module'
        ? 'instance'
        : type;

const truthOf = ({ type, value }: Injection): boolean =>
  !(type === 'none' || /^(0|""|false|null|undefined|NaN)$/.test(value));

function sizeOf({ type, value }: Injection): number | null {
  if (type === 'text') return Math.min(2, Math.max(0, value.length - 2));
  if (type === 'list') return value === '[]' ? 0 : /, …\]$/.test(value) ? 2 : 1;
  return type === 'set' ? 2 : null;
}

async function compare(): Promise<void> {
  const calls = Map.groupBy(callsOf(second), ({ path, name }) => `${path}:${name}`);
  const tables = JSON.parse(readFileSync(tablesAt, 'utf8')) as {
    path: string;
    functions: { name: string; parameters: string[] }[];
  }[];
  const random = seededRandom(Number(values.seed));
  const drawn = random
    .shuffle([...calls.keys()].sort())
    .filter((_, index) => values.half === 'all' || (index % 2 === 0) === (values.half === 'dev'))
    .slice(0, Number(values.draw));
  const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-fidelity-'));
  const runner = openRunner({ cacheDir, path: (process.env.PATH ?? '').split(':'), parallelism: 1 });
  const hits: { kind: string; type: number; plain: number; truth: number; size: number | null; known: boolean }[] = [];
  let unjudged = 0;
  for (const key of drawn) {
    const all = calls.get(key) ?? [];
    const { path, name, source } = all[0] as Call;
    if (!existsSync(source)) continue;
    const names = tables.find((one) => one.path === path)?.functions.find((one) => one.name === name)?.parameters ?? [];
    const language = /\.[cm]?ts$/.test(path) ? 'typescript' : 'javascript';
    const report = await runPartial(
      {
        language,
        entry: path,
        files: [
          { path, bytes: readFileSync(source) },
          { path: 'package.json', bytes: new TextEncoder().encode('{"type":"module"}') },
        ],
      },
      {
        function: name,
        level: Number(values.level) as 1 | 2 | 3 | 4,
        load: loadGrammarFile,
        budget: { rounds: 6, wallMs: 10_000 },
      },
      runner,
      { backend: 'embedded' },
    ).catch(() => null);
    for (const one of report?.injections ?? []) {
      if (!['argument', 'attribute', 'item'].includes(one.kind)) continue;
      const recorded = all.map(({ given }) => at(one.what, names, given)).filter((it) => it !== undefined);
      if (recorded.length === 0) {
        unjudged++;
        continue;
      }
      const size = sizeOf(one);
      const isType = recorded.some((it) => wordOf(it.type) === wordOf(one.type));
      if (values.rows && !isType)
        process.stdout.write(
          `${path}:${one.line} ${name} ${one.kind} ${one.what}: ${one.type} (${one.source}: ${one.why.join('; ')}), was ${[...new Set(recorded.map(({ type }) => type))].join(' ')}\n`,
        );
      hits.push({
        kind: one.kind,
        type: Number(isType),
        // What a mock that stands for everything would be.
        plain: Number(recorded.some((it) => wordOf(it.type) === 'instance')),
        truth: Number(recorded.some((it) => it.truth === truthOf(one))),
        size: size === null || !isType ? null : Number(recorded.some((it) => it.size === size)),
        known: one.source !== 'nothing',
      });
    }
  }
  await runner.close();
  rmSync(cacheDir, { recursive: true, force: true });
  const told = (of: readonly number[]): string => {
    if (of.length === 0) return '–';
    const { value, low, high } = estimate(of);
    return `${(100 * value).toFixed(1)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}] (${of.length})`;
  };
  process.stdout.write(
    `${drawn.length} functions of ${calls.size}, half ${values.half}, level ${values.level}; ${unjudged} values not judged\n`,
  );
  for (const kind of ['argument', 'attribute', 'item', 'all']) {
    const of = hits.filter((one) => kind === 'all' || one.kind === kind);
    process.stdout.write(
      `${kind}: type ${told(of.map(({ type }) => type))}, truth ${told(of.map(({ truth }) => truth))}, size ${told(of.flatMap(({ size }) => (size === null ? [] : [size])))}, type where something tells ${told(of.filter(({ known }) => known).map(({ type }) => type))}, always an instance ${told(of.map(({ plain }) => plain))}\n`,
    );
  }
}

if (verb === 'compare') await compare();
