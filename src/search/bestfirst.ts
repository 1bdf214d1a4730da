/**
 * The places of numbers, the largest first, as far as somebody wants to know them.
 *
 * A letter finds ten thousand names, of which a few dozen are looked at: sorting them all took a tenth of its answer. This makes a binary heap, which is linear, and
 * takes from its top. Equal numbers come in the order they stand in, as a stable sort has them.
 */
export function* bestFirst(values: Float64Array): Generator<number, void> {
  const heap = Uint32Array.from(values.keys());
  let size = heap.length;
  const before = (a: number, b: number): boolean => {
    const one = values[a] as number;
    const other = values[b] as number;
    return one > other || (one === other && a < b);
  };
  const sink = (at: number): void => {
    const moved = heap[at] as number;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && before(heap[child + 1] as number, heap[child] as number)) child++;
      if (!before(heap[child] as number, moved)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = moved;
  };
  for (let at = (size >> 1) - 1; at >= 0; at--) sink(at);
  while (size > 0) {
    yield heap[0] as number;
    heap[0] = heap[--size] as number;
    sink(0);
  }
}
