import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanQuery } from '../../embed/mod.ts';
import { testEncoder } from './encoder.testing.ts';
import { bestBlockCosine, blocksOf } from './longcode.ts';

const noise = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `    other${from + i} = unrelated${from + i}(value${from + i})`);

test('blocks hold all of the body, in order, and begin with statements of the outermost level', () => {
  const body = [
    ...noise(0, 15),
    '    if (x) {',
    ...noise(20, 20).map((line) => `    ${line}`),
    '    }',
    ...noise(60, 14),
  ].join('\n');
  const blocks = blocksOf(body);
  expect(blocks.join('\n')).toBe(body);
  expect(blocks.length).toBeGreaterThan(1);
  for (const block of blocks) expect(block).toMatch(/^ {4}[a-z]/);
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 8 }), { maxLength: 60 }), (lines) => {
      expect(blocksOf(lines.join('\n')).join('\n')).toBe(lines.join('\n'));
    }),
  );
});

test('a long function is as near as its best block; a short one is what it was', () => {
  const encoder = testEncoder();
  const query = scanQuery(encoder.encodeQueryNow('refresh expired token'));
  const body = [...noise(0, 30), '    refresh(expired, token)', '    token.refresh()', ...noise(40, 30)].join('\n');
  const long = { name: 'run', signature: '', doc: '', body };
  const cosineOf = (document: typeof long): number => {
    const vector = encoder.encodeDocumentsNow([document]);
    return encoder
      .encodeQueryNow('refresh expired token')
      .reduce((sum, value, i) => sum + value * (vector[i] as number), 0);
  };
  expect(bestBlockCosine(encoder, query, long, cosineOf(long))).toBeGreaterThan(cosineOf(long) * 1.2);
  expect(bestBlockCosine(encoder, query, long, 0.99)).toBe(0.99);
  const short = { ...long, body: 'refresh(expired)' };
  expect(bestBlockCosine(encoder, query, short, 0.4)).toBe(0.4);
});
