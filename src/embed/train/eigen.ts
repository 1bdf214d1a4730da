/**
 * Eigenvectors of a symmetric matrix, by Jacobi's rotations (Golub and Van Loan, Matrix Computations, §8.5).
 *
 * Plain and exact enough for matrices of some hundred rows, which take seconds.
 */

const mostSweeps = 12;
/** Of the square sum of all cells: what is left beside the diagonal is noise of double precision. */
const small = 1e-18;

export interface Eigen {
  /** Largest first. */
  readonly values: Float64Array;
  /** Row after row, of length 1, in the order of `values`. */
  readonly vectors: Float64Array;
}

/** @param matrix symmetric, row after row; left as it is */
export function eigenOf(matrix: Float64Array, size: number): Eigen {
  const cells = matrix.slice();
  const turned = new Float64Array(size * size);
  for (let i = 0; i < size; i++) turned[i * size + i] = 1;
  const whole = cells.reduce((sum, cell) => sum + cell * cell, 0);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let beside = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) beside += (cells[p * size + q] as number) ** 2;
    }
    if (beside <= small * whole) break;
    const least = Math.sqrt((small * whole) / (size * size));
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        if (Math.abs(cells[p * size + q] as number) > least) rotate(cells, turned, size, p, q);
      }
    }
  }
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (one, other) => (cells[other * size + other] as number) - (cells[one * size + one] as number),
  );
  const vectors = new Float64Array(size * size);
  for (const [to, from] of order.entries()) vectors.set(turned.subarray(from * size, (from + 1) * size), to * size);
  return { values: Float64Array.from(order, (i) => cells[i * size + i] as number), vectors };
}

/** The rotation that brings cell (p, q) to nothing. */
function rotate(cells: Float64Array, turned: Float64Array, size: number, p: number, q: number): void {
  const difference = (cells[q * size + q] as number) - (cells[p * size + p] as number);
  const half = difference / (2 * (cells[p * size + q] as number));
  const tangent = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.sqrt(half * half + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const turn = (values: Float64Array, one: number, other: number, step: number): void => {
    for (let k = 0; k < size; k++) {
      const [x, y] = [values[one + k * step] as number, values[other + k * step] as number];
      values[one + k * step] = cosine * x - sine * y;
      values[other + k * step] = sine * x + cosine * y;
    }
  };
  turn(cells, p, q, size);
  turn(cells, p * size, q * size, 1);
  turn(turned, p * size, q * size, 1);
}
