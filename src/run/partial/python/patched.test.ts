/** Programs that take away or replace what the hooks themselves stand on, or what watches them: each ends with a report that is true of it. */
import { afterAll, expect, test } from 'vitest';
import { keptCache } from '../../../../test/keptcache.ts';
import { openRunner } from '../../runner.ts';
import { runPartial } from '../partial.ts';
import type { PartialOptions, PartialReport } from '../types.ts';

const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':'), parallelism: 2 });
afterAll(() => runner.close());
const native = (await runner.offers()).some(
  ({ backend, runtimes }) =>
    backend === 'native' && runtimes.some(({ language, state }) => language === 'python' && state === 'ready'),
);

/** Statements of which parts are missing, behind the ones that patch. */
const rest = `
total = 0
for part in load():
    total += part
data = settings.value
done(data, isinstance(data, int))
`;

const run = (
  patch: string,
  code = rest,
  options: PartialOptions = { level: 2, budget: { rounds: 2 } },
): Promise<PartialReport> =>
  runPartial(
    { language: 'python', files: [{ path: 'a.py', bytes: new TextEncoder().encode(patch + code) }], entry: 'a.py' },
    options,
    runner,
    { backend: 'native' },
  );

const left = ({ coverage }: PartialReport): number[] => coverage.files.flatMap(({ missed }) => [...missed]);

test.skipIf(!native).each([
  ['built-ins', 'import builtins\nbuiltins.isinstance = builtins.open = builtins.len = builtins.print = None'],
  ['all built-ins', 'import builtins\nbuiltins.__dict__.clear()'],
  ['imports', 'import builtins, sys\nbuiltins.__import__ = None\nsys.modules.clear()\nsys.meta_path[:] = []'],
  ['exceptions', 'import builtins\nbuiltins.Exception = builtins.BaseException = None\nbuiltins.ValueError = int'],
  ['frames and traces', 'import sys, traceback\nsys._getframe = sys.exc_info = traceback.TracebackException = None'],
  ['tracing', 'import sys\ndel sys.settrace, sys.gettrace, sys.setprofile'],
  ['parsing', 'import ast, json.encoder\nast.walk = ast.parse = json.encoder.encode_basestring_ascii = None'],
  ['the outside', 'import os, time\nos.write = os.open = os.getpid = os._exit = os.path = None\ntime.monotonic = None'],
  ['output', 'import sys\nsys.stdout.close()\nsys.stdout = sys.stderr = None'],
  ['open files', 'import os\nos.closerange(3, 100)'],
  ['what is told', 'import os\nwith open(".winnow-partial/rows.jsonl", "w") as file:\n    file.write("none\\n")'],
  ['its directory', 'import shutil\nshutil.rmtree(".winnow-partial")'],
  ['depth and collection', 'import gc, sys\ngc.disable()\nsys.setrecursionlimit(60)'],
])('%s that the program takes away', async (_, patch) => {
  const report = await run(patch);
  expect([left(report), report.failures, report.gaps]).toEqual([[], [], []]);
});

test.skipIf(!native)('a program that traces or profiles sees its own frames and none of ours', async () => {
  const seen = `import sys
names = []
def note(frame, event, arg):
    names.append(frame.f_code.co_name)
def work(a):
    return a
sys.settrace(note)
sys.setprofile(note)
work(lost)
same = sys.gettrace() is note and sys.getprofile() is note
sys.settrace(None)
sys.setprofile(None)
print(same, sorted(set(names)))
`;
  const report = await run(seen, '');
  expect(new TextDecoder().decode(report.outcome.stdout.head)).toBe("True ['work']\n");
});

test.skipIf(!native)('what is left for the end of the program runs, and what fails there is told', async () => {
  const late = 'import atexit\ndef last():\n    print("last")\n    {}["a"]\natexit.register(last)\n';
  const report = await run(late, '', { level: 1 });
  expect([new TextDecoder().decode(report.outcome.stdout.head), left(report)]).toEqual(['last\n', [4]]);
  expect(report.failures).toMatchObject([{ line: 4, type: 'KeyError', certainty: 'genuine' }]);
});

test.skipIf(!native)(
  'threads that do not end are ended in silence, and a killed process has told what ran',
  async () => {
    const endless =
      'import threading\ndef spin():\n    while True:\n        pass\nthreading.Thread(target=spin).start()\n';
    const [spun, killed, cleared] = await Promise.all([
      run(endless, '', { level: 2, budget: { rounds: 2 } }),
      run('import os\nprint(lost)\nos.kill(os.getpid(), 9)\nprint(1)\n', ''),
      run(
        'import gc\nfor one in gc.get_objects():\n    if type(one).__name__ == "Rows":\n        one.__dict__.clear()\nprint(lost)\n',
        '',
      ),
    ]);
    expect([new TextDecoder().decode(spun.outcome.stderr.head), left(spun)]).toEqual(['', []]);
    expect([left(killed), killed.gaps]).toEqual([[3, 4], [expect.stringContaining('SIGKILL')]]);
    expect(cleared.gaps.join()).toContain('took away what tells of it');
  },
);

test.skipIf(!native)('what another program fails with is no mistake of this one', async () => {
  const report = await run('', 'import subprocess\nlost()\nsubprocess.check_call(["false"])\n');
  expect(report.failures).toMatchObject([{ line: 3, type: 'CalledProcessError', certainty: 'possible' }]);
});

test.skipIf(!native)('conditions outside of the function that was asked for are left as they are', async () => {
  const code = `flag = len("") > 5
if flag:
    print("outside")
def other(a):
    return 1 if a > 3 else 2
def asked(a):
    if other(len("abc")) == 1:
        print("one")
    return a
`;
  const report = await run(code, '', { function: 'asked', level: 3 });
  const forced = report.injections.filter(({ kind }) => kind === 'branch').map(({ line }) => line);
  expect([left(report), forced, new TextDecoder().decode(report.outcome.stdout.head)]).toEqual([[], [7], 'one\n']);
});
