import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { encodeUtf8 } from '../encoding.ts';
import type { FileFacts } from '../facts.ts';
import { createParser, type Parser } from '../parser.ts';

let parser: Parser;
beforeAll(async () => {
  parser = await createParser(loadGrammarFile);
  await parser.prepare('ruby');
});

function factsOf(source: string, path = 'a.rb'): FileFacts {
  const result = parser.parseNow(path, encodeUtf8(source));
  if (result?.kind !== 'facts') throw new Error('no facts');
  return result.facts;
}

const symbols = (source: string): string[] =>
  factsOf(source).symbols.map(
    ({ kind, qualifiedName, exported }) => `${kind} ${qualifiedName}${exported ? '' : ' hidden'}`,
  );

const references = (source: string): string[] =>
  factsOf(source).references.map(
    ({ kind, name, receiver }) => `${kind} ${receiver === null ? '' : `${receiver} . `}${name}`,
  );

describe('files', () => {
  it('are known by their names and first lines', () => {
    for (const path of ['a.rb', 'a.rake', 'a.gemspec', 'Gemfile', 'lib/Rakefile', 'config.ru']) {
      expect(factsOf('x', path).language).toBe('ruby');
    }
    expect(factsOf('#!/usr/bin/env ruby -w\nx', 'bin/a').language).toBe('ruby');
  });
});

describe('symbols', () => {
  it.each([
    ['module A; class B::C < D; end; end', ['module A', 'class A.B.C']],
    ['module A; class ::B; end; class ::C::D; end; end', ['module A', 'class B', 'class C.D']],
    [
      'class A; def a; end; def self.b; end; class << self; def c; end; end; end',
      ['class A', 'method A.a', 'method A.b', 'method A.c'],
    ],
    [
      'class A; def initialize; end; def A.b; end; def B.c; end; end',
      ['class A', 'constructor A.initialize', 'method A.b', 'method A.B.c'],
    ],
    ['def a; end\ndef ==(o) = 1\ndef b=(v); end', ['function a', 'function ==', 'function b=']],
    [
      'class A; B = 1; C ||= 2; D::E = 3; x = 4; def f; G = 1; end; end',
      ['class A', 'constant A.B', 'constant A.C', 'constant A.D.E', 'method A.f'],
    ],
    ['A = Class.new(B) do\n def f; end\nend\nC = Data.define(:x)', ['class A', 'method A.f', 'class C', 'method C.x']],
    [
      'class A; attr_reader :a, "b", *c, :"d e"; attr_writer :f; end',
      ['class A', 'method A.a', 'method A.b', 'method A.f'],
    ],
    [
      'class A; delegate :a, to: :b; delegate :c, to: :d, prefix: true; def_delegator :@e, :f, :g; end',
      ['class A', 'method A.a', 'method A.g'],
    ],
    [
      'class A; alias a b; alias :c d; alias $e $f; alias_method "g", :h; end',
      ['class A', 'method A.a', 'method A.c', 'method A.g'],
    ],
    ['class A; define_method(:a) { 1 }; define_method("b_#{c}") { 1 }; end', ['class A', 'method A.a']],
    ['attr_reader :a\nfoo.attr_reader :b\nclass A; def f; attr_reader :c; end; end', ['class A', 'method A.f']],
  ])('%s', (source, expected) => expect(symbols(source)).toEqual(expected));

  it('are hidden as Ruby hides them', () => {
    expect(
      symbols(
        'class A\n private\n def a; end\n def self.b; end\n public\n def c; end\n def d; end\n private :c\n private def e; end\n class B; def f; end; end\nend',
      ),
    ).toEqual([
      'class A',
      'method A.a hidden',
      'method A.b',
      'method A.c hidden',
      'method A.d',
      'method A.e hidden',
      'class A.B',
      'method A.B.f',
    ]);
    expect(
      symbols(
        'class A\n C = 1\n def self.a; end\n private_class_method :a\n private_constant :C\n private attr_reader :b\nend',
      ),
    ).toEqual(['class A', 'constant A.C hidden', 'method A.a hidden', 'method A.b hidden']);
  });

  it('have comments above as their doc, and signatures without comments', () => {
    const { symbols } = factsOf('# About A.\nclass A # note\n  # About f.\n  def f(a) # x\n    1\n  end\nend\n');
    const text = '# About A.\nclass A # note\n  # About f.\n  def f(a) # x\n    1\n  end\nend\n';
    expect(
      symbols.map(({ doc, signature }) => [doc, signature].map((span) => span && text.slice(span.start, span.end))),
    ).toEqual([
      ['# About A.', 'class A'],
      ['# About f.', 'def f(a)'],
    ]);
  });
});

describe('references', () => {
  it.each([
    ['def f(a, b: 1)\n c = a\n c.d(b)\n e\nend', ['call c . d', 'call e']],
    ['xs.each { |x, (y)| x + y + z }', ['call xs', 'call xs . each', 'call z']],
    ['A::B.new(c)\nD.e', ['use A', 'call A . B', 'call c', 'use D', 'call D . e']],
    ['class A < B::C; include D; extend E::F; end', ['use B', 'inherit B . C', 'inherit D', 'use E', 'inherit E . F']],
    [
      'xs.map(&:a)\nsend(:b)\nmethod(:c)',
      ['call xs', 'call xs . map', 'call a', 'call send', 'use b', 'call method', 'use c'],
    ],
    ['a = 1\na\nself.b = 2\nrescue_from E => e', ['call self . b', 'call rescue_from', 'use E', 'call e']],
  ])('%s', (source, expected) => expect(references(source)).toEqual(expected));
});

describe('what is loaded', () => {
  it.each([
    ["require 'a/b'", 'a/b *'],
    ["require_relative 'a'", './a *'],
    ["require_relative '../a'", '../a *'],
    ["load 'a.rb'", 'a.rb *'],
    ["autoload :A, 'b/a'", 'b/a A'],
    ["require File.expand_path('../a', __FILE__)", './a *'],
    ["require File.expand_path('../../lib/a', __FILE__)", '../lib/a *'],
    ['require File.join(File.dirname(__FILE__), "a")', './a *'],
    ['require "#{__dir__}/a"', './a *'],
  ])('%s', (source, expected) => {
    expect(factsOf(source).imports.map(({ module, name }) => `${module} ${name}`)).toEqual([expected]);
  });

  it('is nothing when its name is put together', () => {
    expect(factsOf('require x\nrequire "a/#{b}"\nrequire\nautoload :A').imports).toEqual([]);
  });
});
