/** The embedded Perl, run for real. */
import { beforeAll, describe, expect, test } from 'vitest';
import { knownOutput } from '../../languages.ts';
import type { Job } from '../../types.ts';
import type { Engine } from '../engine.ts';
import { perlEngine } from './perl.ts';
import { missing, type Ran, runIn, runKnown } from './run.testing.ts';

const why = await missing(perlEngine);

describe.skipIf(why !== '')(`Perl${why}`, () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await perlEngine.open({ cacheDir: null, memoryBytes: 256 * 2 ** 20 });
  });
  const run = (source: string, more: Partial<Job> = {}, stdin = ''): Promise<Ran> =>
    runIn(
      engine,
      { language: 'perl', entry: 'main.pl', ...more },
      { 'main.pl': source, 'Lib.pm': 'package Lib; sub x { 5 } 1;' },
      stdin,
    );
  const check = (source: string, expected: string) =>
    test(source.slice(0, 70), async () => {
      const { out, err } = await run(source);
      expect(out + err).toBe(expected);
    });

  test('the known program, in the same number of instructions each time', async () => {
    const ran = await runKnown(engine, 'perl');
    expect(ran).toMatchObject({ out: knownOutput, ending: { kind: 'exited', code: 0 } });
    expect((await runKnown(engine, 'perl')).instructions).toBe(ran.instructions);
  });

  check('use strict; use warnings; use List::Util qw(sum); print "$0 ", sum(1..4)', 'main.pl 10');
  check('use lib "."; use Lib; print Lib::x()', '5');
  check('print <DATA>;\n__DATA__\nhere\n', 'here\n');
  check('END { print "end" } print "main "', 'main end');
  check('eval { die { code => 5 } }; print $@->{code}', '5');
  check('my $p = eval { fork() }; print defined $p ? "forked" : "no"', 'no');
  check('print open(my $f, "<", "/etc/passwd") ? "read" : "no"', 'no');
  check('print system("ls") == 0 ? "ran" : "no"', 'no');

  test('endings', async () => {
    expect((await run('exit 3')).ending).toEqual({ kind: 'exited', code: 3 });
    expect(await run('die "bad\\n"')).toMatchObject({ ending: { kind: 'exited' }, err: 'bad\n' });
    expect((await run('my $x = ;')).ending).toMatchObject({ kind: 'exited' });
    expect((await run('while (1) { eval { 1 } }', { limits: { fuel: 3e8 } })).ending).toEqual({ kind: 'out-of-fuel' });
    expect((await run('$| = 1; print "x" x 99 while 1', { limits: { outputBytes: 5000 } })).ending).toEqual({
      kind: 'output-limit',
      stream: 'stdout',
    });
  });

  test('files are told; a job finds nothing of the one before', async () => {
    const ran = await run('open(my $f, ">", "out.txt"); print $f "abc"; open(my $t, ">", "/tmp/x"); $ENV{K} = 1');
    expect(ran.files).toMatchObject([{ path: 'out.txt', change: 'added', bytes: Uint8Array.from(Buffer.from('abc')) }]);
    const next = await run(
      'opendir(my $d, "/tmp"); print grep { !/^\\./ } readdir $d; print $ENV{K} // "none"; print -e "out.txt" ? 1 : 0',
    );
    expect(next.out).toBe('none0');
  });

  test('seeds and clocks are the job’s', async () => {
    const source = 'print join(",", keys %{{map { $_ => 1 } "a".."j"}}), int(rand(1e9)), " ", time';
    const at = async (seed: number) => (await run(source, { determinism: { seed, clockMs: 1e12 } })).out;
    const first = await at(1);
    expect(first).toMatch(/ 1000000000$/);
    expect(await at(1)).toBe(first);
    expect(await at(2)).not.toBe(first);
  });
});
