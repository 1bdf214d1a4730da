import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteTextDecoder, decodeBytes, encodeBytes } from './bytetext.ts';

test('any bytes come back as they were', () => {
  const parts = fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: 'grapheme' }).map((text) => new TextEncoder().encode(text)),
  );
  fc.assert(
    fc.property(fc.array(parts), (all) => {
      const bytes = new Uint8Array(Buffer.concat(all));
      expect(encodeBytes(decodeBytes(bytes))).toEqual(bytes);
    }),
  );
});

test('sound text is as Node has it, its byte order mark kept', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(encodeBytes(text)).toEqual(new TextEncoder().encode(text));
      expect(decodeBytes(new TextEncoder().encode(text))).toBe(text);
    }),
  );
  expect(decodeBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
});

test('overlong forms, surrogates and cut characters are bytes, not characters', () => {
  for (const bytes of [
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x82],
  ])
    expect(decodeBytes(Uint8Array.from(bytes))).toBe(String.fromCharCode(...bytes.map((byte) => 0xdc00 | byte)));
  expect(new ByteTextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(0xff, 0xc3, 0xa9))).toBe('\udcffé');
});
