import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stem } from './stem.ts';

describe('stem', () => {
  // Pairs from Porter's paper, one or more per step.
  it.each([
    ['caresses', 'caress'],
    ['ponies', 'poni'],
    ['cats', 'cat'],
    ['feed', 'feed'],
    ['agreed', 'agre'],
    ['plastered', 'plaster'],
    ['bled', 'bled'],
    ['motoring', 'motor'],
    ['sing', 'sing'],
    ['conflated', 'conflat'],
    ['hopping', 'hop'],
    ['falling', 'fall'],
    ['hissing', 'hiss'],
    ['filing', 'file'],
    ['happy', 'happi'],
    ['sky', 'sky'],
    ['relational', 'relat'],
    ['conditional', 'condit'],
    ['vietnamization', 'vietnam'],
    ['triplicate', 'triplic'],
    ['hopefulness', 'hope'],
    ['electrical', 'electr'],
    ['replacement', 'replac'],
    ['adoption', 'adopt'],
    ['rate', 'rate'],
    ['controlling', 'control'],
    ['roll', 'roll'],
  ])('%s → %s', (word, expected) => expect(stem(word)).toBe(expected));

  it('brings the forms of one word together', () => {
    const forms = ['index', 'indexes', 'indexed', 'indexing', 'indexer'].map(stem);
    expect(new Set(forms)).toEqual(new Set(['index']));
  });

  it.each(['sha256', 'naïve', 'is', '', 'URLs'])('leaves %j alone', (word) => expect(stem(word)).toBe(word));

  it('never grows a word by more than a letter, never empties it, and repeats itself', () => {
    const letters = fc.array(fc.constantFrom(...'abcdeilmnostuyz'), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(letters, (chars) => {
        const word = chars.join('');
        const once = stem(word);
        expect(once.length).toBeGreaterThan(0);
        expect(once.length).toBeLessThanOrEqual(word.length + 1);
        expect(stem(word)).toBe(once);
      }),
    );
  });
});
