/**
 * Python as an environment: actions are cells, the reward is the share of hidden tests on which the submitted function does what the gold does.
 *
 * `submit NAME` names the function. As in the published code (`intercode/envs/python/python_env.py`), it is given the name that the gold has, the tests run
 * in the agent's own session, and a test counts when what came of it equals what comes of it with the gold: a test that the gold fails is
 * met by failing it alike. The outcomes are compared here, outside of the session.
 */
import type { CellReport, Session } from '../../run/mod.ts';
import { GoldOnce, type Place, printedBy, type Rewarded } from './place.ts';
import type { EnvironmentTask } from './types.ts';

const identifier = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export const pythonPlace = (): Place => {
  const once = new GoldOnce<readonly string[]>();
  return {
    files: async () => [],
    lacks: async (task) => (nameIn(task.gold) === null ? 'its gold defines no function' : null),
    opening: () => 'A Python session. Send cells; `submit NAME` ends the task with your function NAME as the answer.',
    reward: async (task, { session, submitted, openFresh }) => {
      const gold = await once.of(task, openFresh, async (fresh) => {
        await fresh.run(task.gold);
        return outcomes(task, fresh);
      });
      return rewarded(task, session, submitted, gold);
    },
  };
};

async function rewarded(
  task: EnvironmentTask,
  session: Session,
  submitted: string,
  gold: readonly string[],
): Promise<Rewarded> {
  const wanted = nameIn(task.gold) ?? '';
  const corruptGold = gold.some((outcome) => !outcome.startsWith('done'));
  const none = { reward: 0, parts: { tests: 0 }, exact: false, corruptGold };
  const name = submitted.trim() === '' ? wanted : submitted.trim();
  if (!identifier.test(name)) return { ...none, notices: ['`submit` wants the name of a function'] };
  const named = name === wanted ? null : await session.run(`${wanted} = ${name}`);
  if (named !== null && named.ending.kind !== 'done')
    return { ...none, notices: [`there is no ${name} in the session`] };
  const agent = await outcomes(task, session);
  const right = agent.filter((outcome, at) => outcome === gold[at]).length;
  const share = right / gold.length;
  return { reward: share, parts: { tests: share }, exact: share === 1 && !corruptGold, corruptGold, notices: [] };
}

/** What came of each test, in a form that compares. */
async function outcomes({ setup, tests }: EnvironmentTask, session: Session): Promise<string[]> {
  if (setup.trim() !== '') await session.run(setup);
  const found: string[] = [];
  for (const test of tests) found.push(outcomeOf(await session.run(test)));
  return found;
}

function outcomeOf(report: CellReport): string {
  const { ending } = report;
  const error = ending.kind === 'failed' ? ` ${ending.error.name}: ${ending.error.message}` : '';
  return `${ending.kind}${error}\n${printedBy(report)}`;
}

/** The name of the function that a gold defines first. */
const nameIn = (gold: string): string | null => /^\s*(?:async\s+)?def\s+(\w+)\s*\(/m.exec(gold)?.[1] ?? null;
