/** SQL as an environment: actions are statements, the reward compares the rows that the last one gave. */
import { WinnowError } from '../../base/mod.ts';
import type { CellReport } from '../../run/mod.ts';
import type { Databases } from './databases.ts';
import { GoldOnce, type Place } from './place.ts';
import { type Row, sqlReward } from './sqlreward.ts';

export const sqlPlace = (databases: Databases): Place => {
  const gold = new GoldOnce<{ readonly report: CellReport }>();
  return {
    files: async (task) => {
      const bytes = await databases.bytesOf(task);
      if (bytes === null)
        throw new WinnowError('bad-data', `There is no database ${task.database ?? ''} for task ${task.id}.`);
      return [{ path: 'main.sqlite', bytes }];
    },
    lacks: async (task) => {
      try {
        if ((await databases.bytesOf(task)) !== null) return null;
      } catch (error) {
        if (error instanceof WinnowError && error.code === 'bad-data') return error.message;
        throw error;
      }
      return `there is no database ${task.database ?? '(none is named)'}`;
    },
    opening: (task) =>
      `An SQLite database${task.database === null ? '' : `, ${task.database}`}. Send statements; \`submit\` ends the task, and what the last query gave is the answer.`,
    reward: async (task, { last, openFresh }) => {
      const { report } = await gold.of(task, openFresh, async (fresh) => ({ report: await fresh.run(task.gold) }));
      const wanted = rowsOf(report);
      const agent = rowsOf(last);
      const cut = (wanted?.omitted ?? 0) + (agent?.omitted ?? 0) > 0;
      return {
        ...sqlReward(agent?.rows ?? null, wanted?.rows ?? []),
        corruptGold: report.ending.kind !== 'done',
        notices: cut ? ['a result has more rows than are kept; only those that are were compared'] : [],
      };
    },
  };
};

/** Rows that the last statement gave; null: it was no query, or failed. */
export function rowsOf(report: CellReport | null): { readonly rows: readonly Row[]; readonly omitted: number } | null {
  if (report === null || report.ending.kind !== 'done') return null;
  const last = report.outputs.at(-1);
  if (last?.kind !== 'shown' || last.value.table === undefined) return null;
  return { rows: last.value.table.rows, omitted: last.value.table.omittedRows };
}
