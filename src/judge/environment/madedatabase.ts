/**
 * A small database made of what tasks name, for data that comes without its databases: tables and columns as they are listed, rows that the
 * queries can find.
 *
 * Contents are not those that the data was written for, so rewards on them say whether two queries agree here, and nothing about the published
 * figures; who uses them is told. Values that queries compare a column with are among its values, columns of one name share theirs, so that
 * joins meet. The same tasks give the same database.
 */
import { seededRandom } from '../../base/mod.ts';
import type { EnvironmentTask } from './types.ts';

const rowsOfTable = 24;
const valuesMost = 12;

/** A script of SQLite. @param tasks all of one database */
export function madeDatabase(tasks: readonly EnvironmentTask[]): string {
  const random = seededRandom(1);
  const tables = new Map<string, readonly string[]>();
  for (const { tables: found } of tasks)
    for (const [name, columns] of Object.entries(found ?? {}))
      if (!name.startsWith('sqlite_')) tables.set(name, columns);
  const literals = literalsOf(tasks.map(({ gold }) => gold));
  const pools = new Map<string, readonly string[]>();
  for (const columns of tables.values())
    for (const column of columns) {
      const key = column.toLowerCase();
      if (!pools.has(key)) pools.set(key, poolOf(key, literals.get(key) ?? [], random));
    }
  const lines = ['BEGIN;'];
  for (const [name, columns] of tables) {
    lines.push(`CREATE TABLE ${quoted(name)} (${columns.map(quoted).join(', ')});`);
    const rows = Array.from({ length: rowsOfTable }, (_, row) => {
      const values = columns.map((column, at) => {
        const pool = pools.get(column.toLowerCase()) ?? ['1'];
        // The first column is mostly the key, and keys differ.
        return at === 0 && /id$|_id$|^id$|code$/i.test(column)
          ? (pool[row % pool.length] ?? '1')
          : (pool[random.int(pool.length)] ?? '1');
      });
      return `(${values.join(', ')})`;
    });
    lines.push(`INSERT INTO ${quoted(name)} VALUES ${rows.join(', ')};`);
  }
  lines.push('COMMIT;');
  return lines.join('\n');
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What queries compare columns with, by the column's name in lower case, as SQL writes it. */
function literalsOf(queries: readonly string[]): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const query of queries)
    for (const [, column = '', text, other, number] of query.matchAll(
      /([A-Za-z_][\w]*)"?\s*(?:=|!=|<>|<=|>=|<|>|\blike\b|\bbetween\b)\s*(?:'([^']*)'|"([^"]*)"|(-?\d+(?:\.\d+)?))/gi,
    )) {
      const plain = (text ?? other)?.replaceAll('%', '');
      const value = plain === undefined ? number : `'${plain.replaceAll("'", "''")}'`;
      if (value === undefined) continue;
      const key = column.toLowerCase();
      found.set(key, (found.get(key) ?? new Set()).add(value));
    }
  return new Map([...found].map(([key, values]) => [key, [...values].slice(0, valuesMost)]));
}

function poolOf(
  column: string,
  literals: readonly string[],
  random: ReturnType<typeof seededRandom>,
): readonly string[] {
  const isNumber =
    /id$|_id$|^id$|num|count|age|year|price|amount|size|weight|rank|score|points|population|area|height|length|total|salary|capacity|rate/.test(
      column,
    );
  const numeric = literals.some((literal) => !literal.startsWith("'"));
  const isKey = /id$|_id$|^id$/.test(column);
  if (isKey && !literals.some((literal) => literal.startsWith("'")))
    return Array.from({ length: rowsOfTable }, (_, at) => String(at + 1));
  const more = Array.from({ length: valuesMost }, (_, at) =>
    (isNumber && literals.length === 0) || numeric
      ? String(1 + random.int(3000))
      : `'${column.replaceAll("'", '')} ${at + 1}'`,
  );
  return [...literals, ...more];
}
