/**
 * Where the boxes of a picture lie: the one asked about in the middle, what leads to it on its left, where it leads on its right, each step a
 * column further out. Boxes of a column stand in the order of those they were reached from, so that edges seldom cross.
 */

export interface Item {
  readonly key: string;
  readonly id: string;
  readonly label: string;
  readonly kind: string;
  readonly path: string;
  /** −1: leads here; 1: is led to. */
  readonly side: -1 | 1;
  /** Steps from the middle, ≥ 1. */
  readonly distance: number;
  /** Key of the box it was reached from; null: the middle. */
  readonly via: string | null;
  readonly state: string;
  /** Caption that it stands under in its column. */
  readonly group: string;
  /** For whoever hovers: how it was found. */
  readonly told: string;
}

export interface Box {
  readonly item: Item | null;
  readonly x: number;
  readonly y: number;
  readonly column: number;
  readonly row: number;
}

export interface Line {
  readonly key: string;
  readonly state: string;
  /** From edge to edge of two boxes, as a path of SVG. */
  readonly path: string;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  readonly captions: readonly { readonly text: string; readonly x: number; readonly y: number }[];
}

export const boxWidth = 190;
export const boxHeight = 38;
const rowGap = 8;
const columnGap = 84;
const captionHeight = 26;
const margin = 14;

export function layout(items: readonly Item[]): Picture {
  const columns = new Map<number, Item[]>();
  for (const item of items) {
    const column = item.side * item.distance;
    columns.set(column, [...(columns.get(column) ?? []), item]);
  }
  const numbers = [...new Set([0, ...columns.keys()])].sort((one, other) => one - other);
  const heightOf = (column: readonly Item[]): number =>
    column.reduce(
      (sum, item, at) => sum + boxHeight + rowGap + (startsGroup(column, at) && item.group !== '' ? captionHeight : 0),
      0,
    );
  const ordered = new Map<number, readonly Item[]>();
  for (const distance of [...new Set(numbers.map(Math.abs))].sort((one, other) => one - other))
    for (const side of [-1, 1]) {
      const column = columns.get(side * distance);
      if (column === undefined) continue;
      const before = ordered.get(side * (distance - 1)) ?? [];
      const order = new Map(before.map((item, at) => [item.key, at]));
      ordered.set(
        side * distance,
        sortedBy(column, (item) => order.get(item.via ?? '') ?? 0),
      );
    }
  const height = Math.max(boxHeight * 3, ...[...ordered.values()].map(heightOf)) + 2 * margin;
  const left = numbers[0] ?? 0;
  const xOf = (column: number): number => margin + (column - left) * (boxWidth + columnGap);
  const boxes: Box[] = [{ item: null, x: xOf(0), y: (height - boxHeight) / 2, column: 0, row: 0 }];
  const captions: Picture['captions'][number][] = [];
  const placed = new Map<string, Box>();
  for (const [column, rows] of ordered) {
    let y = (height - heightOf(rows)) / 2;
    rows.forEach((item, row) => {
      if (startsGroup(rows, row) && item.group !== '') {
        captions.push({ text: item.group, x: xOf(column), y: y + captionHeight - 8 });
        y += captionHeight;
      }
      const box = { item, x: xOf(column), y, column, row };
      boxes.push(box);
      placed.set(item.key, box);
      y += boxHeight + rowGap;
    });
  }
  const middle = boxes[0] as Box;
  const lines = [...placed.values()].map((box): Line => {
    const from = box.item?.via == null ? middle : (placed.get(box.item.via) ?? middle);
    const side = box.item?.side ?? 1;
    const x1 = from.x + (side > 0 ? boxWidth : 0);
    const x2 = box.x + (side > 0 ? 0 : boxWidth);
    const [y1, y2] = [from.y + boxHeight / 2, box.y + boxHeight / 2];
    const bend = (x1 + x2) / 2;
    return {
      key: box.item?.key ?? '',
      state: box.item?.state ?? '',
      path: `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`,
    };
  });
  const width = 2 * margin + numbers.length * boxWidth + (numbers.length - 1) * columnGap;
  return { width, height, boxes, lines, captions };
}

const startsGroup = (column: readonly Item[], at: number): boolean => column[at - 1]?.group !== column[at]?.group;

function sortedBy<Row>(rows: readonly Row[], rank: (row: Row) => number): readonly Row[] {
  return rows
    .map((row, at) => ({ row, at }))
    .sort((one, other) => rank(one.row) - rank(other.row) || one.at - other.at)
    .map(({ row }) => row);
}

/** The box that an arrow key goes to: in its column the next, in a neighbouring column the nearest. Null: there is none. */
export function towards(boxes: readonly Box[], from: Box, key: string): Box | null {
  if (key === 'ArrowUp' || key === 'ArrowDown')
    return (
      boxes.find(({ column, row }) => column === from.column && row === from.row + (key === 'ArrowDown' ? 1 : -1)) ??
      null
    );
  const column = from.column + (key === 'ArrowRight' ? 1 : -1);
  const there = boxes.filter((box) => box.column === column);
  return there.reduce<Box | null>(
    (best, box) => (best === null || Math.abs(box.y - from.y) < Math.abs(best.y - from.y) ? box : best),
    null,
  );
}
