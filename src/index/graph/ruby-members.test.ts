/** The order in which Ruby looks methods up, case by case: each program says which method answers. */
import { describe, expect, it, test } from 'vitest';
import { edgesOf, makeGraph } from '../../../test/graphs.ts';

/** Calls out of `from` in a program of one file, as `Target.name state rule`. */
async function calls(source: string, from = 'f'): Promise<string[]> {
  const { graph } = await makeGraph({ 'a.rb': source });
  const edges = edgesOf(graph, from === '' ? 'a.rb' : `a.rb:${from}`);
  return edges
    .filter((edge) => !edge.includes(' constructor') || !/:[A-Z]\w* /.test(edge))
    .map((edge) => edge.replace('a.rb:', ''));
}

const modules = ['M', 'N', 'O'].map((name) => `module ${name}\ndef m; end\nend\n`).join('');
const ask = 'def f = C.new.m\n';

describe('which of several modules answers', () => {
  it.each([
    ['the last that is included', 'include M\ninclude N', 'N'],
    ['the first of one include', 'include M, N', 'M'],
    ['the first of the last include', 'include O\ninclude M, N', 'M'],
    ['the class itself before what it includes', 'include M\ndef m; end', 'C'],
    ['what is prepended before the class', 'prepend M\ndef m; end', 'M'],
    ['the last that is prepended', 'prepend M\nprepend N\ndef m; end', 'N'],
    ['the first of one prepend', 'prepend M, N\ndef m; end', 'M'],
    ['one that was included before stays where it is', 'include M\ninclude N\ninclude M', 'N'],
  ])('%s', async (_, body, answer) => {
    expect(await calls(`${modules}class C\n${body}\nend\n${ask}`)).toEqual([`${answer}.m resolved constructor`]);
  });

  it.each([
    [
      'what the superclass has is not put in again',
      'class B\ninclude M\nend\nclass C < B\ninclude N\ninclude M\nend',
      'N',
    ],
    ['what is prepended to the superclass before it', 'class B\nprepend M\ndef m; end\nend\nclass C < B\nend', 'M'],
    ['a module before what it includes', 'module P\ninclude N\ndef m; end\nend\nclass C\ninclude P\nend', 'P'],
    ['what is prepended to a module before it', 'module P\nprepend N\ndef m; end\nend\nclass C\ninclude P\nend', 'N'],
    ['the later definition of one file', 'class C\ndef m; end\nend\nclass C\nattr_reader :m\nend', 'C'],
  ])('%s', async (_, classes, answer) => {
    expect(await calls(`${modules}${classes}\n${ask}`)).toEqual([`${answer}.m resolved constructor`]);
  });

  it('where files open one class, all of them, since nothing tells which is loaded last', async () => {
    const { graph } = await makeGraph({
      'a.rb': 'class C\ndef m; end\nend\ndef f = C.new.m\n',
      'b.rb': 'class C\ndef m; end\nend\n',
    });
    expect(edgesOf(graph, 'a.rb:f').slice(1)).toEqual([
      'a.rb:C.m ambiguous constructor',
      'b.rb:C.m ambiguous constructor 1',
    ]);
  });
});

describe('super', () => {
  it.each([
    [
      'of what is prepended is the class',
      'module W\ndef m; super; end\nend\nclass C\nprepend W\ndef m; end\nend',
      'W.m',
      'C.m',
    ],
    [
      'of the class passes over what is prepended',
      'class B\ndef m; end\nend\nclass C < B\nprepend M\ndef m; super; end\nend',
      'C.m',
      'B.m',
    ],
    [
      'of an included module is what stands behind it',
      'module W\ndef m; super; end\nend\nclass B\ndef m; end\nend\nclass C < B\ninclude W\ndef m; super; end\nend',
      'W.m',
      'B.m',
    ],
    ['of the class itself is what extends it', 'class C\nextend M\ndef self.m; super; end\nend', 'C.m', 'M.m'],
    [
      'of a module that is prepended to the class itself',
      'module W\ndef m; end\nend\nclass C\nclass << self\nprepend W\ndef m; end\nend\ndef self.f; m; end\nend',
      'C.f',
      'W.m',
    ],
  ])('%s', async (_, classes, from, target) => {
    expect((await calls(`${modules}${classes}`, from)).map((edge) => edge.split(' ').slice(0, 2).join(' '))).toEqual([
      `${target} resolved`,
    ]);
  });
});

describe('extend reaches the class and not its objects', () => {
  const none: string[] = [];
  it.each([
    ['extend M', 'def self.f; m; end', ['M.m resolved self']],
    ['extend M', 'def f; m; end', none],
    ['include M', 'def self.f; m; end', none],
    ['class << self\ninclude M\nend', 'def self.f; m; end', ['M.m resolved self']],
    ['class << self\ninclude M\nend', 'def f; m; end', none],
    ['extend M, N', 'def self.f; m; end', ['M.m resolved self']],
    ['extend M\nextend N', 'def self.f; m; end', ['N.m resolved self']],
    ['def self.m; end\nextend M', 'def self.f; m; end', ['C.m resolved self']],
    ['include K', 'def self.f; k; end', none],
    ['include L', 'def self.f; l; end', ['L.l resolved self']],
    ['def self.k; end', 'def f; k; end', none],
    ['def k; end', 'def self.f; k; end', none],
    ['def self.k; end', 'get("/") { k }\ndef f; end', none],
  ])('%s; %s', async (made, method, expected) => {
    const more = 'module K\ndef self.k; end\nend\nmodule L\nclass_methods do\ndef l; end\nend\nend\n';
    expect(await calls(`${modules}${more}class C\n${made}\n${method}\nend\n`, 'C.f')).toEqual(expected);
  });

  test('in blocks of a class either may be meant', async () => {
    expect(await calls('class C\nget("/") { k; o }\ndef self.k; end\ndef o; end\nend\n', 'C')).toEqual([
      'C.k resolved self',
      'C.o resolved self',
    ]);
  });

  test('functions of a module are its own and those of what includes it', async () => {
    const module =
      'module U\nmodule_function\ndef m; n; end\ndef n; end\nend\nmodule V\nextend self\ndef v; end\nend\n';
    expect(await calls(`${module}def f; U.m; V.v; end\n`)).toEqual(['U.m resolved member', 'V.v resolved member']);
    expect(await calls(`${module}class C\ninclude U\ndef f; m; end\nend\n`, 'C.f')).toEqual(['U.m resolved self']);
    expect(await calls(module, 'U.m')).toEqual(['U.n resolved self']);
  });
});

describe('what is taken away', () => {
  const base = 'class B\ndef m; end\nend\n';
  it.each([
    ['undef_method ends the search', 'class C < B\nundef_method :m\nend', []],
    ['and undef', 'class C < B\ndef m; end\nundef m\nend', []],
    [
      'remove_method uncovers what is inherited',
      'class C < B\ndef m; end\nremove_method :m\nend',
      ['B.m resolved constructor'],
    ],
    ['what is defined again is there', 'class C < B\nundef m\ndef m; end\nend', ['C.m resolved constructor']],
    [
      'a condition takes nothing away',
      'class C < B\ndef m; end\nundef_method :m if X\nend',
      ['C.m resolved constructor'],
    ],
  ])('%s', async (_, classes, expected) => {
    expect(await calls(`${base}${classes}\n${ask}`)).toEqual(expected);
  });
});

test('an alias that was taken before its method was defined again means the one before', async () => {
  const source = 'class C\ndef m; a; end\nalias old m\ndef m; old; end\ndef a; end\nend\n';
  const { graph } = await makeGraph({ 'a.rb': source });
  const [first = -1, second = -1] = graph.named('m');
  expect(graph.out(second, { kinds: ['calls'] }).map(({ to, state }) => [to, state])).toEqual([[first, 'resolved']]);
});

describe('one object', () => {
  const made = 'class C\ndef m; end\ndef n; end\nend\nmodule M\ndef m; end\nend\n';
  it.each([
    ['has what is defined on it', 'x = C.new\ndef x.m; n; end\nx.m', 'm'],
    ['and keeps the rest', 'x = C.new\ndef x.o; end\nx.m', 'C.m'],
    ['has what it is extended by', 'x = C.new\nx.extend(M)\nx.m', 'M.m'],
    ['and nobody else has', 'x = C.new\ny = C.new\nx.extend(M)\ny.m', 'C.m'],
    ['until something else has the name', 'x = C.new\nx.extend(M)\nx = C.new\nx.m', 'C.m'],
    ['also in a constant', 'X = C.new\ndef X.m; end\nX.m', 'X.m'],
  ])('%s', async (_, statements, target) => {
    const found = await calls(`${made}${statements}\n`, '');
    expect(found.map((edge) => edge.split(' ').slice(0, 2).join(' '))).toEqual([`${target} resolved`]);
  });
});

describe('what a class does not have', () => {
  const other = 'class D\ndef m; end\nend\n';
  it.each([
    ['no other class has for it', 'class C\nend', []],
    ['nor for the class', 'class C\nend\nC.new\ndef g = C.m', []],
    [
      'method_missing answers',
      'class C\ndef method_missing(name); end\nend',
      ['C.method_missing resolved constructor'],
    ],
    ['unless it is of the class', 'class C\ndef self.method_missing(name); end\nend', []],
    ['Object may have', 'class C\nend\nclass Object\ndef m; end\nend', ['Object.m resolved constructor']],
    ['a library may have', 'class C < Lib::Base\nend', []],
  ])('%s', async (_, classes, expected) => {
    expect(await calls(`${other}${classes}\n${ask}`)).toEqual(expected);
  });

  test('nor what test libraries add to all objects', async () => {
    const source = 'class C\ndef method_missing(name); end\nend\ndef f = C.new.must_be_nil\n';
    expect(await calls(source)).toEqual([]);
  });

  test('a module may have from what it is mixed into, and only the name tells', async () => {
    expect(await calls(`${other}module C\ndef f; m; end\nend\n`, 'C.f')).toEqual(['D.m ambiguous unique-name']);
    expect(await calls(`${other}class C\ndef f; m; end\nend\n`, 'C.f')).toEqual([]);
  });
});

test('what is loaded need be no Ruby', async () => {
  const { graph } = await makeGraph({
    'a.rb': "require_relative 'b.txt'\nrequire_relative 'c.py'\ndef f; m; end\n",
    'b.txt': 'm',
    'c.py': 'def m(): pass\n',
  });
  expect(edgesOf(graph, 'a.rb:f')).toEqual([]);
});

test('what is added to classes of Ruby itself is asked of their values', async () => {
  const opened =
    'class String\ndef shout; end\nend\nmodule Enumerable\ndef all; end\nend\nclass Object\ndef blank; end\nend\n';
  const other = 'class B\ndef shout; end\ndef upcase; end\nend\n';
  expect(await calls(`${opened}${other}def f; "a".shout; [1].all; 1.blank; "a".upcase; 1.shout; end\n`)).toEqual([
    'String.shout resolved literal',
    'Enumerable.all resolved literal',
    'Object.blank resolved literal',
  ]);
});

test('a class of ninety modules has the methods of them all', async () => {
  const all = Array.from({ length: 90 }, (_, at) => `M${at}`);
  const source = all.map((name) => `module ${name}\ndef of_${name}; end\nend\n`).join('');
  const made = `class C\n${all.map((name) => `include ${name}\n`).join('')}end\ndef f = C.new.of_M0\n`;
  expect(await calls(source + made)).toEqual(['M0.of_M0 resolved constructor']);
});

test('what a container of the library holds may be of the repository', async () => {
  const source = 'class B\ndef lines_of; end\nend\ndef f; h = {}; h.each { |k, v| v.lines_of }; end\n';
  expect(await calls(source)).toEqual(['B.lines_of ambiguous unique-name']);
});

test('what begins with a capital and is called is a method', async () => {
  const classes = 'class Array\nend\nclass B\nend\ndef B(x) = x\n';
  expect(await calls(`${classes}def f; Array(1); B(2); end\n`)).toEqual(['B resolved scope']);
  expect(await calls(`${classes}class C\ndef f; Array(1); B 2; D(3); end\ndef D(x); end\nend\n`, 'C.f')).toEqual([
    'B resolved scope',
    'C.D resolved self',
  ]);
});

test('what is included outside of any class all objects have, and functions as well', async () => {
  const files = { 'lib/u.rb': 'module U\ndef m; end\nend\ndef g; end\n' };
  const { graph } = await makeGraph({
    ...files,
    'lib/a.rb': "require 'u'\ninclude U\nm\ndef f; m; g; end\nclass A\ndef a; m; g; end\nend\n",
    'lib/b.rb': 'class B\ndef b; m; end\nend\n',
  });
  expect(edgesOf(graph, 'lib/a.rb')).toEqual(['lib/u.rb:U.m resolved scope']);
  for (const from of ['lib/a.rb:f', 'lib/a.rb:A.a']) {
    expect(edgesOf(graph, from)).toEqual(['lib/u.rb:U.m resolved scope', 'lib/u.rb:g resolved import']);
  }
  expect(edgesOf(graph, 'lib/b.rb:B.b')).toEqual([]);
});

describe('constants of a module that is included outside of any class are seen', () => {
  const site = 'module Jk\nclass Site\ndef process; end\nend\nend\n';
  const use = 's = Site.new\ns.process\n';
  const found = ['lib/jk/site.rb:Jk.Site resolved constructor', 'lib/jk/site.rb:Jk.Site.process resolved constructor'];

  test.each([
    ['in the file itself', `require_relative '../lib/jk/site'\ninclude Jk\ndef f\n${use}end\n`, 'f'],
    ['in a file that loads it', `require 'helper'\nclass T < Base\ndef test_a\n${use}end\nend\n`, 'T.test_a'],
    ['in a block', `require 'helper'\nclass T < Base\ndef a\nx { |y|\n${use}}\nend\nend\n`, 'T.a'],
    ['in a class that includes it', `class T\ninclude Jk\ndef a\n${use}end\nend\n`, 'T.a'],
    ['in a class whose base includes it', `class B\ninclude Jk\nend\nclass T < B\ndef a\n${use}end\nend\n`, 'T.a'],
    [
      'after what it brings is included',
      `include Jk\ninclude Deep\nclass T\ndef a\nSite.new\nInner.new.go\nend\nend\n`,
      'T.a',
    ],
  ])('%s', async (_, text, from) => {
    const { graph } = await makeGraph({
      'lib/jk/site.rb': site,
      'lib/jk/deep.rb': 'module Jk\nmodule Deep\nclass Inner\ndef go; end\nend\nend\nend\n',
      'test/helper.rb': "require 'jk/site'\ninclude Jk\nmodule Jk\nend\n",
      'test/a_test.rb': text,
    });
    const expected = text.includes('Deep')
      ? [
          found[0],
          'lib/jk/deep.rb:Jk.Deep.Inner resolved constructor',
          'lib/jk/deep.rb:Jk.Deep.Inner.go resolved constructor',
        ]
      : found;
    expect(edgesOf(graph, `test/a_test.rb:${from}`).sort()).toEqual([...expected].sort());
  });

  test('where the top has none of the name, and where the file is loaded', async () => {
    const { graph } = await makeGraph({
      'lib/jk/site.rb': site,
      'lib/site.rb': 'class Site\ndef process; end\nend\n',
      'test/a_test.rb': `include Jk\ndef f\n${use}end\n`,
    });
    expect(edgesOf(graph, 'test/a_test.rb:f')).toContain('lib/site.rb:Site.process resolved constructor');
    const alone = await makeGraph({ 'lib/jk/site.rb': site, 'h.rb': 'include Jk\n', 'a.rb': `def f\n${use}end\n` });
    expect(edgesOf(alone.graph, 'a.rb:f').filter((edge) => edge.includes(' resolved '))).toEqual([]);
  });

  test('and a module that a test opens again is still the one of the library', async () => {
    for (const more of ['', 'module Jk\nend\n']) {
      const { graph } = await makeGraph({
        'lib/jk/site.rb': site,
        'test/a_test.rb': `${more}class T\ninclude Jk\nend\n${more}`,
      });
      expect(edgesOf(graph, 'test/a_test.rb:T', 'inherits')).toEqual(['lib/jk/site.rb:Jk resolved package']);
    }
  });
});
