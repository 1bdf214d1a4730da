/** What the golden file of PHP's fixture does not show: paths of includes, kinds of `use`, and where HTML may stand. */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { encodeUtf8 } from '../encoding.ts';
import type { FileFacts } from '../facts.ts';
import { createParser, type Parser } from '../parser.ts';

let parser: Parser;
beforeAll(async () => {
  parser = await createParser(loadGrammarFile);
  await parser.prepare('php');
});

function factsOf(source: string, path = 'a.php'): FileFacts {
  const result = parser.parseNow(path, encodeUtf8(source));
  if (result?.kind !== 'facts') throw new Error('no facts');
  return result.facts;
}

const importsOf = (source: string): string[] =>
  factsOf(`<?php ${source}`).imports.map(({ module, name, alias }) => `${module} ${name} ${alias}`);

const symbolsOf = (source: string): string[] =>
  factsOf(source).symbols.map(({ kind, qualifiedName, exported }) => `${kind} ${qualifiedName}${exported ? '' : ' -'}`);

describe('includes', () => {
  it.each([
    ["require 'x.php';", 'x.php'],
    ["include_once('lib/x.php');", 'lib/x.php'],
    ["require_once __DIR__ . '/x.php';", './x.php'],
    ["require dirname(__FILE__) . '/x.php';", './x.php'],
    ["require dirname(dirname(__FILE__)) . '/x.php';", './../x.php'],
    ["require \\dirname(__DIR__, 2) . '/a/' . 'x.php';", './../../a/x.php'],
    ["require ABSPATH . 'wp-admin/x.php';", 'wp-admin/x.php'],
  ])('%s', (source, module) => expect(importsOf(source)).toEqual([`${module} * null`]));

  it('of what is no literal are none', () => {
    expect(importsOf('require $x; include "a/$x.php"; require __DIR__ . $x; require f("a.php");')).toEqual([]);
  });
});

describe('use', () => {
  it('binds the last name or the alias, in braces or not', () => {
    expect(importsOf('use A; use \\B\\C as D, E\\F; use G\\{H, I\\J as K, function l}; use function M\\n, o;')).toEqual(
      [' A A', 'B C D', 'E F F', 'G H H', 'G\\I J K', 'G l l', 'M n n', ' o o'],
    );
  });
});

describe('symbols', () => {
  it('are the same however namespaces are written, and whatever HTML stands around them', () => {
    const members = 'class A { function f() {} } function g() {}';
    const expected = ['class A', 'method A.f', 'function g'];
    expect(symbolsOf(`<?php namespace N; ${members}`)).toEqual(expected);
    expect(symbolsOf(`<?php namespace N { ${members} } namespace M {}`)).toEqual(expected);
    expect(symbolsOf(`<b>'</b>\n<?php ${members} ?>\n<i>"{</i><?= 1 ?>`)).toEqual(expected);
    expect(symbolsOf('<p>no code, <?xml version="1.0"?></p>')).toEqual([]);
  });

  it('inside functions are not for others', () => {
    expect(symbolsOf('<?php function f() { function g() {} class A {} } $h = function () { class B {} };')).toEqual([
      'function f',
      'function f.g -',
      'class f.A -',
      'class B -',
    ]);
  });

  it('may be names that are given while running', () => {
    expect(
      symbolsOf("<?php define('A', 1); \\define('B', 2); class_alias(X::class, 'N\\Old'); define($c, 1);"),
    ).toEqual(['constant A', 'constant B', 'type Old']);
  });

  it('are not made of classes without a name', () => {
    expect(symbolsOf('<?php $a = new class { public $x; function f() {} };')).toEqual(['field x', 'method f']);
  });

  it('of words that change meaning: attributes, visibility of writing alone', () => {
    const [type] = factsOf('<?php #[A]\n/** Doc. */\n#[B\\C(1), D] class X {}').symbols;
    expect(type?.decorators).toEqual(['A', 'B\\C', 'D']);
    expect(type?.doc).not.toBeNull();
    expect(symbolsOf('<?php class X { private(set) int $a; protected public(set) int $b; private $c; }')).toEqual([
      'class X',
      'field X.a',
      'field X.b -',
      'field X.c -',
    ]);
  });
});
