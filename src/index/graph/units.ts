/** Decoded files within a bound: those used last are kept. */
import { Unit, type UnitParts } from './unit.ts';

export interface LoadedUnit extends UnitParts {
  /** Size of its records in the store. */
  readonly packedBytes: number;
}

/** Units in memory take about ten times what their records do; 24 MB of records are some 250 MB. */
const heldPackedBytes = 24 * 1024 * 1024;

export class Units {
  readonly #load: (file: number) => LoadedUnit;
  readonly #held = new Map<number, { readonly unit: Unit; readonly bytes: number }>();
  #bytes = 0;
  /** The last one asked for: most questions come in runs. */
  #last: Unit | null = null;

  constructor(load: (file: number) => LoadedUnit) {
    this.#load = load;
  }

  get(file: number): Unit {
    if (this.#last?.file === file) return this.#last;
    const held = this.#held.get(file);
    if (held !== undefined) {
      // Maps keep the order of insertion: the first entry is the one not used for longest.
      this.#held.delete(file);
      this.#held.set(file, held);
      this.#last = held.unit;
      return held.unit;
    }
    const loaded = this.#load(file);
    const unit = new Unit(loaded);
    this.#held.set(file, { unit, bytes: loaded.packedBytes });
    this.#bytes += loaded.packedBytes;
    for (const [other, { bytes }] of this.#held) {
      if (this.#bytes <= heldPackedBytes || other === file) break;
      this.#held.delete(other);
      this.#bytes -= bytes;
    }
    this.#last = unit;
    return unit;
  }
}
