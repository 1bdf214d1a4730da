/** Programs of C and C++ with probes in their modules, on the embedded backend; counts against those of gcov where there is one. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { countsOf, endsOf, eventsOf, linesOf, openTestTracing } from '../tracing.testing.ts';

const c = await openTestTracing('c', loadGrammarFile);
const cpp = await openTestTracing('cpp', loadGrammarFile);
const backend = 'embedded';

const known = `#include <stdio.h>
#include <stdlib.h>
static int fact(int n) {
  if (n <= 1)
    return 1;
  return n * fact(n - 1);
}
static double half(double x, long long y) {
  return x / 2 + (double)y;
}
static int never(int n) {
  return n;
}
int main(void) {
  int sum = 0;
  for (int i = 0; i < 5; i++) {
    if (i % 2 == 0)
      sum += i;
    else
      sum -= 1;
  }
  while (sum < 7)
    sum++;
  do {
    sum--;
  } while (sum > 4);
  if (sum < 0)
    return never(1);
  char *p = malloc(1 << 21);
  p[0] = 1;
  printf("%d %d %g\\n", sum, fact(3), half(3, 2));
  return 0;
}
`;

const jumping = `#include <setjmp.h>
#include <stdio.h>
static jmp_buf back;
static void jump(int n) {
  if (n == 0)
    longjmp(back, 7);
  jump(n - 1);
}
int main(void) {
  if (setjmp(back) == 0)
    jump(2);
  else
    puts("back");
  int *nothing = (int *)0xfffffff0;
  return *nothing;
}
`;

/** What gcov says of a program: `line:count` of every line with code. */
function gcov(source: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-gcov-'));
  try {
    writeFileSync(join(dir, 'main.c'), source);
    const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: dir, encoding: 'utf8' });
    run('gcc', '--coverage', '-O0', '-c', 'main.c');
    run('gcc', '--coverage', 'main.o', '-o', 'main');
    run('./main');
    const found = run('gcov', '-t', 'main.c').matchAll(/^ *([\d#]+)\*?: *(\d+):/gm);
    return [...found].map(([, count, line]) => `${line}:${count?.startsWith('#') ? 0 : count}`).join(' ');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function hasGcov(): boolean {
  try {
    execFileSync('gcov', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const missing = c.missing(backend);
describe.skipIf(missing !== '')(`C, embedded${missing}`, () => {
  test('functions, arguments, results, lines, output, memory', async () => {
    const { trace, stdout, outcome } = await c.run({ 'main.c': known }, { backend });
    expect([stdout, outcome.ending]).toEqual(['4 6 3.5\n', { kind: 'exited', code: 0 }]);
    expect(trace.gaps).toEqual({ skippedLines: 0, uncountedLines: 0, droppedEvents: 0, cut: false, unreadable: 0 });
    expect(endsOf(trace)).toEqual([
      'fact($0=1) → 1',
      'fact($0=2) → 2',
      'fact($0=3) → 6',
      'half($0=3, $1=2) → 3.5',
      'main() → 0',
    ]);
    expect(linesOf(trace, 'fact')).toEqual([3, 4, 6, 3, 4, 6, 3, 4, 5, 7, 7, 7]);
    expect(linesOf(trace, 'main').slice(0, 8)).toEqual([14, 15, 16, 17, 18, 16, 17, 20]);
    expect(
      eventsOf(trace, 'output')
        .map(({ text }) => text)
        .join(''),
    ).toBe(stdout);
    expect(eventsOf(trace, 'note').map(({ about }) => about)).toContain('memory');
    const ways = trace.counts[0]?.ways.filter(({ from }) => from === 17);
    expect(ways).toEqual([
      { from: 17, to: 18, count: 3 },
      { from: 17, to: 20, count: 2 },
    ]);
  });

  test.skipIf(!hasGcov())(
    `counts are those of gcov, but for closing braces${hasGcov() ? '' : ' (skipped: no gcov here)'}`,
    async () => {
      const { trace } = await c.run({ 'main.c': known }, { backend, level: 'counts' });
      const braces = new Set(known.split('\n').flatMap((line, at) => (/^ *\}$/.test(line) ? [String(at + 1)] : [])));
      const ours = countsOf(trace, 'main.c')
        .split(' ')
        .filter((one) => !braces.has(one.split(':')[0] ?? ''));
      expect(ours.join(' ')).toBe(gcov(known));
      expect(trace.events).toEqual([]);
    },
  );

  test('a jump out of functions unwinds them, and a trap all', async () => {
    const { trace, outcome } = await c.run({ 'main.c': jumping }, { backend });
    expect(outcome.ending).toMatchObject({ kind: 'crashed' });
    expect(endsOf(trace)).toEqual(['jump($0=0) unwound', 'jump($0=1) unwound', 'jump($0=2) unwound', 'main() unwound']);
    expect(eventsOf(trace, 'raise').map(({ line, type }) => [line, type])).toEqual([[15, 'trap']]);
  });

  test('blocks, limits, and files that are not looked into', async () => {
    const files = {
      'main.c': '#include "two.h"\nint main(void) {\n  int n = 0;\n  while (n < 5000) n = two(n);\n  return 0;\n}\n',
      'two.h': 'static int two(int n) {\n  return n + 1;\n}\n',
    };
    const limits = { firstHits: 5, lastHits: 3 };
    const { trace } = await c.run(files, { backend, level: 'lines', limits, files: ['main.c'] });
    expect(countsOf(trace, 'main.c')).toBe('2:1 3:1 4:5001 5:1');
    expect(trace.counts).toHaveLength(1);
    expect(linesOf(trace).filter((line) => line === 4)).toHaveLength(8);
    expect(trace.gaps.skippedLines).toBe(5001 - 8);
    const blocks = await c.run(files, { backend, level: 'blocks', limits });
    expect(blocks.trace.counts.map(({ file }) => file).sort()).toEqual(['main.c', 'two.h']);
    expect(eventsOf(blocks.trace, 'block').length).toBeGreaterThan(8);
  });

  test('how conditions were decided, on several lines and in loops of each kind', async () => {
    const source = `int main(void) {
  int sum = 0;
  for (int i = 0; i < 2; i++) {
    if (i == 0 &&
        sum < 3)
      continue;
    sum += 3;
  }
  do {
    sum--;
  } while (sum > 1);
  switch (sum) {
    case 1:
      return 0;
    default:
      return 1;
  }
}
`;
    const { trace } = await c.run({ 'main.c': source }, { backend, level: 'lines' });
    expect(eventsOf(trace, 'branch').map(({ line, way, to }) => `${line} ${way} ${to}`)).toEqual([
      '3 true 4',
      '4 true 6',
      '3 true 4',
      '4 false 7',
      '3 false 10',
      '11 true 10',
      '11 false 12',
      '12 case 14',
    ]);
  });

  test('out of time: what was told until then, marked as cut', async () => {
    const source = 'int main(void) {\n  int n = 0;\n  for (;;)\n    n++;\n}\n';
    const job = { limits: { wallMs: 300 } };
    const { trace, outcome } = await c.run({ 'main.c': source }, { backend, level: 'lines', job });
    expect(outcome.ending).toEqual({ kind: 'timed-out', clock: 'wall' });
    expect(linesOf(trace).slice(0, 4)).toEqual([1, 2, 4, 3]);
    expect([trace.gaps.cut, trace.gaps.unreadable]).toEqual([true, 0]);
    expect(trace.counts[0]?.lines.get(4)).toBeGreaterThan(1000);
  });

  test('a program without probes is refused nothing, and the native backend refuses one with', async () => {
    await expect(c.run({ 'main.c': known }, { backend: 'native' })).rejects.toMatchObject({ code: 'unsupported-job' });
  });
});

const missingCpp = cpp.missing(backend);
test.skipIf(missingCpp !== '')(`C++, embedded: methods by their names${missingCpp}`, async () => {
  const source = `#include <cstdio>
struct Stack {
  int items[4] = {}, size = 0;
  void push(int x) { items[size++] = x; }
};
int main() {
  Stack s;
  for (int i = 0; i < 3; i++) s.push(i);
  std::printf("%d\\n", s.size);
}
`;
  const { trace, stdout } = await cpp.run({ 'main.cpp': source }, { backend, level: 'lines' });
  expect(stdout).toBe('3\n');
  expect(trace.codes.map(({ name }) => name)).toEqual(expect.arrayContaining(['main', 'Stack::push']));
  expect(linesOf(trace, 'Stack::push')).toEqual([4, 4, 4]);
});
