import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PagedSource, pageBytes } from './pages.ts';
import { noMoreDocs, PostingCursor, PostingsEncoder } from './postings.ts';
import { memorySource } from './source.ts';

interface List {
  readonly docs: Uint32Array;
  readonly levels: Uint8Array;
}

/** Lists of one posting up to some twenty blocks, with short and long steps. */
const list: fc.Arbitrary<List> = fc
  .tuple(
    fc.integer({ min: 1, max: 1200 }),
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }),
    fc.nat(),
  )
  .map(([count, steps, first]) => {
    const docs = new Uint32Array(count);
    const levels = new Uint8Array(count);
    let doc = first % 1000;
    for (let i = 0; i < count; i++) {
      docs[i] = doc;
      levels[i] = 1 + ((doc * 7919) % 250);
      doc += steps[(i * i) % steps.length] as number;
    }
    return { docs, levels };
  });

/** A cursor over the list, read through checked pages and not from their start. */
function cursorOver({ docs, levels }: List): PostingCursor {
  const encoder = new PostingsEncoder();
  encoder.encode(docs, levels, 0, docs.length);
  const length = encoder.out.length;
  const bytes = new Uint8Array(length + 77);
  bytes.set(encoder.out.view(), 77);
  const checksums: number[] = [];
  for (let at = 0; at < bytes.length; at += pageBytes) checksums.push(crc32(bytes.subarray(at, at + pageBytes)));
  const pages = new PagedSource(memorySource(bytes), bytes.length, Uint32Array.from(checksums));
  return new PostingCursor(pages, 77, length, docs.length, encoder.top);
}

test('all gives what was encoded', () => {
  fc.assert(
    fc.property(list, (made) => {
      expect(cursorOver(made).all()).toEqual(made);
      expect(cursorOver(made).top).toBe(Math.max(...made.levels));
    }),
  );
});

test('seek stands on the first document at or after its target', () => {
  fc.assert(
    fc.property(list, fc.array(fc.nat(3000), { maxLength: 60 }), (made, steps) => {
      const cursor = cursorOver(made);
      let target = 0;
      for (const step of steps) {
        target += step;
        const at = made.docs.findIndex((doc) => doc >= target);
        const top = cursor.topAt(target);
        if (at >= 0) expect(top).toBeGreaterThanOrEqual(made.levels[at] as number);
        expect(cursor.seek(target)).toBe(at < 0 ? noMoreDocs : made.docs[at]);
        if (at >= 0) expect(cursor.level).toBe(made.levels[at]);
      }
      cursor.restart();
      expect(cursor.seek(0)).toBe(made.docs[0]);
      expect(cursor.level).toBe(made.levels[0]);
    }),
  );
});

test('topWithin bounds every document of a window, and tightly at blocks', () => {
  fc.assert(
    fc.property(list, fc.integer({ min: 50, max: 3000 }), (made, width) => {
      const cursor = cursorOver(made);
      const { docs, levels } = made;
      const end = (docs.at(-1) as number) + 2 * width;
      for (let from = 0, first = 0; from < end; from += width) {
        const to = from + width;
        while (first < docs.length && (docs[first] as number) < from) first++;
        let last = first;
        while (last < docs.length && (docs[last] as number) < to) last++;
        const inside = Math.max(0, ...levels.subarray(first, last));
        const blocks = levels.subarray(first - (first % 128), Math.ceil((last + 1) / 128) * 128);
        const top = cursor.topWithin(from, to);
        if (top < inside || top > Math.max(0, ...blocks)) expect({ top, inside, from, to }).toBeNull();
      }
    }),
    { numRuns: 60 },
  );
});
