import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameReader } from './frames.ts';

test('a frame comes out as it went in, however the pipe cuts it', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
      (header, body, cuts) => {
        const reader = new FrameReader(1 << 20);
        let rest = Buffer.concat(encodeFrame(header, body));
        for (let turn = 0; ; turn++) {
          const cut = cuts[turn % cuts.length] ?? 1;
          const frame = reader.add(rest.subarray(0, cut));
          rest = rest.subarray(cut);
          if (frame === null) {
            expect(rest.length).toBeGreaterThan(0);
            continue;
          }
          expect(rest.length).toBe(0);
          expect(frame.header).toEqual(JSON.parse(JSON.stringify(header)));
          expect(Buffer.from(frame.body)).toEqual(Buffer.concat(body));
          return;
        }
      },
    ),
  );
});

test('what is no frame is an error and not a large memory', () => {
  const start = (size: number, header: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(size, 0);
    bytes.writeUInt32LE(header, 4);
    return bytes;
  };
  expect(() => new FrameReader(1000).add(start(2000, 10))).toThrow('a frame of 2000 bytes');
  expect(() => new FrameReader(1000).add(start(10, 20))).toThrow('header of 20');
  expect(() => new FrameReader(0xffffffff).add(start(1 << 30, 1 << 29))).toThrow('header of 536870912');
  expect(() => new FrameReader(1000).add(Buffer.concat([start(6, 2), Buffer.from('{}too much')]))).toThrow(
    'after the end',
  );
});
