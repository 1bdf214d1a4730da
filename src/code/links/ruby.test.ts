import { describe, expect, it } from 'vitest';
import { linkedIn } from '../../../test/links.ts';

const { has, hasNot, linesOf } = linkedIn('ruby')('a.rb');

/** As `has`, of statements in a method `f` of a class `A`. */
const inMethod = (statements: string, ...expected: string[]): void =>
  has(`class A\ndef f(p)\n${statements}\nend\nend`, ...expected);

describe('a name alone', () => {
  it('is a call unless something bound it', () => {
    inMethod('x = 1\nx\ny', 'A.f call self.y');
    hasNot('class A\ndef f(p)\nx = 1\nx\np\nend\nend', 'A.f call self.x');
    hasNot('class A\ndef f(p)\nx = 1\nx\np\nend\nend', 'A.f call self.p');
    has('x = 1\ndef f; x; end', 'f call x');
    has('x = 1\n[].each { x; y }', 'file call y');
    hasNot('x = 1\n[].each { x }', 'file call x');
    has('[].each { |x| z = x }\nz', 'file call z');
    has('a, (b, *c) = t\nfor d in a do d end\nbegin; rescue => e; e; end\nb; c; t', 'file call t');
  });

  it('is a local from where a pattern, a condition or a block binds it', () => {
    const calls = (statements: string): string[] =>
      linesOf(`class A\ndef f(p)\n${statements}\nend\nend`).filter((line) => line.includes(' call self.'));
    for (const bound of [
      'case p\nin {x:} then x end',
      'case p\nin {a: {b: Integer => x}} then x end',
      'case p\nin {a:, **x} then a; x end',
      'case p\nin [a, *x] then a; x end',
      'case p\nin [*, a, *x] then a; x end',
      'case p\nin B(x:) then x end',
      'case p\nin B[x] then x end',
      'case p\nin x if x > 1 then x end',
      'case p\nin Integer | Float => x then x end',
      'case p\nin [[x]] unless x.nil? then x end',
      'p => {a:, b: [x]}\na; x',
      'x if p in {x:}\nx'.replace('x if', 'p if'),
      '[p].each { |a; x| a; x }',
      'p.each do |a; x| a; x end',
      '->(a; x) { a; x }',
      '->(a) { x = a; x }',
      '[p].each { _1; _2 }',
      '[p].each { it }',
      'a, (x, *b), *c = p\na; x; b; c',
      'a = x = p\na; x',
      'begin; p; rescue B => x; x; end',
      'for a, (x, b) in p do a; x; b end',
      'if /(?<x>a)(?<year>b)/ =~ p then x; year end',
      'while (x = p) do x end',
    ]) {
      expect([bound, calls(bound)]).toEqual([bound, []]);
    }
    for (const [unbound, name] of [
      ['x\nx = 1', 'x'],
      ['x if x = p', 'x'],
      ['case p\nin ^(x) then 1 end', 'x'],
      ['case p\nin {x: Integer} then x end', 'x'],
      ['/(?<x>#{p})/ =~ p\nx', 'x'],
      ['p =~ /(?<x>a)/\nx', 'x'],
      ['[p].each { |a; x| a }\nx', 'x'],
      ['[p].each { |a| it }', 'it'],
      ['it', 'it'],
      ['x = 1\nx()', 'x'],
      ['x = 1\nx 2', 'x'],
      ['x = 1\nself.x', 'x'],
    ] as const) {
      expect([unbound, calls(unbound)]).toEqual([unbound, [`A.f call self.${name}`]]);
    }
  });

  it('that a pattern or a block binds has the value that it is given', () => {
    inMethod('case p\nin B => x then x.g end', 'A.f variable x = instance(B)');
    inMethod('case p\nin B(a:) then p.g end', 'A.f call instance(B).g');
    inMethod('[B.new] => [x]', 'A.f variable x = iterate 0(Array[call(B.new)])');
    inMethod('B.new.tap { it.g }', 'block variable it = call(B.new)');
    inMethod('B.new.then { _1.g }', 'block variable _1 = call(B.new)');
  });

  it('is of the object in its methods, of the class in its own and in its body', () => {
    has('class A\ndef self.f; g; end\nh 1\nend', 'A.f call self-type.g', 'A call self-type.h');
    has(
      'class A\nclass << self\ndef f; g; end\nend\nend',
      'A symbol f(self)',
      'A.f call self-type.g',
      'A.f → call(self-type.g) static',
    );
    has('class A\nget("/") { g }\n[1].each { h }\nend', 'A call self.g(?)', 'A call self-type.h');
    has('class A\ndefine_method(:f) { g }\nend', 'A.f call self.g', 'A symbol f');
  });
});

describe('classes', () => {
  it('are made of what they inherit from, include and prepend, and extended', () => {
    has(
      'class A < B::C\ninclude D, E\ninclude H\nprepend F\nextend G\nend',
      'A(H, D, E, B.C)',
      'A variable (prepend) = F',
      'A variable (extend) = G',
    );
    has('class A\nclass << self\nprepend B\nend\nend', 'A variable (prepend)(self) = B');
    has('include A, B', 'file variable (include) = B', 'file variable (include) = A', 'file inherit A');
    has('module A\nextend self\nend', 'A variable (extend) = self-type');
    has('class A\nclass << self\ninclude B\nend\nend', 'A variable (extend) = B');
    has('class A < Struct.new(:x)\nend', "A('Class')");
    has('A = Class.new(B) do\ndef f = g\nend', 'A(B)', 'A.f call self.g');
    has('A = Struct.new(:x)', "A('Struct')", 'A symbol x', 'A symbol x=', 'A.x → self.@x');
  });

  it('have methods that calls define', () => {
    has(
      'class A\nattr_reader :x\nattr_writer :y\nattr_accessor :z\nend',
      'A.x → self.@x',
      'A symbol y=',
      'A symbol z',
      'A symbol z=',
    );
    hasNot('class A\nattr_writer :y\nend', 'A symbol y');
    has('class A\nalias f g\nalias_method :h, :g\nend', 'A symbol f = self.g', 'A symbol h = self.g');
    has(
      'class A\ndelegate :f, to: :b\ndef_delegators :@c, :g\nend',
      'A.f → call(call(self.b).f)',
      'A.g → call(self.@c.g)',
    );
    has('class A\nmattr_accessor :x\nend', 'A symbol x', 'A symbol x(self)', 'A symbol x=(self)');
    has('module A\nmodule_function\ndef f; end\nend', 'A symbol f', 'A symbol f(self)');
    has('module A\ndef f; end\nmodule_function :f\nend', 'A symbol f(self)');
  });

  it('have the later of several definitions of a method, and what is not taken away', () => {
    has('class A\ndef f; end\nalias g f\ndef f; end\nend', 'A symbol f', 'A symbol f(0)', 'A symbol g = self.f(0)');
    has('class A\ndef f; end\nend\nclass A\nattr_reader :f\nend', 'A symbol f(0)', 'A symbol f');
    has(
      'class A\ndef self.f; end\ndef f; end\ndef self.f; end\nend',
      'A symbol f(self 0)',
      'A symbol f(self)',
      'A symbol f',
    );
    has('class A\nalias g f\ndef f; end\nend', 'A symbol g = super.f', 'A symbol f');
    has(
      'class A\nclass << self\nalias_method :g, :f\nalias_method :f, :h\nend\nend',
      'A symbol g(self) = super.f(self)',
    );
    has('class A\nif X\ndef f; end\nend\nif Y\ndef f; end\nend\ndef f; end\nend', 'A symbol f(0)', 'A symbol f(1)');
    has('class A\ndef f; end\nundef f\nend', 'A symbol f(0)', "A variable (undef) = 'f'");
    has('class A\ndef f; end\nundef_method :f\ndef f; end\nend', 'A symbol f(0)', 'A symbol f');
    has('class A\ndef f; end\nremove_method :f\nend', 'A symbol f(0)');
    for (const [source, unexpected] of [
      ['class A\nif X\ndef f; end\nelse\ndef f; end\nend\nend', 'A symbol f(0)'],
      ['class A\ndef f; end\nend\nclass B\ndef f; end\nend', 'A symbol f(0)'],
      ['class A\ndef f; end\nremove_method :f\nend', "A variable (undef) = 'f'"],
      ['class A\ndef f; end\nundef f\ndef f; end\nend', "A variable (undef) = 'f'"],
      ['class A\ndef f; end\nundef_method(:f) if X\nend', 'A symbol f(0)'],
    ] as const) {
      hasNot(source, unexpected);
    }
  });

  it('of one object have what is defined on it', () => {
    has(
      'x = B.new\ndef x.f; g; end\nx.f',
      'class symbol f',
      'class variable ... = x',
      'f call object.g',
      'file call object.f',
    );
    has('x = B.new\nclass << x\ndef f; g; end\nend\nx.f', 'class symbol f', 'file call object.f');
    has('x = B.new\nx.extend(C)\nx.f', 'class variable ... = instance(C)', 'file call object.f');
    has('X = B.new\ndef X.f; end\nX.f', 'class symbol f', 'file call object.f');
    has('class X\nend\ndef X.f; g; end\nX.f', 'file symbol f(self)', 'X.f call X.g', 'file call X.f');
    has('x = B.new\ndef x.f; end\nx = C.new\nx.f', 'file call x.f');
    hasNot('class A\ndef g; def @x.f; end; end\nend', 'A symbol f(self)');
  });

  it('have the variables that their methods set', () => {
    inMethod('@x = p\n@y ||= Foo.new\n@a, @b = g', 'A member @x = p', 'A member @y = call(Foo.new)');
    has('class A\ndef self.f; @x ||= 1; end\nend', "A member @x(self) = 'Integer'");
    inMethod('@x << Foo.new', 'A member @x = Array[call(Foo.new)]');
    has(
      'describe "a" do\nbefore { @x = Foo.new }\nit { @x.f }\nend',
      'block variable @x = call(Foo.new)',
      'file call @x.f',
    );
  });
});

describe('calls', () => {
  it('are of what stands before them', () => {
    inMethod('p.a.b(1)', 'A.f call p.a', 'A.f call call(p.a).b');
    inMethod('B::C.new(1).d', 'A.f call B.C.new', 'A.f call call(B.C.new).d', 'A.f use B.C', 'A.f use B');
    inMethod('self.x = 1\np.y = 2\np.z ||= 3', 'A.f call self.x=', 'A.f call p.y=', 'A.f call p.z', 'A.f call p.z=');
    inMethod('super\nsuper(1)', 'A.f call super.f');
    has('class A\ndef self.f; super; end\nend', 'A.f call super.f(self)');
    inMethod('send(:g)\np.public_send(:h)\nmethod(:i)', 'A.f call self.g', 'A.f call p.h', 'A.f use self.i');
    inMethod('[Foo.new].each(&:go)', 'A.f call iterate(Array[call(Foo.new)]).go');
    inMethod('"#{g}"', 'A.f call self.g');
    has('class A\nbefore_action :g, only: :h\nend', 'A use self.g');
    has('A::B', 'file use A', 'file use A.B');
    has('::A.f', 'file call ::A.f');
    has(
      'class A\ndef f(p); Array(p); Array; B p; end\nend',
      'A.f call self.Array(?)',
      'A.f use Array',
      'A.f call self.B(?)',
    );
  });

  it('of what loads or declares are none', () => {
    for (const source of ["require 'a'", "require_relative 'a'", 'class A\nprivate\nend', 'class A\ninclude B\nend']) {
      expect(linesOf(source).filter((line) => / call /.test(line))).toEqual([]);
    }
  });
});

describe('values', () => {
  it('are what a method ends with or returns', () => {
    has('class A\ndef f\nreturn B.new if x\nC.new\nend\nend', 'A.f → call(B.new) | call(C.new)');
    has('class A\ndef f = if x then B.new else C.new end\nend', 'A.f → either(call(B.new), call(C.new))');
    has(
      'class A\ndef f\ncase x\nwhen 1 then B.new\nelse C.new\nend\nend\nend',
      'A.f → either(call(B.new), call(C.new))',
    );
    has('class A\ndef f\nx = B.new\nx\nend\nend', 'A.f → x', 'A.f variable x = call(B.new)');
    has('class A\ndef f = @x ||= B.new\nend', 'A.f → call(B.new)');
  });

  it('are given to blocks', () => {
    inMethod(
      '[B.new].each { |x| x.g }',
      'block variable x = first(parameter 0(Array[call(B.new)].each), iterate(Array[call(B.new)]))',
    );
    inMethod('B.new.tap { |x| x.g }', 'block variable x = call(B.new)');
    inMethod('p.each_with_object(B.new) { |x, y| y.g }', 'block variable y = call(B.new)');
    inMethod('g { |x| x.h }', 'block variable x = parameter 0(self.g)');
    has('class A\ndef f\nyield B.new, self\nend\nend', 'A.f variable (0) : call(B.new)', 'A.f variable (1) : self');
    has(
      'class A\ndef f\nxs = ys.map { |y| B.new(y) }\nend\nend',
      'A.f variable xs = first(call(call(self.ys).map), Array[call(B.new)])',
    );
  });

  it('are told by tests and comments', () => {
    inMethod('case p when B, C then p.g end', 'A.f call instance(either(B, C)).g');
    inMethod('if p.is_a?(B) then p.g else p.h end', 'A.f call instance(B).g', 'A.f call p.h');
    inMethod('p.is_a?(B) && p.g', 'A.f call instance(B).g');
    inMethod('begin\nrescue B, C => e\ne.g\nend', 'A.f variable e = instance(either(B, C))');
    has(
      'class A\n# @param p [B::C]\n# @return [Array<D>, nil]\ndef f(p); end\nend',
      'A.f parameter p : B.C',
      'A.f → instance(Array<D>)',
    );
    hasNot('class A\n# @param p [B, C]\ndef f(p); end\nend', 'A.f parameter p : B');
  });

  it('of specifications are names in what is below', () => {
    has('describe "a" do\nlet(:x) { B.new }\nit { x.f }\nend', 'block variable x = call(B.new)', 'file call x.f');
  });
});
