/** Where boxes lie, and where arrows lead. */
import { expect, test } from 'vitest';
import { type Item, layout, towards } from './layout.ts';

const item = (key: string, side: -1 | 1, distance = 1, via: string | null = null, group = 'g'): Item => ({
  key,
  id: key,
  label: key,
  kind: 'function',
  path: 'a.py',
  side,
  distance,
  via,
  state: 'resolved',
  group,
  told: '',
});

test('what leads to the middle is on its left, a step a column, and no boxes overlap', () => {
  const items = [item('a', -1), item('b', -1), item('c', 1), item('d', 1, 2, 'c', ''), item('e', -1, 2, 'b', '')];
  const { boxes, lines, width, height } = layout(items);
  const column = (key: string) => boxes.find((box) => box.item?.key === key)?.column;
  expect(['a', 'b', 'c', 'd', 'e'].map(column)).toEqual([-1, -1, 1, 2, -2]);
  expect(lines).toHaveLength(items.length);
  for (const one of boxes) {
    expect(one.x >= 0 && one.y >= 0 && one.x < width && one.y < height).toBe(true);
    for (const other of boxes)
      if (other !== one && other.column === one.column) expect(Math.abs(other.y - one.y)).toBeGreaterThanOrEqual(38);
  }
});

test('boxes further out stand in the order of those they were reached from', () => {
  const { boxes } = layout([item('a', 1), item('b', 1), item('of-b', 1, 2, 'b', ''), item('of-a', 1, 2, 'a', '')]);
  const y = (key: string) => boxes.find((box) => box.item?.key === key)?.y ?? Number.NaN;
  expect(y('of-a')).toBeLessThan(y('of-b'));
});

test('arrows go to the next box of a column and to the nearest of its neighbour', () => {
  const { boxes } = layout([item('a', 1), item('b', 1), item('c', -1)]);
  const of = (key: string) => boxes.find((box) => box.item?.key === key) ?? boxes[0];
  const middle = boxes[0];
  if (middle === undefined) throw new Error('there is no middle');
  expect(towards(boxes, middle, 'ArrowLeft')?.item?.key).toBe('c');
  expect(towards(boxes, of('a') ?? middle, 'ArrowDown')?.item?.key).toBe('b');
  expect(towards(boxes, of('b') ?? middle, 'ArrowDown')).toBeNull();
  expect(towards(boxes, of('b') ?? middle, 'ArrowLeft')).toBe(middle);
});
