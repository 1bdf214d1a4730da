import { describe, expect, it } from 'vitest';
import type { TestOutput } from '../operations/test-schemas.ts';
import type { Settings } from '../operations/types.ts';
import { testView } from './test.ts';

const settings = { color: false, columns: 100 } as Settings;
const counts = {
  passed: 0,
  failed: 0,
  error: 0,
  skipped: 0,
  'expected-failure': 0,
  'unexpected-pass': 0,
  'timed-out': 0,
  crashed: 0,
  'not-run': 0,
};
const result = (change: Partial<TestOutput['tests'][number]>): TestOutput['tests'][number] => ({
  name: 'a.py::test_a',
  state: 'passed',
  ms: 1,
  place: null,
  message: '',
  failedAt: null,
  details: '',
  ...change,
});
const output = (change: Partial<TestOutput>): TestOutput => ({
  schema: 'winnow.test/1',
  root: '/p',
  runner: 'pytest',
  version: 'pytest 9.0.0 on CPython 3.13.0',
  because: '',
  interpreter: { version: 'CPython 3.13.0', chosen: 'the first on the path' },
  passed: true,
  ending: { kind: 'finished' },
  code: 0,
  counts: { ...counts, passed: 1 },
  tests: [],
  broken: [],
  coverage: null,
  calls: null,
  unsealed: 0,
  notes: [],
  stdout: '',
  stderr: '',
  usage: { wallMs: 1200, cpuMs: 1000, peakMemoryBytes: null },
  ...change,
});

describe('tests as a person sees them', () => {
  it('end with counts', () => {
    expect(testView(output({}), settings)).toBe(
      '1 passed  (pytest 9.0.0 on CPython 3.13.0, the first on the path; 1.2 s)\n',
    );
  });

  it('tell where a test failed, and make what it says harmless', () => {
    const failed = result({
      state: 'failed',
      name: 'x\u001b[31m',
      message: 'boom\u0007',
      failedAt: { path: 'a.py', line: 3 },
    });
    const text = testView(
      output({ passed: false, code: 1, tests: [failed], counts: { ...counts, failed: 1 } }),
      settings,
    );
    expect(text.split('\n').slice(0, 2)).toEqual(['failed  x␛[31m  a.py:3', '    boom␇']);
  });

  it('tell apart what did not run, what could not be loaded, and how the suite ended', () => {
    const text = testView(
      output({
        passed: false,
        code: null,
        ending: { kind: 'stopped', limit: 'wall' },
        tests: [result({ state: 'not-run', name: 'b' })],
        broken: [{ name: 'c.py', message: 'no module', failedAt: null, details: '' }],
        counts: { ...counts, 'not-run': 1 },
      }),
      settings,
    );
    expect(text).toContain('not loaded  c.py\n    no module\n');
    expect(text).toContain('not run  1 test, the first is b\n');
    expect(text).toContain('stopped: no elapsed time left; --wall sets how much it has\n');
    expect(text).toContain('1 not run, 1 not loaded  (');
  });

  it('say what to do where there are no tests, and when only the runner is not content', () => {
    expect(testView(output({ passed: false, ending: { kind: 'no-tests' }, counts }), settings)).toContain(
      '--runner names another',
    );
    expect(testView(output({ passed: false, code: 3 }), settings)).toContain(
      '1 passed, but the runner ended with code 3',
    );
  });

  it('tell files by the lines that did not run', () => {
    const coverage = {
      files: [
        { path: 'a.py', able: 10, ran: 10, missed: '' },
        { path: 'b.py', able: 10, ran: 5, missed: '1-5' },
      ],
      able: 20,
      ran: 15,
      saved: null,
    };
    const lines = testView(output({ coverage }), settings).split('\n');
    expect(lines.slice(0, 2)).toEqual(['Lines 75.0%: 15 of 20 in 2 files', '   50.0%  b.py  not run: 1-5']);
  });
});
