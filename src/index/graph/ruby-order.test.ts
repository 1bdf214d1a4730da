/** Where methods are looked up, held against Ruby itself: drawn programs of modules and classes, and which of their methods answers. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { edgesOf, makeGraph, nodeNamed } from '../../../test/graphs.ts';

/** Ruby 3.0 and later: what a module includes after it was included itself counts from there on. */
function hasRuby(): boolean {
  try {
    return Number.parseInt(execFileSync('ruby', ['-e', 'print RUBY_VERSION'], { encoding: 'utf8' }), 10) >= 3;
  } catch {
    return false;
  }
}

const ruby = hasRuby();

type Line = readonly [
  how: 'include' | 'prepend' | 'extend' | 'def' | 'def self' | 'undef' | 'remove',
  of: readonly number[],
];

interface Part {
  /** Its superclass among the classes before it, or none. */
  readonly base: number;
  readonly lines: readonly Line[];
}

const line: fc.Arbitrary<Line> = fc.tuple(
  fc.constantFrom('include', 'include', 'prepend', 'extend', 'def', 'def', 'def self', 'undef', 'remove'),
  fc.array(fc.nat(9), { minLength: 1, maxLength: 2 }),
);
const part: fc.Arbitrary<Part> = fc.record({ base: fc.nat(3), lines: fc.array(line, { maxLength: 4 }) });
const program = fc.tuple(
  fc.array(part, { minLength: 1, maxLength: 4 }),
  fc.array(part, { minLength: 1, maxLength: 3 }),
  fc.array(part, { maxLength: 2 }),
);
type Program = typeof program extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Source of a program in a module of its own; a module is made of those before it alone. */
function sourceOf([modules, classes, reopened]: Program, name: string): string {
  const written: string[] = [];
  let prepended = false;
  const body = (lines: readonly Line[], limit: number): void => {
    let defined = false;
    for (const [how, of] of lines) {
      const names = [...new Set(of.map((one) => one % Math.max(limit, 1)))].map((one) => `M${one}`).join(', ');
      if (how === 'def') written.push('def m; end');
      else if (how === 'def self') written.push('def self.m; end');
      else if (how === 'undef' || how === 'remove') {
        // Ruby refuses to take away what is not there, and does not always find it behind what is prepended.
        if (defined && !prepended) written.push(`${how}_method :m`);
      } else if (limit > 0) written.push(`${how} ${names}`);
      prepended ||= how === 'prepend';
      defined = how === 'def' || (defined && how !== 'undef' && how !== 'remove');
    }
  };
  modules.forEach(({ lines }, at) => {
    written.push(`module M${at}`);
    body(lines, at);
    written.push('end');
  });
  classes.forEach(({ base, lines }, at) => {
    written.push(base > 0 && at > 0 ? `class C${at} < C${(base - 1) % at}` : `class C${at}`);
    body(lines, modules.length);
    written.push('end');
  });
  // Only the last: what is put into a class after another inherited from it, the graph takes for put in before.
  for (const { lines } of reopened) {
    written.push(`class C${classes.length - 1}`);
    body(lines, modules.length);
    written.push('end');
  }
  return `module ${name}\n${written.join('\n')}\nend\n`;
}

/** Who has the method, of the object and of the class: `M1`, `C0`, or nobody. */
const ask = `
  ARGV.each do |name|
    space = Object.const_get(name)
    space.constants.grep(/^C/).sort.each do |constant|
      type = space.const_get(constant)
      of_object = (type.instance_method(:m).owner.inspect rescue 'nobody')
      of_class = (type.method(:m).owner.inspect[/#<Class:(.*)>|.*/].sub(/#<Class:/, '').delete('>') rescue 'nobody')
      puts [of_object, of_class].map { |one| one.delete_prefix(name + '::') }.join(' ')
    end
  end
`;

test.skipIf(!ruby)('methods are looked up in the order of Ruby (needs Ruby 3)', async () => {
  const programs = fc.sample(program, { numRuns: 150, seed: 5 });
  const sources = programs.map((one, at) => sourceOf(one, `P${at}`));
  const names = sources.map((_, at) => `P${at}`);
  const told = execFileSync('ruby', ['-W0', '-', ...names], { input: sources.join('') + ask, encoding: 'utf8' });
  const answers = told.trim().split('\n');
  const files: Record<string, string> = {};
  sources.forEach((source, at) => {
    const classes = [...new Set(source.match(/^class C\d/gm))].map((one) => one.slice(6)).sort();
    const calls = classes.map(
      (one) => `def of_${one}_${at} = P${at}::${one}.new.m\ndef own_${one}_${at} = P${at}::${one}.m\n`,
    );
    files[`p${at}.rb`] = source + calls.join('');
  });
  const { graph } = await makeGraph(files);
  let next = 0;
  for (const [at, source] of sources.entries()) {
    for (const one of [...new Set(source.match(/^class C\d/gm))].map((text) => text.slice(6)).sort()) {
      const found = ['of', 'own'].map((how) => {
        const edges = edgesOf(graph, `p${at}.rb:${how}_${one}_${at}`).filter((edge) => edge.includes('.m '));
        return edges.map((edge) => edge.replace(/^.*:P\d+\.(\w+)\.m resolved .*$/, '$1')).join() || 'nobody';
      });
      expect(`${found.join(' ')} for ${one} of\n${source}`).toBe(`${answers[next++]} for ${one} of\n${source}`);
    }
  }
  expect(nodeNamed(graph, 'p0.rb')).toBeGreaterThan(0);
});
