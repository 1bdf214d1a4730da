/** Recording as users do it: programs in the native sandbox, and what comes out of them. */
import { afterAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { keptCache } from '../../../test/keptcache.ts';
import { openRunner } from '../runner.ts';
import type { Job, Outcome } from '../types.ts';
import { type Recorded, recordCalls, takeCalls } from './record.ts';

const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':') });
afterAll(() => runner.close());
const native = (await runner.offers()).find(({ backend }) => backend === 'native');
const missing = (language: string): string => {
  if (native?.availability.state !== 'ready') return ' (skipped: no native backend here)';
  const runtime = native.runtimes.find((one) => one.language === language);
  return runtime?.state === 'ready' ? '' : ` (skipped: no ${language} here)`;
};

const job = (language: string, files: Record<string, string>, change: Partial<Job> = {}): Job => ({
  language,
  files: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
  entry: Object.keys(files)[0] as string,
  ...change,
});

async function record(given: Job): Promise<Recorded & { readonly left: readonly string[] }> {
  const { job: prepared, left } = await recordCalls(given, loadGrammarFile);
  return { ...takeCalls(await runner.run(prepared, { backend: 'native' })), left };
}

const stdout = (outcome: Outcome): string => Buffer.from(outcome.stdout.head).toString();

/** `caller > callee @line:column how ×count`, of rows that lead somewhere. */
const edges = ({ rows }: Recorded): string[] =>
  rows
    .filter(({ callee }) => callee !== null)
    .map(
      (row) =>
        `${row.caller.name} > ${row.callee?.path}:${row.callee?.name} @${row.callLine}:${row.callColumn} ${row.how}`,
    )
    .sort();

const python = `from lib import helper, Base
import threading

class D(Base):
    def __init__(self, x):
        self.x = x
    @property
    def p(self):
        return helper(self.x)

def main():
    d = D(1)
    d.base().p
    list(map(helper, [1]))
    t = threading.Thread(target=d.base)
    t.start()
    t.join()

main()
print('done')
`;
const pythonLib = 'def helper(x): return x\nclass Base:\n    def base(self): return self\n';

describe(`Python${missing('python')}`, () => {
  const hasPython = missing('python') === '';
  test.skipIf(!hasPython)('calls, constructors, properties, callbacks and threads are told apart', async () => {
    const recorded = await record(job('python', { 'main.py': python, 'lib.py': pythonLib }));
    expect(stdout(recorded.outcome)).toBe('done\n');
    const found = edges(recorded);
    expect(found).toContain('<module> > main.py:main @19:1 direct');
    expect(found.some((edge) => /^main > main\.py:D(\.__init__)? @12:9 /.test(edge))).toBe(true);
    expect(found).toContain('main > lib.py:Base.base @13:7 direct');
    expect(found).toContain('main > main.py:D.p @13:0 implicit');
    expect(found).toContain('D.p > lib.py:helper @9:16 direct');
    expect(found.some((edge) => edge.startsWith('main > lib.py:helper @14:'))).toBe(true);
    expect(recorded).toMatchObject({ dropped: 0, unreadable: 0, left: [] });
  });

  test.skipIf(!hasPython)(
    'nothing of the program is called: not its repr, its comparison, its attributes',
    async () => {
      const nosy = `
class Nosy:
    def __getattribute__(self, name): raise SystemExit('looked at: ' + name)
    def __eq__(self, other): raise SystemExit('compared')
    def __hash__(self): raise SystemExit('hashed')
    def __repr__(self): raise SystemExit('shown')
    def __bool__(self): raise SystemExit('asked')
    def __call__(self): return 1
class Meta(type):
    def __getattribute__(cls, name): raise SystemExit('looked at class: ' + name)
    def __call__(cls): return 2
class Made(metaclass=Meta): pass
print(Nosy()() + Made())
`;
      const { outcome } = await record(job('python', { 'main.py': nosy }));
      expect(stdout(outcome)).toBe('3\n');
    },
  );

  test.skipIf(!hasPython)('child processes record too, also those that are forked and leave at once', async () => {
    const children = `import os, subprocess, sys
def in_child(): pass
def forked(): pass
if len(sys.argv) > 1:
    in_child()
else:
    subprocess.run([sys.executable, 'main.py', 'again'])
    if os.fork() == 0:
        forked()
        os._exit(0)
    os.wait()
`;
    const found = edges(await record(job('python', { 'main.py': children })));
    expect(found).toEqual(['<module> > main.py:forked @9:9 direct', '<module> > main.py:in_child @5:5 direct']);
  });

  test.skipIf(!hasPython)('an outcome is as without recording', async () => {
    const plain = job('python', { 'main.py': 'import sys\nopen("made", "w").write("x")\nsys.exit(3)' });
    const { outcome } = await record(plain);
    const without = await runner.run(plain, { backend: 'native' });
    expect(outcome.ending).toEqual(without.ending);
    expect(outcome.files).toEqual(without.files);
  });

  test.skipIf(!hasPython)('a program that forges its recording is read with care', async () => {
    const forging = `import os
os.makedirs('.winnow-calls', exist_ok=True)
with open('.winnow-calls/x.jsonl', 'w') as file:
    file.write('{"caller":{"path":"/etc","line":1,"name":"x"}}\\n' + 'y' * 100000)
`;
    expect((await record(job('python', { 'main.py': forging }))).unreadable).toBe(2);
  });
});

const script = `import { helper, Base } from './lib.mjs';
class D extends Base {
  constructor(x) { super(); this.x = x; }
  get p() { return helper(this.x); }
}
async function main() {
  const d = new D(1);
  d.base().p;
  [1].map(helper);
  await null;
  helper(2);
}
await main();
console.log('done');
`;
const scriptLib = 'export function helper(x) { return x }\nexport class Base { base() { return this } }\n';

describe(`JavaScript${missing('javascript')}`, () => {
  test.skipIf(missing('javascript') !== '')(
    'calls, constructors, getters, callbacks and what comes after waiting',
    async () => {
      const recorded = await record(job('javascript', { 'main.mjs': script, 'lib.mjs': scriptLib }));
      expect(stdout(recorded.outcome)).toBe('done\n');
      expect(edges(recorded)).toEqual([
        '<module> > main.mjs:main @13:7 direct',
        'D.p > lib.mjs:helper @4:20 direct',
        'main > lib.mjs:Base.base @8:5 direct',
        'main > lib.mjs:helper @11:3 direct',
        'main > lib.mjs:helper @9:0 through',
        'main > main.mjs:D @7:17 class',
        'main > main.mjs:D.constructor @7:17 construct',
        'main > main.mjs:D.p @8:0 implicit',
      ]);
    },
  );
});

describe(`TypeScript${missing('typescript')}`, () => {
  test.skipIf(missing('typescript') !== '')(
    'what Node compiles further is recorded by the lines of the source',
    async () => {
      const source = `interface Q { <T>(a: T): T
  <T, U>(a: T, b: U): T }
enum Color { Red = 1 }
abstract class P { constructor(private readonly n: number) {}
  twice(): number { return double(this.n) as number } }
class R extends P {}
function double(n: number): number { return 2 * n }
console.log(new R(Color.Red).twice());
`;
      const recorded = await record(job('typescript', { 'main.ts': source }));
      expect(stdout(recorded.outcome)).toBe('2\n');
      expect(edges(recorded)).toContain('P.twice > main.ts:double @5:28 direct');
      expect(edges(recorded)).toContain('<module> > main.ts:P.twice @8:30 direct');
    },
  );
});

describe('what cannot be recorded is refused', () => {
  test('another language', async () => {
    await expect(recordCalls(job('lua', { 'a.lua': '' }), loadGrammarFile)).rejects.toMatchObject({
      code: 'unsupported-job',
    });
  });
  test('a file that stands in the way', async () => {
    const given = job('python', { 'main.py': '', '.winnow-calls/x': '' });
    await expect(recordCalls(given, loadGrammarFile)).rejects.toMatchObject({ code: 'bad-job' });
  });
});
