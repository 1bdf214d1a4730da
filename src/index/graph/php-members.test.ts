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
