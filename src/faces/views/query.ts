/** The person's view of a query: a table. Nodes stand as ids, whole, so that they can be copied; long texts are cut. */
import type { QueryOutput } from '../operations/query.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, grouped, harmless, painter } from '../paint.ts';

type Cell = QueryOutput['rows'][number][number];

/** A cell of text is cut here; a whole source in a table helps nobody, and --json has it. */
const longestText = 80;

export function queryView({ columns, rows, elapsedMs, cut: cutBy }: QueryOutput, settings: Settings): string {
  const paint = painter(settings);
  const cells = rows.map((row) => row.map(cellText));
  const widths = columns.map((name, at) => Math.max(name.length, ...cells.map((row) => (row[at] ?? '').length)));
  const numeric = columns.map((_, at) => rows.every((row) => typeof row[at] === 'number' || row[at] === null));
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => (numeric[at] ? text.padStart(widths[at] as number) : text.padEnd(widths[at] as number)))
      .join('  ')
      .trimEnd();
  const shown = columns.map((name) => harmless(name));
  const head =
    rows.length === 0 ? [] : [paint.bold(line(shown)), paint.dim(widths.map((n) => '─'.repeat(n)).join('  '))];
  const parts = [
    `${count(rows.length, 'row')}${cutBy === null ? '' : ', there may be more'}`,
    `${grouped(Math.round(elapsedMs.query))} ms`,
  ];
  if (elapsedMs.open >= 1000) parts.push(`${(elapsedMs.open / 1000).toFixed(1)} s to open the graph`);
  return `${[...head, ...cells.map(line), paint.dim(parts.join(' · '))].join('\n')}\n`;
}

function cellText(cell: Cell): string {
  if (cell === null) return 'null';
  if (typeof cell === 'string') return cut(harmless(cell.replace(/\s+/g, ' ').trim()), longestText);
  if (typeof cell !== 'object') return String(cell);
  if (Array.isArray(cell)) return `[${cell.map(cellText).join(', ')}]`;
  if ('label' in cell) return harmless(cell.id);
  if ('type' in cell)
    return harmless(`${cell.from} -[${cell.type}${cell.state === 'resolved' ? '' : ` ${cell.state}`}]-> ${cell.to}`);
  return pathText(cell);
}

function pathText({ nodes, relationships }: Extract<Cell, { relationships: unknown }>): string {
  const parts = [harmless(nodes[0]?.id ?? '')];
  relationships.forEach((edge, at) => {
    const next = nodes[at + 1]?.id ?? '';
    parts.push(edge.to === next ? `-[${edge.type}]->` : `<-[${edge.type}]-`, harmless(next));
  });
  return parts.join(' ');
}
