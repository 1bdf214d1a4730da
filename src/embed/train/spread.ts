/**
 * Directions of the same space among which none stands out.
 *
 * Principal directions come strongest first: the first eight of 256 hold a fifth of the square sum, and the last say next to nothing. Signs count each as one
 * all the same, and a search over many vectors chooses by signs (`scan.ts`). Turned at random, all directions weigh alike and no
 * likeness changes; signs then keep 96% of the 50 nearest where they kept 84% (docs/measurements/meaning-search.md). Gong and others (2013, "Iterative
 * quantization", section 2) turn for the same reason.
 */
import { seededRandom } from '../../base/mod.ts';

/** Any will do; the same each time, so that the same training gives the same file. */
const seed = 1;

/**
 * @param directions rows of length 1, at right angles to each other; at least `count` of them, the others are left out
 * @param count of rows that are wanted
 * @param size numbers of a row
 * @returns as many rows, at right angles as well, of the space that the first `count` span
 */
export function spread(directions: Float64Array, count: number, size: number): Float64Array {
  const random = seededRandom(seed);
  const turned = new Float64Array(count * size);
  for (let row = 0; row < count; row++) {
    const own = turned.subarray(row * size, (row + 1) * size);
    for (let other = 0; other < count; other++) addTo(own, directions, other, normal(random.next(), random.next()));
    // Twice, since one pass leaves what rounding made of it (Golub and Van Loan, Matrix Computations, §5.2.8).
    for (let pass = 0; pass < 2; pass++)
      for (let other = 0; other < row; other++) addTo(own, turned, other, -productWith(own, turned, other));
    const length = Math.sqrt(productWith(own, own, 0));
    for (let i = 0; i < size; i++) own[i] = (own[i] as number) / length;
  }
  return turned;
}

/** Normally distributed, of two uniform numbers (Box and Muller 1958). */
const normal = (one: number, other: number): number =>
  Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(2 * Math.PI * other);

function addTo(target: Float64Array, rows: Float64Array, row: number, factor: number): void {
  for (let i = 0; i < target.length; i++)
    target[i] = (target[i] as number) + factor * (rows[row * target.length + i] as number);
}

function productWith(one: Float64Array, rows: Float64Array, row: number): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i] as number) * (rows[row * one.length + i] as number);
  return sum;
}
