import { expect, test } from 'vitest';
import { Noise } from './noise.ts';

const noise = 'bash: [2: 1 (255)] tcsetattr: Inappropriate ioctl for device\n';
/** What comes out of pieces, whole. */
const through = (pieces: readonly string[]): string => {
  const filter = new Noise();
  const out = pieces.map((piece) => Buffer.from(filter.pass(Buffer.from(piece, 'latin1'))).toString('latin1'));
  return out.join('') + Buffer.from(filter.rest()).toString('latin1');
};

test('the line is taken out, however it is cut', () => {
  const text = `one\n${noise}two bash: [no\n${noise}b`;
  expect(through([text])).toBe('one\ntwo bash: [no\nb');
  for (let at = 0; at < text.length; at++)
    expect(through([text.slice(0, at), text.slice(at, at + 1), text.slice(at + 1)])).toBe('one\ntwo bash: [no\nb');
  expect(through([...text])).toBe('one\ntwo bash: [no\nb');
});

test('everything else comes as it was, and only what may be the line waits', () => {
  const words = 'bash: line 1: x: command not found\nb\xe9\xff bash: [1: 2\nbash: [3: tcsetattr: no\n';
  expect(through([words])).toBe(words);
  expect(through([...words])).toBe(words);
  const filter = new Noise();
  expect(Buffer.from(filter.pass(Buffer.from('prompt> '))).toString()).toBe('prompt> ');
  expect(filter.pass(Buffer.from('bash')).length).toBe(0);
  expect(Buffer.from(filter.rest()).toString()).toBe('bash');
});
