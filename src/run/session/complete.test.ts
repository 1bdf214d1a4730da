import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wantsMore } from './complete.ts';
import { type SessionLanguage, sessionLanguages } from './types.ts';

const whole: readonly [SessionLanguage, string][] = [
  ['python', 'x = 1'],
  ['python', ''],
  ['python', 'def f():\n    return 1\n'],
  ['python', "print('# no comment', \"it's\")"],
  ['python', "x = 1  # an open ( in a comment, it's fine"],
  ['python', "x = 1#'"],
  ['python', "x = 'not closed"],
  ['python', 'x = {\n  "a": [1, 2],\n}'],
  ['python', 'if x: y\n'],
  ['python', 'x)'],
  ['javascript', 'const a = { b: [1] };'],
  ['javascript', 'i++'],
  ['javascript', 'function f() {\n  return 1;\n}'],
  ['javascript', '`a`'],
  ['typescript', 'type A = { a: string }'],
  ['bash', 'echo "a"; x=1'],
  ['bash', 'if true; then echo a; fi'],
  ['bash', 'for i in 1 2; do echo $i; done'],
  ['bash', 'f() { echo a; }'],
  ['bash', 'echo $# done'],
  ['bash', 'cat <<END\na ( b\nEND'],
  ['bash', 'case a in a) echo b;; esac'],
  ['bash', 'x=$(ls | wc -l)'],
  ['sql', 'select 1;'],
  ['sql', '.tables'],
  ['sql', 'create trigger t after insert on a begin select 1; end;'],
];

const open: readonly [SessionLanguage, string][] = [
  ['python', 'def f():'],
  ['python', 'def f():\n    return 1'],
  ['python', 'if x: y'],
  ['python', 'x = ('],
  ['python', 'x = """a\n'],
  ['python', 'x = 1 + \\'],
  ['python', '@cache'],
  ['python', 'try:\n    a\nexcept E:'],
  ['javascript', 'function f() {'],
  ['javascript', 'const a ='],
  ['javascript', '`a'],
  ['javascript', 'f(1,'],
  ['javascript', '/* a'],
  ['javascript', 'const f = () =>'],
  ['bash', 'if true; then'],
  ['bash', 'for i in 1 2; do'],
  ['bash', 'while true; do if a; then b; fi'],
  ['bash', 'f() {'],
  ['bash', 'echo "a'],
  ['bash', 'ls |'],
  ['bash', 'a && '],
  ['bash', 'cat <<END\na'],
  ['bash', 'echo $(ls'],
  ['bash', 'case a in'],
  ['bash', 'echo a \\'],
  ['sql', 'select 1'],
  ['sql', "select 'a;"],
  ['sql', 'create trigger t after insert on a begin select 1;'],
];

test.each(whole)('%s is whole: %j', (language, code) => {
  expect(wantsMore(language, code)).toBe(false);
});
test.each(open)('%s wants more: %j', (language, code) => {
  expect(wantsMore(language, code)).toBe(true);
});
test('any text is answered', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...sessionLanguages),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      (language, code) => {
        expect(typeof wantsMore(language, code)).toBe('boolean');
      },
    ),
  );
});
