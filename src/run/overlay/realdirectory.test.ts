/** Names that are no UTF-8, as text and back. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOfName, nameOfBytes, plainName } from './realdirectory.ts';

test('any bytes are a name, and that name is those bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      expect([...bytesOfName(nameOfBytes(bytes))]).toEqual([...bytes]);
    }),
  );
});

test('what is UTF-8 stays, and a byte that is not has a plain way to be written', () => {
  for (const name of ['a/b', 'é/日本/🙂', '\u0000', '\ufeffa']) expect(nameOfBytes(Buffer.from(name))).toBe(name);
  const name = nameOfBytes(Buffer.from([0x2f, 0xc3, 0xa9, 0xe9, 0x2f, 0xf0, 0x9f]));
  expect(name).toBe('/é\udce9/\udcf0\udc9f');
  expect(plainName(name)).toBe('/é%E9/%F0%9F');
});
