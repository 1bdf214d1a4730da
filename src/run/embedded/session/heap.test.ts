import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HeapState, Heaps, heapPageBytes } from './heap.ts';

const basePages = 4;

/** A model: each session's memory as a plain copy; one memory in which they take turns. */
test('sessions that take turns in one memory each find their own bytes, also after copies and growth', () => {
  const step = fc.record({
    session: fc.nat(3),
    writes: fc.array(fc.record({ at: fc.nat((basePages + 2) * heapPageBytes - 1), byte: fc.nat(255) }), {
      maxLength: 5,
    }),
    copyTo: fc.option(fc.nat(3)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const base = new Uint8Array(basePages * heapPageBytes).map((_, i) => i % 251);
      const heaps = new Heaps(base);
      const size = (basePages + 2) * heapPageBytes;
      const memory = new Uint8Array(size);
      memory.set(base);
      const model = Array.from({ length: 4 }, () => memory.slice());
      const states: HeapState[] = model.map(() => heaps.first(size));
      let placed = 0;
      for (const { session, writes, copyTo } of steps) {
        heaps.load(memory, states[placed] as HeapState, states[session] as HeapState);
        placed = session;
        expect(Buffer.compare(memory, model[session] as Uint8Array)).toBe(0);
        for (const { at, byte } of writes) {
          memory[at] = byte;
          (model[session] as Uint8Array)[at] = byte;
        }
        const was = states[session] as HeapState;
        states[session] = heaps.save(memory, was);
        heaps.drop(was);
        if (copyTo !== null && copyTo !== session) {
          heaps.drop(states[copyTo] as HeapState);
          states[copyTo] = heaps.copy(states[session] as HeapState);
          model[copyTo] = (model[session] as Uint8Array).slice();
        }
      }
      for (const state of states) heaps.drop(state);
      expect(heaps.heldBytes).toBe(0);
    }),
  );
});

test('a page that is as the base has it again costs nothing, and the gap is emptied', () => {
  const base = new Uint8Array(2 * heapPageBytes).fill(7);
  const heaps = new Heaps(base);
  const memory = base.slice();
  memory[0] = 1;
  const changed = heaps.save(memory, heaps.first(memory.length));
  expect([...changed.pages.keys()]).toEqual([0]);
  memory[0] = 7;
  expect(heaps.save(memory, changed).pages.size).toBe(0);
  const gap = new Uint8Array(heapPageBytes).fill(3);
  const withGap = new Heaps(new Uint8Array(heapPageBytes));
  expect(withGap.save(gap, withGap.first(gap.length), { from: 0, to: heapPageBytes }).pages.size).toBe(0);
  expect(gap.every((byte) => byte === 0)).toBe(true);
});
