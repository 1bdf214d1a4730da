/**
 * Fits a linear ranker: weights that make the right candidate of each list stand out.
 *
 * Listwise softmax (Cao et al. 2007, ListNet's top-one likelihood): the loss of a list is −log of the probability
 * that softmax of the scores gives the right candidates, averaged over them, plus l2 · |w − prior|². Convex, so L-BFGS (Nocedal
 * 1980; ten pairs, backtracking line search) finds the one answer and no seed is needed. A feature that the lists
 * hardly show keeps its prior weight.
 */

export interface List {
  /** Rows of `width` numbers. */
  readonly values: Float32Array;
  /** Rows that are right; at least one. */
  readonly right: readonly number[];
  readonly weight: number;
}

const history = 10;

/** @param prior one weight per column @returns one weight per column */
export function fitListwise(lists: readonly List[], prior: Float64Array, l2: number, iterations = 200): Float64Array {
  let w = prior.slice();
  let { loss, gradient } = lossOf(lists, prior, w, l2);
  const steps: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const direction = twoLoop(gradient, steps);
    const slope = dot(direction, gradient);
    if (-slope < 1e-9 * Math.max(1, Math.abs(loss))) break;
    let rate = iteration === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    for (let tries = 0; ; tries++) {
      const next = w.map((value, i) => value + rate * (direction[i] as number));
      const found = lossOf(lists, prior, next, l2);
      if (found.loss <= loss + 1e-4 * rate * slope || tries > 20) {
        const s = next.map((value, i) => value - (w[i] as number));
        const y = found.gradient.map((value, i) => value - (gradient[i] as number));
        const curvature = dot(s, y);
        if (curvature > 1e-12) {
          steps.push({ s, y, rho: 1 / curvature });
          if (steps.length > history) steps.shift();
        }
        w = next;
        loss = found.loss;
        gradient = found.gradient;
        break;
      }
      rate /= 2;
    }
  }
  return w;
}

function twoLoop(
  gradient: Float64Array,
  steps: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[],
): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (let i = steps.length - 1; i >= 0; i--) {
    const { s, y, rho } = steps[i] as (typeof steps)[number];
    const alpha = rho * dot(s, q);
    alphas[i] = alpha;
    for (let j = 0; j < q.length; j++) q[j] = (q[j] as number) - alpha * (y[j] as number);
  }
  const last = steps.at(-1);
  const scale = last === undefined ? 1 : 1 / (last.rho * dot(last.y, last.y));
  for (let j = 0; j < q.length; j++) q[j] = (q[j] as number) * scale;
  for (const [i, { s, y, rho }] of steps.entries()) {
    const beta = rho * dot(y, q);
    for (let j = 0; j < q.length; j++) q[j] = (q[j] as number) + (s[j] as number) * ((alphas[i] as number) - beta);
  }
  return q.map((value) => -value);
}

function lossOf(lists: readonly List[], prior: Float64Array, w: Float64Array, l2: number) {
  const width = prior.length;
  const away = w.map((value, i) => value - (prior[i] as number));
  let loss = l2 * dot(away, away);
  const gradient = away.map((value) => 2 * l2 * value);
  for (const { values, right, weight } of lists) {
    const rows = values.length / width;
    const scores = new Float64Array(rows);
    let top = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      const at = row * width;
      for (let i = 0; i < width; i++) sum += (w[i] as number) * (values[at + i] as number);
      scores[row] = sum;
      if (sum > top) top = sum;
    }
    let total = 0;
    for (let row = 0; row < rows; row++) {
      scores[row] = Math.exp((scores[row] as number) - top);
      total += scores[row] as number;
    }
    const share = weight / right.length;
    for (const row of right) loss -= share * Math.log((scores[row] as number) / total + 1e-300);
    for (let row = 0; row < rows; row++) {
      const pull = (weight * (scores[row] as number)) / total - (right.includes(row) ? share : 0);
      if (Math.abs(pull) < 1e-9) continue;
      const at = row * width;
      for (let i = 0; i < width; i++) gradient[i] = (gradient[i] as number) + pull * (values[at + i] as number);
    }
  }
  return { loss, gradient };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
