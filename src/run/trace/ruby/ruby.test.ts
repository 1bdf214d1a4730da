/** Ruby's tracer on programs whose traces are known, on both backends. */
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import type { BackendName } from '../../types.ts';
import { countsOf, endsOf, eventsOf, finalVariables, linesOf, openTestTracing } from '../tracing.testing.ts';

const ruby = await openTestTracing('ruby', loadGrammarFile);

const known = `class Stack
  def initialize
    @items = []
  end
  def push(x)
    @items << x
    self
  end
end
def fact(n)
  return 1 if n <= 1
  n * fact(n - 1)
end
def risky(x)
  raise ArgumentError, "bad #{x}" if x > 1
  x
ensure
  $done = x
end
def safe(x)
  risky(x)
rescue ArgumentError => e
  return nil
end
s = Stack.new
[3, 4].each do |x|
  s.push(x * 2)
end
total = fact(3)
safe(1)
safe(2)
h = { a: 1, 'b' => [1, 2.5, nil] }
h[:self] = h
h.delete(:a)
name = +'x'
name << 'y'
if s.nil?
  puts 'never'
else
  puts "#{total} #{name}"
end
`;

const hostile = `class Nosy
  %i[method_missing respond_to_missing? inspect to_s == eql? hash class instance_variables equal? nil? !].each do |name|
    define_method(name) { |*| abort("asked for #{name}") }
  end
  def initialize; @a = 1; end
end
class Bare < BasicObject
  def method_missing(*a) = ::Kernel.abort("asked for #{a}")
end
class Sub < Array
  %i[each size first [] to_a to_ary].each { |name| define_method(name) { |*| abort("asked for #{name}") } }
end
class Mod
  def self.name = abort('asked for name')
  def self.===(o) = abort('asked for ===')
end
def take(x, y) = y
n, b, list, m = Nosy.new, Bare.new, Sub.new([1, 2]), Mod.new
take(n, b)
class Array
  %i[push first last pop].each { |name| alias_method "was_#{name}", name }
  %i[push first last pop].each { |name| define_method(name) { |*a, &k| abort("array #{name}") } }
end
class String
  %i[encode gsub scrub ==].each { |name| define_method(name) { |*| abort("string #{name}") } }
end
class Integer
  def to_s(*) = abort('integer to_s')
end
class TracePoint
  %i[lineno path binding].each { |name| define_method(name) { abort("point #{name}") } }
end
class Binding
  def local_variable_get(*) = abort('binding')
end
class << Fiber
  def current = abort('fiber')
end
x = 1
y = [x + 1]
STDOUT.syswrite("ok\\n")
exit!(7)
`;

for (const backend of ['native', 'embedded'] satisfies BackendName[]) {
  const missing = ruby.missing(backend);
  describe.skipIf(missing !== '')(`Ruby, ${backend}${missing}`, () => {
    test('lines, calls, values, exceptions', async () => {
      const { trace, stdout, outcome } = await ruby.run({ 'main.rb': known }, { backend });
      expect(stdout).toBe('6 xy\n');
      expect(outcome.ending).toEqual({ kind: 'exited', code: 0 });
      expect(trace.gaps).toEqual({ skippedLines: 0, uncountedLines: 0, droppedEvents: 0, cut: false, unreadable: 0 });
      expect(linesOf(trace, '<module>')).toEqual([1, 10, 14, 20, 25, 26, 29, 30, 31, 32, 33, 34, 35, 36, 37, 40]);
      expect(linesOf(trace, 'fact')).toEqual([11, 12, 11, 12, 11]);
      expect(endsOf(trace).filter((end) => /fact|risky|safe/.test(end))).toEqual([
        'fact(n=1) → 1',
        'fact(n=2) → 2',
        'fact(n=3) → 6',
        'risky(x=1) → 1',
        'safe(x=1) → 1',
        'risky(x=2) unwound',
        'safe(x=2) → null',
      ]);
      expect(eventsOf(trace, 'raise').map(({ line, type, message }) => `${line} ${type} ${message}`)).toEqual([
        '15 ArgumentError bad 2',
        '21 ArgumentError bad 2',
      ]);
      expect(eventsOf(trace, 'branch').map(({ line, way, to }) => `${line} ${way} ${to}`)).toEqual(
        expect.arrayContaining(['11 false 12', '37 false 40']),
      );
      const last = finalVariables(trace, '<module>');
      expect(last).toMatchObject({ total: 6, name: 'xy', s: { '@items': [6, 8] } });
      expect(Object.keys(last.h as object)).toEqual(['b', '#{"t":"Symbol","v":"self"}']);
      expect(eventsOf(trace, 'output').map(({ text }) => text)).toEqual(['6 xy\n']);
    });

    test('nothing of the program is called, and programs that redefine the language are traced on', async () => {
      const { trace, stdout, stderr, outcome } = await ruby.run({ 'main.rb': hostile }, { backend });
      expect([stdout, stderr, outcome.ending]).toEqual(['ok\n', '', { kind: 'exited', code: 7 }]);
      expect(trace.gaps).toMatchObject({ cut: false, unreadable: 0 });
      expect(finalVariables(trace, '<module>')).toMatchObject({ x: 1, y: [2], n: { '@a': 1 }, list: [1, 2] });
    });

    test('what is left out is announced, and counts are whole', async () => {
      const loop = 'i = 0\nwhile i < 5000\n  i += 1\nend\np i\n';
      const limits = { firstHits: 5, lastHits: 3 };
      const { trace } = await ruby.run({ 'main.rb': loop }, { backend, limits });
      expect(countsOf(trace, 'main.rb')).toBe('1:1 2:1 3:5000 5:1');
      const inLoop = eventsOf(trace, 'line').filter(({ line }) => line === 3);
      expect(inLoop).toHaveLength(8);
      expect(trace.gaps.skippedLines).toBe(4992);
      expect(finalVariables(trace, '<module>')).toEqual({ i: 5000 });
      const few = await ruby.run({ 'main.rb': loop }, { backend, limits: { events: 20 } });
      expect(few.trace.events.length).toBeLessThan(600);
      expect(countsOf(few.trace, 'main.rb')).toBe('1:1 2:1 3:5000 5:1');
      const counts = await ruby.run({ 'main.rb': loop }, { backend, level: 'counts' });
      expect(counts.trace.events).toEqual([]);
      expect(countsOf(counts.trace, 'main.rb')).toBe('1:1 2:1 3:5000 5:1');
    });

    test('a program runs as it does alone: name, data, file that it requires, order of ends, error', async () => {
      const files = {
        'main.rb': `require_relative 'lib/two'
at_exit { puts 'end' }
puts [__FILE__ == $0, DATA.read, ARGV, Two.new.two].inspect
raise 'no'
__END__
data
`,
        'lib/two.rb': 'class Two\n  def two\n    2\n  end\nend\n',
      };
      const { trace, stdout, stderr, outcome } = await ruby.run(files, { backend, job: { args: ['a'] } });
      expect(stdout).toBe('[true, "data\\n", ["a"], 2]\nend\n');
      expect(stderr).toMatch(/^main\.rb:4:in .<main>.: no \(RuntimeError\)\n$/);
      expect(outcome.ending).toEqual({ kind: 'exited', code: 1 });
      expect(countsOf(trace, 'lib/two.rb')).toBe('1:1 2:1 3:1');
      expect(endsOf(trace).at(-1)).toBe('<module>() unwound');
    });

    test('fibers have frames of their own', async () => {
      const fibers = `gen = Enumerator.new do |out|
  a = 1
  out << a
  a = 2
  out << a
end
x = gen.next
y = gen.next
`;
      const { trace } = await ruby.run({ 'main.rb': fibers }, { backend });
      expect(linesOf(trace)).toEqual([1, 7, 2, 3, 8, 4, 5]);
      expect(finalVariables(trace, '<module>')).toMatchObject({ x: 1, y: 2 });
    });
  });
}

const missing = ruby.missing('native');
describe.skipIf(missing !== '')(`Ruby's own words${missing}`, () => {
  test('counts are those of Coverage', async () => {
    const measured = `require 'coverage'
Coverage.start
load 'known.rb'
p Coverage.result.find { |path, _| path.end_with?('known.rb') }.last.each_with_index.filter_map { |n, i| "#{i + 1}:#{n}" if n }.join(' ')
`;
    const { stdout } = await ruby.run({ 'main.rb': measured, 'known.rb': known }, { backend: 'native', files: [] });
    const { trace } = await ruby.run({ 'main.rb': known }, { backend: 'native', level: 'counts' });
    expect(`"${countsOf(trace, 'main.rb')}"\n`).toBe(stdout.replace(/^6 xy\n/, ''));
  });

  test('threads are told apart, and a process that is forked writes for itself', async () => {
    const threads = `t = Thread.new { z = 5; z + 1 }
t.value
pid = fork do
  q = 1
end
Process.wait(pid)
`;
    const { trace, traces } = await ruby.run({ 'main.rb': threads }, { backend: 'native' });
    expect([...new Set(trace.events.map(({ thread }) => thread))]).toEqual([0, 1]);
    expect(traces).toHaveLength(2);
    expect(eventsOf(traces[1] as typeof trace, 'line').map(({ line }) => line)).toEqual([4]);
  });

  test('a program that never ends leaves what was written', async () => {
    const { trace, outcome } = await ruby.run(
      { 'main.rb': 'x = 1\ny = 2\nloop { sleep 0.01 }\n' },
      { backend: 'native', job: { limits: { wallMs: 2000 } } },
    );
    expect(outcome.ending).toMatchObject({ kind: 'timed-out' });
    expect(trace.gaps.cut).toBe(true);
    expect(linesOf(trace).slice(0, 3)).toEqual([1, 2, 3]);
  });
});
