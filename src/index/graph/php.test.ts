/** What PHP's rules lead to, one rule after the other. */
import { describe, expect, it, test } from 'vitest';
import { expectFollowed, type Variants } from '../../../test/changing-trees.ts';
import { describeGraph, edgesOf, makeGraph } from '../../../test/graphs.ts';

type Files = Readonly<Record<string, string>>;

/** Edges out of `from`, as `target state rule`. */
async function check(
  files: Files,
  from: string,
  expected: readonly string[],
  kind: 'calls' | 'uses' | 'overrides' | 'imports' | 'inherits' | 'implements' | 'tests' = 'calls',
): Promise<void> {
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, from, kind)).toEqual(expected);
}

/** Calls out of the method `f` of a class `A` in namespace `N`. */
const inside = (members: string, expected: readonly string[], more: Files = {}): Promise<void> =>
  check(
    { 'src/A.php': `<?php\nnamespace N;\nuse M\\Foo;\nclass A extends Base { ${members} }\n`, ...more },
    'src/A.php:A.f',
    expected,
  );

const foo = {
  'src/Foo.php':
    '<?php\nnamespace M;\nclass Foo { public $next; public function __construct() {} public function bar(): self {} public static function of(): static {} const X = 1; }\n',
};
const bar = 'src/Foo.php:Foo.bar resolved';

describe('names lead', () => {
  it('to classes by namespace and import, wherever they lie', () =>
    check(
      {
        'a.php':
          '<?php\nnamespace N;\nuse M\\Foo; use M\\Two as Zwei;\nfunction f() { new Foo; new \\M\\Foo; Foo::of(); new Zwei; new Near; new Foo\\Deep; new \\Top; new Nowhere; }\n',
        ...foo,
        'lib/many.php': '<?php\nnamespace M;\nclass Two {}\nclass Three {}\n',
        'b.inc':
          '<?php\nnamespace N { class Near {} } namespace M\\Foo { class Deep {} } namespace { class Top {} class Near {} }\n',
      },
      'a.php:f',
      [
        'src/Foo.php:Foo resolved import',
        'src/Foo.php:Foo.__construct resolved constructor',
        'src/Foo.php:Foo resolved import',
        'src/Foo.php:Foo.__construct resolved constructor',
        'src/Foo.php:Foo.of resolved member',
        'lib/many.php:Two resolved import',
        'b.inc:Near resolved import',
        'b.inc:Deep resolved import',
        'b.inc:Top resolved import',
      ],
    ));

  it('to functions of the namespace before those of all', () =>
    check(
      {
        'a.php':
          '<?php\nnamespace N;\nuse function M\\h; use function M\\{k as l};\nfunction f() { g(); here(); top(); \\g(); h(); l(); strlen(1); N\\x(); }\nfunction here() {}\n',
        'b.php': '<?php\nnamespace N;\nfunction g() {}\n',
        'c.php': '<?php\nfunction g() {}\nfunction top() {}\nfunction here() {}\n',
        'd.php': '<?php\nnamespace M;\nfunction h() {}\nfunction k() {}\n',
      },
      'a.php:f',
      [
        'b.php:g resolved import',
        'a.php:here resolved scope',
        'c.php:top resolved import',
        'c.php:g resolved import',
        'd.php:h resolved import',
        'd.php:k resolved import',
      ],
    ));

  it('out of the repository where it has none', async () => {
    const { graph } = await makeGraph({
      'a.php':
        '<?php\nnamespace N;\nclass A extends \\Lib\\B { function f($x) { strlen(1); new \\DateTime; $this->g(); Other::h(); $x->i(); $x(); $this->$x(); } }\n',
    });
    expect(graph.statistics().map(({ external, unknown, callSites }) => [external, unknown, callSites])).toEqual([
      [4, 3, 7],
    ]);
  });

  it('to classes by the other names that they are given', () =>
    check(
      {
        'a.php': '<?php\nfunction f() { new Old_Foo; (new \\Older\\Foo)->bar(); }\n',
        'src/Foo.php':
          "<?php\nnamespace M;\nclass Foo { function bar() {} }\nclass_alias(Foo::class, 'Old_Foo');\n\\class_alias('M\\Foo', 'Older\\\\Foo');\n",
      },
      'a.php:f',
      ['src/Foo.php:Foo resolved scope', 'src/Foo.php:Foo resolved scope', 'src/Foo.php:Foo.bar resolved constructor'],
    ));

  it('to the likeliest of several files: as PSR-4 lays them out, no tests', () =>
    check(
      {
        'a.php': '<?php\nnamespace N;\nfunction f() { new Foo; new Old; }\n',
        'src/N/Foo.php': '<?php\nnamespace N;\nclass Foo {}\n',
        'stubs/all.php': '<?php\nnamespace N;\nclass Foo {}\n',
        'src/v1/old.php': '<?php\nnamespace N;\nclass Old {}\n',
        'src/v2/old.php': '<?php\nnamespace N;\nclass Old {}\n',
        'tests/N/Old.php': '<?php\nnamespace N;\nclass Old {}\n',
      },
      'a.php:f',
      [
        'src/N/Foo.php:Foo resolved import',
        'src/v1/old.php:Old ambiguous import',
        'src/v2/old.php:Old ambiguous import 1',
      ],
    ));
});

it('finds a class among a hundred of its name by what the file is called', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [
      `t/${at}.phpt`,
      `<?php class Foo { function f() { g(); } } function g() {}\n`,
    ]),
  );
  const files = {
    ...many,
    'src/Foo.php': '<?php\nclass Foo {}\n',
    'src/a.php': '<?php\nfunction f() { new Foo; g(); }\n',
  };
  await check(files, 'src/a.php:f', ['src/Foo.php:Foo resolved import']);
  await check(files, 't/7.phpt:Foo.f', ['t/7.phpt:g resolved scope']);
});

describe('members are found', () => {
  const base = {
    'src/Base.php':
      '<?php\nnamespace N;\nabstract class Base { function g() {} static function s() {} abstract function t(); }\n',
    'src/T.php': '<?php\nnamespace N;\ntrait T { function g() { $this->h(); } private function h() {} }\n',
  };

  it('in the class, its traits and its bases', () =>
    inside(
      'use T; function f() { $this->g(); self::s(); parent::g(); static::own(); $this->t(); } static function own() {}',
      [
        'src/T.php:T.g resolved self',
        'src/Base.php:Base.s resolved self',
        'src/Base.php:Base.g resolved super',
        'src/A.php:A.own resolved self',
        'src/Base.php:Base.t resolved self',
      ],
      base,
    ));

  it('before those that a trait only asks for', () =>
    check(
      {
        'a.php':
          '<?php\ntrait T { abstract function g(); abstract function h(); function own() { $this->g(); } }\nclass B { function g() {} }\nclass A extends B { use T; function f() { $this->g(); $this->h(); } }\n',
      },
      'a.php:A.f',
      ['a.php:B.g resolved self', 'a.php:T.h resolved self'],
    ));

  it('behind facades, where their comments say whose they are', () =>
    check(
      {
        'a.php':
          '<?php\nuse App\\Facades\\Route;\nfunction f() { Route::get("/")->name("x"); Route::lost(); Route::real(); }\n',
        'Route.php':
          '<?php\nnamespace App\\Facades;\n/**\n * @method static \\App\\Registrar get(string $uri)\n * @method static \\App\\Registrar lost()\n * @see \\App\\Router\n */\nclass Route extends Facade { static function real() {} }\n',
        'Router.php':
          '<?php\nnamespace App;\nclass Router { function get(string $uri): Registrar {} }\nclass Registrar { function name() {} }\n',
      },
      'a.php:f',
      [
        'Router.php:Router.get resolved annotation',
        'Router.php:Registrar.name resolved result',
        'Route.php:Route.real resolved member',
      ],
    ));

  it('by renamed names of traits', () =>
    inside('use T { g as protected k; } function f() { $this->k(); }', ['src/T.php:T.g resolved self'], base));

  it('in classes without a name', () =>
    check(
      {
        'a.php':
          '<?php\nfunction f() { $o = new class extends B { function h() {} }; $o->h(); $o->g(); }\nclass B { function g() {} }\n',
      },
      'a.php:f',
      ['a.php:f.h resolved member', 'a.php:B.g resolved annotation'],
    ));

  it('of enumerations', () =>
    check(
      {
        'a.php':
          '<?php\nenum E: string { case A = "a"; function g() {} static function s(): self {} }\nfunction f(E $e) { E::A->g(); E::s()->g(); E::from("a")->g(); foreach (E::cases() as $c) $c->g(); $e->g(); }\n',
      },
      'a.php:f',
      [
        'a.php:E.g resolved member',
        'a.php:E.s resolved member',
        'a.php:E.g resolved result',
        ...Array(3).fill('a.php:E.g resolved annotation'),
      ],
    ));
});

describe('values have types', () => {
  it('of declarations, comments and what is assigned', () =>
    inside(
      '/** @var Foo */ private $a; private ?Foo $b; private $c; /** @var Foo[] */ private array $d = [];\n' +
        'function __construct(private Foo $e) { $this->c = new Foo; }\n' +
        'function f(Foo $p, $q, Foo ...$r) { $this->a->bar(); $this->b?->bar(); $this->c->bar(); $this->d[0]->bar(); $this->e->bar(); $p->bar()->bar();\n' +
        'foreach ($r as $x) $x->bar(); /** @var Foo $y */ $y = g(); $y->bar(); $z = clone $p; $z->bar(); }',
      [
        `${bar} annotation`,
        `${bar} annotation`,
        `${bar} constructor`,
        `${bar} annotation`,
        `${bar} annotation`,
        `${bar} annotation`,
        `${bar} result`,
        `${bar} annotation`,
        `${bar} annotation`,
        `${bar} annotation`,
      ],
      foo,
    ));

  it('of results, through what they are called on', () =>
    check(
      {
        'a.php':
          '<?php\nclass B { /** @return static */ function with() { return $this; } function plain() { return new C; } static function make(): static {} }\nclass D extends B { function own() {} }\nclass C { function c() {} }\nfunction f(D $d) { $d->with()->own(); D::make()->own(); $d->plain()->c(); }\n',
      },
      'a.php:f',
      [
        'a.php:B.with resolved annotation',
        'a.php:D.own resolved result',
        'a.php:B.make resolved member',
        'a.php:D.own resolved result',
        'a.php:B.plain resolved annotation',
        'a.php:C.c resolved result',
      ],
    ));

  it('of elements, closures and what functions of the language pass on', () =>
    inside(
      '/** @param array<string, Foo> $m */ function f(array $m) { end($m)->bar(); array_map(fn($x) => $x->bar(), $m); foreach (array_filter($m) as $y) $y->bar(); $g = fn() => new Foo; $g()->bar(); [$a] = [Foo::of()]; $a->bar(); }',
      [
        `${bar} annotation`,
        `${bar} annotation`,
        `${bar} annotation`,
        'src/Foo.php:Foo resolved import',
        'src/Foo.php:Foo.__construct resolved constructor',
        `${bar} constructor`,
        'src/Foo.php:Foo.of resolved member',
        `${bar} result`,
      ],
      foo,
    ));

  it('of what a test says, a mock is made of, and a class name stands for', () =>
    inside(
      'function f($x) { if ($x instanceof Foo) { $x->bar(); } $this->createMock(Foo::class)->bar(); $c = Foo::class; (new $c)->bar(); $c::of(); }',
      [
        `${bar} annotation`,
        `${bar} annotation`,
        'src/Foo.php:Foo resolved import',
        'src/Foo.php:Foo.__construct resolved constructor',
        `${bar} constructor`,
        'src/Foo.php:Foo.of resolved member',
      ],
      foo,
    ));

  it('of objects that are iterated and indexed', () =>
    check(
      {
        'a.php':
          '<?php\nclass It implements IteratorAggregate, ArrayAccess { function getIterator(): Inner {} function offsetGet($k): Foo {} }\nclass Inner { function current(): Foo {} }\nclass Foo { function bar() {} }\nfunction f(It $i) { foreach ($i as $x) $x->bar(); $i["a"]->bar(); }\n',
      },
      'a.php:f',
      ['a.php:It.getIterator resolved annotation', 'a.php:Foo.bar resolved result', 'a.php:Foo.bar resolved result'],
    ));

  it('of objects that are called', () =>
    check(
      {
        'a.php':
          '<?php\nclass A { function __invoke(): B {} }\nclass B { function b() {} }\nfunction f(A $a) { $a()->b(); }\n',
      },
      'a.php:f',
      ['a.php:A.__invoke resolved annotation', 'a.php:B.b resolved result'],
    ));
});

describe('other edges', () => {
  const files = {
    'src/I.php': '<?php\nnamespace N;\ninterface I { function f(); }\n',
    'src/B.php': '<?php\nnamespace N;\nabstract class B { function g() {} }\n',
    'src/T.php': '<?php\nnamespace N;\ntrait T { function h() {} }\n',
    'src/A.php':
      "<?php\nnamespace N;\nrequire __DIR__ . '/help.php';\nclass A extends B implements I { use T; const X = 1; function f() { return [$this, 'g']; } function g() { return self::X; } function h() {} }\n",
    'src/help.php': '<?php\nfunction help() {}\n',
    'src/user.php':
      "<?php\nuse N\\A;\nuse N\\Missing;\nuse function help;\nusort($x, [A::class, 'g']); call_user_func('N\\A::h'); echo A::X;\n",
    'tests/ATest.php':
      '<?php\nnamespace N\\Tests;\nuse N\\A;\nclass ATest extends TestCase { function testF() { (new A)->f(); } function testG() {} }\n',
    'tests/Pest.php': "<?php\nit('works', function () { \\help(); });\n",
  };

  it('are inheritance, with traits', async () => {
    await check(files, 'src/A.php:A', ['src/B.php:B resolved import', 'src/T.php:T resolved import'], 'inherits');
    await check(files, 'src/A.php:A', ['src/I.php:I resolved import'], 'implements');
    await check(files, 'src/A.php:A.g', ['src/B.php:B.g resolved structure'], 'overrides');
    await check(files, 'src/A.php:A.f', ['src/I.php:I.f resolved structure'], 'overrides');
    await check(files, 'src/A.php:A.h', ['src/T.php:T.h resolved structure'], 'overrides');
  });

  it('are uses of callables and constants', async () => {
    await check(files, 'src/A.php:A.f', ['src/A.php:A.g resolved self'], 'uses');
    await check(files, 'src/A.php:A.g', ['src/A.php:A.X resolved self'], 'uses');
    await check(
      files,
      'src/user.php',
      [
        'src/A.php:A resolved import',
        'src/A.php:A.g resolved member',
        'src/A.php:A.h resolved member',
        'src/A.php:A resolved import',
        'src/A.php:A.X resolved member',
      ],
      'uses',
    );
  });

  it('are imports and includes', async () => {
    await check(
      files,
      'src/user.php',
      [
        'src/A.php resolved import',
        'src/A.php:A resolved import',
        'src/help.php resolved import',
        'src/help.php:help resolved import',
      ],
      'imports',
    );
    await check(files, 'src/A.php', ['src/help.php resolved import'], 'imports');
  });

  it('are tests, of PHPUnit and of Pest', async () => {
    await check(
      files,
      'tests/ATest.php:ATest.testF',
      ['src/A.php:A resolved import', 'src/A.php:A.f resolved constructor', 'src/I.php:I.f ambiguous same-name'],
      'tests',
    );
    await check(
      files,
      'tests/ATest.php:ATest.testG',
      ['src/A.php:A.g ambiguous same-name', 'src/B.php:B.g ambiguous same-name'],
      'tests',
    );
    await check(files, 'tests/ATest.php:ATest', ['src/A.php:A ambiguous unique-name'], 'tests');
    await check(files, 'tests/Pest.php', ['src/help.php:help resolved import'], 'tests');
  });
});

test('following changes gives what building anew gives', async () => {
  const start: Record<string, string> = {
    'composer.json': '{"autoload": {"psr-4": {"N\\\\": "src/"}}}',
    'src/A.php':
      '<?php\nnamespace N;\nuse M\\Foo;\nuse function M\\g;\nclass A extends Base { private Near $n; function f(Foo $x) { $x->bar()->bar(); g(); h(); Near::go(); $this->n->go(); $this->own(); echo LIMIT; } }\n',
    'src/Foo.php': foo['src/Foo.php'],
    'src/Base.php': '<?php\nnamespace N;\nclass Base {}\n',
  };
  const edits: readonly Files[] = [
    { 'src/Base.php': '<?php\nnamespace N;\nclass Base { use T; }\n' },
    { 'src/T.php': '<?php\nnamespace N;\ntrait T { function own() {} }\n' },
    { 'src/Near.php': '<?php\nnamespace N;\nclass Near { static function go() {} }\n' },
    { 'lib/Near.php': '<?php\nnamespace N;\nclass Near { static function go() {} }\n' },
    { 'src/Near.php': '<?php\nnamespace Other;\nclass Near { static function go() {} }\n' },
    { 'h.php': '<?php\nfunction h() {}\nconst LIMIT = 1;\n' },
    { 'src/h.php': '<?php\nnamespace N;\nfunction h() {}\n' },
    { 'src/g.php': '<?php\nnamespace M;\nfunction g() { return new \\N\\Near; }\n' },
    { 'src/Foo.php': foo['src/Foo.php'].replace('bar(): self', 'bar(): \\N\\A') },
    { 'composer.json': '{"autoload": {"psr-4": {"N\\\\": "lib/"}}}' },
    { 'src/Foo.php': '' },
    { 'src/T.php': '<?php\nnamespace N;\ntrait T { function own() {} }\n// moved' },
  ];
  let files = start;
  let made = await makeGraph(files);
  for (const edit of edits) {
    files = { ...files, ...edit };
    made = await makeGraph(files, made);
    expect(describeGraph(made.graph)).toBe(describeGraph((await makeGraph(files)).graph));
  }
});

/** What each path may hold; all of them lean on each other. `null`: there is no such file. */
const variants: Variants = {
  'composer.json': ['{"autoload": {"psr-4": {"N\\\\": "src/"}}}', '{"autoload": {"psr-4": {"N\\\\": "lib/"}}}', null],
  'src/A.php': [
    '<?php\nnamespace N;\nuse M\\Foo;\nclass A extends Base { private $b; function f() { $this->b = Foo::of(); $this->b->bar(); $this->own(); help(); } }\n',
    '<?php\nnamespace N;\nuse function M\\help;\nclass A { use T; /** @return Foo[] */ function f() { help()->bar(); foreach ($this->f() as $x) $x->bar(); } }\n',
    '<?php\nclass A { function f() { lonely(); $x->bar(); } }\n',
    '<?php\nnamespace N;\nuse m\\FOO;\nclass A extends Base { use T, U { U::own insteadof T; T::own as Other; } function f(foo $x) { $x->BAR(); $x->lost(); $x->prop; $x->prop = 1; $this->own(); $this->other(); $this->below(); parent::OWN(); HELP(); } }\n',
    null,
  ],
  'src/Foo.php': [
    '<?php\nnamespace M;\nclass Foo { static function of(): static {} function bar() {} }\n',
    '<?php\nnamespace N;\nclass Foo { function bar(): self {} }\n',
    '<?php\nnamespace M;\n/** @method self lost() */ class foo { public $prop; function Bar() {} function __call($n, $a) {} function __get($n) {} function __set($n, $v) {} }\n',
    '<?php\nnamespace M;\ninterface Foo { function bar(); }\nfunction help(): Foo {}\n',
    null,
  ],
  'src/Base.php': [
    '<?php\nnamespace N;\nclass Base { use T; }\n',
    '<?php\nnamespace N;\n// moved\n\nabstract class Base extends \\Lib\\Other { function own() {} }\n',
    null,
  ],
  'src/T.php': [
    '<?php\nnamespace N;\ntrait T { function own() { return new A; } }\n',
    '<?php\nnamespace N;\ntrait T { abstract function own(); function bar() { $this->own()->f(); } }\n',
    null,
  ],
  'src/U.php': [
    null,
    '<?php\nnamespace N;\ntrait U { function own() { $this->below(); parent::own(); } }\nclass Low extends A { function below() {} }\n',
    '<?php\nnamespace N;\ntrait u { function OWN() {} }\nclass LOW extends a { function BELOW() {} function lost() {} }\n',
  ],
  'lib/Foo.php': [null, '<?php\nnamespace M;\nclass Foo { function bar() {} }\n'],
  'help.php': [
    '<?php\nfunction help() { return new M\\Foo; }\nfunction lonely() {}\n',
    '<?php\nnamespace N;\nfunction help() {}\n',
    null,
  ],
  'tests/ATest.php': [
    "<?php\nuse N\\A;\nrequire __DIR__ . '/../help.php';\nclass ATest { function testF() { (new A)->f(); $this->createMock(M\\Foo::class)->bar(); } }\n",
    '<?php\nnamespace N;\nclass Foo { function bar() {} }\n',
    null,
  ],
};

test('following random changes gives what building anew gives', () => expectFollowed(variants, 60));
