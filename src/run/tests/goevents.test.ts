import { describe, expect, it } from 'vitest';
import { tellGo } from './goevents.ts';

const none = { head: new Uint8Array(0), tail: new Uint8Array(0), omittedBytes: 0 };
const tell = (events: readonly unknown[], code = 0) =>
  tellGo(
    new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join('')),
    {
      ending: { kind: 'exited', code },
      stdout: none,
      stderr: none,
    },
    'm',
  );
const of = (Action: string, Test?: string, more: Record<string, unknown> = {}) => ({
  Action,
  Package: 'm/p',
  ...(Test === undefined ? {} : { Test }),
  ...more,
});

describe('events of go test', () => {
  it('are tests with their ends', () => {
    const { tests } = tell(
      [
        of('start'),
        of('run', 'TestA'),
        of('pass', 'TestA', { Elapsed: 0.5 }),
        of('run', 'TestB'),
        of('output', 'TestB', { Output: '    b_test.go:7: got 1, want 2\n' }),
        of('fail', 'TestB', { Elapsed: 0 }),
        of('run', 'TestC'),
        of('skip', 'TestC'),
        of('fail'),
      ],
      1,
    );
    expect(tests.map(({ name, state, ms, failedAt }) => [name, state, ms, failedAt])).toEqual([
      ['m/p.TestA', 'passed', 500, null],
      ['m/p.TestB', 'failed', 0, { path: 'p/b_test.go', line: 7 }],
      ['m/p.TestC', 'skipped', 0, null],
    ]);
  });

  it('tell of tests that a panic ended', () => {
    const { tests } = tell(
      [of('start'), of('run', 'TestA'), of('output', 'TestA', { Output: 'panic: boom\n' }), of('fail')],
      1,
    );
    expect(tests.map(({ state, message }) => [state, message])).toEqual([['crashed', 'panic: boom']]);
  });

  it('tell of a panic that ended the package, and of none that a test only shows', () => {
    const trace = ['panic: p [recovered, repanicked]\n', 'goroutine 26 [running]:\n'];
    const told = (end: string) =>
      tell(
        [
          of('start'),
          of('run', 'TestA'),
          ...trace.map((Output) => of('output', 'TestA', { Output })),
          of('fail', 'TestA'),
          of('output', undefined, { Output: end }),
          of('fail'),
        ],
        1,
      );
    const ended = told('FAIL\tm/p\t0.1s\n');
    expect([ended.tests.map(({ state }) => state), ended.early]).toEqual([['crashed'], ['m/p']]);
    const shown = told('FAIL\n');
    expect([shown.tests.map(({ state }) => state), shown.early]).toEqual([['failed'], []]);
  });

  it('tell of packages that do not compile', () => {
    const { broken, tests } = tell(
      [
        { ImportPath: 'm/p [m/p.test]', Action: 'build-output', Output: './a_test.go:3:9: undefined: x\n' },
        { ImportPath: 'm/p [m/p.test]', Action: 'build-fail' },
        of('start'),
        of('fail', undefined, { FailedBuild: 'm/p [m/p.test]' }),
      ],
      1,
    );
    expect(tests).toEqual([]);
    expect(broken).toMatchObject([{ name: 'm/p', message: 'undefined: x', failedAt: { path: 'a_test.go', line: 3 } }]);
  });

  it('are counted when they are none', () => {
    expect(tell([{ Action: 7 }, of('start')]).unsealed).toBe(1);
  });
});
