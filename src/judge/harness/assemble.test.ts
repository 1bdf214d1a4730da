import { describe, expect, test } from 'vitest';
import { assemble, hasTests } from './assemble.ts';

const textOf = (language: 'rust' | 'go', tests: string): string => {
  const { files } = assemble[language]('', tests, { text: 'mark', isControl: false });
  return new TextDecoder().decode(files[0]?.bytes);
};

describe('programs with their tests', () => {
  test('every test of Rust is called, also one with a comment between its mark and its name', () => {
    const tests = '#[cfg(test)]\nmod tests {\n#[test]\n fn one() {}\n#[test]\n  // why\n // more\n  pub fn two() {}\n}';
    expect(textOf('rust', tests)).toContain('tests::one();\ntests::two();');
    expect(textOf('rust', tests)).not.toContain('#[test]');
  });

  test('tests that call nothing are known as such', () => {
    expect(hasTests('rust', '#[test] fn one() {}')).toBe(true);
    expect(hasTests('rust', 'mod tests { fn one() {} }')).toBe(false);
    expect(hasTests('go', 'func TestOne(t *testing.T) {')).toBe(true);
    expect(hasTests('go', 'func Example() {')).toBe(false);
    expect(hasTests('java', 'public class Main {}')).toBe(true);
  });
});
