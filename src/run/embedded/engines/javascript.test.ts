import { expect, test } from 'vitest';
import { runnerOf } from '../testjob.ts';
import { javascriptEngine } from './javascript.ts';

const run = runnerOf(javascriptEngine, 'main.js');

const exited = (code: number) => ({ kind: 'exited', code });

test('prints, reads and exits as in Node', async () => {
  const ran = await run(
    `const lines = require('fs').readFileSync('/dev/stdin', 'utf8').trim().split('\\n');
     console.log(lines, process.argv.slice(1), process.env.X, __filename);
     console.error('to', { stderr: 1 });
     process.exitCode = 3;`,
    { stdin: 'a\nb\n', args: ['one', 'two'], env: { X: 'y' } },
  );
  expect(ran.stdout).toBe("[ 'a', 'b' ] [ '/work/main.js', 'one', 'two' ] y /work/main.js\n");
  expect(ran.stderr).toBe('to { stderr: 1 }\n');
  expect(ran.ending).toEqual(exited(3));
});

test('ticks, promises, timers and immediates come in the order of Node, in no time', async () => {
  const started = performance.now();
  const ran = await run(`
    setTimeout(() => console.log('timeout'), 3_600_000);
    setTimeout(() => console.log('sooner'), 1000);
    setImmediate(() => console.log('immediate'));
    Promise.resolve().then(() => console.log('promise')).then(() => process.nextTick(() => console.log('late tick')));
    process.nextTick(() => console.log('tick'));
    queueMicrotask(() => console.log('microtask'));
    const start = Date.now();
    setTimeout(() => console.log(Date.now() - start >= 3_600_000), 3_600_000);
    process.on('exit', (code) => console.log('exit', code));
    console.log('sync');`);
  expect(ran.stdout.split('\n')).toEqual([
    'sync',
    'tick',
    'promise',
    'microtask',
    'late tick',
    'immediate',
    'sooner',
    'timeout',
    'true',
    'exit 0',
    '',
  ]);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('CommonJS and ES modules find each other among the files', async () => {
  const files = {
    'lib/a.cjs': 'exports.one = 1; exports.f = () => require("./b.json").b;',
    'lib/b.json': '{"b": 2}',
    'lib/c.mjs': 'export default 3; export const four = 4;',
    'package.json': '{"type": "commonjs"}',
  };
  const legacy = await run(
    'const { one, f } = require("./lib/a.cjs"); console.log(one, f(), require("./lib/c.mjs").four);',
    { files },
  );
  expect(legacy.stdout).toBe('1 2 4\n');
  const modern = await run(
    `import fs, { existsSync } from 'node:fs';
     import { one, f } from './lib/a.cjs';
     import three, { four } from './lib/c.mjs';
     const late = await import('./lib/c.mjs');
     console.log(one, f(), three, four, late.default, existsSync('main.mjs'), typeof fs.readFileSync, import.meta.filename);`,
    { files, entry: 'main.mjs' },
  );
  expect(modern.stdout).toBe('1 2 3 4 3 true function /work/main.mjs\n');
});

test.each([
  ['import statements make a module', 'import path from "path"; console.log(path.join("a", "b"))', 'a/b\n'],
  ['so does await outside of functions', 'await null; console.log(typeof require)', 'undefined\n'],
  ['the word alone does not', 'console.log("import", typeof require)', 'import function\n'],
  ['a #! line is left out', '#!/usr/bin/env node\nconsole.log(1)', '1\n'],
])('%s', async (_name, program, stdout) => {
  const ran = await run(program);
  expect([ran.stdout, ran.stderr]).toEqual([stdout, '']);
});

test.each([
  ['an error', 'null.x', 1, /TypeError[\s\S]*main\.js:1:/],
  ['a thrown value', 'throw 5', 1, /Uncaught 5/],
  ['a wrong syntax', 'let = = 1', 1, /SyntaxError/],
  ['a missing module', 'require("nope")', 1, /Cannot find module 'nope'/],
  ['a missing import', 'import "./nope.js"', 1, /nope\.js/],
  ['a rejection without a handler', '(async () => { throw new RangeError("r") })()', 1, /RangeError: r/],
  [
    'a rejection with a value',
    'Promise.reject("v"); setTimeout(() => console.log("not seen"), 1)',
    1,
    /ERR_UNHANDLED_REJECTION/,
  ],
  ['an error in a timer', 'setTimeout(() => { throw new Error("t") }, 5)', 1, /Error: t/],
  ['an await without end', 'await new Promise(() => {})', 13, /top-level await/],
  ['process.exit', 'try { process.exit(4) } finally { console.log("not seen") }', 4, /^$/],
])('%s ends the program', async (_name, program, code, stderr) => {
  const ran = await run(program);
  expect(ran.ending).toEqual(exited(code));
  expect(ran.stderr).toMatch(stderr);
  expect(ran.stdout).toBe('');
});

test('a rejection that is handled later in the same turn is none', async () => {
  const ran = await run(
    'const p = Promise.reject(1); Promise.resolve().then(() => p.catch(() => console.log("seen")))',
  );
  expect([ran.stdout, ran.ending]).toEqual(['seen\n', exited(0)]);
});

test('standard input by events, lines and questions', async () => {
  const stdin = 'first\nsecond\nthird';
  const byEvents = await run(
    'let all = ""; process.stdin.on("data", (d) => { all += d }); process.stdin.on("end", () => console.log(all.length))',
    { stdin },
  );
  expect(byEvents.stdout).toBe('18\n');
  const byLines = await run(
    `const rl = require('readline').createInterface({ input: process.stdin });
     rl.on('line', (l) => console.log('>' + l)); rl.on('close', () => console.log('end'));`,
    { stdin },
  );
  expect(byLines.stdout).toBe('>first\n>second\n>third\nend\n');
  const byQuestions = await run(
    `import * as readline from 'node:readline/promises';
     const rl = readline.createInterface({ input: process.stdin, output: process.stdout });
     const a = await rl.question('a? '); const b = await rl.question('b? '); console.log(a, b); rl.close();`,
    { stdin },
  );
  expect(byQuestions.stdout).toBe('a? b? first second\n');
  const byLoop = await run(
    `import readline from 'node:readline';
     for await (const line of readline.createInterface({ input: process.stdin })) console.log(line);`,
    { stdin },
  );
  expect(byLoop.stdout).toBe('first\nsecond\nthird\n');
});

test('files are read, changed and told of', async () => {
  const ran = await run(
    `const fs = require('fs');
     fs.mkdirSync('d/e', { recursive: true }); fs.writeFileSync('d/e/new', 'new'); fs.appendFileSync('old', '!');
     fs.unlinkSync('gone'); fs.renameSync('moved', 'd/moved');
     console.log(fs.readdirSync('.', { recursive: true }).sort().join(), fs.statSync('old').size);
     try { fs.readFileSync('nope') } catch (e) { console.log(e.code, e.message) }
     try { fs.writeFileSync('big', 'x'.repeat(2_000_000)) } catch (e) { console.log(e.code) }`,
    { files: { old: 'old', gone: '', moved: 'm' } },
  );
  expect(ran.stdout).toBe(
    "d,d/e,d/e/new,d/moved,main.js,old 4\nENOENT ENOENT: no such file or directory, open 'nope'\nENOSPC\n",
  );
  expect(ran.files).toMatchObject({ 'd/e/new': 'new', 'd/moved': 'm', gone: 'removed', moved: 'removed', old: 'old!' });
});

test('bytes come out as they are', async () => {
  const ran = await run('process.stdout.write(Buffer.from([0, 255, 128])); process.stdout.write("\\0é\\ud800")');
  expect([...ran.bytes]).toEqual([0, 255, 128, 0, 0xc3, 0xa9, 0xef, 0xbf, 0xbd]);
});

test('assertions fail as in Node', async () => {
  const ran = await run(`
    const assert = require('node:assert');
    assert.deepStrictEqual({ a: [1, new Map([[1, 2]])] }, { a: [1, new Map([[1, 2]])] });
    assert.throws(() => { throw new TypeError('t') }, TypeError);
    try { assert.strictEqual(1, 2, 'said') } catch (e) { console.log(e.name, e.code, e.message) }
    assert.deepEqual([1, 2], [1, 3]);`);
  expect(ran.stdout).toBe('AssertionError ERR_ASSERTION said\n');
  expect(ran.stderr).toContain('AssertionError [ERR_ASSERTION]: Expected values to be loosely deep-equal');
  expect(ran.ending).toEqual(exited(1));
});

test('clock, chance and zone are those of the job', async () => {
  const program = 'console.log(new Date().toISOString(), new Date().getHours(), Math.random(), Math.random())';
  const [a, b] = [await run(program, { seed: 7 }), await run(program, { seed: 7 })];
  expect(a.stdout).toBe(b.stdout);
  expect(a.stdout).toMatch(/^2023-11-14T22:13:20\.\d+Z 22 /);
  expect((await run(program, { seed: 8 })).stdout).not.toBe(a.stdout);
  expect((await run(program, { timeZone: 'Asia/Tokyo' })).stdout).toMatch(/Z 7 /);
});

test('limits end a program in the way they are called', async () => {
  expect((await run('for (;;) ;', { limits: { fuel: 50_000_000 } })).ending).toEqual({ kind: 'out-of-fuel' });
  expect(
    (await run('try { for (;;) ; } catch {} finally { for (;;) ; }', { limits: { fuel: 50_000_000 } })).ending,
  ).toEqual({
    kind: 'out-of-fuel',
  });
  const memory = await run(
    'const a = []; try { for (;;) a.push(new Array(1000).fill(1)) } catch { console.log("caught") }',
    { limits: { fuel: null } },
  );
  expect([memory.ending, memory.stdout]).toEqual([{ kind: 'out-of-memory' }, '']);
  const flood = await run('for (;;) console.log("x".repeat(1000))');
  expect(flood.ending).toEqual({ kind: 'output-limit', stream: 'stdout' });
  expect(flood.stdout.length).toBeGreaterThan(990_000);
});

test('memory that is not to be had is refused at once', async () => {
  const started = performance.now();
  const programs = [
    'let s = "x"; for (;;) s += s;',
    'new ArrayBuffer(1_900_000_000)',
    'const o = {}; for (let i = 0; ; i++) o["k" + i] = i;',
  ];
  for (const program of programs)
    expect((await run(program, { limits: { fuel: null, memoryBytes: 64 * 2 ** 20 } })).ending.kind).toMatch(
      /out-of-memory|exited/,
    );
  expect(performance.now() - started).toBeLessThan(15_000);
});

test('a recursion without end is over, and nothing of it is left', async () => {
  const deep = await run('let d = 0; const f = () => { d++; f() }; f()');
  expect(deep.ending).toEqual(exited(1));
  expect(deep.stderr).toContain('Maximum call stack size exceeded');
  expect((await run('console.log(1)')).stdout).toBe('1\n');
});

test('what a program does to its realm is gone in the next', async () => {
  const before = await run('console.log([1], {}.polluted, typeof leaked, require("fs").existsSync("/tmp/left"))');
  await run(`
    Object.prototype.polluted = 'yes'; globalThis.leaked = 1; Array.prototype.map = null; console.log = null; JSON.stringify = null;
    require('fs').writeFileSync('/tmp/left', ''); process.exit = null; Promise.prototype.then = null; require('util').inspect.custom = 1;
    Object.freeze(globalThis); setInterval(() => {}, 1); process.exitCode = 5; throw 1;`);
  const after = await run('console.log([1], {}.polluted, typeof leaked, require("fs").existsSync("/tmp/left"))');
  expect(after).toEqual(before);
  expect(after.stdout).toBe('[ 1 ] undefined undefined false\n');
});

test('the same program takes the same number of instructions, whatever ran before', async () => {
  const program =
    'let s = 0; for (let i = 0; i < 1e4; i++) s += Math.random(); console.log(s, [...new Set([3, 1])], Date.now())';
  const first = await run(program);
  await run('const junk = []; for (let i = 0; i < 1e5; i++) junk.push({ i });');
  await run('null.x');
  const second = await run(program);
  expect(second.instructions).toBe(first.instructions);
  expect(first.instructions).toBeGreaterThan(1e6);
});

test.each([
  [
    'globals',
    '[typeof fetch, typeof WebAssembly, typeof Worker, typeof XMLHttpRequest, typeof Deno].join()',
    'undefined,undefined,undefined,undefined,undefined',
  ],
  [
    'process.binding',
    'typeof process.binding + typeof process.dlopen + typeof process.kill',
    'undefinedundefinedundefined',
  ],
  ['constructors', '(() => { try { return Function("return process")().pid } catch (e) { return e.name } })()', '1'],
  [
    'builtin modules',
    '["child_process", "net", "worker_threads", "vm", "http", "module/x"].map((m) => { try { require(m); return "HAS" } catch (e) { return e.code } }).join()',
    Array(6).fill('MODULE_NOT_FOUND').join(),
  ],
  [
    'files of the machine',
    '(() => { try { return require("fs").readFileSync("/etc/passwd", "utf8") } catch (e) { return e.code } })()',
    'ENOENT',
  ],
  [
    'files by links',
    '(() => { const fs = require("fs"); fs.symlinkSync("/etc/passwd", "l"); try { return fs.readFileSync("l", "utf8") } catch (e) { return e.code } })()',
    'ENOENT',
  ],
  ['the environment', 'JSON.stringify(process.env)', '{}'],
  ['the door', 'typeof winnowDoor + typeof globalThis.winnowEnter', 'undefinedundefined'],
  [
    'the realm by import',
    '(() => { try { return require("realm:main.ts") } catch (e) { return e.code } })()',
    'MODULE_NOT_FOUND',
  ],
])('%s lead nowhere', async (_name, expression, expected) => {
  expect((await run(`console.log(${expression})`)).stdout).toBe(`${expected}\n`);
});

test('the realm cannot be imported from a program', async () => {
  const ran = await run('import("realm:main.ts").then(() => console.log("HAS"), (e) => console.log("no"))');
  expect(ran.stdout).toBe('no\n');
});
