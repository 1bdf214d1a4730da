import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WinnowError } from '../base/mod.ts';
import { checkJob } from './checkjob.ts';
import { defaultLimits, limitRanges } from './joblimits.ts';
import { pathProblem } from './jobpath.ts';
import type { Job, Limits } from './types.ts';

const none = new Uint8Array(0);
const good: Job = { language: 'py', files: [{ path: 'main.py', bytes: none }], entry: 'main.py' };
const named = (...paths: string[]): Partial<Job> => ({
  files: paths.map((path) => ({ path, bytes: none })),
  entry: paths[0] ?? '',
});

test('defaults are filled in, the name is the table’s', () => {
  expect(checkJob(good)).toEqual({
    language: 'python',
    files: good.files,
    entry: 'main.py',
    args: [],
    stdin: none,
    env: {},
    limits: defaultLimits,
    compileLimits: expect.objectContaining({ wallMs: 60_000 }),
    determinism: { seed: 0, clockMs: 1_735_689_600_000, locale: 'C.UTF-8', timeZone: 'UTC' },
    grants: { network: false, read: [] },
    count: false,
  });
});

describe('what is not of the type it must be', () => {
  const file = { path: 'main.py', bytes: none };
  test.each<[what: string, job: unknown, complaint: RegExp]>([
    ['no job', null, /The job must be an object; it was null/],
    ['a list', [], /The job must be an object; it was a list/],
    ['no files', { language: 'py', entry: 'main.py' }, /job\.files must be a list of files; it was of type undefined/],
    ['no entry', { language: 'py', files: [file] }, /job\.entry must be text/],
    ['a language that is a number', { ...good, language: 3 }, /job\.language must be text; it was of type number/],
    ['a file that is none', { ...good, files: [null] }, /job\.files\[0\] must be an object/],
    ['a file of text', { ...good, files: [{ ...file, bytes: 'text' }] }, /job\.files\[0\]\.bytes must be bytes/],
    ['an argument that is a number', { ...good, args: [3] }, /job\.args must be a list of texts/],
    ['a variable that is a number', { ...good, env: { A: 3 } }, /job\.env\.A must be text/],
    ['input of text', { ...good, stdin: 'text' }, /job\.stdin must be bytes/],
    ['no limits', { ...good, limits: null }, /job\.limits must be an object/],
    ['a limit of text', { ...good, limits: { wallMs: '3' } }, /limits\.wallMs must be a whole number .* it was "3"/],
    ['a locale that is a number', { ...good, determinism: { locale: 3 } }, /determinism\.locale must be text/],
    ['a grant of text', { ...good, grants: { network: 'yes' } }, /job\.grants\.network must be true or false/],
    ['directories of text', { ...good, grants: { read: '/usr' } }, /job\.grants\.read must be a list of texts/],
    ['a wish of text', { ...good, count: 'yes' }, /job\.count must be true or false/],
  ])('%s', (_, job, complaint) => {
    const check = () => checkJob(job as Job);
    expect(check).toThrow(complaint);
    expect(check).toThrow(expect.objectContaining({ code: 'bad-job' }));
  });
});

test('what is given wins, what is given as undefined does not', () => {
  const checked = checkJob({
    ...good,
    limits: { wallMs: 5, cpuMs: undefined as unknown as number },
    determinism: { seed: 7, clockMs: null },
  });
  expect(checked.limits).toEqual({ ...defaultLimits, wallMs: 5 });
  expect(checked.determinism).toMatchObject({ seed: 7, clockMs: null, timeZone: 'UTC' });
  expect(checkJob({ ...good, limits: { fuel: null } }).limits.fuel).toBeNull();
});

test('directories to read are told once', () => {
  expect(checkJob({ ...good, grants: { read: ['/opt/x/', '/opt//x', '/'] } }).grants.read).toEqual(['/opt/x', '/']);
});

describe('refused', () => {
  const check = (what: string, change: Partial<Job>, message: RegExp, code = 'bad-job') =>
    test(what, () =>
      expect(() => checkJob({ ...good, ...change })).toThrow(
        expect.objectContaining({ code, message: expect.stringMatching(message) }),
      ),
    );
  check('an unknown language', { language: 'pithon' }, /Did you mean python/, 'unknown-language');
  check('no files', named(), /not among the job's files \(there are none\)/);
  check('a missing entry', { entry: 'man.py' }, /Did you mean "main.py"\?/);
  check('an empty name', named(''), /is empty/);
  check('traversal', named('../x'), /leaves the work directory/);
  check('traversal inside', named('a/../../x'), /leaves the work directory/);
  check('traversal as Windows has it', named('a\\..\\..\\x'), /leaves the work directory/);
  check('an absolute path', named('/etc/passwd'), /is absolute/);
  check('a drive', named('C:\\x'), /is absolute/);
  check('a part "."', named('./x'), /a part "\."/);
  check('an empty part', named('a//b'), /an empty part/);
  check('a directory as a file', named('a/'), /an empty part/);
  check('NUL', named('a\0b'), /NUL/);
  check('half a character', named('a\ud800'), /Unicode/);
  check('a long part', named('ü'.repeat(128)), /longer than 255 bytes/);
  check('a long path', named(`${'abc/'.repeat(300)}x`), /longer than 1024 bytes/);
  check('a file given twice', named('x', 'x'), /given twice/);
  check('a file that is a directory', named('a/b/c', 'a'), /"a" is a file, and the directory of "a\/b\/c"/);
  check('a mode with the set-user-ID bit', { files: [{ path: 'main.py', bytes: none, mode: 0o4755 }] }, /mode/);
  check('too many files', named(...Array.from({ length: 10_001 }, (_, index) => `f${index}`)), /10000 files/);
  check(
    'too many bytes',
    { files: [{ path: 'main.py', bytes: new Uint8Array(256 * 1024 * 1024) }], stdin: new Uint8Array(1) },
    /268435457 bytes/,
  );
  check('NUL in an argument', { args: ['a\0'] }, /Argument 1 holds a NUL/);
  check('a long argument', { args: ['', 'x'.repeat(131_072)] }, /Argument 2 has 131072 bytes/);
  check(
    'many arguments',
    { args: Array.from({ length: 20 }, () => 'x'.repeat(100_000)) },
    /together|have 2000020 bytes/,
  );
  check('= in a variable’s name', { env: { 'A=B': 'c' } }, /"A=B" cannot be the name/);
  check('an empty variable', { env: { '': 'c' } }, /"" cannot be the name/);
  check('NUL in a variable', { env: { A: '\0' } }, /"A" holds a NUL/);
  check('an unknown limit', { limits: { wallMS: 5 } as Partial<Limits> }, /no "wallMS"/);
  check('a seed that is negative', { determinism: { seed: -1 } }, /seed/);
  check('a seed of 2^32', { determinism: { seed: 2 ** 32 } }, /seed/);
  check('a clock past 2038', { determinism: { clockMs: 2 ** 31 * 1000 } }, /clockMs/);
  check('a clock that is NaN', { determinism: { clockMs: Number.NaN } }, /clockMs/);
  check('a locale with a slash', { determinism: { locale: '../x' } }, /locale/);
  check('a time zone that leaves', { determinism: { timeZone: '../../etc/passwd' } }, /time zone/);
  check('a relative directory to read', { grants: { read: ['x'] } }, /absolute/);
  check('a directory that leaves', { grants: { read: ['/opt/../etc'] } }, /absolute path without/);

  const absurd = fc.oneof(
    fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -1,
      -0.5,
      2 ** 60,
      '10' as unknown as number,
    ),
    fc.double({ noInteger: true, noDefaultInfinity: true, noNaN: true }),
    fc.integer({ max: -1 }),
  );
  test('absurd limits, each of them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(limitRanges) as (keyof Limits)[])), absurd, (name, value) => {
        for (const which of ['limits', 'compileLimits'] as const)
          expect(() => checkJob({ ...good, [which]: { [name]: value } })).toThrow(
            expect.objectContaining({ code: 'bad-job', message: expect.stringContaining(`${which}.${name} must be`) }),
          );
      }),
    );
  });
});

describe('properties', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('a', 'b', '..', '.', '', '/', '\\', 'ü', '\0', 'C:'), { maxLength: 6 })
      .map((parts) => parts.join('/')),
    fc.string(),
  );
  test('a name that passes stays below any directory, and is its own normal form', () => {
    fc.assert(
      fc.property(name, (path) => {
        if (pathProblem(path) !== null) return;
        expect(posix.normalize(path)).toBe(path);
        expect(posix.resolve('/w', path).startsWith('/w/')).toBe(true);
        expect(posix.relative('/w', posix.resolve('/w', path))).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
  test('a job is accepted, or refused as the caller’s', () => {
    fc.assert(
      fc.property(
        fc.array(name, { maxLength: 6 }),
        name,
        fc.array(fc.string({ unit: 'binary' })),
        fc.dictionary(fc.string(), fc.string()),
        (paths, entry, args, env) => {
          const job: Job = { ...good, files: paths.map((path) => ({ path, bytes: none })), entry, args, env };
          try {
            const checked = checkJob(job);
            expect(paths.every((path) => pathProblem(path) === null) && paths.includes(entry)).toBe(true);
            expect(checked.files).toEqual(job.files);
          } catch (error) {
            expect(error).toBeInstanceOf(WinnowError);
            expect((error as WinnowError).code).toBe('bad-job');
          }
        },
      ),
    );
  });
  test('whole numbers in range pass as they are', () => {
    fc.assert(
      fc.property(
        fc.record(
          Object.fromEntries(
            Object.entries(limitRanges).map(([limit, [min, max]]) => [
              limit,
              fc.maxSafeInteger().map((n) => Math.min(max, Math.max(min, Math.abs(n)))),
            ]),
          ),
          { requiredKeys: [] },
        ),
        (limits) => {
          expect(checkJob({ ...good, limits }).limits).toEqual({ ...defaultLimits, ...limits });
        },
      ),
    );
  });
});
