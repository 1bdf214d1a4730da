/** What Ruby's rules lead to, one rule after the other. */
import { describe, expect, it, test } from 'vitest';
import { expectFollowed, type Variants } from '../../../test/changing-trees.ts';
import { edgesOf, makeGraph } from '../../../test/graphs.ts';

type Files = Readonly<Record<string, string>>;

/** Edges out of `from`, as `target state rule`. */
async function check(
  files: Files,
  from: string,
  expected: readonly string[],
  kind: 'calls' | 'uses' | 'overrides' | 'imports' | 'inherits' | 'tests' = 'calls',
): Promise<void> {
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, from, kind)).toEqual(expected);
}

/** Calls out of the method `f` of class `A`. */
const inside = (members: string, expected: readonly string[], more: Files = {}): Promise<void> =>
  check({ 'lib/a.rb': `class A\n${members}\nend\n`, ...more }, 'lib/a.rb:A.f', expected);

const foo = `class Foo
  attr_accessor :bar
  def self.make = new
  def initialize(a = 1)
    @bar = Bar.new
  end
  def baz = self
  def each
    yield Bar.new
  end
end
class Bar
  def go; end
end
`;
const withFoo = { 'lib/foo.rb': foo };

describe('names without a receiver lead', () => {
  it('to methods of the object, and of what its class is made of', () =>
    inside(
      'include M\ndef f; g; h(1); self.i; m; puts 1; nobody; end\ndef g; end\ndef self.g; end\ndef h(x); end',
      [
        'lib/a.rb:A.g resolved self',
        'lib/a.rb:A.h resolved self',
        'lib/b.rb:B.i resolved self',
        'lib/m.rb:M.m resolved self',
      ],
      { 'lib/b.rb': 'class B\ndef i; end\nend\nclass A < B\nend\n', 'lib/m.rb': 'module M\ndef m; end\nend\n' },
    ));

  it('from methods of the class itself to such', () =>
    inside(
      'def self.f; g; new; self.h; end\nclass << self\ndef g; end\nend\ndef self.h; end\ndef initialize; end\ndef g; end',
      [
        'lib/a.rb:A.g resolved self',
        'lib/a.rb:A resolved constructor',
        'lib/a.rb:A.initialize resolved constructor',
        'lib/a.rb:A.h resolved self',
      ],
    ));

  it('from a module to what the classes have that it is mixed into', async () => {
    const module = 'module M\ndef f; g; end\nend\n';
    const including = 'class A\ninclude M\ndef g; end\nend\n';
    const other = 'class B\ndef g; end\nend\n';
    await check({ 'm.rb': module, 'a.rb': including, 'b.rb': other }, 'm.rb:M.f', ['a.rb:A.g resolved self']);
    await check({ 'm.rb': module, 'b.rb': other }, 'm.rb:M.f', ['b.rb:B.g ambiguous unique-name']);
  });

  it('to functions of files that are loaded, and to others only by their name', () =>
    check(
      {
        'a.rb': "require_relative 'b'\ndef f\n b\n c\n d\nend\ndef d; end\n",
        'b.rb': 'def b; end\n',
        'c.rb': 'def c; end\n',
      },
      'a.rb:f',
      ['b.rb:b resolved import', 'c.rb:c ambiguous unique-name', 'a.rb:d resolved scope'],
    ));

  it('outside, when nothing in the repository is called so', async () => {
    const { graph } = await makeGraph({
      'a.rb': 'class A\ndef f(x); puts raise; assert_equal 1, x; x.unknown; end\nend\n',
    });
    expect(graph.statistics().map(({ external, unknown }) => [external, unknown])).toEqual([[3, 1]]);
  });
});

describe('constants lead', () => {
  const files = {
    'lib/x/y.rb': 'module X\n  class Y\n    def self.a; end\n    Z = 1\n  end\nend\n',
    'lib/y.rb': 'class Y\n  def self.a; end\nend\n',
  };

  it('outwards through the modules that are written around, then to the top', async () => {
    await check({ ...files, 'lib/a.rb': 'module X\nclass A\ndef f; Y.a; end\nend\nend\n' }, 'lib/a.rb:X.A.f', [
      'lib/x/y.rb:X.Y.a resolved member',
    ]);
    await check({ ...files, 'lib/a.rb': 'class X::A\ndef f; Y.a; end\nend\n' }, 'lib/a.rb:X.A.f', [
      'lib/y.rb:Y.a resolved member',
    ]);
    await check(
      { ...files, 'lib/a.rb': 'module X\nclass A\ndef f; ::Y.a; X::Y.a; end\nend\nend\n' },
      'lib/a.rb:X.A.f',
      ['lib/y.rb:Y.a resolved member', 'lib/x/y.rb:X.Y.a resolved member'],
    );
  });

  it('to those of what is inherited, and to values', async () => {
    const base = { 'b.rb': 'class B\nclass C\ndef self.c; end\nend\nD = C\nend\n' };
    await check({ 'a.rb': 'class A < B\ndef f; C.c; D.c; end\nend\n', ...base }, 'a.rb:A.f', [
      'b.rb:B.C.c resolved member',
      'b.rb:B.C.c resolved member',
    ]);
    await check(
      { 'a.rb': 'class A < B\ndef f; D; end\nend\n', ...base },
      'a.rb:A.f',
      ['b.rb:B.D resolved scope'],
      'uses',
    );
  });

  it('of a library outside, also when the repository adds to its namespace', async () => {
    const { graph } = await makeGraph({
      'a.rb': 'module Net\n def self.f; Net::HTTP.get; HTTP.get; ::Set.new; end\nend\n',
    });
    expect(edgesOf(graph, 'a.rb:Net.f')).toEqual([]);
    expect(graph.statistics().map(({ external, unknown }) => [external, unknown])).toEqual([[3, 0]]);
  });

  it('to one definition of a class that many files open, and past those of tests', async () => {
    const opened = {
      'lib/app/base.rb': 'module App\nclass Base < Top\ndef a; b; c; end\nend\nend\n',
      'lib/app/more.rb': 'module App\nclass Base\ndef b; end\nend\nend\n',
      'test/a_test.rb': 'module App\nclass Base\ndef b; end\ndef c; end\nend\nend\nApp::Base.new\n',
      'lib/z.rb': 'def f; App::Base.new.b; end\n',
    };
    await check(opened, 'lib/z.rb:f', [
      'lib/app/base.rb:App.Base resolved constructor',
      'lib/app/more.rb:App.Base.b resolved constructor',
    ]);
    await check(opened, 'lib/app/base.rb:App.Base.a', [
      'lib/app/more.rb:App.Base.b resolved self',
      'test/a_test.rb:App.Base.c resolved self',
    ]);
  });
});

describe('receivers are known', () => {
  it('by construction, results, attributes and blocks', () =>
    inside(
      'def f\nx = Foo.new(2)\nx.baz.baz.bar.go\nFoo.make.baz\nx.each { |b| b.go }\n[x].map { |y| y.bar }.each(&:go)\nx.bar = 1\nend',
      [
        'lib/foo.rb:Foo resolved constructor',
        'lib/foo.rb:Foo.initialize resolved constructor',
        'lib/foo.rb:Foo.baz resolved constructor',
        'lib/foo.rb:Foo.baz resolved result',
        'lib/foo.rb:Foo.bar resolved result',
        'lib/foo.rb:Bar.go resolved result',
        'lib/foo.rb:Foo.make resolved member',
        'lib/foo.rb:Foo.baz resolved result',
        'lib/foo.rb:Foo.each resolved constructor',
        'lib/foo.rb:Bar.go resolved constructor',
        'lib/foo.rb:Foo.bar resolved constructor',
        'lib/foo.rb:Bar.go resolved result',
        'lib/foo.rb:Foo.bar resolved constructor',
      ],
      withFoo,
    ));

  it('by instance variables, memoised or set when constructed, here and in what is inherited', () =>
    inside(
      'def f; @a.baz; b.baz; @c.baz; end\ndef b = (@b ||= Foo.new)\ndef initialize; @a = Foo.new; super; end',
      [
        'lib/foo.rb:Foo.baz resolved constructor',
        'lib/a.rb:A.b resolved self',
        'lib/foo.rb:Foo.baz resolved result',
        'lib/foo.rb:Foo.baz resolved constructor',
      ],
      { ...withFoo, 'lib/base.rb': 'class Base\ndef initialize; @c = Foo.new; end\nend\nclass A < Base\nend\n' },
    ));

  it('by comments and tests', () =>
    inside(
      '# @param x [Foo]\ndef f(x, y)\nx.baz\ncase y when Bar then y.go end\nend',
      ['lib/foo.rb:Foo.baz resolved annotation', 'lib/foo.rb:Bar.go resolved annotation'],
      withFoo,
    ));

  it('of classes themselves: own, extended, concerns', () =>
    inside(
      'extend M\ninclude N\ndef self.f; m; A.m; c; S.instance_of_s; end',
      [
        'lib/m.rb:M.m resolved self',
        'lib/m.rb:M.m resolved member',
        'lib/n.rb:N.ClassMethods.c resolved self',
        'lib/n.rb:S.instance_of_s resolved member',
      ],
      {
        'lib/m.rb': 'module M\ndef m; end\nend\n',
        'lib/n.rb':
          'module N\nmodule ClassMethods\ndef c; end\nend\nend\nmodule S\nextend self\ndef instance_of_s; end\nend\n',
      },
    ));
});

test('super, overriding and aliases', async () => {
  const files = {
    'a.rb': 'class A < B\ninclude M\ndef f; super; end\ndef self.g; super; end\ndef h; i; end\nalias i f\nend\n',
    'b.rb': 'class B\ndef f; end\ndef self.g; end\nend\nmodule M\ndef f; end\nend\n',
  };
  await check(files, 'a.rb:A.f', ['b.rb:M.f resolved super']);
  await check(files, 'a.rb:A.g', ['b.rb:B.g resolved super']);
  await check(files, 'a.rb:A.h', ['a.rb:A.f resolved self']);
  await check(files, 'a.rb:A.f', ['b.rb:M.f resolved structure'], 'overrides');
  await check(files, 'a.rb:A', ['b.rb:B resolved package', 'b.rb:M resolved package'], 'inherits');
});

test('methods of one name on both sides are kept apart', () =>
  check({ 'a.rb': 'class A\ndef self.g; end\ndef g; end\nend\ndef f; A.g; A.new.g; end\n' }, 'a.rb:f', [
    'a.rb:A.g resolved member',
    'a.rb:A resolved constructor',
    'a.rb:A.g resolved constructor',
  ]));

describe('files are loaded', () => {
  const files = {
    'lib/x.rb': "require 'x/y'\nrequire_relative 'x/z'\nrequire 'json'\nautoload :W, 'x/w'\n",
    'lib/x/y.rb': '',
    'lib/x/z.rb': "require 'helper'\n",
    'lib/x/w.rb': 'class W\nend\n',
    'gems/b/lib/x/y.rb': 'Y = 1\n',
    'gems/b/lib/b.rb': "require 'x/y'\n",
    'test/helper.rb': '1\n',
    'test/x_test.rb': "require 'helper'\nrequire './lib/x'\n",
  };
  it('from the nearest of the directories that are required from', async () => {
    const filled = { ...files, 'lib/x/y.rb': 'Y = 2\n' };
    await check(
      filled,
      'lib/x.rb',
      [
        'lib/x/y.rb resolved import',
        'lib/x/z.rb resolved import',
        'lib/x/w.rb resolved import',
        'lib/x/w.rb:W resolved import',
      ],
      'imports',
    );
    await check(filled, 'gems/b/lib/b.rb', ['gems/b/lib/x/y.rb resolved import'], 'imports');
    await check(filled, 'test/x_test.rb', ['test/helper.rb resolved import', 'lib/x.rb resolved import'], 'imports');
  });
});

describe('tests', () => {
  it('exercise what they call, of Minitest and of RSpec', async () => {
    await check(
      {
        ...withFoo,
        'test/foo_test.rb':
          'class FooTest < Minitest::Test\ndef setup; @foo = Foo.new; end\ndef test_baz; @foo.baz; end\nend\n',
      },
      'test/foo_test.rb:FooTest.test_baz',
      ['lib/foo.rb:Foo.baz resolved constructor'],
      'tests',
    );
    await check(
      {
        ...withFoo,
        'spec/foo_spec.rb':
          'RSpec.describe Foo do\nsubject(:foo) { described_class.new }\nlet(:bar) { Bar.new }\nit("goes") { bar.go; foo.baz }\nend\n',
      },
      'spec/foo_spec.rb',
      [
        'lib/foo.rb:Foo resolved constructor',
        'lib/foo.rb:Bar resolved constructor',
        'lib/foo.rb:Bar.go resolved constructor',
        'lib/foo.rb:Foo.baz resolved constructor',
      ],
      'tests',
    );
  });
});

/** What each path may hold; all of them lean on each other. `null`: there is no such file. */
const variants: Variants = {
  'lib/a.rb': [
    "require 'p/b'\nmodule P\nclass A < B\ninclude M\ndef f; g; @b.n; M.x; end\ndef initialize; @b = B.new; end\nend\nend\n",
    "require_relative 'p/b'\ninclude P\ninclude M\ndef f; B.make.g; M.x; C.new.n; x; end\n",
    "require_relative 'p/b'\nclass P::A\nextend M\ndef self.f; m; B.make.n; top; end\nend\n",
    'module P\nclass B\ndef added; n; end\nend\nend\n',
    null,
  ],
  'lib/p/b.rb': [
    'module P\nclass B\nattr_reader :n\ndef self.make = new\ndef g; end\nend\nend\n',
    'module P\nclass B < C\ndef self.make = C.new\ndef g; lonely; end\nalias n g\nend\nend\n',
    'B = Struct.new(:n)\ndef top; end\n',
    null,
  ],
  'lib/p/m.rb': [
    'module P\nmodule M\ndef m; g; end\ndef self.x; end\nend\nend\n',
    'module M\nextend self\ndef m; end\ndef x; end\nend\n',
    null,
  ],
  'lib/p/c.rb': ['class C\ndef n; end\nend\n', 'module P\nclass C\ndef n; end\ndef lonely; end\nend\nend\n', null],
  'test/a_test.rb': [
    "require 'a'\nmodule P\nclass B\ndef g; end\nend\nend\nclass ATest < T\ndef test_f; P::A.new.f; P::B.make.n; B.make.g; end\nend\n",
    null,
  ],
};

test('following changes gives what building anew gives', () => expectFollowed(variants, 100));

test('a change inside a body concerns no other file', async () => {
  const files = { ...withFoo, 'a.rb': 'def f; Foo.make.baz; end\n' };
  const { linked } = await makeGraph(
    { ...files, 'lib/foo.rb': foo.replace('def go; end', 'def go; 1; end') },
    await makeGraph(files),
  );
  expect(linked).toBe(1);
});

test('classes that are made of each other, and lines of thousands, are borne', async () => {
  const line = Array.from(
    { length: 1_200 },
    (_, i) => `class C${i} < C${i + 1}\ninclude M${i}\ndef f; g; end\nend\nmodule M${i}\ninclude M${i + 1}\nend`,
  );
  for (const text of [
    'module A\ninclude B\ndef f; g; end\nend\nmodule B\ninclude A\nextend A\nextend self\nend\nclass C < C\ndef f; super; end\nend\n',
    'class A\nalias f g\nalias g f\ndelegate :a, to: :a\ndef h = @x = @y = f.a.z\nend\n',
    'A = B\nB = A\nclass X < A::B::C\nend\nclass X::Y < X::Y::Z\ndef f; X.new.g; end\nend\n',
    line.join('\n'),
    `class A\n${'(def f; end) if x\n'.repeat(20_000)}end\nA.new.f\n`,
  ]) {
    const { graph } = await makeGraph({ 'a.rb': text });
    expect(graph.nodeCount).toBeGreaterThan(3);
  }
});
