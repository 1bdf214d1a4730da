import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskForGrammar } from './csharp-directives.ts';

/** Lines without what was blanked. */
const masked = (text: string): string =>
  maskForGrammar(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');

describe('maskForGrammar', () => {
  it.each([
    ['directives', '#region A\nclass A { }\n#endregion\n  #pragma x', 'class A { }'],
    ['directives behind a byte order mark', '\ufeff#if X\nA();\n#endif', 'A();'],
    ['none in strings', 'var a = @"\n#if X\n";', 'var a = @"\n#if X\n";'],
    ['none in raw strings', 'var a = """\n#if "X"\n""";', 'var a = """\n#if "X"\n""";'],
    ['none in comments', '/*\n#if X\n*/ a;', '/*\n#if X\n*/ a;'],
    ['what one branch holds', 'class A\n#if X\n: B\n#endif\n{ }', 'class A\n: B\n{ }'],
    ['all branches that are whole', '#if X\nA();\n#elif Y\nB(); }{\n#else\n#endif', 'A();'],
    [
      'all branches that are whole',
      '#if X\nA();\n#elif Y\n#else\nif (c) { B(")"); }\n#endif',
      'A();\nif (c) { B(")"); }',
    ],
    ['the first of others', 'class A\n#if X\n: B\n#else\n: C\n#endif\n{ }', 'class A\n: B\n{ }'],
    ['the first of others', '#if X\nif (a) {\n#else\nif (b) {\n#endif\n}', 'if (a) {\n}'],
    ['branches in branches', '#if X\nA();\n#if Y\n(a\n#else\n(b\n#endif\n);\n#else\nB();\n#endif', 'A();\n(a\n);'],
    ['an open one', '#if X\nclass A { }', 'class A { }'],
    ['a closed one that was not open', 'class A { }\n#endif\n#else', 'class A { }'],
    [
      'values called async',
      'if (async) { } x = async ? async () => 1 : async x => 2; async Task F(bool async);',
      'if (asynk) { } x = asynk ? async () => 1 : async x => 2; async Task F(bool asynk);',
    ],
    ['empty lists', 'a = b ? [] : c;', 'a = b ? "" : c;'],
    ['types without a body', 'class A<T>(int a) : B(a);\nenum C { }', 'class A<T>(int a) : B(a){}enum C { }'],
  ])('leaves %s: %j', (_, text, expected) => expect(masked(text)).toBe(expected));

  it('keeps the length of any text', () => {
    const pieces = [
      '#if X\n',
      '#else\n',
      '#endif\n',
      '#',
      '"',
      "'",
      '/*',
      '*/',
      '//',
      '@"',
      '"""',
      '{',
      '}',
      ';',
      '\n',
      ' ',
      'class A',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (chosen) => {
        expect(maskForGrammar(chosen.join('')).length).toBe(chosen.join('').length);
      }),
    );
  });

  it('takes no time of the square of a hostile file', () => {
    const started = process.cpuUsage().user;
    for (const piece of [
      '/*',
      '"""',
      '@"',
      '#if X\n',
      '#if X\n#else\n',
      'class A(',
      'class A<',
      "'",
      '#if X\n{\n#else\n',
    ]) {
      const text = piece.repeat(200_000 / piece.length);
      expect(maskForGrammar(text).length).toBe(text.length);
    }
    expect((process.cpuUsage().user - started) / 1e6).toBeLessThan(5);
  });
});
