import { describe, expect, test } from 'vitest';
import { bleuOf, codeBleu } from './codebleu.ts';

const source = 'def f(a, b):\n    c = a + b\n    if c > 0:\n        return c\n    return 0\n';

describe('CodeBLEU', () => {
  test('of code with itself is 1 in all parts', async () => {
    expect(await codeBleu(source, source, '.py')).toEqual({ score: 1, bleu: 1, weighted: 1, tree: 1, flow: 1 });
  });
  test('other names change words, and neither tree nor flow', async () => {
    const renamed = source.replaceAll(/\bc\b/g, 'total');
    const { bleu, weighted, tree, flow } = await codeBleu(source, renamed, '.py');
    expect([tree, flow]).toEqual([1, 1]);
    expect(bleu).toBeLessThan(1);
    // Keywords are all there, and weigh more than names.
    expect(weighted).toBeGreaterThan(bleu);
  });
  test('another flow of the same tree is seen', async () => {
    const { tree, flow } = await codeBleu(source, source.replace('return c', 'return b'), '.py');
    expect(tree).toBe(1);
    expect(flow).toBeLessThan(1);
  });
  test('nothing in common is nearly nothing', async () => {
    const { bleu, weighted } = await codeBleu(source, 'while True: pass', '.py');
    expect(bleu).toBeLessThan(0.2);
    expect(weighted).toBeLessThan(0.2);
    expect((await codeBleu(source, '', '.py')).score).toBe(0);
  });
});

test('BLEU, by hand', () => {
  // Precisions 3/4, 1/3, and no pair of three or four: 0.1/2, 0.1/1.
  const by = (3 / 4) * (1 / 3) * (0.1 / 2) * (0.1 / 1);
  expect(bleuOf(['a', 'b', 'x', 'd'], ['a', 'b', 'c', 'd'])).toBeCloseTo(by ** 0.25, 12);
  // Half as long: exp(1 − 4 / 2), and the two orders that there are.
  expect(bleuOf(['a', 'b', 'c', 'd'], ['a', 'b'])).toBeCloseTo(Math.exp(-1), 12);
});
