import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from './encoding.ts';
import { forEachWord, splitIdentifier, stopWords, termsOf, wordTerms } from './tokens.ts';

const words = (text: string): string[] => {
  const bytes = encodeUtf8(text);
  const found: string[] = [];
  forEachWord(bytes, 0, bytes.length, (start, end) => found.push(Buffer.from(bytes.subarray(start, end)).toString()));
  return found;
};

describe('splitIdentifier', () => {
  it.each([
    ['getReadyCount', 'get ready count'],
    ['GetReadyCount', 'get ready count'],
    ['get_ready_count', 'get ready count'],
    ['GET_READY_COUNT', 'get ready count'],
    ['get-ready-count', 'get ready count'],
    ['__init__', 'init'],
    ['$scope', 'scope'],
    ['parseXMLFile', 'parse xml file'],
    ['HTTPServer2', 'http server 2'],
    ['IOError', 'io error'],
    ['getURLs', 'get urls'],
    ['URLsOfPage', 'urls of page'],
    ['IDs', 'ids'],
    ['isA', 'is a'],
    ['utf8Decode', 'utf8 decode'],
    ['UTF8_DECODE', 'utf8 decode'],
    ['sha256sum', 'sha256 sum'],
    ['int8x16', 'int8 x16'],
    ['i18n', 'i18n'],
    ['k8sClient', 'k8s client'],
    ['toFloat64', 'to float 64'],
    ['x86_64', 'x86 64'],
    ['2ndTry', '2nd try'],
    ['v1beta1', 'v1 beta1'],
    ['GrößeÄndern', 'größe ändern'],
    ['_', ''],
    ['', ''],
  ])('%s → %s', (word, parts) => expect(splitIdentifier(word).join(' ')).toBe(parts));

  it('loses no letter and no digit', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const kept = text.replace(/[^\x80-\uffffA-Za-z0-9]/g, '').toLowerCase();
        expect(splitIdentifier(text).join('')).toBe(kept);
      }),
    );
  });
});

describe('wordTerms', () => {
  it('gives the stems of parts and of the whole, in every convention', () => {
    const expected = ['get', 'readi', 'count', 'getreadycount'];
    for (const word of ['getReadyCount', 'get_ready_count', 'GET_READY_COUNT', '_GetReadyCount']) {
      expect(wordTerms(word)).toEqual(expected);
    }
  });

  it.each([
    ['count', ['count']],
    ['Indexing', ['index']],
    ['café', ['cafe']],
    ['naïveBayes', ['naiv', 'bay', 'naivebay']],
    ['0xDEAD_beef', ['0xdead_beef']],
    ['3f786850e387550fdab836ed7e6dc881de23001b', ['3f786850e387550fdab836ed7e6dc881de23001b']],
    ['aGVsbG8gd29ybGQgZm9vIGJhcg', []],
    ['a'.repeat(65), []],
    ['___', []],
    ['検索エンジン', ['検索', '索エ', 'エン', 'ンジ', 'ジン']],
    ['字', ['字']],
    ['parse検索', ['pars', '検索']],
    ['foo—bar', ['foo', 'bar']],
    ['Поиск', ['поиск'.normalize('NFD').replace(/\p{M}/gu, '')]],
  ])('%s', (word, terms) => expect(wordTerms(word)).toEqual(terms));

  it('keeps the parts, not the whole, of names longer than 64', () => {
    const long = 'should_fail_when_the_consumer_group_is_rebalanced_while_committing_offsets';
    expect(wordTerms(long)).toContain('rebalanc');
    expect(wordTerms(long).every((term) => term.length <= 64)).toBe(true);
  });
});

describe('forEachWord', () => {
  it('finds maximal words', () => {
    expect(words('if (a_b == $c) return "x-y" + naïve;')).toEqual(['if', 'a_b', '$c', 'return', 'x', 'y', 'naïve']);
  });

  it('stays within its range', () => {
    const found: number[] = [];
    forEachWord(encodeUtf8('abcdef ghi'), 2, 8, (start, end) => found.push(start, end));
    expect(found).toEqual([2, 6, 7, 8]);
  });

  it('gives ranges that are maximal, ordered and hold all word bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const inWord = (byte: number | undefined): boolean =>
          byte !== undefined && (byte >= 0x80 || /[\w$]/.test(String.fromCharCode(byte)));
        const covered = new Set<number>();
        forEachWord(bytes, 0, bytes.length, (start, end) => {
          expect(inWord(bytes[start - 1]) || inWord(bytes[end])).toBe(false);
          for (let at = start; at < end; at++) covered.add(at);
        });
        expect([...covered]).toEqual([...bytes.keys()].filter((at) => inWord(bytes[at])));
      }),
    );
  });
});

describe('termsOf', () => {
  it('is the terms of the words, in order, the same every time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        const terms = words(text).flatMap(wordTerms);
        expect(termsOf(text)).toEqual(terms);
        expect(termsOf(text)).toEqual(terms);
        expect(terms.every((term) => term.length > 0 && term.length <= 64)).toBe(true);
      }),
    );
  });

  it('finds a term again when it is searched for as a word', () => {
    const found = new Set(termsOf('def get_ready_count(self): # Counts workers that are ready'));
    for (const query of ['ready', 'getReadyCount', 'counting', 'worker']) {
      expect(termsOf(query).every((term) => found.has(term))).toBe(true);
    }
  });
});

describe('stopWords', () => {
  it('holds question words as terms, and no word that names things in code', () => {
    for (const word of ['How', 'does', 'the', 'this', 'was', 'which']) {
      expect(termsOf(word).every((term) => stopWords.has(term))).toBe(true);
    }
    for (const word of ['not', 'all', 'any', 'new', 'get', 'set', 'use', 'before', 'null', 'class', 'import']) {
      expect(termsOf(word).some((term) => stopWords.has(term))).toBe(false);
    }
  });
});
