/** Runs of JavaScript and TypeScript, traced as users trace them: what is told, and that nothing is changed by it. */
import { afterAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { keptCache } from '../../../../test/keptcache.ts';
import { openRunner } from '../../runner.ts';
import type { BackendName, Job, Outcome } from '../../types.ts';
import { type TraceOptions, takeTrace, traceJob } from '../tracejob.ts';
import { type Trace, type TraceEvent, traceLevels } from '../types.ts';

const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':') });
afterAll(() => runner.close());
const offers = await runner.offers();
const missing = (backend: BackendName): string => {
  const offer = offers.find((one) => one.backend === backend);
  if (offer?.availability.state !== 'ready') return ` (skipped: no ${backend} backend here)`;
  const runtime = offer.runtimes.find(({ language }) => language === 'typescript');
  return runtime?.state === 'ready' ? '' : ` (skipped: no JavaScript on the ${backend} backend here)`;
};

const jobOf = (files: Readonly<Record<string, string>>): Job => {
  const entry = Object.keys(files)[0] as string;
  return {
    language: /\.[cm]?ts$/.test(entry) ? 'typescript' : 'javascript',
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    entry,
  };
};
const stdout = ({ stdout: { head } }: Outcome): string => Buffer.from(head).toString();

/** An event in few words. */
function words(event: TraceEvent): string {
  switch (event.kind) {
    case 'line':
    case 'block':
      return `${event.kind} ${event.line}`;
    case 'write':
      return `${event.name}=${JSON.stringify(event.value)}${event.scope === 'local' ? '' : ` ${event.scope}`}`;
    case 'object':
      return `#${event.object} ${event.entries.map(([key, value]) => `${key}:${JSON.stringify(value)}`).join(' ')}`;
    case 'branch':
      return `${event.way} ${event.line}>${event.to}`;
    case 'call':
      return `call ${event.arguments.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).join(' ')}`;
    case 'raise':
      return `raise ${event.line} ${event.type}: ${event.message}`;
    case 'output':
      return `output ${event.text.trimEnd()}`;
    case 'return':
    case 'yield':
    case 'resume':
      return `${event.kind} ${JSON.stringify(event.value)}`;
    default:
      return event.kind;
  }
}

/** Programs that do what is hard to leave as it is; each prints what it does. */
const unchanged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'statements without semicolons and braces': {
    'main.js': `let y = 1, out = []\n;[y] = [2]\nfor (let i = 0; i < 3; i++) if (i % 2) out.push(i); else out.push(-i)\ndo y--\nwhile (y > 0)\na: for (const x of [1, 2]) for (;;) continue a\nif (y) ; else if (out.length) out.push('e')\nconsole.log(y, out)\n`,
  },
  'values through finally, and out of it': {
    'main.js': `function f() { try { return 'a' } finally { console.log('b') } }\nfunction g() { try { throw new Error('x') } finally { return 3 } }\nfunction* h() { try { yield 1; yield 2 } finally { console.log('closed') } }\nconsole.log(f(), g())\nfor (const x of h()) break\ntry { null.x } catch { console.log('caught') }\n`,
  },
  'declarations twice, hoisted and in dead zones': {
    'main.js': `function f() { var g; function g() {} return typeof g }\nfunction h() { return typeof x; var x = 1 }\nfunction dup() { return 1 } function dup() { return 2 }\nlet late = () => { false && (z = 1); return 'ok' }\nconsole.log(f(), h(), dup(), late())\nlet z\n`,
  },
  'classes with private parts and fields that call': {
    'main.js': `class P { static #c = 0; static inc() { return ++P.#c } static { P.inc() } x = P.inc(); y = () => this.x }\nclass Q extends P { constructor() { const f = () => super(); f(); this.z = 1 } }\nconsole.log(new Q().y(), P.inc(), new Q().z)\n`,
  },
  'async code that interleaves': {
    'main.mjs': `const log = []\nasync function a(n) { log.push('a' + n); await null; log.push('b' + n); if (n > 1) throw new Error('e' + n); return n }\nconst all = await Promise.allSettled([a(1), a(2)])\nasync function* g() { for (let i = 0; i < 2; i++) yield await a(i) }\nfor await (const x of g()) { if (x) continue; log.push(x) }\nconsole.log(log.join(), all.map((x) => x.status).join())\nconst process = 3; console.log(process)\n`,
  },
  'modules in a circle': {
    'main.mjs': `import { other } from './b.mjs'\nexport function first() { return 1 }\nconsole.log(other())\n`,
    'b.mjs': `import { first } from './main.mjs'\nconst early = first()\nexport const other = () => early + first()\n`,
  },
  'types, enums and fields of constructors': {
    'main.ts': `enum Color { Red, Green = 5 }\nabstract class Base<X> { constructor(protected readonly x: X) {} abstract m(): X }\nclass D extends Base<number> { constructor() { super(4) } m(): number { return this.x } }\nconst v = (3 as unknown as number)!\nconsole.log(Color.Green, new D().m(), v satisfies number)\n`,
  },
  'builtins that were patched, getters, traps and texts of the program': {
    'main.js': `const no = (what) => () => { throw new Error(what) }\nArray.prototype.push = no('push'); JSON.stringify = no('stringify'); Object.keys = no('keys'); Reflect.ownKeys = no('ownKeys')\nObject.getOwnPropertyDescriptor = no('descriptor'); Map.prototype.get = no('get'); WeakMap.prototype.get = no('get')\nString.prototype.slice = no('slice'); Object.prototype.toJSON = no('toJSON')\nclass T { get x() { console.log('getter'); return 1 } toString() { console.log('toString'); return '' } }\nconst p = new Proxy({}, { get() { console.log('get') }, ownKeys() { console.log('keys') }, getPrototypeOf() { console.log('prototype') } })\nfunction f(a, b, c) { const m = new Map(); m.set(a, b); return c }\nf(new T(), p, Object.create(p)); const arr = []\nObject.defineProperty(arr, 0, { get() { console.log('index') }, enumerable: true })\nfor (let i = 0; i < 3; i++) f(arr, i, { i })\nconsole.log('end')\n`,
  },
  'catches without a name': {
    'main.mjs': `for (const x of [null, 3, new Error('e')]) { try { throw x } catch {\n  console.log(x === null || Object.keys(x).length)\n} }\n`,
  },
  'the end, told by listeners': {
    'main.js': `process.on('exit', (code) => console.log('exit', code))\nsetTimeout(() => { console.log('timer'); process.exit(4) }, 1)\n`,
  },
};

describe.each(['native', 'embedded'] as const)('%s', (backend) => {
  test.skipIf(missing(backend) !== '')(`objects are asked only where that is wanted${missing(backend)}`, async () => {
    const source = `class Point {
  #x = 1;
  toString() {
    const text = 'P' + this.#x;
    return text;
  }
}
const p = new Point();
const q = { get own() { return 2; }, get broken() { throw new Error('no'); } };
console.log(String(p));
`;
    const of = async (askObjects: boolean): Promise<[string, string]> => {
      const { job } = await traceJob(jobOf({ 'main.js': source }), { level: 'values', askObjects }, loadGrammarFile);
      const { traces, outcome } = takeTrace(await runner.run(job, { backend }));
      expect(stdout(outcome)).toBe('P1\n');
      const objects = traces[0]?.events.filter(({ kind }) => kind === 'object').map(words) ?? [];
      const counts = [...(traces[0]?.counts[0]?.lines ?? [])].map(([line, count]) => `${line}:${count}`);
      return [objects.join('; '), counts.slice(0, 3).join(' ')];
    };
    const getters = 'own:{"t":"getter","v":""} broken:{"t":"getter","v":""}';
    // What runs for the trace is not counted either.
    expect(await of(false)).toEqual([`#1 ; #2 ${getters}`, '1:1 4:1 5:1']);
    expect(await of(true)).toEqual(['#1 toString():"P1"; #2 own:2 broken:"threw an error"', '1:1 4:1 5:1']);
  });

  const skip = missing(backend);

  async function trace(files: Readonly<Record<string, string>>, options: TraceOptions): Promise<[Outcome, Trace]> {
    const { job, left } = await traceJob(jobOf(files), options, loadGrammarFile);
    expect(left).toEqual([]);
    const { outcome, traces } = takeTrace(await runner.run(job, { backend }));
    expect(traces, Buffer.from(outcome.stderr.head).toString()).toHaveLength(1);
    return [outcome, traces[0] as Trace];
  }

  test.skipIf(skip !== '')(`lines, values, branches, calls and output in order${skip}`, async () => {
    const source = `function f(a) {
  let x = a;
  if (x > 1) {
    x += 1;
  }
  return [x];
}
const got = f(2);
got.push(f);
try { null.y } catch (e) { console.log('c'); }
`;
    const [, { events, codes, counts, gaps }] = await trace({ 'main.js': source }, { level: 'values' });
    const message = events.find((event) => event.kind === 'raise')?.message;
    expect(events.map(words).filter((text) => !text.startsWith('#2') && !text.startsWith('e='))).toEqual([
      'call ',
      'line 8',
      'call a=2',
      'line 2',
      'x=2',
      'line 3',
      'true 3>4',
      'line 4',
      'x=3',
      'line 6',
      '#1 0:3',
      'return {"r":1}',
      'got={"r":1}',
      'line 9',
      '#1 1:{"t":"function","v":"f"}',
      'line 10',
      `raise 10 TypeError: ${message}`,
      'exception 10>10',
      'line 10',
      'output c',
      'return {"t":"undefined","v":"undefined"}',
    ]);
    expect(codes.map(({ name, line, end }) => `${name} ${line}-${end}`)).toEqual(['<module> 1-11', 'f 1-7']);
    expect([...(counts[0]?.lines ?? [])].map((pair) => pair.join('×')).join(' ')).toBe('2×1 3×1 4×1 6×1 8×1 9×1 10×2');
    expect(counts[0]?.ways).toContainEqual({ from: 3, to: 4, count: 1 });
    expect(gaps).toEqual({ skippedLines: 0, uncountedLines: 0, droppedEvents: 0, cut: false, unreadable: 0 });
  });

  test.skipIf(skip !== '')(`what closures write, and names that a block declares again${skip}`, async () => {
    const source = `let g = 0;
function outer() {
  let n = 1;
  const inc = () => { n++; g = n; };
  inc();
  { let n = 9; n++; }
  return n;
}
outer();
`;
    const [, { events }] = await trace({ 'main.js': source }, { level: 'values' });
    const writes = events.filter(({ kind }) => kind === 'write').map(words);
    expect(writes).toEqual([
      'g=0',
      'n=1',
      expect.stringMatching(/^inc=/),
      'n=2 closure',
      'g=2 global',
      'n@6=9',
      'n@6=10',
    ]);
  });

  test.skipIf(skip !== '')(`generators and async functions rest and go on${skip}`, async () => {
    const source = `function* g() {\n  const r = yield 1;\n  return r;\n}\nconst it = g();\nit.next();\nit.next(5);\nasync function a() {\n  await 1;\n  return 2;\n}\na();\n`;
    const [, { events, codes }] = await trace({ 'main.js': source }, { level: 'values' });
    const of = (name: string): string[] => {
      const code = codes.findIndex((one) => one.name === name);
      const frame = events.find((event) => event.kind === 'call' && event.code === code)?.frame;
      return events.filter((event) => event.frame === frame).map(words);
    };
    expect(of('g')).toEqual(['call ', 'line 2', 'yield 1', 'resume 5', 'r=5', 'line 3', 'return 5']);
    expect(of('a')).toEqual(['call ', 'line 9', 'yield 1', 'resume 1', 'line 10', 'return 2']);
  });

  test.skipIf(skip !== '')(`limits: first executions, and all are counted${skip}`, async () => {
    const source = 'let sum = 0;\nfor (let i = 0; i < 5000; i++) {\n  sum += i;\n}\nconsole.log(sum);\n';
    const options = { level: 'values', limits: { firstHits: 2, lastHits: 1 } } as const;
    const [outcome, { counts, gaps, events }] = await trace({ 'main.js': source }, options);
    expect(stdout(outcome)).toBe('12497500\n');
    expect([...(counts[0]?.lines ?? [])]).toEqual([
      [1, 1],
      [2, 5001],
      [3, 5000],
      [5, 1],
    ]);
    expect(gaps.skippedLines).toBe(4999 + 4998);
    const totals = new Map(counts.map(({ file, lines }) => [file, lines]));
    const [, again] = await trace({ 'main.js': source }, { ...options, totals });
    expect(again.events.length).toBeGreaterThan(events.length);
    expect(again.events.map(words)).toContain('sum=12497500');
  });

  test.skipIf(skip !== '')(`cases that were chosen, not those that were fallen into${skip}`, async () => {
    const source = `function f(x) {
  switch (x) {
    case 1:
    case 2:
      x += 1;
    case 3:
      x += 2;
      break;
    case 4: {
      return 0;
    }
    default:
      x += 9;
  }
  a: switch (x) { case 5: break a; default: x++; }
  return x;
}
console.log([1, 2, 3, 4, 5].map(f).join());
`;
    for (const level of ['coverage', 'counts', 'lines'] as const) {
      const [outcome, { counts }] = await trace({ 'main.js': source }, { level });
      expect(stdout(outcome)).toBe('5,5,5,0,15\n');
      const ways = counts[0]?.ways.map(({ from, to, count }) => `${from}>${to}:${count}`);
      expect(ways, level).toEqual([level === 'coverage' ? '2>5:1' : '2>5:2', '2>7:1', '2>10:1', '2>13:1']);
    }
  });

  test.skipIf(missing('native') !== '' || backend !== 'native')(
    `processes that are waited for (Node only)`,
    async () => {
      const source = `import { spawnSync } from 'node:child_process'\nconst { execSync } = await import('node:child_process')\nspawnSync('none')\ntry { execSync('exit 3', { stdio: 'ignore' }) } catch (e) { console.log(e.status, spawnSync.name, spawnSync.length) }\n`;
      const [outcome, { events }] = await trace({ 'main.mjs': source }, { level: 'lines' });
      expect(stdout(outcome)).toBe('3 spawnSync 3\n');
      expect(events.filter(({ kind }) => kind === 'note')).toHaveLength(2);
    },
  );

  test.skipIf(skip !== '')(`an endless loop leaves what there was${skip}`, async () => {
    const { job } = await traceJob(
      jobOf({ 'main.js': 'let n = 0;\nfor (;;) n++;\n' }),
      { level: 'lines' },
      loadGrammarFile,
    );
    const limits = { ...job.limits, wallMs: 1_500, fuel: backend === 'embedded' ? 200_000_000 : null };
    const { outcome, traces } = takeTrace(await runner.run({ ...job, limits }, { backend }));
    expect(['timed-out', 'out-of-fuel']).toContain(outcome.ending.kind);
    expect(traces[0]?.gaps.cut).toBe(true);
    expect(traces[0]?.counts[0]?.lines.get(2)).toBeGreaterThan(1_000);
  });

  test.skipIf(skip !== '')(`of a program that does not parse what stands before runs${skip}`, async () => {
    const source = 'console.log(1);\nif (1) {\n  console.log(2);\n}\nlet x = = 3;\nconsole.log(4);\n';
    const { job, left } = await traceJob(jobOf({ 'main.js': source }), { level: 'lines' }, loadGrammarFile);
    expect(left).toEqual([]);
    const { outcome, traces } = takeTrace(await runner.run(job, { backend }));
    expect(stdout(outcome)).toBe('1\n2\n');
    expect(outcome.ending).toEqual({ kind: 'exited', code: 1 });
    expect(new TextDecoder().decode(outcome.stderr.head)).toContain('SyntaxError');
    expect(traces[0]?.events[0]).toMatchObject({
      kind: 'note',
      about: 'syntax',
      text: expect.stringMatching(/what stands before line 5 ran$/),
    });
  });

  test.skipIf(skip !== '')(`types that end a statement without a semicolon${skip}`, async () => {
    const source =
      'const x = [1].map(String) as { [at: number]: string }\nlet y: unknown = x as any\nconsole.log(x[0], typeof y)\n';
    const [outcome, { counts }] = await trace({ 'main.ts': source }, { level: 'values' });
    expect(stdout(outcome)).toBe('1 object\n');
    expect([...(counts[0]?.lines.keys() ?? [])]).toEqual([1, 2, 3]);
  });

  describe.each(Object.entries(unchanged))('%s', (_, files) => {
    test.skipIf(skip !== '')(`does the same at every level${skip}`, async () => {
      const plain = await runner.run(jobOf(files), { backend });
      for (const level of traceLevels) {
        const [outcome, { gaps }] = await trace(files, { level });
        expect([stdout(outcome), outcome.ending], level).toEqual([stdout(plain), plain.ending]);
        // QuickJS's own realm ends early where its tools are patched, traced or not.
        if (JSON.stringify(plain.ending) !== '{"kind":"exited","code":7}') expect(gaps.cut, level).toBe(false);
      }
    });
  });
});
