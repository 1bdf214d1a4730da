/** The embedded Ruby, run for real. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownOutput } from '../../languages.ts';
import type { Job } from '../../types.ts';
import type { Engine } from '../engine.ts';
import { rubyEngine } from './ruby.ts';
import { rubyLiteral } from './rubyvm.ts';
import { missing, type Ran, runIn, runKnown } from './run.testing.ts';

const why = await missing(rubyEngine);

describe.skipIf(why !== '')(`Ruby${why}`, () => {
  const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-ruby-'));
  afterAll(() => rmSync(cacheDir, { recursive: true }));
  let engine: Engine;
  beforeAll(async () => {
    engine = await rubyEngine.open({ cacheDir, memoryBytes: 256 * 2 ** 20 });
  });
  const run = (source: string, more: Partial<Job> = {}, stdin = ''): Promise<Ran> =>
    runIn(engine, { language: 'ruby', entry: 'main.rb', ...more }, { 'main.rb': source, 'lib.rb': 'X = 5' }, stdin);
  const check = (source: string, expected: string) =>
    test(source.slice(0, 70), async () => {
      const { out, err } = await run(source);
      expect(out + err).toBe(expected);
    });

  test('the known program, in the same number of instructions each time', async () => {
    const ran = await runKnown(engine, 'ruby');
    expect(ran).toMatchObject({ out: knownOutput, ending: { kind: 'exited', code: 0 } });
    expect((await runKnown(engine, 'ruby')).instructions).toBe(ran.instructions);
    expect(readdirSync(cacheDir)).toHaveLength(1);
  });

  check('p __FILE__ == $0, __dir__, Dir.pwd, ARGV', 'true\n"/work"\n"/work"\n[]\n');
  check('require_relative "lib"; p X; require "json"; puts [1].to_json', '5\n[1]\n');
  check('puts DATA.read\n__END__\nhere\n', 'here\n');
  check(
    'at_exit { puts 1 }; at_exit { p $!.message }; raise "bad"',
    '"bad"\n1\nmain.rb:1:in \'<main>\': bad (RuntimeError)\n',
  );
  check('begin; require "js"; rescue LoadError => e; puts e.message; end', 'cannot load such file -- js\n');
  check('begin; `ls`; rescue Exception; puts "no"; end', 'no\n');
  check('begin; fork; rescue NotImplementedError; puts "no"; end', 'no\n');
  check('begin; require "socket"; rescue LoadError; puts "no"; end', 'no\n');
  check('def f = f(); begin; f; rescue SystemStackError; puts "deep"; end', 'deep\n');
  check('p File.exist?("/etc/passwd"), Dir.children("/").sort', 'false\n["dev", "tmp", "winnow", "work"]\n');

  test('variables are UTF-8, however they are read', async () => {
    const source = `reads = [ENV["N"], ENV.fetch("N"), ENV.to_h["N"], ENV.values_at("N")[0], ENV.slice("N")["N"], ENV.select { |k| k == "N" }["N"], ENV.find { |k, _| k == "N" }[1], ENV.map { |k, v| v if k == "N" }.compact[0], ENV.values.find { |v| v == "äö" }, ENV.key("äö") && ENV.delete("N")]
    p reads.uniq, reads.map(&:encoding).uniq, ENV["LANG"].encoding, ENV["N"], ENV.fetch("N", 5), ENV.fetch("N") { |n| n }
    ENV["X"] = "ö"; p ENV["X"], ENV.inspect.include?("ö"), ENV["X"].frozen?, ENV.each.class, ENV.each {}.equal?(ENV)
    ENV.fetch("none")`;
    const { out, err } = await run(source, { env: { N: 'äö' } });
    const encoding = '#<Encoding:UTF-8>';
    expect(out).toBe(`["äö"]\n[${encoding}]\n${encoding}\nnil\n5\n"N"\n"ö"\ntrue\ntrue\nEnumerator\ntrue\n`);
    expect(err).toMatch(/^main\.rb:4:in .*key not found: "none" \(KeyError\)/);
  });

  test('endings', async () => {
    expect((await run('exit 3')).ending).toEqual({ kind: 'exited', code: 3 });
    expect((await run('abort "no"')).ending).toEqual({ kind: 'exited', code: 1 });
    expect((await run('def (')).ending).toEqual({ kind: 'exited', code: 1 });
    const loop = 'begin; loop { begin; 1; rescue Exception; end }; ensure; puts "caught"; end';
    const stopped = await run(loop, { limits: { fuel: 1e8 } });
    expect([stopped.ending, stopped.out]).toEqual([{ kind: 'out-of-fuel' }, '']);
    expect(
      (await run('$stdout.sync = true; loop { puts "x" * 99 }', { limits: { outputBytes: 5000 } })).ending,
    ).toEqual({ kind: 'output-limit', stream: 'stdout' });
    const js = await run('require "js.so"; JS.eval("process.exit(0)")');
    expect(js.ending.kind).toBe('crashed');
    expect((await run('"x" * (1 << 30)')).ending).toEqual({ kind: 'exited', code: 1 });
  });

  test('a job finds nothing of the one before', async () => {
    await run(
      '$kept = 1; class String; def upcase = "poisoned"; end; File.write("/tmp/x", "1"); ENV["K"] = "1"; at_exit { File.write("y", "1") }',
    );
    const next = await run('p $kept, "a".upcase, Dir.children("/tmp"), ENV["K"]');
    expect([next.out, next.files]).toEqual(['nil\n"A"\n[]\nnil\n', []]);
  });

  test('files that were not closed are written', async () => {
    const ran = await run('f = File.open("out.txt", "w"); f.write("abc")');
    expect(ran.files).toMatchObject([{ path: 'out.txt', change: 'added', bytes: Uint8Array.from(Buffer.from('abc')) }]);
  });

  test('seeds and clocks are the job’s', async () => {
    const at = async (seed: number) =>
      (await run('p rand(1 << 40), "a".hash, Time.now.to_i', { determinism: { seed, clockMs: 1e12 } })).out;
    const first = await at(1);
    expect(first).toMatch(/1000000000\n$/);
    expect(await at(2)).not.toBe(first);
    expect(await at(1)).toBe(first);
  });
});

test('literals hold any text as data', () => {
  expect(rubyLiteral('a#{`ls`}"\\\n')).toBe('"a\\x23\\x7b\\x60ls\\x60\\x7d\\x22\\x5c\\x0a"');
});
