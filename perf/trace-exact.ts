/**
 * How exact value traces of Python are: each sample runs twice, once traced and once under an independent recorder (`sys.setprofile`, which sees the
 * frame of `f` end), and the variables of `f` after replaying all events are compared with those that the frame really had.
 *
 * node perf/trace-exact.ts SAMPLES.jsonl [native|embedded]
 *
 * Samples have `code`, which defines `f`, and `input`, its arguments as source (CRUXEval's form). Exit code 1: something differs.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadGrammarFile } from '../src/index/mod.ts';
import { openRunner, type TraceStates, traceRun, traceStates, type Value } from '../src/run/mod.ts';

const truth = `
def canonical(value):
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if abs(value) < 2 ** 53 else {'int': str(value)}
    if kind is float:
        return {'float': repr(value)}
    if kind in (list, tuple):
        return {kind.__name__: [canonical(one) for one in value]}
    if kind is dict:
        return {'dict': [[canonical(key), canonical(one)] for key, one in value.items()]}
    if kind in (set, frozenset):
        return {kind.__name__: sorted([canonical(one) for one in value], key=repr)}
    return {'other': kind.__name__}

import json, sys
found = []
depth = 0
def profile(frame, event, argument):
    global depth
    if frame.f_code is not f.__code__:
        return
    if event == 'call':
        depth += 1
    elif event == 'return':
        depth -= 1
        if depth == 0:
            found.append({name: canonical(value) for name, value in frame.f_locals.items()})
sys.setprofile(profile)
try:
    f(ARGUMENTS)
finally:
    sys.setprofile(None)
    print(json.dumps(found[-1:]))
`;

type Canonical = unknown;

function canonical(value: Value, states: TraceStates): Canonical {
  if (value === null || typeof value !== 'object') return value;
  if ('r' in value) {
    const held = states.objects.get(value.r);
    if (held === undefined) return { lost: value.r };
    const entries = [...held.entries.values()];
    const values = entries.map((entry) => canonical(entry.value, states));
    if (held.form === 'sequence') return { [held.type]: values };
    if (held.form === 'set') return { [held.type]: values.map((one) => JSON.stringify(one)).sort() };
    if (held.form === 'mapping')
      return { [held.type]: entries.map((entry, at) => [canonical(entry.key, states), values[at]]) };
    return { other: held.type };
  }
  if ('f' in value) return { float: String(value.f) };
  if ('items' in value) return { [value.t]: value.items.map((item) => canonical(item, states)) };
  return value.t === 'int' ? { int: value.v } : { other: value.t };
}

/** Python writes `1e-07` and `1.0`, JavaScript `1e-7` and `1`; numbers are compared as numbers, sets without order. */
function alike(a: Canonical, b: Canonical): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, at) => alike(one, b[at]));
  const [[kind, value] = ['', null]] = Object.entries(a);
  const [[other, found] = ['', null]] = Object.entries(b);
  if (kind !== other) return false;
  if (kind === 'float') return Object.is(Number(value), Number(found)) || value === found;
  if (kind === 'set' || kind === 'frozenset') {
    const texts = (all: unknown): string[] =>
      (all as unknown[]).map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).sort();
    return (
      JSON.stringify(texts(value)) === JSON.stringify((found as unknown[]).map((one) => JSON.stringify(one)).sort())
    );
  }
  return alike(value, found);
}

const { positionals } = parseArgs({ allowPositionals: true });
const [file, backend = 'native'] = positionals;
if (file === undefined || (backend !== 'native' && backend !== 'embedded'))
  throw new Error('usage: node perf/trace-exact.ts SAMPLES.jsonl [native|embedded]');
const samples = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as { id: string; code: string; input: string });
const runner = openRunner({ cacheDir: join(tmpdir(), 'winnow-perf'), path: (process.env.PATH ?? '').split(':') });
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
let [variables, differ, lost] = [0, 0, 0];
for (const { id, code, input } of samples) {
  const job = (text: string) => ({
    language: 'python',
    files: [{ path: 'main.py', bytes: encode(text) }],
    entry: 'main.py',
  });
  const plain = await runner.run(job(`${code}\n${truth.replace('ARGUMENTS', () => input)}`), { backend });
  const [expected] = JSON.parse(decode(plain.stdout.head)) as Record<string, Canonical>[];
  const traced = job(`${code}\nresult = f(${input})\n`);
  const { traces } = await traceRun(runner, traced, { level: 'values' }, loadGrammarFile, { backend });
  const [trace] = traces;
  if (trace === undefined || expected === undefined) {
    lost++;
    console.log(`${id}: nothing recorded`);
    continue;
  }
  const states = traceStates();
  for (const event of trace.events) states.apply(event);
  const frame = [...states.frames.values()].find(({ code: at }) => trace.codes[at]?.name === 'f');
  for (const [name, value] of Object.entries(expected)) {
    variables++;
    const found = frame?.variables.get(name);
    const told = found === undefined ? undefined : canonical(found, states);
    if (told !== undefined && alike(told, value)) continue;
    differ++;
    console.log(`${id} ${name}: really ${JSON.stringify(value)}, replayed ${JSON.stringify(told)}`);
  }
}
await runner.close();
console.log(`${samples.length} samples, ${variables} variables, ${differ} differ, ${lost} not recorded (${backend})`);
process.exitCode = differ + lost > 0 ? 1 : 0;
