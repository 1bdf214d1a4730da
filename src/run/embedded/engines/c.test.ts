/** The embedded engine of C, run for real. That of C++ is the same with another library: the conformance suite has it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { knownOutput } from '../../languages.ts';
import type { Job } from '../../types.ts';
import type { Engine } from '../engine.ts';
import { cEngine } from './c.ts';
import { missing, type Ran, runIn, runKnown } from './run.testing.ts';

const why = await missing(cEngine);

describe.skipIf(why !== '')(`C${why}`, () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await cEngine.open({ cacheDir: null, memoryBytes: 256 * 2 ** 20 });
  });
  const run = (source: string, more: Partial<Job> = {}, stdin = ''): Promise<Ran> =>
    runIn(engine, { language: 'c', entry: 'main.c', ...more }, { 'main.c': source, 'data.txt': 'data' }, stdin);
  const main = (body: string) =>
    `#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nint main(int argc, char **argv) { ${body} }`;

  test('the known program', async () => {
    const ran = await runKnown(engine, 'c');
    expect(ran).toMatchObject({ out: knownOutput, ending: { kind: 'exited', code: 0 }, compile: { cached: false } });
    const again = await runKnown(engine, 'c');
    expect(again).toMatchObject({ out: knownOutput, compile: { cached: true }, instructions: ran.instructions });
  });

  test('exit codes, arguments, environment, standard error', async () => {
    const source = main('fprintf(stderr, "%d %s %s", argc, argv[1], getenv("X")); return 42;');
    const ran = await run(source, { args: ['a b'], env: { X: 'y=z' } });
    expect([ran.ending, ran.err]).toEqual([{ kind: 'exited', code: 42 }, '2 a b y=z']);
  });

  test('main may take the environment', async () => {
    const source =
      '#include <stdio.h>\nint main(int n, char **v, char **e) { while (*e) puts(*e++); puts(v[1]); return n; }';
    const ran = await run(source, { args: ['word'], env: { X: 'y' } });
    expect([ran.ending, ran.out.replace(/^(HOME|TZ|LANG)=.*\n/gm, '')]).toEqual([
      { kind: 'exited', code: 2 },
      'X=y\nword\n',
    ]);
  });

  test('all sources make one program, headers are found', async () => {
    const files = {
      'main.c': '#include "sub/h.h"\n#include <stdio.h>\nint main(void) { printf("%d", twice(TWO)); }',
      'sub/h.h': '#define TWO 2\nint twice(int);',
      'sub/other.c': '#include "h.h"\nint twice(int x) { return x * TWO; }',
    };
    expect((await runIn(engine, { language: 'c', entry: 'main.c' }, files)).out).toBe('4');
  });

  test('an error of the compiler is the compile step, in its own words', async () => {
    const ran = await run('int main(void) { return x; }');
    expect(ran).toMatchObject({ ending: { kind: 'compile-failed' }, compile: { ending: { kind: 'exited', code: 1 } } });
    expect(String(ran.compile?.stderr)).toContain("main.c:1:25: error: use of undeclared identifier 'x'");
  });

  test('an error of the linker as well', async () => {
    const ran = await run('int nowhere(void); int main(void) { return nowhere(); }');
    expect(ran.ending).toEqual({ kind: 'compile-failed' });
    expect(String(ran.compile?.stderr)).toContain('undefined symbol: nowhere');
  });

  test.each(['', 'int f(void) { return 1; }'])('a program without main does not link: %j', async (source) => {
    const ran = await run(source);
    expect(ran).toMatchObject({ ending: { kind: 'compile-failed' }, compile: { ending: { kind: 'exited', code: 1 } } });
    expect(String(ran.compile?.stderr)).toContain('undefined symbol: main');
  });

  test('neither the compiler nor the program sees a file of the host', async () => {
    const included = await run('#include "/etc/passwd"\n#include "../../../../../etc/passwd"\nint main(void) {}');
    expect(String(included.compile?.stderr)).toContain("'/etc/passwd' file not found");
    const embedded = await run('const char x[] = {\n#embed "/etc/hostname"\n}; int main(void) {}', {});
    expect(embedded.ending).toEqual({ kind: 'compile-failed' });
    const opened = await run(main('printf("%p %p", fopen("/etc/passwd", "r"), fopen("../../../../etc/passwd", "r"));'));
    expect(opened.out).toBe('0 0');
  });

  test('files: read, written, removed, and told', async () => {
    const ran = await run(
      main(`char b[9] = {0}; fread(b, 1, 8, fopen("data.txt", "r")); puts(b); remove("data.txt");
        FILE *f = fopen("new.txt", "w"); fputs("new", f); fclose(f); fopen("/tmp/x", "w");`),
    );
    expect(ran.out).toBe('data\n');
    expect(ran.files).toMatchObject([
      { path: 'data.txt', change: 'removed' },
      { path: 'new.txt', change: 'added', bytes: Uint8Array.from(Buffer.from('new')) },
    ]);
  });

  describe('endings', () => {
    const check = (name: string, body: string, ending: object, limits: Job['limits'] = {}) =>
      test(name, async () => {
        expect((await run(main(body), { limits: { fuel: 5e9, ...limits } })).ending).toMatchObject(ending);
      });
    check('a wild pointer', '*(volatile int *)0xfffffff0 = 1;', {
      kind: 'crashed',
      reason: /out of bounds/ as unknown as string,
    });
    check('abort', 'abort();', { kind: 'crashed' });
    check('division by zero', 'volatile int zero = 0; return 100 / zero;', { kind: 'crashed' });
    check('an endless loop', 'for (volatile int i = 0;;) i++;', { kind: 'out-of-fuel' });
    check('an endless loop that catches signals', 'while (1) puts("");', { kind: 'out-of-fuel' }, { fuel: 1e6 });
    check(
      'a flood of output',
      'while (1) puts("flood");',
      { kind: 'output-limit', stream: 'stdout' },
      { outputBytes: 9999 },
    );
    check(
      'memory refused and used all the same',
      'volatile size_t n = 300 << 20; char *volatile p = malloc(n); if (!p) abort(); p[0] = 1;',
      { kind: 'out-of-memory' },
      { memoryBytes: 64 * 2 ** 20 },
    );
    check(
      'memory refused and reported',
      'volatile size_t n = 300 << 20; char *volatile p = malloc(n); return p == NULL ? 7 : 0;',
      { kind: 'exited', code: 7 },
      { memoryBytes: 64 * 2 ** 20 },
    );
    check(
      'more static memory than there is',
      'static char big[200 << 20]; return big[argc] + memchr(big, 1, sizeof big) != NULL;',
      { kind: 'out-of-memory' },
      { memoryBytes: 64 * 2 ** 20 },
    );
    check(
      'a full disk',
      'FILE *f = fopen("x", "w"); char b[4096] = {1}; int n = 0; while (fwrite(b, 1, 4096, f) == 4096 && !fflush(f)) n++; return n < 300 ? 5 : 6;',
      { kind: 'exited', code: 5 },
      { fileBytes: 1e6 },
    );
    check('_Exit', '_Exit(300);', { kind: 'exited', code: 44 });
  });

  test('endless recursion is a crash', async () => {
    const ran = await run(
      'int f(int n) { volatile char b[64]; b[0] = n; return f(n + 1) + b[0]; }\nint main(void) { return f(0); }',
    );
    expect(ran.ending.kind).toBe('crashed');
  });

  test('an import of the host that does not exist', async () => {
    const ran = await run(
      '__attribute__((import_module("host"), import_name("open"))) int host_open(void); int main(void) { return host_open(); }',
    );
    expect(ran.ending).toMatchObject({ kind: 'crashed', signal: null });
  });

  test('time and chance are the job’s: pinned, and the same each time', async () => {
    const source = `#include <time.h>\n#include <unistd.h>\n#include <stdio.h>\n#include <stdlib.h>\n
      int main(void) { unsigned char r[4]; getentropy(r, 4); struct timespec t; clock_gettime(CLOCK_REALTIME, &t);
      printf("%ld %d.%d.%d.%d ", (long)t.tv_sec, r[0], r[1], r[2], r[3]); sleep(3600); printf("%ld", (long)time(0) - t.tv_sec); }`;
    const at = (seed: number) => run(source, { determinism: { clockMs: 1e12, seed } });
    const [first, again, other] = [await at(1), await at(1), await at(2)];
    expect(first.out).toMatch(/^1000000000 .* 3600$/);
    expect([again.out, again.instructions]).toEqual([first.out, first.instructions]);
    expect(other.out).not.toBe(first.out);
  });

  test('an exact amount of fuel is enough, one less is not', async () => {
    const source = main('long s = 0; for (int i = 0; i < 1000; i++) s += i * i; printf("%ld", s);');
    const needed = (await run(source)).instructions as number;
    expect((await run(source, { limits: { fuel: needed } })).ending.kind).toBe('exited');
    expect((await run(source, { limits: { fuel: needed - 1 } })).ending.kind).toBe('out-of-fuel');
  });

  test('setjmp and longjmp', async () => {
    const source =
      '#include <setjmp.h>\njmp_buf j; void f(void) { longjmp(j, 7); } int main(void) { int x = setjmp(j); if (x == 0) f(); return x; }';
    expect((await run(source)).ending).toEqual({ kind: 'exited', code: 7 });
  });
});
