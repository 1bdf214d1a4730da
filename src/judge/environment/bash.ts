/** Bash as an environment: actions are commands, the reward compares files and what was printed. */
import type { CellReport, JobFile } from '../../run/mod.ts';
import { type BashState, bashReward } from './bashreward.ts';
import { madeTree } from './madetree.ts';
import { exitStatus, GoldOnce, type Place, printedBy } from './place.ts';

/** Bytes of changed files that are compared. */
const changedBytes = 64 * 2 ** 20;

/** @param tree files that every task begins with; null: a small tree is made for each, of what its gold names */
export const bashPlace = (tree: readonly JobFile[] | null): Place => {
  const once = new GoldOnce<{ readonly state: BashState; readonly corruptGold: boolean }>();
  return {
    files: async (task) => tree ?? madeTree(task.gold),
    lacks: async () => null,
    opening: () => 'A Bash session in a directory of files. Send commands; `submit` ends the task.',
    reward: async (task, { session, last, files, openFresh }) => {
      const agent = { files: await session.files('**', changedBytes), output: printedBy(last) };
      const gold = await once.of(task, openFresh, async (fresh) => {
        const report = await fresh.run(task.gold);
        const state = { files: await fresh.files('**', changedBytes), output: printedBy(report) };
        return { state, corruptGold: !ranWell(report) };
      });
      const before = new Set(files.map(({ path }) => path));
      return { ...bashReward(agent, gold.state, before), corruptGold: gold.corruptGold, notices: [] };
    },
  };
};

/** A command that ends with a status other than 0 ran all the same; one that had to be stopped did not. */
const ranWell = (report: CellReport): boolean => report.ending.kind === 'done' || exitStatus(report) !== null;
