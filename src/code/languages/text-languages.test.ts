/** Examples for the languages without a grammar: qualified names of symbols, in order. */
import { describe, expect, it } from 'vitest';
import { asciidoc } from './asciidoc.ts';
import { dockerfile } from './dockerfile.ts';
import { json } from './json.ts';
import type { TextLanguage } from './language.ts';
import { markdown } from './markdown.ts';
import { plain } from './plain.ts';
import { proto } from './proto.ts';
import { rst } from './rst.ts';
import { scss } from './scss.ts';
import { toml } from './toml.ts';
import { yaml } from './yaml.ts';

const names = (language: TextLanguage, text: string): string[] =>
  language.read(text, 'file').symbols.map((symbol) => symbol.qualifiedName);

/** Source of each symbol, by qualified name. */
const spans = (language: TextLanguage, text: string): Record<string, string> =>
  Object.fromEntries(
    language.read(text, 'file').symbols.map((s) => [s.qualifiedName, text.slice(s.start, s.end)] as const),
  );

const chunksOf = (language: TextLanguage, text: string): [owner: string | null, text: string][] => {
  const { symbols, chunks } = language.read(text, 'file');
  return chunks.map(({ symbol, parts }) => [
    symbols[symbol]?.qualifiedName ?? null,
    parts.map(({ start, end }) => text.slice(start, end)).join('|'),
  ]);
};

describe('markdown', () => {
  it.each([
    ['# Install\n\n## From source\n\n## By npm ##\n# Use', ['Install', 'Install.From source', 'Install.By npm', 'Use']],
    ['Title\n=====\n\nPart\n---\ntext\n\n---\n', ['Title', 'Title.Part']],
    ['---\ntitle: x\n# no\n---\n# Yes', ['Yes']],
    ['```sh\n# no\n```\n# Yes\n~~~~\n# no\n~~~\n# no\n', ['Yes']],
    ['#no\n    # no\n####### no\n#\n', []],
    ['- item\n---\n| a |\n---\n', []],
    ['### Deep\n# Top\n### Deeper', ['Deep', 'Top', 'Top.Deeper']],
  ])('%j', (text, expected) => expect(names(markdown, text)).toEqual(expected));

  it('gives sections their text, and chunks their own part of it', () => {
    const text = 'intro\n\n# A\none\n## B\ntwo\n# C\nthree\n';
    expect(spans(markdown, text)).toEqual({ A: '# A\none\n## B\ntwo\n', 'A.B': '## B\ntwo\n', C: '# C\nthree\n' });
    expect(chunksOf(markdown, text)).toEqual([
      [null, 'intro'],
      ['A', '# A\none'],
      ['A.B', '## B\ntwo'],
      ['C', '# C\nthree'],
    ]);
  });

  it('cuts a long section at blank lines and numbers the pieces', () => {
    const paragraph = `${'word '.repeat(200).trim()}.`;
    const text = `# Long\n\n${Array(9).fill(paragraph).join('\n\n')}\n`;
    const { chunks } = markdown.read(text, 'file');
    expect(chunks.map(({ piece }) => piece)).toEqual([0, 1, 2]);
    expect(chunks.every(({ parts }) => text.slice(0, parts[0]?.end).endsWith('.'))).toBe(true);
  });
});

describe('rst', () => {
  it.each([
    [
      '=====\nTitle\n=====\n\nPart\n----\n\nSub\n~~~\n\nOther\n-----\n',
      ['Title', 'Title.Part', 'Title.Part.Sub', 'Title.Other'],
    ],
    ['text\nmore\n----\n', []],
    ['Too long for it\n---\n', []],
    ['.. code::\n\n    a\n    ---\n', []],
  ])('%j', (text, expected) => expect(names(rst, text)).toEqual(expected));
});

describe('asciidoc', () => {
  it.each([
    [
      '= Title\n\n== Part\n\n=== Sub\n\n----\n== no\n----\n== Other',
      ['Title', 'Title.Part', 'Title.Part.Sub', 'Title.Other'],
    ],
  ])('%j', (text, expected) => expect(names(asciidoc, text)).toEqual(expected));
});

describe('json', () => {
  it.each([
    ['{"name": "x", "scripts": {"test": "vitest", "a.b": 1}}', ['name', 'scripts', 'scripts.test', 'scripts.a.b']],
    ['{"a": {"b": {"c": {"d": 1}}}}', ['a', 'a.b', 'a.b.c']],
    ['{"a": [{"b": 1}], "c": 2}', ['a', 'c']],
    ['// note "x": 1\n{ /* "y": {} */ "a": 1, }', ['a']],
    ['{"a": "b\\": c", "d": "e: f"}', ['a', 'd']],
    ['{"a": {"b": 1, "c', ['a', 'a.b']],
    ['["a", {"b": 1}]', []],
    ['{"a": }, "b": 1', ['a']],
  ])('%j', (text, expected) => expect(names(json, text)).toEqual(expected));

  it('spans run from key to value', () => {
    expect(spans(json, '{\n  "a": {"b": [1, 2]},\n  "c": null\n}')).toEqual({
      a: '"a": {"b": [1, 2]}',
      'a.b': '"b": [1, 2]',
      c: '"c": null',
    });
  });

  it('cuts large data between entries, along its structure', () => {
    const rows = Array.from({ length: 40 }, (_, at) => [`k${at}`, 'v'.repeat(300)]);
    const text = JSON.stringify({ small: 1, big: Object.fromEntries(rows), last: 2 }, null, 2);
    const chunks = chunksOf(json, text);
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.slice(2, -1).every(([owner, part]) => owner?.startsWith('big') && part.startsWith('"k'))).toBe(true);
  });

  it('keeps to the first 2,000 entries and says so', () => {
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: 2_500 }, (_, at) => [`key${at}`, at])));
    const facts = json.read(text, 'file');
    expect(facts.symbols.length).toBe(2_000);
    expect(facts.problems.map(({ kind }) => kind)).toEqual(['too-many-symbols']);
  });
});

describe('yaml', () => {
  it.each([
    ['a: 1\nb:\n  c: 2\n  d:\n    e: 3\n    f:\n      g: 4\n', ['a', 'b', 'b.c', 'b.d', 'b.d.e', 'b.d.f']],
    ['a:\n- b: 1\n  c: 2\nd: 3\n', ['a', 'd']],
    ['a:\n  - b: 1\n    c: 2\n  - x\nd: 3\n', ['a', 'd']],
    ['run: |\n  key: no\n\n  other: no\nnext: >-\n  x: no\nlast: 1', ['run', 'next', 'last']],
    ['---\na: 1\n---\nb: {c: 1}\n...\n', ['a', 'b']],
    ['"quoted key": 1\n\'k\': 2\nurl: http://x:80/y\n# c: 3\n', ['quoted key', 'k', 'url']],
    ['/users/{id}:\n  get: {}\n', ['/users/{id}', '/users/{id}.get']],
    ['- name: x\n  hosts: y\n', []],
  ])('%j', (text, expected) => expect(names(yaml, text)).toEqual(expected));

  it('an entry holds everything deeper, lists at its own depth too', () => {
    expect(spans(yaml, 'a:\n- b: 1\n  c: 2\nd:\n  e: |\n    x\n    y\n\nf: 1\n')).toEqual({
      a: 'a:\n- b: 1\n  c: 2',
      d: 'd:\n  e: |\n    x\n    y',
      'd.e': 'e: |\n    x\n    y',
      f: 'f: 1',
    });
  });
});

describe('toml', () => {
  it.each([
    ['x = 1\n[a]\ny = 2\n[a.b]\nz = 3\n[c]\n', ['x', 'a', 'a.y', 'a.b', 'a.b.z', 'c']],
    ['[tool.poetry.dependencies]\nflask = "1"\n', ['tool.poetry.dependencies', 'tool.poetry.dependencies.flask']],
    ['[[bin]]\nname = "a"\n[[bin]]\nname = "b"\n', ['bin', 'bin.name', 'bin', 'bin.name']],
    ['a = """\nb = 1\n"""\nc = [\n  "d = 1",\n]\ne = 2 # [\nf = 3', ['a', 'c', 'e', 'f']],
    ['"quoted" = 1\na.b = 2\n[ x . "y" ]\nz=1', ['quoted', 'a.b', 'x . "y"', 'x . "y".z']],
  ])('%j', (text, expected) => expect(names(toml, text)).toEqual(expected));

  it('a table holds its keys and the tables that continue its name', () => {
    expect(spans(toml, '[a]\nx = [\n1,\n]\n[a.b]\ny = 1\n\n[c]\n')).toEqual({
      a: '[a]\nx = [\n1,\n]\n[a.b]\ny = 1',
      'a.x': 'x = [\n1,\n]',
      'a.b': '[a.b]\ny = 1',
      'a.b.y': 'y = 1',
      c: '[c]',
    });
  });
});

describe('scss', () => {
  it.each([
    ['.a .b.c:hover, #d > e { x: y }', ['b', 'c']],
    ['.a:not(.b)[c=".d"]::after { x: y }', ['a']],
    ['.a-#{$b}, .c#{$d}-e, .f { x: y }', ['f']],
    ['@mixin m($a: (b: 1)) { $c: 1 } $d: 2;', ['m', 'd']],
    ['.a { b: url(x;y{z}); .c { } } // .d {\n/* .e { */ .f {', ['a', 'a.c', 'f']],
    ['a { --b: 1; &.c { } &-d { } }', ['--b', 'c', '-d']],
    ['"{" .a { content: "}" } .b { }', ['a', 'b']],
  ])('%j', (text, expected) => expect(names(scss, text)).toEqual(expected));

  it('takes no time of the square of what is never closed', () => {
    for (const part of ['(', '#{', '{', '.a,', '.a{', '$a:', '"', '/*', '@mixin ', '.a(']) {
      const started = performance.now();
      scss.read(part.repeat(Math.ceil(200_000 / part.length)), '');
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  }, 60_000);
});

describe('dockerfile', () => {
  it('stages without a name are called as their image', () => {
    const stages = ['node:20 AS build\nARG A', 'ghcr.io/shop/web:1@sha256:ab\nENV B=1', `\${BASE:-x}`, 'build'];
    const text = stages.map((stage) => `FROM ${stage}\n`).join('');
    expect(names(dockerfile, text)).toEqual(['build', 'A', 'web', 'B', 'BASE', 'build']);
  });
});

describe('proto', () => {
  it('a oneof holds its fields, which are named by the message', () => {
    const text =
      'message Shape {\n  oneof kind {\n    Circle circle = 1;\n    string name = 2;\n  }\n  int32 last = 3;\n}\n';
    expect(names(proto, text)).toEqual(['Shape', 'Shape.kind', 'Shape.circle', 'Shape.name', 'Shape.last']);
    expect(proto.read(text, '').symbols.map(({ parent }) => parent)).toEqual([-1, 0, 1, 1, 0]);
  });
});

describe('plain', () => {
  it('cuts at blank lines', () => {
    const paragraph = 'word '.repeat(300).trim();
    const text = Array(5).fill(paragraph).join('\n\n');
    expect(chunksOf(plain, text).map(([, part]) => part)).toEqual([
      `${paragraph}\n\n${paragraph}`,
      `${paragraph}\n\n${paragraph}`,
      paragraph,
    ]);
  });
});
