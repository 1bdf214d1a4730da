/**
 * A picture of nodes and edges as one SVG that needs nothing else: boxes in columns, in an order that keeps edges from crossing much.
 *
 * Columns are given (steps from the node asked about), so laying out is ordering within columns: Sugiyama's barycentre sweeps
 * (Sugiyama, Tagawa and Toda 1981), each box towards the mean of its neighbours. Edges within a column or back to an earlier one bow around.
 * No layout library: they weigh hundreds of kilobytes and solve the harder problem of finding the columns.
 */
import type { Picture, PictureEdge } from './picture.ts';

const box = { height: 36, gap: 14, padding: 10, least: 90, most: 300 } as const;
const margin = 20;
/** Room between columns for curves and their arrows. */
const corridor = 90;
/** Mean width of a character of a sans-serif face at 12 and 10 px, measured on identifiers; boxes may come out a little wide. */
const glyph = { title: 6.9, where: 5.6 } as const;
/** Passes over all columns; the order hardly changes after the fourth. */
const sweeps = 6;

interface Placed {
  readonly place: number;
  readonly title: string;
  readonly where: string;
  width: number;
  x: number;
  y: number;
}

export function svgText(picture: Picture): string {
  const columns = ordered(picture);
  const boxes: Placed[] = [];
  let x = margin;
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  const height = margin * 2 + tallest * box.height + (tallest - 1) * box.gap;
  for (const column of columns) {
    const placed = column.map((place) => boxOf(picture, place));
    const width = Math.max(0, ...placed.map((one) => one.width));
    const used = placed.length * box.height + (placed.length - 1) * box.gap;
    placed.forEach((one, row) => {
      // Equal widths keep what bows around a column clear of its boxes.
      one.width = width;
      one.x = x;
      one.y = (height - used) / 2 + row * (box.height + box.gap);
      boxes[one.place] = one;
    });
    x += width + corridor;
  }
  const width = Math.max(margin * 2, x - corridor / 2 + margin);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" font-family="system-ui, sans-serif">`,
    style,
    arrowHead,
    `<rect width="100%" height="100%" class="ground"/>`,
    ...picture.edges.map((edge) => curve(edge, boxes)),
    ...boxes.map((one) => boxSvg(one, picture)),
    '</svg>',
    '',
  ].join('\n');
}

const style = `<style>
.ground { fill: #ffffff } .box { fill: #f4f6f8; stroke: #8a97a5 } .asked { fill: #fff4d6; stroke: #b58900; stroke-width: 2 }
.title { font-size: 12px; fill: #1c2733 } .where { font-size: 10px; fill: #5d6b79 }
.edge { fill: none; stroke: #5d7fa3; stroke-width: 1.3 } .ambiguous { stroke-dasharray: 5 4; stroke: #a0a8b0 } .observed { stroke-width: 2.6; stroke: #2d8659 }
</style>`;

const arrowHead = `<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#5d7fa3"/></marker></defs>`;

const round = (value: number): string => String(Math.round(value * 10) / 10);

/** Control characters and halves of characters are not allowed in XML at all. */
const escaped = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd').replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function boxOf({ nodes }: Picture, place: number): Placed {
  const { title, where } = nodes[place] as Picture['nodes'][number];
  const room = box.most - 2 * box.padding;
  const fits = (text: string, each: number): string => {
    const most = Math.floor(room / each);
    // The end of a path or of a qualified name tells more than its beginning.
    return text.length <= most ? text : `…${text.slice(text.length - most + 1)}`;
  };
  const shown = { title: fits(title, glyph.title), where: fits(where, glyph.where) };
  const wanted = Math.max(shown.title.length * glyph.title, shown.where.length * glyph.where) + 2 * box.padding;
  return { place, ...shown, width: Math.max(box.least, wanted), x: 0, y: 0 };
}

function boxSvg({ place, title, where, width, x, y }: Placed, { nodes }: Picture): string {
  const { id, column } = nodes[place] as Picture['nodes'][number];
  const textX = round(x + box.padding);
  const titleY = where === '' ? y + box.height / 2 + 4 : y + 15;
  const second = where === '' ? '' : `<text class="where" x="${textX}" y="${round(y + 28)}">${escaped(where)}</text>`;
  return `<g><title>${escaped(id)}</title><rect class="box${column === 0 ? ' asked' : ''}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${box.height}" rx="5"/><text class="title" x="${textX}" y="${round(titleY)}">${escaped(title)}</text>${second}</g>`;
}

function curve({ from, to, kind, state, label }: PictureEdge, boxes: readonly Placed[]): string {
  const a = boxes[from] as Placed;
  const b = boxes[to] as Placed;
  const middle = (one: Placed): number => one.y + box.height / 2;
  const [ya, yb] = [middle(a), middle(b)];
  let path: string;
  let labelAt = { x: 0, y: 0 };
  if (b.x > a.x + a.width) {
    const bend = Math.min(corridor, (b.x - a.x - a.width) / 2);
    path = `M${round(a.x + a.width)} ${round(ya)}C${round(a.x + a.width + bend)} ${round(ya)} ${round(b.x - bend)} ${round(yb)} ${round(b.x)} ${round(yb)}`;
    labelAt = { x: a.x + a.width + 8, y: ya + Math.sign(yb - ya) * 12 - 4 };
  } else if (b.x + b.width < a.x) {
    const bend = corridor / 2;
    labelAt = { x: a.x - 30, y: ya - 5 };
    path = `M${round(a.x)} ${round(ya)}C${round(a.x - bend)} ${round(ya)} ${round(b.x + b.width + bend)} ${round(yb)} ${round(b.x + b.width)} ${round(yb)}`;
  } else {
    // Both in one column: around on the right.
    labelAt = { x: a.x + a.width + 8, y: ya + Math.sign(yb - ya) * 12 - 4 };
    const far = Math.max(a.x + a.width, b.x + b.width) + corridor * 0.55;
    path = `M${round(a.x + a.width)} ${round(ya)}C${round(far)} ${round(ya)} ${round(far)} ${round(yb)} ${round(b.x + b.width)} ${round(yb)}`;
  }
  const extra = state === 'resolved' ? '' : ` ${state}`;
  const told = label === undefined ? `${kind} (${state})` : kind;
  const text =
    label === undefined
      ? ''
      : `<text class="where" x="${round(labelAt.x)}" y="${round(labelAt.y)}">${escaped(label)}</text>`;
  return `<path class="edge${extra}" d="${path}" marker-end="url(#arrow)"><title>${escaped(told)}</title></path>${text}`;
}

/** Places by column from left to right, each column ordered by the barycentres of its neighbours. */
function ordered({ nodes, edges }: Picture): number[][] {
  const byColumn = new Map<number, number[]>();
  for (const [place, { column }] of nodes.entries()) {
    const places = byColumn.get(column);
    if (places === undefined) byColumn.set(column, [place]);
    else places.push(place);
  }
  const columns = [...byColumn].sort(([a], [b]) => a - b).map(([, places]) => places);
  const near: number[][] = nodes.map(() => []);
  for (const { from, to } of edges) {
    near[from]?.push(to);
    near[to]?.push(from);
  }
  const row = new Float64Array(nodes.length);
  const number = (column: readonly number[]): void =>
    column.forEach((place, at) => {
      row[place] = at - column.length / 2;
    });
  columns.forEach(number);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const centre = new Map(
        column.map((place) => {
          const others = near[place] as number[];
          const sum = others.reduce((total, other) => total + (row[other] as number), 0);
          return [place, others.length === 0 ? (row[place] as number) : sum / others.length];
        }),
      );
      column.sort((a, b) => (centre.get(a) as number) - (centre.get(b) as number));
      number(column);
    }
  }
  return columns;
}
