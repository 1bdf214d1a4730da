/** Rows as SQLite's shell prints them in its `list`, `csv`, `tabs` and `quote` modes. */

export type Cell =
  | { readonly type: 'null' }
  | { readonly type: 'number' | 'text' | 'blob'; readonly bytes: Uint8Array };

export interface Style {
  mode: 'list' | 'csv' | 'tabs' | 'quote';
  headers: boolean;
  separator: string | null;
  nullValue: string;
}

export function defaultStyle(): Style {
  return { mode: 'list', headers: false, separator: null, nullValue: '' };
}

const separators = { list: '|', csv: ',', tabs: '\t', quote: ',' } as const;

export function rowBytes(style: Style, cells: readonly Cell[]): Uint8Array {
  const separator = Buffer.from(style.separator ?? separators[style.mode], 'utf8');
  const parts: Uint8Array[] = [];
  cells.forEach((cell, i) => {
    if (i > 0) parts.push(separator);
    parts.push(cellBytes(style, cell, separator));
  });
  parts.push(Buffer.from(style.mode === 'csv' ? '\r\n' : '\n'));
  return Buffer.concat(parts);
}

function cellBytes(style: Style, cell: Cell, separator: Uint8Array): Uint8Array {
  if (style.mode === 'quote') {
    if (cell.type === 'null') return Buffer.from('NULL');
    if (cell.type === 'number') return cell.bytes;
    const text = Buffer.from(cell.bytes).toString('latin1');
    if (cell.type === 'blob') return Buffer.from(`X'${Buffer.from(cell.bytes).toString('hex')}'`);
    return Buffer.from(`'${text.replaceAll("'", "''")}'`, 'latin1');
  }
  if (cell.type === 'null') return Buffer.from(style.nullValue, 'utf8');
  // As the shell of SQLite does: text ends at a zero.
  const zero = cell.bytes.indexOf(0);
  const bytes = zero === -1 ? cell.bytes : cell.bytes.subarray(0, zero);
  if (style.mode !== 'csv') return bytes;
  const text = Buffer.from(bytes).toString('latin1');
  const needsQuotes =
    text === '' || text.includes(Buffer.from(separator).toString('latin1')) || !/^[!#-&(-~]*$/.test(text);
  return needsQuotes ? Buffer.from(`"${text.replaceAll('"', '""')}"`, 'latin1') : bytes;
}
