/** Counts by callgrind, with the real one: right where there is one, and never at the cost of the outcome. */
import { delimiter } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkJob } from '../checkjob.ts';
import type { Job, Outcome, Output } from '../types.ts';
import { openNativeBackend } from './backend.ts';
import { countedCaveat } from './callgrind.ts';

const path = (process.env.PATH ?? '').split(delimiter).filter((one) => one.startsWith('/'));
const backend = openNativeBackend({ cacheDir: null, path, parallelism: 2 });
const availability = await backend.availability();
const runtimes = availability.state === 'ready' ? await backend.runtimes() : [];
const counts = runtimes.some(({ language, counts }) => language === 'c' && counts !== null);
const why =
  availability.state === 'unavailable' ? availability.reason : counts ? 'never' : 'no C compiler or no valgrind';
afterAll(() => backend.close());

function run(language: string, source: string, more: Partial<Job> = {}): Promise<Outcome> {
  const entry = language === 'c' ? 'main.c' : 'main';
  return backend.run(
    checkJob({ language, entry, count: true, ...more, files: [{ path: entry, bytes: Buffer.from(source) }] }),
  );
}
const text = ({ head }: Output): string => Buffer.from(head).toString();
const missing = (language: string): string =>
  runtimes.some((runtime) => runtime.language === language && runtime.state === 'ready')
    ? ''
    : ` (skipped: no ${language} here)`;

const includes = ['signal', 'stdio', 'stdlib', 'string', 'sys/stat', 'sys/wait', 'unistd']
  .map((name) => `#include <${name}.h>\n`)
  .join('');
const c = (main: string): string => `${includes}volatile int x;\nint main(void) { ${main} }\n`;
const work = (turns: number): string => `for (int i = 0; i < ${turns}; i++) x++;`;

describe.skipIf(!counts).concurrent(`counting (skipped: ${why})`, () => {
  test('gives the same count each time, and more for more work', async () => {
    const of = async (turns: number): Promise<number> => {
      const { ending, usage, caveats } = await run('c', c(work(turns)));
      expect([ending, usage.countUnit, caveats]).toEqual([{ kind: 'exited', code: 0 }, 'machine', [countedCaveat]]);
      return usage.instructions ?? 0;
    };
    const [once, again, more] = await Promise.all([of(100_000), of(100_000), of(1_100_000)]);
    expect(again).toBe(once);
    // Five instructions a turn by GCC 12; another compiler may unroll.
    expect((more as number) - (once as number)).toBeGreaterThan(2_000_000);
  });

  test('what was counted before a fork is counted once', async () => {
    const rest = 'puts("done"); return 0;';
    const alone = await run('c', c(`${work(2_000_000)} ${rest}`));
    for (const fork of ['fork', 'vfork']) {
      const forked = await run('c', c(`${work(2_000_000)} if (${fork}() == 0) _exit(0); wait(0); ${rest}`));
      expect(text(forked.stdout)).toBe('done\n');
      expect((forked.usage.instructions ?? 0) / (alone.usage.instructions ?? 1)).toBeCloseTo(1, 1);
    }
    const both = await run('c', c(`fork(); ${work(2_000_000)} while (wait(0) > 0); return 0;`));
    expect((both.usage.instructions ?? 0) / (alone.usage.instructions ?? 1)).toBeCloseTo(2, 1);
  });

  test('a crash is told as ever: its count, and nothing of valgrind on standard error', async () => {
    const { ending, stderr, usage } = await run('c', c('fputs("mine", stderr); *(volatile int *)0 = 1;'));
    expect([ending.kind, text(stderr)]).toEqual(['crashed', 'mine']);
    expect(usage.instructions).toBeGreaterThan(10_000);
  });

  test('a limit strikes as ever, and is why there is no count', async () => {
    const { ending, stdout, usage, caveats } = await run('c', c('puts("hi"); fflush(stdout); for (;;) x++;'), {
      limits: { wallMs: 300 },
    });
    expect([ending, text(stdout), usage.instructions]).toEqual([{ kind: 'timed-out', clock: 'wall' }, 'hi\n', null]);
    expect(usage.wallMs).toBeLessThan(5_000);
    expect(caveats).toEqual([expect.stringContaining('did not end by itself')]);
  });

  const uncounted = (what: string, main: string, kind: string): void => {
    test(`${what} keeps its outcome and has no count`, async () => {
      const { ending, stdout, stderr, usage, caveats } = await run('c', c(`${main} puts("ok"); return 0;`));
      expect([ending, text(stdout), text(stderr)]).toEqual([{ kind: 'exited', code: 0 }, 'ok\n', '']);
      expect(usage.instructions).toBeNull();
      expect(caveats).toEqual([expect.stringContaining(kind)]);
    });
  };
  uncounted('a program that closes the directory to the counter', 'chmod("/work", 0);', 'ended otherwise');
  uncounted(
    'a program that fills its files',
    'static char full[1 << 16]; FILE *f = fopen("big", "w"); while (fwrite(full, sizeof full, 1, f) == 1);',
    'could not write',
  );

  test('what is no program is no program, counted or not', async () => {
    const outcome = await run('c', c(''), { env: { CFLAGS: '-c' } });
    expect(outcome.ending).toEqual({ kind: 'compile-failed' });
  });

  test('what may reach others is not run twice', async () => {
    const { ending, usage, caveats } = await run('c', c(''), { grants: { network: true } });
    expect([ending, usage.instructions]).toEqual([{ kind: 'exited', code: 0 }, null]);
    expect(caveats).toEqual([expect.stringContaining('the network is granted')]);
  });

  test.skipIf(missing('python') !== '')(
    `an interpreter and what it starts are counted${missing('python')}`,
    async () => {
      const { ending, stdout, usage } = await run(
        'python',
        'import os, sys\nsys.stdout.write("hi "); sys.stdout.flush()\nif os.fork() == 0: os.execv("/bin/echo", ["echo", "there"])\nos.wait()\n',
      );
      expect([ending, text(stdout)]).toEqual([{ kind: 'exited', code: 0 }, 'hi there\n']);
      expect(usage.instructions).toBeGreaterThan(1_000_000);
    },
  );

  test.skipIf(missing('java') !== '')(`Java says that it is not counted${missing('java')}`, async () => {
    const { ending, usage, caveats } = await run('java', 'class A { public static void main(String[] a) {} }');
    expect([ending, usage.instructions]).toEqual([{ kind: 'exited', code: 0 }, null]);
    expect(caveats).toEqual([expect.stringContaining('instructions of java are not counted')]);
  });
});
