/**
 * Python as an environment: actions are cells, the reward is the share of hidden tests on which the submitted function does what the gold does.
 *
 * `submit NAME` names the function. As in the published code (`intercode/envs/python/python_env.py`), it is given the name that the gold has, and a test
 * counts when what came of it equals what comes of it with the gold: a test that the gold fails is met by failing it alike. Other than there, a
 * test runs in a session that has run nothing of the agent's, with a stand-in whose calls the agent's session answers by literals (`pythonkey.ts`), since
 * an object that says it equals everything would pass any `assert`. A test whose values have no literals with the gold runs in the agent's session.
 */
import type { CellReport, Session } from '../../run/mod.ts';
import { GoldOnce, type Place, printedBy, type Rewarded } from './place.ts';
import { outcomeOutside, prepareKey, prepareServed } from './pythonkey.ts';
import type { EnvironmentTask } from './types.ts';

const identifier = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export const pythonPlace = (): Place => {
  const once = new GoldOnce<readonly Expected[]>();
  return {
    files: async () => [],
    lacks: async (task) => (nameIn(task.gold) === null ? 'its gold defines no function' : null),
    opening: () => 'A Python session. Send cells; `submit NAME` ends the task with your function NAME as the answer.',
    reward: async (task, { session, submitted, openFresh }) => {
      const gold = await once.of(task, openFresh, async (fresh) => {
        await fresh.run(task.gold);
        return withKey(openFresh, (key) => expectedOf(task, fresh, key));
      });
      return withKey(openFresh, (key) => rewarded(task, session, submitted, gold, key));
    },
  };
};

/** What a test comes to with the gold. */
interface Expected {
  readonly outcome: string;
  /** Compared in a session of its own; otherwise its values have no literals. */
  readonly isOutside: boolean;
}

async function withKey<Value>(open: () => Promise<Session>, use: (key: Session) => Promise<Value>): Promise<Value> {
  const key = await open();
  try {
    return await use(key);
  } finally {
    await key.end();
  }
}

async function rewarded(
  task: EnvironmentTask,
  session: Session,
  submitted: string,
  gold: readonly Expected[],
  key: Session,
): Promise<Rewarded> {
  const wanted = nameIn(task.gold) ?? '';
  const corruptGold = gold.some(({ outcome }) => !outcome.startsWith('done'));
  const none = { reward: 0, parts: { tests: 0 }, exact: false, corruptGold };
  const name = submitted.trim() === '' ? wanted : submitted.trim();
  if (!identifier.test(name)) return { ...none, notices: ['`submit` wants the name of a function'] };
  const named = name === wanted ? null : await session.run(`${wanted} = ${name}`);
  if (named !== null && named.ending.kind !== 'done')
    return { ...none, notices: [`there is no ${name} in the session`] };
  await prepare(task, session, key);
  let right = 0;
  for (const [place, { outcome, isOutside }] of gold.entries()) {
    const test = task.tests[place] ?? '';
    const own = isOutside ? await outcomeOutside(wanted, test, session, key) : await session.run(test);
    if (own !== null && outcomeOf(own) === outcome) right++;
  }
  const share = right / gold.length;
  return { reward: share, parts: { tests: share }, exact: share === 1 && !corruptGold, corruptGold, notices: [] };
}

async function prepare({ setup }: EnvironmentTask, session: Session, key: Session): Promise<void> {
  if (setup.trim() !== '') {
    await session.run(setup);
    await key.run(setup);
  }
  await prepareServed(session);
  await prepareKey(key);
}

async function expectedOf(task: EnvironmentTask, session: Session, key: Session): Promise<Expected[]> {
  await prepare(task, session, key);
  const name = nameIn(task.gold) ?? '';
  const found: Expected[] = [];
  for (const test of task.tests) {
    const outside = await outcomeOutside(name, test, session, key);
    // A test that fails outside and passes inside rests on more than literals: it changes an argument, say.
    const inside = outside?.ending.kind === 'done' ? null : await session.run(test);
    const isOutside = outside !== null && (inside === null || inside.ending.kind !== 'done');
    found.push({ outcome: outcomeOf((isOutside ? outside : inside) as CellReport), isOutside });
  }
  return found;
}

function outcomeOf(report: CellReport): string {
  const { ending } = report;
  const error = ending.kind === 'failed' ? ` ${ending.error.name}: ${ending.error.message}` : '';
  return `${ending.kind}${error}\n${printedBy(report)}`;
}

/** The name of the function that a gold defines first. */
const nameIn = (gold: string): string | null => /^\s*(?:async\s+)?def\s+(\w+)\s*\(/m.exec(gold)?.[1] ?? null;
