/** Growing columns of 32-bit numbers. */

export class Column {
  #values: Uint32Array;
  #length = 0;

  /** @param expected how many numbers are to come, roughly */
  constructor(expected = 0) {
    // A little more than last time: most changes add little.
    this.#values = new Uint32Array(Math.max(256, Math.ceil(expected * 1.02)));
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow(this.#length + 1);
    this.#values[this.#length++] = value;
  }

  append(values: Uint32Array): void {
    if (this.#length + values.length > this.#values.length) this.#grow(this.#length + values.length);
    this.#values.set(values, this.#length);
    this.#length += values.length;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }

  /** What was written so far: a view, valid until the next `push`. */
  view(): Uint32Array {
    return this.#values.subarray(0, this.#length);
  }

  /** As `view`, to be kept: nothing may be pushed any more. */
  take(): Uint32Array {
    const spare = this.#values.length - this.#length;
    return spare > this.#values.length / 8 ? this.#values.slice(0, this.#length) : this.view();
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(wanted: number): void {
    const grown = new Uint32Array(Math.max(wanted, this.#values.length * 2));
    grown.set(this.#values.subarray(0, this.#length));
    this.#values = grown;
  }
}

/** Starts of groups in a column that is ordered by group: `start[g]` to `start[g + 1]`. @param groups of each entry */
export function startsOf(groups: Uint32Array, count: number): Uint32Array {
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < groups.length; i++) (starts[(groups[i] as number) + 1] as number)++;
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  return starts;
}

/** Places of the entries, ordered by group and then as they came. @param starts from `startsOf` */
export function orderBy(groups: Uint32Array, starts: Uint32Array): Uint32Array {
  const next = starts.slice();
  const order = new Uint32Array(groups.length);
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i] as number;
    const at = next[group] as number;
    order[at] = i;
    next[group] = at + 1;
  }
  return order;
}
