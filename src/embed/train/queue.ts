/**
 * A queue of earlier batches, as wrong answers beyond the batch: CoCoSoDa's (Shi et al. 2023, arXiv:2204.03293), after MoCo (He et al. 2020).
 *
 * Each query must be nearer to its code than to the queued codes, each code nearer to its query than to the queued queries. What is queued comes
 * of a slow copy of the vectors, which follows by a small share each step, so that the queue is of one kind though its batches are of different
 * ages. Unlike theirs, the right answer is the table's own and not the slow copy's; measured, the queue does harm (docs/measurements/meaning.md). Without momentum it is what the batch itself was (cross-batch memory: Wang et al. 2020). Nothing flows back into the queue. Weights of
 * words and fields are not copied: they are few and move little.
 */
import type { Bags } from './batch.ts';
import { pack } from './kernels.ts';
import type { Model } from './model.ts';
import { encode } from './step.ts';

/** Likenesses of one side of the batch to what is queued of the other. */
export interface Beyond {
  /** By row: sum of powers. */
  readonly sums: Float64Array;
  /** By row: sum of power times likeness. */
  readonly products: Float64Array;
}

type Side = 'query' | 'document';

const placesOf = ({ at, shape: { batch, queue } }: Model, side: Side) => ({
  own: side === 'query' ? at.queries : at.documents,
  gradient: side === 'query' ? at.queryGradient : at.documentGradient,
  other: side === 'query' ? at.queuedDocuments : at.queuedQueries,
  cells: side === 'query' ? at.beyond : at.beyond + batch * queue,
});

/** Batches that the queue holds by now. */
const filledOf = ({ shape: { batch, queue }, queued }: Model): number => Math.min(queued.batches, queue / batch);

/** Compares one side with the queue; powers stay in the model's memory for `sendBeyond`. Queued neighbours of the same code count for nothing. */
export function compareBeyond(model: Model, side: Side, codes: readonly number[], factor: number): Beyond {
  const { floats, kernels, at, shape, queued } = model;
  const { batch, dimension } = shape;
  const { own, other, cells } = placesOf(model, side);
  const beyond = { sums: new Float64Array(batch), products: new Float64Array(batch) };
  const rowsOf = new Map<number, number[]>();
  for (const [row, code] of codes.entries()) rowsOf.set(code, [...(rowsOf.get(code) ?? []), row]);
  for (let block = 0; block < filledOf(model); block++) {
    const from = other + block * batch * dimension;
    const to = cells + block * batch * batch;
    const packed = floats.subarray(at.packed, at.packed + batch * dimension);
    pack(floats.subarray(from, from + batch * dimension), packed, {
      depth: dimension,
      columns: batch,
      transposed: true,
    });
    kernels.multiply(4 * own, 4 * at.packed, 4 * to, batch, dimension, batch);
    for (let row = 0; row < batch; row++) {
      let sum = 0;
      let product = 0;
      for (let cell = to + row * batch; cell < to + (row + 1) * batch; cell++) {
        const likeness = floats[cell] as number;
        const power = Math.exp(factor * (likeness - 1));
        floats[cell] = power;
        sum += power;
        product += power * likeness;
      }
      beyond.sums[row] = (beyond.sums[row] as number) + sum;
      beyond.products[row] = (beyond.products[row] as number) + product;
    }
    for (let column = 0; column < batch; column++) {
      for (const row of rowsOf.get(queued.codes[block * batch + column] as number) ?? []) {
        const cell = to + row * batch + column;
        const power = floats[cell] as number;
        floats[cell] = 0;
        beyond.sums[row] = (beyond.sums[row] as number) - power;
        const likeness = power === 0 ? 0 : 1 + Math.log(power) / factor;
        beyond.products[row] = (beyond.products[row] as number) - power * likeness;
      }
    }
  }
  return beyond;
}

/** Adds to the gradient of one side what the queue asks of it. @param shares by row: what a power's slope is multiplied by */
export function sendBeyond(model: Model, side: Side, shares: Float64Array): void {
  const { floats, kernels, at, shape } = model;
  const { batch, dimension } = shape;
  const { gradient, other, cells } = placesOf(model, side);
  const size = batch * dimension;
  for (let block = 0; block < filledOf(model); block++) {
    const from = other + block * size;
    const powers = cells + block * batch * batch;
    for (let row = 0; row < batch; row++) {
      const share = shares[row] as number;
      for (let cell = powers + row * batch; cell < powers + (row + 1) * batch; cell++) {
        floats[cell] = (floats[cell] as number) * share;
      }
    }
    const packed = floats.subarray(at.packed, at.packed + size);
    pack(floats.subarray(from, from + size), packed, { depth: batch, columns: dimension, transposed: false });
    kernels.multiply(4 * powers, 4 * at.packed, 4 * at.spare, batch, batch, dimension);
    for (let i = 0; i < size; i++) {
      floats[gradient + i] = (floats[gradient + i] as number) + (floats[at.spare + i] as number);
    }
  }
}

/**
 * Puts the batch into the queue, in place of the oldest, and lets the slow copy follow.
 *
 * @param momentum share of the slow copy that stays as it was, 0 to 1
 */
export function enqueue(model: Model, bags: Record<Side, Bags>, codes: readonly number[], momentum: number): void {
  const { floats, at, shape, queued } = model;
  const { batch, dimension, words, queue } = shape;
  const place = (queued.batches % (queue / batch)) * batch;
  const slow = momentum > 0;
  if (slow) {
    // Begins as a copy.
    const kept = queued.batches === 0 ? 0 : momentum;
    for (let i = 0; i < words * dimension; i++) {
      const [old, fresh] = [floats[at.slow + i] as number, floats[at.vectors + i] as number];
      floats[at.slow + i] = kept * old + (1 - kept) * fresh;
    }
  }
  for (const side of ['query', 'document'] as const) {
    // With the slow copy the batch is read once more; its own vectors are not needed any longer.
    const from = side === 'query' ? at.queries : at.documents;
    if (slow) encode(model, bags[side], side, from, at.slow);
    const to = (side === 'query' ? at.queuedQueries : at.queuedDocuments) + place * dimension;
    floats.copyWithin(to, from, from + batch * dimension);
  }
  queued.codes.set(codes, place);
  queued.batches++;
}
