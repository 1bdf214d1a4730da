import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closeMatch,
  fuzzyMatch,
  innerMatch,
  letterSet,
  matchByParts,
  mayBeNear,
  mayContain,
  namePattern,
  repeatedLetters,
} from './namematch.ts';
import type { NameMatchKind } from './weights.ts';

function kindOf(asked: string, name: string): NameMatchKind | null {
  const pattern = namePattern(asked);
  return (closeMatch(pattern, name) ?? innerMatch(pattern, name) ?? fuzzyMatch(pattern, name))?.kind ?? null;
}

function check(asked: string, name: string, expected: NameMatchKind | null): void {
  expect([asked, name, kindOf(asked, name)]).toEqual([asked, name, expected]);
}

describe('ways to match', () => {
  test('close', () => {
    check('getReady', 'getReady', 'exact');
    check('getready', 'getReady', 'folded');
    check('count', '#count', 'exact');
    check('get_ready', 'getReady', 'respelled');
    check('GET-READY', 'getReady', 'respelled');
    check('getRe', 'getReadyCount', 'prefix');
    check('getre', 'getReadyCount', 'prefix');
    check('cRO', 'createReactiveObject', 'humps');
    check('cRO', 'crossorigin', 'inside');
  });

  test('humps', () => {
    check('gRC', 'getReadyCount', 'humps');
    check('grc', 'getReadyCount', 'humps');
    check('g_r_c', 'getReadyCount', 'humps');
    check('gRC', 'get_ready_count', 'humps');
    check('getRC', 'getReadyCount', 'humps');
    check('gC', 'getReadyCount', 'humps');
    check('RC', 'getReadyCount', 'humps');
    check('gc', 'getReadyCount', 'looseHumps');
    check('rc', 'getReadyCount', null);
    check('LFPCW', 'LFPluginCollWrapper', 'humps');
    check('lfpcw', 'LFPluginCollWrapper', 'humps');
    check('HTTPSer', 'HTTPServer', 'prefix');
    check('gYC', 'getReadyCount', null);
    check('NPE', 'NullPointerException', 'humps');
  });

  test('within, and letters off', () => {
    check('ReadyCount', 'getReadyCount', 'words');
    check('eadyCou', 'getReadyCount', 'inside');
    check('getRaedyCount', 'getReadyCount', 'fuzzy');
    check('getReadCont', 'getReadyCount', 'fuzzy');
    check('get', 'set', null);
    check('sve', 'save', null);
  });

  test('fuller matches fit better', () => {
    const share = (asked: string, name: string) => innerMatch(namePattern(asked), name)?.fit as number;
    expect(share('gRC', 'getReadyCount')).toBeGreaterThan(share('gRC', 'getReadyRowCount'));
    expect(share('Ready', 'isReady')).toBeGreaterThan(share('Ready', 'isEverReadyNow'));
  });
});

test('signatures never rule out a match', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'B', 'b', 'C', 'c', '_', '1', 'é'), minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(word, word, (asked, name) => {
      const pattern = namePattern(asked);
      const set = letterSet(name);
      const { twice, thrice } = repeatedLetters(name);
      expect(innerMatch(pattern, name)).toEqual(matchByParts(pattern, name));
      if (innerMatch(pattern, name) !== null) expect(mayContain(pattern, set, twice, thrice)).toBe(true);
      if (fuzzyMatch(pattern, name) !== null && pattern.edits > 0) {
        expect(mayBeNear(pattern, set, name.length)).toBe(true);
      }
    }),
    { numRuns: 3_000 },
  );
});
