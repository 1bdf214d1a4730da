/** Programs that take away or replace what the hooks themselves stand on: each ends with a report that is true of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { openRunner } from '../../runner.ts';
import { runPartial } from '../partial.ts';
import type { PartialReport } from '../types.ts';

const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-patched-'));
const runner = openRunner({ cacheDir, path: (process.env.PATH ?? '').split(':'), parallelism: 2 });
afterAll(async () => {
  await runner.close();
  rmSync(cacheDir, { recursive: true, force: true });
});
const native = (await runner.offers()).some(
  ({ backend, runtimes }) =>
    backend === 'native' && runtimes.some(({ language, state }) => language === 'javascript' && state === 'ready'),
);

/** Four statements of which parts are missing, behind the one that patches. */
const rest = `
let total = 0;
for (let at = 0; at < 2; at++) total += lost.parts[at].size;
if (settings.ready) total++;
done(total);
`;

const run = (patch: string, code = rest): Promise<PartialReport> =>
  runPartial(
    { language: 'javascript', files: [{ path: 'a.js', bytes: new TextEncoder().encode(patch + code) }], entry: 'a.js' },
    { level: 2, budget: { rounds: 2 }, load: loadGrammarFile },
    runner,
    { backend: 'native' },
  );

const left = ({ coverage }: PartialReport): number[] => coverage.files.flatMap(({ missed }) => [...missed]);

test.skipIf(!native).each([
  ['lists', 'Array.prototype.push = null; Array.prototype.map = null; delete Array.prototype[Symbol.iterator];'],
  ['JSON', 'JSON = undefined;'],
  ['what describes members', 'Object.defineProperty = null; Object.prototype.get = () => 1;'],
  ['Reflect', 'for (const name of Object.getOwnPropertyNames(Reflect)) Reflect[name] = null; Reflect = null;'],
  ['maps', 'for (const one of [Map, Set, WeakMap]) one.prototype.get = one.prototype.has = null; Map = undefined;'],
  ['promises', 'Promise.prototype.then = null; Promise = null;'],
  ['proxies and symbols', 'Proxy = null; Symbol = undefined;'],
  ['texts', 'for (const name of ["slice", "split", "replace", "lastIndexOf"]) String.prototype[name] = null;'],
  ['patterns', 'RegExp.prototype.exec = null; RegExp.prototype.test = () => { throw new Error("mine"); };'],
  ['functions', 'Function.prototype.call = Function.prototype.apply = Function.prototype.bind = null;'],
  [
    'all globals',
    'const world = globalThis; for (const name of Object.getOwnPropertyNames(world)) delete world[name];',
  ],
  ['what runs later', 'setImmediate = null; setTimeout = null; queueMicrotask = null;'],
  ['listeners', 'process.removeAllListeners();'],
  ['open files', 'const fs = require("fs"); for (let at = 17; at < 40; at++) try { fs.closeSync(at); } catch {}'],
  ['what is told', 'const fs = require("fs"); fs.writeFileSync(".winnow-partial/rows.jsonl", "none\\n");'],
])('%s that the program takes away', async (_, patch) => {
  const report = await run(patch);
  // What it catches itself is its own.
  const failures = report.failures.filter(({ after }) => after !== 'caught');
  expect([left(report), failures, report.gaps]).toEqual([[], [], []]);
});

test.skipIf(!native)('a process that is ended from within has told what ran', async () => {
  const [exits, killed] = await Promise.all([
    run('console.log(lost);\nprocess.reallyExit(3);\n', 'console.log(1);\n'),
    run('console.log(lost);\nprocess.kill(process.pid, "SIGKILL");\n', 'console.log(1);\n'),
  ]);
  expect([left(exits), exits.gaps, exits.outcome.ending]).toEqual([[2, 3], [], { kind: 'exited', code: 3 }]);
  expect([left(killed), killed.gaps]).toEqual([[2, 3], [expect.stringContaining('SIGKILL')]]);
});

test.skipIf(!native)(
  'functions that call each other without end are ended, whatever they catch',
  async () => {
    const report = await run(
      'function deep(n) { try { deep(n + 1); } catch {} return deep(n + 1); }\n',
      'lost.ran();\ndeep(0);\n',
    );
    // On a busy machine the sandbox may be first.
    expect([report.level, report.gaps.join()]).toEqual([
      2,
      expect.stringMatching(/each was left at once|its time was up/),
    ]);
  },
  20_000,
);

test.skipIf(!native)('what another program fails with is no mistake of this one', async () => {
  const report = await run('', "lost();\nrequire('child_process').execSync('exit 3', { stdio: 'pipe' });\n");
  expect(report.failures).toMatchObject([{ line: 2, certainty: 'possible' }]);
});

test.skipIf(!native)('a package that a module lacks is told with its import at level 1', async () => {
  const code = "import pad from 'left-pad';\nconsole.log(pad('a'));\n";
  const report = await runPartial(
    { language: 'javascript', files: [{ path: 'a.mjs', bytes: new TextEncoder().encode(code) }], entry: 'a.mjs' },
    { level: 1, load: loadGrammarFile },
    runner,
    { backend: 'native' },
  );
  expect(report.coverage).toMatchObject({ statements: 2, covered: 0 });
  expect(report.failures).toMatchObject(
    [{ line: 1, certainty: 'possible', message: /'left-pad'/ }].map((one) => ({
      ...one,
      message: expect.stringMatching(one.message),
    })),
  );
});
