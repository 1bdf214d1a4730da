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
