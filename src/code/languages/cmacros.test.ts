import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskMacros } from './cmacros.ts';

/** Runs of blanks as one, for reading. */
const masked = (text: string): string => maskMacros(text).replaceAll(/ +/g, ' ').trim();

describe('maskMacros', () => {
  it.each([
    ['class LIB_API Foo : public Bar {', 'class Foo : public Bar {'],
    ['class ALIGNED(8) Foo final {', 'class Foo final {'],
    ['class ALIGNED(size(8)) Foo final : Bar, Baz {', 'class Foo final : Bar, Baz {'],
    ['class URL final : public ns::Base<int> {', 'class URL final : public ns::Base<int> {'],
    ['struct K\n    final {', 'struct K\n final {'],
    ['class LIB_API URL final : B1, B2 {', 'class URL final : B1, B2 {'],
    ['class LIB_API finality {', 'class finality {'],
    ['struct PACKED ns::Foo;', 'struct ns::Foo;'],
    ['class FOO {', 'class FOO {'],
    ['LIB_API void f();', 'void f();'],
    ['extern "C" LIB_EXPORT int f();', 'extern "C" int f();'],
    ['static FORCE_INLINE int f();', 'static int f();'],
    ['#define LIB_API __attribute__((x))', '#define LIB_API __attribute__((x))'],
    ['x = LIB_API + 1;', 'x = LIB_API + 1;'],
    ['int x ABSL_GUARDED_BY(lock);', 'int x ;'],
    ['void f() REQUIRES(a) EXCLUDES(b) {', 'void f() {'],
    ['FMT_BEGIN_NAMESPACE\nnamespace x {', 'namespace x {'],
    ['#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);', 'int f(void);'],
    ['int f(void);\n#if defined(__cplusplus)\n} /* end */\n#endif /* x */', 'int f(void);'],
    ['#ifdef __cplusplus\nclass A {\n#endif', '#ifdef __cplusplus\nclass A {\n#endif'],
  ])('%j', (text, expected) => expect(masked(text)).toBe(expected));

  it('keeps length and lines', () => {
    const parts = fc.constantFrom(
      'class ',
      'A_API ',
      'Foo',
      'URL ',
      'final ',
      ' {',
      '\n',
      '#ifdef __cplusplus',
      '}',
      '#endif',
      '(',
      ')',
      'é',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (words) => {
        const text = words.join('');
        const out = maskMacros(text);
        expect(out.length).toBe(text.length);
        expect(out.split('\n').length).toBe(text.split('\n').length);
      }),
    );
  });
});
