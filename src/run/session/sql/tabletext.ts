/** A table as aligned columns: what a person or a model reads of a query. `isCut`: some of it is left out. */

/** Rows that are shown, characters of a value, and of all: as in the kernel of SQLite. */
const rowsMost = 60;
const valueMost = 200;
const textMost = 64 * 1024;

export function tableText(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  omitted: number,
): { readonly text: string; readonly isCut: boolean } {
  let isCut = false;
  const cells = [columns, ...rows.slice(0, rowsMost)].map((row, at) =>
    row.map((value) => {
      const text = value === null && at > 0 ? 'NULL' : typeof value === 'string' ? value : JSON.stringify(value);
      if (text.length > valueMost) isCut = true;
      return text.replaceAll('\n', '\\n').slice(0, valueMost);
    }),
  );
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  const more = omitted + Math.max(0, rows.length - rowsMost);
  if (more > 0) lines.push(`… ${more} more rows`);
  const text = lines.join('\n');
  return { text: text.slice(0, textMost), isCut: isCut || more > 0 || text.length > textMost };
}
