/** Decoded files within a bound: those used last are kept. */
import { Unit, type UnitParts } from './unit.ts';

export interface LoadedUnit extends UnitParts {
  /** Size of its records in the store. */
  readonly packedBytes: number;
}

/** Units in memory take about twelve times what their records do. On 53,000 files 24 MB made nothing faster than 8 and took 400 MB more. */
const heldPackedBytes = 8 * 1024 * 1024;

interface Held {
  readonly unit: Unit;
  readonly bytes: number;
  /** When it was last asked for, in questions. */
  at: number;
}

export class Units {
  readonly #load: (file: number) => LoadedUnit;
  readonly #held = new Map<number, Held>();
  #bytes = 0;
  #questions = 0;

  constructor(load: (file: number) => LoadedUnit) {
    this.#load = load;
  }

  get(file: number): Unit {
    const held = this.#held.get(file);
    if (held !== undefined) {
      held.at = this.#questions++;
      return held.unit;
    }
    const loaded = this.#load(file);
    if (this.#bytes + loaded.packedBytes > heldPackedBytes) this.#dropOldest();
    const unit = new Unit(loaded);
    this.#held.set(file, { unit, bytes: loaded.packedBytes, at: this.#questions++ });
    this.#bytes += loaded.packedBytes;
    return unit;
  }

  /** Half at once: ordering all of them for each that comes would cost more than decoding some again. */
  #dropOldest(): void {
    const oldestFirst = [...this.#held].sort(([, a], [, b]) => a.at - b.at);
    for (const [file, { bytes }] of oldestFirst) {
      if (this.#bytes <= heldPackedBytes / 2) break;
      this.#held.delete(file);
      this.#bytes -= bytes;
    }
  }
}
