/** Gradients of a step against differences of its loss, with and without a queue. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { Bags } from './batch.ts';
import { createModel, type Model } from './model.ts';
import { enqueue } from './queue.ts';
import { learn } from './step.ts';

const [words, dimension, batch] = [30, 8, 8];

function bagsOf(seed: number): Bags {
  const random = seededRandom(seed);
  const bags = new Bags(batch, batch * 10);
  for (let bag = 0; bag < batch; bag++) {
    for (let i = 0; i < 4; i++) bags.add(random.int(words), 1 + random.next(), random.int(4));
    bags.close();
  }
  return bags;
}

const codesOf = (start: number): number[] => Array.from({ length: batch }, (_, i) => start + Math.max(1, i));

function modelWith(queue: number, slow: boolean): Model {
  const shape = { words, dimension, batch, batchWords: batch * 10, queue: queue * batch, slow };
  const model = createModel(shape, new Float32Array(words).fill(2), seededRandom(1));
  // Milder than at the start, so that single precision tells the differences.
  model.scale.values[0] = Math.log(5);
  for (let i = 0; i < queue; i++) {
    const bags = { query: bagsOf(10 + i), document: bagsOf(20 + i) };
    // The last one holds codes of the batch that is learned from.
    const codes = codesOf(i === queue - 1 ? 4 : 100 * (i + 1));
    learn(model, codes, bags.query, bags.document);
    enqueue(model, bags, codes, slow ? 0.9 : 0);
    clear(model);
  }
  return model;
}

function clear({ floats, at, ...model }: Model): void {
  floats.fill(0, at.gradient, at.gradient + words * dimension);
  for (const group of [model.queryWeights, model.documentWeights, model.fields, model.scale]) group.gradient.fill(0);
}

describe.each<[string, number, boolean]>([
  ['no queue', 0, false],
  ['a queue of two batches', 2, false],
  ['a queue of a slow copy', 2, true],
])('%s', (_, queue, slow) => {
  const model = modelWith(queue, slow);
  const [queries, documents, codes] = [bagsOf(3), bagsOf(4), codesOf(0)];
  const loss = (): number => {
    const value = learn(model, codes, queries, documents);
    clear(model);
    return value;
  };
  const numeric = (values: Float32Array | Float64Array, place: number): number => {
    const before = values[place] as number;
    const small = 2e-3;
    values[place] = before + small;
    const more = loss();
    values[place] = before - small;
    const less = loss();
    values[place] = before;
    return (more - less) / (2 * small);
  };

  test('slopes of vectors, weights, fields and scale are those of the loss', () => {
    learn(model, codes, queries, documents);
    const { floats, at } = model;
    const vectors = floats.slice(at.gradient, at.gradient + words * dimension);
    const groups = [model.queryWeights, model.documentWeights, model.fields, model.scale];
    const slopes = groups.map(({ gradient }) => gradient.slice());
    clear(model);
    for (let i = 0; i < words * dimension; i += 7) {
      expect(numeric(floats, at.vectors + i)).toBeCloseTo(vectors[i] as number, 3);
    }
    for (const [g, group] of groups.entries()) {
      for (let i = 0; i < group.values.length; i++) {
        expect(numeric(group.values, i)).toBeCloseTo((slopes[g] as Float64Array)[i] as number, 3);
      }
    }
  });
});

test('the same code twice in a batch, or in the queue, is no wrong answer', () => {
  const model = modelWith(0, false);
  const [queries, documents] = [bagsOf(3), bagsOf(3)];
  const apart = learn(model, [1, 2, 3, 4, 5, 6, 7, 8], queries, documents);
  const same = learn(model, [1, 1, 3, 4, 5, 6, 7, 8], queries, documents);
  expect(same).toBeLessThan(apart);
  expect(learn(model, new Array(batch).fill(1), queries, documents)).toBeCloseTo(0, 6);
});
