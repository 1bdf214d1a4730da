/** What PHP's rules say of members: capitals, traits and their adaptations, `parent`, methods that stand in for missing ones. */
import { describe, expect, it } from 'vitest';
import { edgesOf, makeGraph } from '../../../test/graphs.ts';

/** Calls out of `from` (default: the method `f` of class `A`) in one file, as `target state rule` without the path. */
async function check(source: string, expected: readonly string[], from = 'a.php:A.f'): Promise<void> {
  const { graph } = await makeGraph({ 'a.php': `<?php\n${source}\n` });
  expect(edgesOf(graph, from).map((line) => line.replace(/^a\.php:/, ''))).toEqual(expected);
}

describe('capitals', () => {
  it('do not count in names of classes, methods and functions', () =>
    check(
      'namespace N; class FOO extends base { function Bar() {} static function OF() {} } class Base { function up() {} }\nfunction Help() {}\nclass A { function f(foo $x) { new foO; $x->bar(); Foo::of(); HELP(); \\n\\help(); SELF::G(); $x->UP(); parent::__CONSTRUCT(); } static function g() {} }',
      [
        'FOO resolved scope',
        'FOO.Bar resolved annotation',
        'FOO.OF resolved member',
        'Help resolved scope',
        'Help resolved scope',
        'A.g resolved self',
        'Base.up resolved annotation',
      ],
    ));

  it('do not count in what is imported, in other files either', async () => {
    const { graph } = await makeGraph({
      'a.php':
        '<?php\nnamespace N;\nuse m\\FOO; use function M\\Help; use M\\Foo as Other;\nfunction f() { new foo; help(); OTHER::of(); new \\m\\foo(); }\n',
      'src/M/Foo.php': '<?php\nnamespace M;\nclass Foo { function __Construct() {} static function of() {} }\n',
      'src/help.php': '<?php\nnamespace m;\nfunction help() {}\n',
    });
    expect(edgesOf(graph, 'a.php:f')).toEqual([
      'src/M/Foo.php:Foo resolved import',
      'src/M/Foo.php:Foo.__Construct resolved constructor',
      'src/help.php:help resolved import',
      'src/M/Foo.php:Foo.of resolved member',
      'src/M/Foo.php:Foo resolved import',
      'src/M/Foo.php:Foo.__Construct resolved constructor',
    ]);
    expect(edgesOf(graph, 'a.php', 'imports')).toEqual([
      'src/M/Foo.php resolved import',
      'src/M/Foo.php:Foo resolved import',
      'src/help.php resolved import',
      'src/help.php:help resolved import',
      'src/M/Foo.php resolved import',
      'src/M/Foo.php:Foo resolved import',
    ]);
  });

  it('count in names of constants, properties and variables', async () => {
    const { graph } = await makeGraph({
      'a.php':
        '<?php\nconst Limit = 1;\nclass B { const X = 1; public $p; function go() {} }\nclass A { private B $b; function f() { echo LIMIT, Limit, B::x, B::X; $this->B->go(); $this->b->go(); } }\n',
    });
    expect(edgesOf(graph, 'a.php:A.f', 'uses')).toEqual([
      'a.php:Limit resolved scope',
      'a.php:B resolved scope',
      'a.php:B resolved scope',
      'a.php:B.X resolved member',
      'a.php:A.b resolved self',
    ]);
    expect(edgesOf(graph, 'a.php:A.f')).toContain('a.php:B.go resolved annotation');
  });

  it('do not bring together what is of different kinds', () =>
    check(
      'class Point { const at = 1; function at() {} } function point() {} const point = 2;\nclass A { function f() { new Point; point(); (new Point)->at(); echo Point::at, point; } }',
      ['Point resolved scope', 'point resolved scope', 'Point resolved scope', 'Point.at resolved constructor'],
    ));

  it('do not count for what a name alone may mean', async () => {
    const files = {
      'a.php': '<?php\nclass Order { function place() {} }\nfunction f($x) { $x->PLACE(); $x->order(); }\n',
    };
    const { graph } = await makeGraph(files);
    expect(edgesOf(graph, 'a.php:f')).toEqual(['a.php:Order.place ambiguous unique-name']);
    expect(graph.unresolvedCalls('place').ambiguous).toBe(1);
  });
});

describe('`parent`', () => {
  const classes =
    'trait T { function m() {} } trait U { function m() {} function u() {} } class P { use U; function own() {} function __construct() {} }\n';

  it('passes over the traits of the class itself', () =>
    check(
      `${classes}class A extends P { use T; function f() { parent::m(); parent::own(); parent::u(); $this->m(); } }`,
      ['U.m resolved super', 'P.own resolved super', 'U.u resolved super', 'T.m resolved self'],
    ));

  it('has a trait that the parent uses as well', () =>
    check(`${classes}class A extends P { use U; function f() { parent::m(); parent::__construct(); } }`, [
      'U.m resolved super',
      'P.__construct resolved super',
    ]));

  it('keeps the class for what is static', () =>
    check(
      'class P { static function make(): static { return new static; } } class A extends P { function f() { parent::make()->own(); } function own() {} }',
      ['P.make resolved super', 'A.own resolved result'],
    ));

  it('of a trait is not known, of a class without a name is', () =>
    check(
      `${classes}trait A { function f() { parent::own(); parent::lost(); $o = new class extends P { use T; function g() { parent::m(); } }; } }`,
      ['P.own ambiguous unique-name', 'P.__construct resolved annotation'],
    ));

  it('of a class without a name passes over its own traits', () =>
    check(
      `${classes}$o = new class extends P { use T; function g() { parent::m(); $this->m(); } };`,
      ['U.m resolved annotation', 'T.m resolved annotation'],
      'a.php:g',
    ));
});

describe('what a class changes in its traits', () => {
  const traits =
    'trait T { function hi() {} function both() {} } trait U { function hi() {} function both() {} function only() {} }\n';

  it('chooses with `insteadof` and renames with `as`', () =>
    check(
      `${traits}class A { use T, U { T::hi insteadof U; U::hi as bhi; U::both insteadof T; only as protected Renamed; both as private; }\nfunction f() { $this->hi(); $this->bhi(); $this->both(); $this->renamed(); $this->only(); } }\nclass B extends A { function g() { parent::both(); $this->BHI(); } }`,
      [
        'T.hi resolved self',
        'U.hi resolved self',
        'U.both resolved self',
        'U.only resolved self',
        'U.only resolved self',
      ],
    ));

  it('holds for classes that inherit', () =>
    check(
      `${traits}class B { use T, U { U::hi insteadof T; T::hi as thi; } } class A extends B { function f(B $b) { parent::hi(); $this->thi(); $b->hi(); } }`,
      ['U.hi resolved super', 'T.hi resolved self', 'U.hi resolved annotation'],
    ));

  it('stands behind what the class has itself', () =>
    check(
      `${traits}class A { use T, U { T::hi insteadof U; T::both as hi; } function hi() {} function f() { $this->hi(); } }`,
      ['A.hi resolved self'],
    ));

  it('gives what is static of the class', () =>
    check(
      'trait T { static function make(): static {} function chain() { return $this; } } class A { use T { make as build; chain as go; } function own() {} function f() { self::build()->own(); $this->go()->own(); } }',
      ['T.make resolved self', 'A.own resolved result', 'T.chain resolved self', 'A.own resolved result'],
    ));

  it('holds in classes without a name', () =>
    check(
      `${traits}$o = new class { use T, U { U::hi insteadof T; T::hi as x; } }; $o->hi(); $o->x();`,
      ['U.hi resolved member', 'T.hi resolved member'],
      'a.php',
    ));
});

describe('methods that stand in', () => {
  const magic =
    'class Up { function __call($n, $a): Up {} static function __callStatic($n, $a) {} function real() {} } class M extends Up { static function s() {} }\n';

  it('are called for methods that a known class is without', () =>
    check(
      `${magic}class A { function f(M $m) { $m->lost(); $m->real(); M::lost(); M::s(); (new M)->lost(1); (new class extends M { })->lost(); $m?->lost()->real(); } }`,
      [
        'Up.__call resolved annotation',
        'Up.real resolved annotation',
        'Up.__callStatic resolved member',
        'M.s resolved member',
        'M resolved scope',
        'Up.__call resolved constructor',
        'Up.__call resolved annotation',
        'Up.__call resolved annotation',
        'Up.real resolved result',
      ],
    ));

  it('are those of the object where the class is named inside of a method', async () => {
    await check(
      `${magic}class A extends M { function f() { self::lost(); static::lost(); parent::lost(); $this->lost(); } }`,
      ['self', 'self', 'super', 'self'].map((rule) => `Up.__call resolved ${rule}`),
    );
    await check(
      `${magic}class A extends M { static function f() { self::lost(); M::lost(); static fn() => static::lost(); } }`,
      ['self', 'member', 'self'].map((rule) => `Up.__callStatic resolved ${rule}`),
    );
  });

  it('are called for methods that only a comment tells of, which says what comes back', () =>
    check(
      `${magic}/** @method B told() */ class C extends Up {} class B { function b() {} }\nclass A { function f(C $c) { $c->told()->b(); } }`,
      ['Up.__call resolved annotation', 'B.b resolved annotation'],
    ));

  it('are no more than likely where something else may have the method', () =>
    check(
      `${magic}class O extends \\Lib\\Other { function __call($n, $a) {} }\nclass A { function f($x, O $o) { $x = $x ?: new M; $x->lost(); $o->lost(); } }`,
      ['M resolved scope', 'Up.__call ambiguous constructor'],
    ));

  it('are called for properties that are read, set, asked for and taken away', () =>
    check(
      'class M { public $own; private $hidden; function __get($n): B {} function __set($n, $v) {} function __isset($n) {} function __unset($n) {} function g() { $this->hidden; } } class B { function b() {} }\nclass A { function f(M $m) { $m->own = $m->own; $m->x; $m->y = 1; isset($m->z); unset($m->z); $m->v .= "a"; $m->w->b(); $m->hidden; } }',
      [
        'M.__get resolved annotation',
        'M.__set resolved annotation',
        'M.__isset resolved annotation',
        'M.__unset resolved annotation',
        'M.__set resolved annotation',
        'M.__get resolved annotation',
        'B.b resolved result',
        'M.__get resolved annotation',
      ],
    ));

  it('are called for properties that only a comment tells of, which says what they hold', () =>
    check(
      '/** @property B $told */ class M { function __get($n) {} function __construct() { $this->made = 1; } } class B { function b() {} }\nclass A { function f(M $m) { $m->told->b(); $m->made; } }',
      ['M.__get resolved annotation', 'B.b resolved annotation'],
    ));

  it('are left out where one of several classes has the property, and last where one has the method', () =>
    check(
      'class M { function __get($n) {} function __call($n, $a) {} } class N extends M { public $p; function m() {} }\nclass A { function f(M|N $x, $y) { $x->p; $x->m(); $y = $y ?: new M; $y->q; } }',
      [
        'N.m ambiguous annotation',
        'M.__call ambiguous annotation 1',
        'M resolved scope',
        'M.__get ambiguous constructor',
      ],
    ));

  it('are called where an object becomes text', () =>
    check(
      'class M { function __toString() {} }\nclass A { private M $m; function f(M $m, string $s, B $b) { echo $m, $s; print $m; "a $m {$this->m} $s"; $s . $m . $b; $s .= $m; (string) $m; } } class B {}',
      Array(7).fill('M.__toString resolved annotation'),
    ));
});

it('does not take what is called by a text or an array for a function of the language', async () => {
  const { graph } = await makeGraph({
    'a.php':
      '<?php\nclass A { function __construct(private $b = new B) {} function f() { $c = "A"; new $c; $g = "trim"; $g(); $h = [$this, "f"]; $h(); $this->b->b(); } }\nclass B { function b() {} }\n',
  });
  expect(graph.statistics()[0]).toMatchObject({ callSites: 5, external: 0, unknown: 3 });
  expect(edgesOf(graph, 'a.php:A.f')).toEqual(['a.php:B.b ambiguous constructor']);
});

describe('a method that a known class is without', () => {
  const other = 'class Other { function lost() {} static function gone() {} }\n';

  it('is nobody else’s of that name', async () => {
    const { graph } = await makeGraph({
      'a.php': `<?php\n${other}class B {} enum E { case X; }\nclass A extends B { function f(B $b, E $e, ?B $n, $any) { $b->lost(); E::gone(); $e->lost(); $this->lost(); parent::lost(); $n?->lost(); (new class extends B {})->lost(); (new B)->lost(); $any->lost(); } }\n`,
    });
    expect(edgesOf(graph, 'a.php:A.f')).toEqual(['a.php:B resolved scope', 'a.php:Other.lost ambiguous unique-name']);
    expect(graph.unresolvedCalls('lost')).toEqual({ external: 0, unknown: 7, ambiguous: 1 });
  });

  it('may be of a class that inherits from it', () =>
    check(
      `${other}class A { function f(A $a) { $this->lost(); $a->lost(); static::made(); } } class B extends A { function lost() {} static function made() {} }`,
      ['B.lost resolved self', 'B.lost ambiguous annotation', 'B.made resolved self'],
    ));

  it('may be of a class that uses the trait', async () => {
    await check(
      'trait A { function f() { $this->own(); $this->up(); $this->stray(); } } class P { function up() {} } class B extends P { use A; function own() {} } class C { function stray() {} }',
      ['B.own resolved self', 'P.up ambiguous unique-name', 'C.stray ambiguous unique-name'],
    );
  });

  it('leaves those of several classes that have it', () =>
    check(
      `${other}class B { function own() {} } class C {} class A { function f(B|C $x, B|C|Other $y, B|string $z, C|null $n) { $x->own(); $y->lost(); $z->own(); $n->own(); $w = $GLOBALS['x'] ?? new B; $w->own(); } }`,
      [
        'B.own resolved annotation',
        'Other.lost resolved annotation',
        'B.own resolved annotation',
        'B resolved scope',
        'B.own ambiguous constructor',
      ],
    ));

  it('is not known where a base is not', () =>
    check(`${other}class A extends B { function f() { $this->lost(); } }`, []));
});
