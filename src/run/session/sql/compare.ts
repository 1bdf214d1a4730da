/**
 * What changed between two SQLite databases, and whether the second is sound: asked in SQL of a kernel in a sandbox.
 *
 * The kernel's own database is the first; the second lies beside it as `now.sqlite`. Rows are compared as sets, so of rows that are equal in every
 * column only their number counts.
 */
import { WinnowError } from '../../../base/mod.ts';
import type { Kernel } from '../kernel.ts';
import type { DatabaseChange } from '../types.ts';

/** Tables that are compared row by row; those past it are told without counts. */
const tablesMost = 200;

/** Time of one question, ms: keeping a database of 100 MB, which asks a dozen, took 38 s in all on a busy machine. */
const questionMs = 60_000;
const graceMs = 2_000;

type Row = readonly unknown[];

/** @throws WinnowError `bad-data` */
export async function compareDatabases(kernel: Kernel): Promise<readonly DatabaseChange[]> {
  await ask(kernel, "ATTACH 'now.sqlite' AS now");
  const before = await schemaOf(kernel, 'main');
  const now = await schemaOf(kernel, 'now');
  const found: DatabaseChange[] = [];
  let compared = 0;
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    const [old, fresh] = [before.get(name), now.get(name)];
    const schema = old?.sql !== fresh?.sql;
    const change = old === undefined ? 'added' : fresh === undefined ? 'removed' : 'modified';
    const isTable = (fresh ?? old)?.type === 'table';
    const counts =
      !isTable || compared++ >= tablesMost
        ? null
        : await countRows(kernel, name, old !== undefined, fresh !== undefined);
    if (!schema && counts !== null && counts.added === 0 && counts.removed === 0) continue;
    if (!schema && !isTable) continue;
    found.push({
      name,
      change,
      addedRows: counts?.added ?? null,
      removedRows: counts?.removed ?? null,
      schema,
    });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** To be asked after `compareDatabases`. @throws WinnowError `bad-data` when pages are damaged: it must not get into the user's file */
export async function checkSound(kernel: Kernel): Promise<void> {
  const said = (await ask(kernel, 'PRAGMA now.quick_check(1)'))[0]?.[0];
  if (said !== 'ok')
    throw new WinnowError(
      'bad-data',
      `The session's database is damaged, so it was not kept. SQLite says: ${String(said).slice(0, 200)}.`,
    );
}

async function schemaOf(kernel: Kernel, database: string): Promise<Map<string, { type: string; sql: string | null }>> {
  const rows = await ask(
    kernel,
    `SELECT type, name, sql FROM ${database}.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type = 'table' DESC, name`,
  );
  return new Map(
    rows.map(([type, name, sql]) => [String(name), { type: String(type), sql: sql === null ? null : String(sql) }]),
  );
}

async function countRows(
  kernel: Kernel,
  name: string,
  isBefore: boolean,
  isNow: boolean,
): Promise<{ readonly added: number; readonly removed: number } | null> {
  const quoted = `"${name.replaceAll('"', '""')}"`;
  const count = async (from: string): Promise<number> =>
    Number((await ask(kernel, `SELECT count(*) FROM ${from}`))[0]?.[0] ?? 0);
  if (!isBefore) return { added: await count(`now.${quoted}`), removed: 0 };
  if (!isNow) return { added: 0, removed: await count(`main.${quoted}`) };
  try {
    const difference = (one: string, other: string): Promise<number> =>
      count(`(SELECT * FROM ${one}.${quoted} EXCEPT SELECT * FROM ${other}.${quoted})`);
    const [added, removed] = [await difference('now', 'main'), await difference('main', 'now')];
    const more = (await count(`now.${quoted}`)) - (await count(`main.${quoted}`)) - (added - removed);
    return { added: added + Math.max(0, more), removed: removed + Math.max(0, -more) };
  } catch (error) {
    // Their columns are no longer as many, or they are too large to be compared.
    if (error instanceof WinnowError && error.code === 'bad-data') return null;
    throw error;
  }
}

async function ask(kernel: Kernel, sql: string): Promise<readonly Row[]> {
  let rows: readonly Row[] = [];
  // A database can be made so that comparing it never ends.
  const stop = setTimeout(() => kernel.interrupt(), questionMs);
  const kill = setTimeout(() => kernel.kill(), questionMs + graceMs);
  const report = await kernel
    .run(
      { code: sql, count: 0 },
      {
        output: (output) => {
          if (output.kind === 'shown' && output.value.table !== undefined) rows = output.value.table.rows;
        },
        omitted: () => {},
        limit: () => kernel.kill(),
      },
    )
    .finally(() => {
      clearTimeout(stop);
      clearTimeout(kill);
    });
  if (report.ending.kind === 'done') return rows;
  const why = report.ending.kind === 'failed' ? report.ending.error.message : report.ending.kind;
  throw new WinnowError('bad-data', `The session's database cannot be compared: ${why}.`);
}
