/** `console.table`. Follows Node's lib/internal/cli_table.js and console.table (MIT). */
import { inspect } from './inspect.ts';
import * as kinds from './kinds.ts';
import { screenWidth } from './text.ts';

function cell(value: unknown): string {
  const isWide = value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2;
  return inspect(value, { depth: isWide ? -1 : 0, maxArrayLength: 3, breakLength: Infinity });
}

/** @returns the table; null for what has no rows and is to be logged as it is */
export function table(data: unknown, wanted?: readonly string[]): string | null {
  if (data === null || typeof data !== 'object') return null;
  if (kinds.isMap(data)) {
    const entries = [...(data as Map<unknown, unknown>)];
    return draw(
      ['(iteration index)', 'Key', 'Values'],
      [entries.map((_, i) => `${i}`), entries.map(([key]) => cell(key)), entries.map(([, value]) => cell(value))],
    );
  }
  if (kinds.isSet(data)) {
    const values = [...(data as Set<unknown>)];
    return draw(['(iteration index)', 'Values'], [values.map((_, i) => `${i}`), values.map(cell)]);
  }
  const indexes = Object.keys(data);
  const columns = new Map<string, string[]>();
  const primitives: string[] = [];
  indexes.forEach((index, row) => {
    const item = (data as Record<string, unknown>)[index];
    const isPrimitive = item === null || (typeof item !== 'object' && typeof item !== 'function');
    if (wanted === undefined && isPrimitive) {
      primitives[row] = cell(item);
      return;
    }
    for (const key of wanted ?? Object.keys(item as object)) {
      const column = columns.get(key) ?? [];
      columns.set(key, column);
      const isThere = !isPrimitive && Object.hasOwn(item as object, key);
      column[row] = isThere ? cell((item as Record<string, unknown>)[key]) : '';
    }
  });
  const heads = ['(index)', ...columns.keys()];
  const cells = [indexes, ...columns.values()];
  if (primitives.length > 0) {
    heads.push('Values');
    cells.push(primitives);
  }
  return draw(heads, cells);
}

function draw(heads: readonly string[], columns: readonly (readonly string[])[]): string {
  const height = Math.max(0, ...columns.map((column) => column.length));
  const widths = heads.map((head, i) =>
    Math.max(screenWidth(head), ...Array.from({ length: height }, (_, row) => screenWidth(columns[i]?.[row] ?? ''))),
  );
  const pad = (text: string, i: number) => text + ' '.repeat((widths[i] as number) - screenWidth(text));
  const row = (cells: readonly string[]) => `│ ${cells.map(pad).join(' │ ')} │`;
  const rule = (left: string, middle: string, right: string) =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
  const lines = [rule('┌', '┬', '┐'), row(heads), rule('├', '┼', '┤')];
  for (let i = 0; i < height; i++) lines.push(row(columns.map((column) => column[i] ?? '')));
  lines.push(rule('└', '┴', '┘'));
  return lines.join('\n');
}
