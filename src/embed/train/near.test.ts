import { describe, expect, test } from 'vitest';
import { nearKeys, textKey } from './near.ts';

const code = `function readPage(file, number) {
  const start = number * pageBytes;
  const bytes = file.slice(start, start + pageBytes);
  if (bytes.length < pageBytes) throw new Error('short page');
  return decodePage(bytes, number);
}`;
const near = (one: string, other: string): boolean => {
  const [keys, others] = [nearKeys(one), nearKeys(other)];
  return keys[0] === others[0] || keys[1] === others[1];
};

describe('near copies share a key', () => {
  test('layout and numbers do not matter', () => {
    expect(near(code, code.replace(/\s+/g, ' '))).toBe(true);
    expect(near(code, `// 1 + 2\n${code}`)).toBe(true);
  });

  test('other code does', () => {
    expect(near(code, code.replaceAll('pageBytes', 'width').replaceAll('start', 'from').replace('slice', 'read'))).toBe(
      false,
    );
    expect(near('', code)).toBe(false);
    expect(near('return alpha', 'return beta')).toBe(false);
    expect(near('return alpha', 'return  alpha;')).toBe(true);
  });

  test('keys are whole numbers', () => {
    for (const key of [...nearKeys(code), ...nearKeys(''), textKey('a b'), textKey('')]) {
      expect(Number.isSafeInteger(key)).toBe(true);
    }
    expect(textKey('a b')).not.toBe(textKey('b a'));
  });
});
