/**
 * Seeded randomness: the same seed gives the same numbers on every machine.
 *
 * `sfc32` (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush, four
 * additions a number. Not for secrets.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, below). @param below integer in [1, 2^32] */
  int(below: number): number;
  /** A new array in random order (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** One that will give the numbers that this one is about to give. */
  copy(): Random;
}

/** @param seed any integer; only its low 32 bits count */
export function seededRandom(seed: number): Random {
  const random = from(seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1);
  for (let i = 0; i < 12; i++) random.next();
  return random;
}

function from(a0: number, b0: number, c0: number, counter0: number): Random {
  let [a, b, c, counter] = [a0, b0, c0, counter0];
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const next = (): number => draw() / 4294967296;
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    shuffle: <T>(items: readonly T[]): T[] => {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(i + 1);
        const held = out[i] as T;
        out[i] = out[j] as T;
        out[j] = held;
      }
      return out;
    },
    copy: () => from(a, b, c, counter),
  };
}
