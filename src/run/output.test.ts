import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutputCollector } from './output.ts';

test('keeps everything that fits, and the two ends of what does not, whatever the pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }), fc.nat(64), (pieces, keepBytes) => {
      const collector = new OutputCollector(keepBytes);
      for (const piece of pieces) collector.add(piece);
      const all = Buffer.concat(pieces);
      const { head, tail, omittedBytes } = collector.output();
      expect(collector.totalBytes).toBe(all.length);
      expect(head.length + tail.length + omittedBytes).toBe(all.length);
      if (all.length <= keepBytes) expect(Buffer.from(head)).toEqual(all);
      else {
        expect(Buffer.from(head)).toEqual(all.subarray(0, Math.ceil(keepBytes / 2)));
        expect(Buffer.from(tail)).toEqual(all.subarray(all.length - Math.floor(keepBytes / 2)));
      }
    }),
  );
});
