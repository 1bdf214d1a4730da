/**
 * How likely the first choice is, made good: weights that were learned on few problems are too sure of those that they were not learned on, so the chance of a first choice is mapped to how often such a chance came true.
 *
 * The map is log-odds → shift + slope · log-odds (Platt 1999, "Probabilistic outputs for support vector machines"), learned from first choices of problems that the weights had not seen. Both are held near 0 and 1, as there are some dozens
 * of problems. It moves no cluster past another.
 */
export interface FirstMap {
  readonly shift: number;
  readonly slope: number;
}

export const unchanged: FirstMap = { shift: 0, slope: 1 };

/** A first choice of a problem that the weights were not learned on. */
export interface Foretold {
  readonly chance: number;
  /** The share of its programs that are right, [0, 1]. */
  readonly right: number;
}

/** Nothing is surer than this, either way: hundredths are more than some dozens of problems can tell. */
const least = 0.01;
const penalty = 0.02;
const rounds = 800;

const logOdds = (chance: number): number => Math.log(Math.max(chance, least) / Math.max(1 - chance, least));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export function fitFirstMap(foretold: readonly Foretold[]): FirstMap {
  if (foretold.length === 0) return unchanged;
  let { shift, slope } = unchanged;
  for (let round = 0; round < rounds; round++) {
    let [pullShift, pullSlope] = [-penalty * shift, -penalty * (slope - 1)];
    for (const { chance, right } of foretold) {
      const x = logOdds(chance);
      const miss = (right - logistic(shift + slope * x)) / foretold.length;
      pullShift += miss;
      pullSlope += miss * x;
    }
    shift += 0.5 * pullShift;
    slope += 0.2 * pullSlope;
  }
  // A map that turns the order round has learned noise.
  return { shift, slope: Math.max(0, slope) };
}

/**
 * Chances by falling size, with that of the first mapped and the others, and that of none, scaled to what is left. The first stays the first.
 *
 * @param chances falling, each in [0, 1]
 */
export function withFirst(
  chances: readonly number[],
  none: number,
  { shift, slope }: FirstMap,
): { chances: number[]; none: number } {
  const [first = 0, second = 0] = chances;
  const isSame = shift === 0 && slope === 1;
  if (isSame || first <= 0 || first >= 1) return { chances: [...chances], none };
  // Below this the second would come out above it.
  const lowest = second / (1 - first + second);
  const mapped = Math.max(logistic(shift + slope * logOdds(first)), lowest);
  const scale = (1 - mapped) / (1 - first);
  return { chances: chances.map((chance, at) => (at === 0 ? mapped : chance * scale)), none: none * scale };
}
