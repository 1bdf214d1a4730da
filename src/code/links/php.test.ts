import { describe, expect, it } from 'vitest';
import { linkedIn } from '../../../test/links.ts';
import { useLines } from './conformance.ts';

const { has, hasNot, linesOf, linksOf } = linkedIn('php')('a.php', '<?php\n');

/** As `has`, of statements in a function `f`. */
const inFunction = (statements: string, ...expected: string[]): void =>
  has(`function f() { ${statements} }`, ...expected);

describe('names', () => {
  it('are whole, by namespace and by use', () => {
    has('namespace N\\M; class A {}', 'file symbol \\N\\M\\A');
    has(
      'namespace N; new A; new \\A; new B\\A; new namespace\\A;',
      'file call \\N\\A',
      'file call \\A',
      'file call \\N\\B\\A',
    );
    has(
      'use X\\Y; use X\\Z as W; new Y; new Y\\V; new W;',
      'file call \\X\\Y',
      'file call \\X\\Y\\V',
      'file call \\X\\Z',
    );
    has(
      'namespace A { class X {} new Y; } namespace B { class X {} new Y; }',
      'file symbol \\A\\X',
      'file symbol \\B\\X',
      'file call \\A\\Y',
      'file call \\B\\Y',
    );
    expect(linksOf('namespace N\\M; class A {}').links.package).toBe('N\\M');
    expect(linksOf('class A {}').links.package).toBeNull();
  });

  it('of functions and constants may be everybody’s', () => {
    has(
      'namespace N; f(); \\g(); h\\i();',
      'file call function \\N\\\\f',
      'file call function \\g',
      'file call function \\N\\h\\i',
    );
    has(
      'namespace N; use function X\\f; use X\\g; f(); g();',
      'file call function \\X\\f',
      'file call function \\N\\\\g',
    );
    has(
      'namespace N; use const X\\A; echo A . B . \\C;',
      'file use const \\X\\A',
      'file use const \\N\\\\B',
      'file use const \\C',
    );
    has('f(); echo A;', 'file call function \\f', 'file use const \\A');
    hasNot('echo __LINE__;', 'file use const \\__LINE__');
  });

  it('of functions, constants and aliases are bound for all', () => {
    has(
      'namespace N; function f() {} const A = 1, B = f;',
      'file symbol function \\N\\f',
      "file symbol const \\N\\A = 'int'",
    );
    has("define('A', new B);", 'file symbol const \\A = new(\\B)');
    has("class_alias(X\\Y::class, 'Old_Y');", 'file variable \\Old_Y = \\X\\Y');
  });

  it('that are no constants are not used as such', () => {
    const { facts, links } = linksOf('goto a; a: f(b: 1); isset($c); E::{"f"}(); #[G] class H { use I; }');
    expect(useLines(facts, links).filter((line) => line.includes(' use '))).toEqual(['file use \\E']);
  });
});

describe('classes', () => {
  it('have traits before bases before interfaces', () => {
    has('class A extends B implements C, \\D { use E, F; }', 'A(\\E, \\F, \\B, \\C, \\D)');
    has('class A extends B implements C { use E; }', 'A inherit \\B', 'A implement \\C', 'A inherit \\E');
    has('interface A extends B, C {}', 'A(\\B, \\C)');
    has('enum A: string implements B { case X = "x"; }', 'A(\\B)', 'A symbol const \\X : self-type');
  });

  it('have methods, constants and properties apart', () => {
    has(
      'class A { const x = 1; public B $x; function x(): ?C {} static function y() { return new static; } }',
      "A symbol const \\x = 'int'",
      'A symbol $x : \\B',
      'A.x → instance(\\C)',
      'A.y → new(self-type) static',
    );
  });

  it('have properties with the types that they, their comments or their values have', () => {
    has('class A { /** @var B[] */ private array $x; }', 'A symbol $x : \\array<\\B>');
    has(
      'class A { private $x; /** @var B */ private $y; private $z = []; }',
      "A symbol $x = 'null'",
      'A symbol $y : \\B',
      "A symbol $z = 'null'",
    );
    has(
      'class A { private $x; function f(B $b) { $this->x = $b; self::$y[] = new C; } }',
      'A member $x = $b',
      'A member $y = array[new(\\C)]',
    );
    hasNot('class A { function f($o) { $o->x = new B; } }', 'A member $x = new(\\B)');
  });

  it('have properties that constructors make', () => {
    has(
      'class A { function __construct(private B $x, /** @var C[] */ protected array $y = []) {} }',
      'A symbol $x : \\B',
      'A.__construct parameter $x : \\B',
      'A symbol $y : \\array<\\C>',
    );
  });

  it('may read properties through hooks', () => {
    has('class A { public B $x { get => $this->y; } }', 'A.x → instance(\\B) accessor', 'A.x use self.$y');
  });

  it('have what comments say', () => {
    has(
      '/** @method static B make(int $a)\n * @method C[] all()\n * @property-read D $d\n * @mixin E */ class A {}',
      'A variable make = instance(\\callable<\\B>)',
      'A variable all = instance(\\callable<\\array<\\C>>)',
      'A variable $d : \\D',
      'A variable ... = instance(\\E)',
    );
  });

  it('rename methods of traits', () => {
    has(
      'class A { use T, U { T::f insteadof U; U::f as protected g; h as i; } }',
      'A variable use f = \\T.f',
      'A variable use g = \\U.f',
      'A variable use i = first(\\T.h, \\U.h)',
      'A use \\U',
      'A use \\T.f',
    );
  });

  it('without a name have what they are made of mixed in', () => {
    has(
      '$a = new class(1) extends B { function f() { $this->g(); parent::f(); } };',
      'file variable $a = object',
      'class variable ... = instance(\\B)',
      'f call object.g',
      'class variable parent = instance(\\B)',
      'file operate object.__construct',
      'f call parent.f',
    );
  });

  it('name themselves and what they inherit', () => {
    has(
      'class A { function f() { self::g(); static::h(); parent::f(); new self; new static; $this->i(); } }',
      'A.f call self.g',
      'A.f call self.h',
      'A.f call super.f',
      'A.f call self-type',
      'A.f call self.i',
    );
  });
});

describe('parameters and results', () => {
  it('have declared types', () => {
    has(
      'function f(A $a, ?B $b, C|D|null $c, (E&F)|null $d, int $e, G ...$g): static {}',
      'f parameter $a : \\A',
      'f parameter $b : \\B',
      'f parameter $c : either(\\C, \\D)',
      'f parameter $d : first(\\E, \\F)',
      'f parameter $e : \\int',
      'f parameter $g : \\array<\\G>',
    );
    has(
      'class A { function f(): static {} function g(): self {} }',
      'A.f → instance(self-type)',
      'A.g → instance(self-type)',
    );
  });

  it('have documented types where those say more', () => {
    has(
      '/** @param A $a\n * @param B[] $b\n * @param C $c\n * @return list<D> */ function f($a, array $b, E $c) {}',
      'f parameter $a : \\A',
      'f parameter $b : \\array<\\B>',
      'f parameter $c : \\E',
      'f → instance(\\array<\\D>)',
    );
    has('/** @return $this */ function f() {}', 'f');
    has('class A { /** @return $this */ function f() {} }', 'A.f → instance(self-type)');
    has(
      'namespace N; use X\\A; /** @return A|B|\\C|null */ function f() {}',
      'f → instance(either(\\X\\A, \\N\\B, \\C))',
    );
    has('/** @phpstan-return A<B>\n * @return A */ function f() {}', 'f → instance(\\A<\\B>)');
    has('/** @template T of A\n * @param T $x */ function f($x) {}', 'f parameter $x : \\A');
  });

  it('may be anything where nothing is said', () => {
    has(
      'function f($a, array $b, mixed $c, $d = null) {}',
      'f parameter $a',
      'f parameter $b : \\array<?.mixed>',
      'f parameter $c : ?.mixed',
      "f parameter $d = 'null'",
    );
  });

  it('are inferred from what is returned', () => {
    has('function f() { return new A; return g(); }', 'f → new(\\A) | call(function \\g)');
    has('function f(): A { return g(); }', 'f → instance(\\A)');
    hasNot('function f() { $x = function () { return new A; }; }', 'f → new(\\A)');
  });
});

describe('types in comments', () => {
  it.each([
    ['A|null', '\\A'],
    ['?A', '\\A'],
    ['(A|B)[]', '\\array<either(\\A, \\B)>'],
    ['array<string, A>', '\\array<\\A>'],
    ['array<int, array<string, list<A>>>', '\\array<\\array<\\array<\\A>>>'],
    ['array{a: A, b?: B}', '\\array<either(\\A, \\B)>'],
    ['array{\n *   a: A,\n * }', '\\array<\\A>'],
    ['iterable<A>', '\\array<\\A>'],
    ['\\X\\Coll<int, A>', '\\X\\Coll<\\scalar, \\A>'],
    ['callable(A $a, int ...): B', '\\Callable<\\A, \\scalar, \\B>'],
    ['\\Closure', '?.mixed'],
    ['class-string<A>', '?.mixed'],
    ['A::B_*', '?.mixed'],
    ['non-empty-string', '\\scalar'],
    ["'a'|'b'", '\\scalar'],
    ['int<0, max>', '\\scalar'],
    ['A & B', 'first(\\A, \\B)'],
    ['mixed', '?.mixed'],
    ['null', '\\null'],
  ])('%s', (written, expected) =>
    has(`/** @return ${written}  what it is */ function f() {}`, `f → instance(${expected})`),
  );

  it('that are none say nothing', () => {
    for (const written of ['', '(', 'array<', '$x', '<A>', 'A|', '%', '('.repeat(50)]) {
      expect(linesOf(`/** @return ${written} */ function f() { return new A; }`).join()).toContain('new(\\A)');
    }
  });
});

describe('values', () => {
  it('of variables are what is assigned', () => {
    inFunction(
      '$a = new A; $b = clone $a; $c = $d = g();',
      'f variable $a = new(\\A)',
      'f variable $b = $a',
      'f variable $c = call(function \\g)',
      'f variable $d = call(function \\g)',
    );
    inFunction(
      '$a = $x ?: new A; $b = $x ?? g(); $c ??= new C; $d = $x ? new A : null;',
      'f variable $a = either($x, new(\\A))',
      'f variable $b = either($x, call(function \\g))',
      'f variable $c = new(\\C)',
      "f variable $d = either(new(\\A), 'null')",
    );
    inFunction('$a = match ($x) { 1 => new A, default => new B };', 'f variable $a = either(new(\\A), new(\\B))');
    inFunction(
      '$a = $x instanceof A; $b = 1 + 2; $c = "x"; $d = $x . $y;',
      "f variable $a = 'bool'",
      "f variable $b = 'int'",
      "f variable $c = 'string'",
      "f variable $d = 'string'",
    );
  });

  it('are taken apart and put together', () => {
    inFunction(
      '[$a, [, $b], "k" => $c] = g();',
      'f variable $a = subscript 0(call(function \\g))',
      'f variable $b = subscript 1(subscript 1(call(function \\g)))',
      'f variable $c = subscript(call(function \\g))',
    );
    inFunction('list($a, $b) = [new A, new B];', 'f variable $a = subscript 0(array[new(\\A), new(\\B)])');
    inFunction(
      '$a = ["x" => new A, ...$b]; $c = $a["x"]; $a[] = new C; array_push($a, new D);',
      'f variable $a = array[new(\\A), iterate($b)]',
      'f variable $c = subscript($a)',
      'f variable $a = array[new(\\C)]',
      'f variable $a = array[new(\\D)]',
    );
    inFunction(
      'foreach ($xs as $k => &$v) {} foreach (g() as [$a]) {}',
      'f variable $v = iterate($xs)',
      'f variable $a = subscript 0(iterate(call(function \\g)))',
    );
  });

  it('of exceptions, statics and globals are known', () => {
    inFunction(
      'try {} catch (A | B $e) {} static $s = new C; global $g;',
      'f variable $e : either(\\A, \\B)',
      'f variable $s = new(\\C)',
      'f variable $g = $g',
    );
  });

  it('are told by comments', () => {
    inFunction(
      '/** @var A $x */ $x = g(); /** @var B */ $y = g(); /** @var $z C */ foreach ($zs as $z) {}',
      'f variable $x = instance(\\A)',
      'f variable $y = instance(\\B)',
      'f variable $z = instance(\\C)',
    );
    inFunction(
      '$x = g(); if ($y) { /** @var A $x */ $x->a(); } else { /** @var B $x */ h(); $x->b(); $x = i(); $x->c(); }',
      'f call instance(\\A).a',
      'f call instance(\\B).b',
      'f call $x.c',
    );
    has('/** @var A $x */ function f() { $x->a(); }', 'file variable $x : \\A', 'f call $x.a');
    has('/** @var A $this */ ?><b><?= $this->a() ?></b>', 'file call instance(\\A).a');
  });

  it('are chains, static properties, constants and class names', () => {
    inFunction(
      '$a = A::b()->c?->d()[0]; $b = A::$c; $c = A::C; $d = A::class; new $d; $e = $d::make();',
      'f variable $a = subscript 0(call(call(\\A.b).$c.d))',
      'f variable $b = \\A.$c',
      'f variable $c = \\A.const \\C',
      'f variable $d = \\A',
      'f call $d',
      'f variable $e = call($d.make)',
    );
  });

  it('of functions are what calling them gives', () => {
    inFunction(
      '$a = fn($x) => new A; $b = function (): B {}; $c = g(...); $d = $this->h(...); $e = $a();',
      'f variable $a = closure[new(\\A)]',
      'f variable $b = closure[instance(\\B)]',
      'f variable $c = function \\g',
      'f variable $e = call($a)',
    );
    hasNot('$c = g(...);', 'file call \\g');
    has('$c = g(...);', 'file use function \\g');
  });

  it('of functions of the language are known', () => {
    inFunction(
      '$a = array_filter($xs); $b = end($xs); $c = array_map(fn($x) => $x->y(), $xs);',
      'f variable $a = first(array[iterate($xs)], call(function \\array_filter))',
      'f variable $b = first(iterate($xs), call(function \\end))',
      'function variable $x = iterate($xs)',
      'f call $x.y',
    );
    inFunction('usort($xs, function ($a, $b) { $b->c(); });', 'function variable $b = iterate($xs)');
    has(
      'class T { function f() { $m = $this->createMock(A::class); $b = $c->getMockBuilder("X\\\\B")->disable()->getMock(); } }',
      'T.f variable $m = first(call(self.createMock), instance(\\A))',
      'T.f variable $b = first(call(call(call($c.getMockBuilder).disable).getMock), instance(\\X\\B))',
    );
  });
});

describe('tests of a type', () => {
  it('count where they hold', () => {
    inFunction('if ($x instanceof A) { $x->a(); } $x->b();', 'f call instance(\\A).a', 'f call $x.b');
    inFunction('if (!$x instanceof A) { throw new E; } $x->b();', 'f call instance(\\A).b');
    inFunction('if (!($x instanceof A)) return; $x->b();', 'f call instance(\\A).b');
    inFunction(
      'if ($x instanceof A) {} elseif ($x instanceof B) { $x->a(); } else { $x->b(); }',
      'f call instance(\\B).a',
      'f call $x.b',
    );
    inFunction('return $x instanceof A && $x->a() || $x->b();', 'f call instance(\\A).a', 'f call $x.b');
    inFunction('return $this->x instanceof A ? $this->x->a() : null;', 'f call instance(\\A).a');
    inFunction(
      'return match (true) { $x instanceof A => $x->a(), default => $x->b() };',
      'f call instance(\\A).a',
      'f call $x.b',
    );
    inFunction('if ($x instanceof A || $x instanceof B) $x->a();', 'f call either(instance(\\A), instance(\\B)).a');
    inFunction(
      'if (is_a($x, A::class)) $x->a(); assert($y instanceof B); $y->b();',
      'f call instance(\\A).a',
      'f call instance(\\B).b',
    );
    inFunction('if (($x = g()) instanceof A) $x->a();', 'f call instance(\\A).a');
  });

  it('end with an assignment', () => {
    inFunction('if ($x instanceof A) { $x = $x->a(); $x->b(); }', 'f call instance(\\A).a', 'f call $x.b');
  });
});

describe('uses', () => {
  it('are calls, types, members and attributes', () => {
    has('#[A(B::C)] class X { public D $d; }', 'X decorate \\A', 'X use \\B', 'X use \\B.const \\C', 'X.d type \\D');
    inFunction('$x = $this->y; A::$b = 1; if ($x instanceof A) {}', 'f use \\A', 'f use \\A.$b', 'f type \\A');
    has('class X { private $y; function f() { $this->y; } }', 'X.f use self.$y');
  });

  it('of callables are by name', () => {
    has(
      'class X { function f() { usort($a, [$this, "g"]); array_map("trim", $a); call_user_func("X\\\\Y::z"); } }',
      'X.f use self.g',
      'X.f use function \\trim',
      'X.f use \\X\\Y.z',
    );
    inFunction('$a = [A::class, "m"]; $b = [1, "x"]; $c = ["a", "b"]; $this->x("trim");', 'f use \\A.m');
    hasNot('$c->x("trim");', 'file use function \\trim');
  });

  it('are what the language itself calls of objects', () => {
    inFunction(
      '$b = clone $a; foreach ($a as $c) {} (string) $a; count($a);',
      'f operate $a.__clone',
      'f operate $a.getIterator',
      'f operate $a.current',
      'f operate $a.__toString',
      'f operate $a.count',
    );
  });

  it('is asked of what becomes text', () => {
    inFunction(
      'echo $a, 1; print $b; "x $c {$d->e}"; $f . "x" . $g; $h .= $i; "x"; (int) $j;',
      ...['$a', '$b', '$c', '$d.$e', '$f', '$g', '$i'].map((object) => `f operate ${object}.__toString`),
    );
    hasNot('function f() { (int) $j; }', 'f operate $j.__toString');
  });

  it('says what is done to a property', () =>
    inFunction(
      '$a->b = $a->c; $a->d += 1; isset($a->e, $x); unset($a->f, $y); $a->g[] = 1; h($a->i);',
      'f use $a.$b=',
      'f use $a.$c',
      'f use $a.$d=',
      'f use $a.$e?',
      'f use $a.$f!',
      'f use $a.$g',
      'f use $a.$i',
    ));

  it('of what is put together while running are calls of something unknown', () => {
    has(
      '$this->$m(); $o->{"a" . $b}(); $f(); ($g)(); A::$m(); new $c; $o->{"x"}();',
      'file call ?.$m',
      'file call $f',
      'file call $g',
      'file call $c',
      'file call $o.x',
    );
  });
});
