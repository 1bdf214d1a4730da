/**
 * Plays an environment's own gold commands and wrong ones, to say what its rewards are worth here.
 *
 * Of each task: the gold, which should get 1; the gold of another task in its place, and no action at all, which should get less. And of the gold itself:
 * whether it runs, does or prints anything, and gives the same state twice. Raw rows come before figures; every figure has its interval.
 */
import { seededRandom } from '../base/mod.ts';
import {
  type EnvironmentRequest,
  type EnvironmentTask,
  type OpenEnvironment,
  openEnvironment,
  type Step,
} from '../judge/mod.ts';
import type { RunSettings } from '../run/mod.ts';
import { type Estimate, estimate } from './interval.ts';

export interface EnvironmentBenchOptions extends EnvironmentRequest {
  /** Only so many tasks, drawn by the seed; null: all. */
  readonly limit: number | null;
  readonly seed: number;
  readonly settings: RunSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (step: { label: string; done: number; total: number | null }) => void;
}

/** What became of one task; null where it could not be played. */
export interface EnvironmentRow {
  readonly id: string;
  readonly lacks: string | null;
  /** The gold ran to its end with status 0 or without an error. */
  readonly runs: boolean;
  /** It changed a file or printed something. */
  readonly acts: boolean;
  /** Two runs gave the same files and the same output. */
  readonly isStable: boolean;
  readonly gold: number;
  readonly wrong: number;
  /** Bash only: elsewhere it is 0 by the formula. */
  readonly nothing: number | null;
}

export interface EnvironmentReport {
  readonly tasks: number;
  readonly played: number;
  readonly isMade: boolean;
  readonly rows: readonly EnvironmentRow[];
  readonly shares: Readonly<
    Record<
      | 'runs'
      | 'acts'
      | 'stable'
      | 'useful'
      | 'goldIsOne'
      | 'wrongIsOne'
      | 'nothingIsOne'
      | 'wrongIsOneOfUseful'
      | 'goldIsOneOfUseful',
      Estimate | null
    >
  >;
  readonly rewards: Readonly<Record<'gold' | 'wrong' | 'nothing', Estimate | null>>;
}

/** @throws WinnowError `path-not-found`, `bad-data`, `cancelled` */
export async function benchEnvironment(options: EnvironmentBenchOptions): Promise<EnvironmentReport> {
  const open = openEnvironment(options, options.settings);
  try {
    const tasks = drawn(open.tasks, options.limit, options.seed);
    const rows: EnvironmentRow[] = [];
    for (const [at, task] of tasks.entries()) {
      options.signal.throwIfAborted();
      options.onProgress({ label: 'tasks played', done: at, total: tasks.length });
      const other =
        tasks.find((one, place) => place > at && differs(one, task)) ?? tasks.find((one) => differs(one, task));
      rows.push(await rowOf(open, task, other?.gold ?? ''));
    }
    return reportOf(open.tasks.length, open.isMade, rows, options.seed);
  } finally {
    await open.close();
  }
}

/** Another command for the same database, so that it runs. */
const differs = (one: EnvironmentTask, task: EnvironmentTask): boolean =>
  one.gold !== task.gold && one.database === task.database;

function drawn(tasks: readonly EnvironmentTask[], limit: number | null, seed: number): readonly EnvironmentTask[] {
  if (limit === null || limit >= tasks.length) return tasks;
  const random = seededRandom(seed);
  const left = tasks.map((_, at) => at);
  const taken = Array.from({ length: limit }, () => left.splice(random.int(left.length), 1)[0] as number);
  return taken.sort((a, b) => a - b).map((at) => tasks[at] as EnvironmentTask);
}

async function rowOf(open: OpenEnvironment, task: EnvironmentTask, other: string): Promise<EnvironmentRow> {
  const none = { id: task.id, runs: false, acts: false, isStable: false, gold: 0, wrong: 0, nothing: null };
  const lacks = await open.lacks(task);
  if (lacks !== null) return { ...none, lacks };
  const { environment, tasks } = open;
  const at = tasks.indexOf(task);
  const play = async (
    action: string | null,
  ): Promise<{ readonly step: Step | null; readonly end: Step; readonly acts: boolean }> => {
    await environment.reset(at);
    const step = action === null ? null : await environment.step(action);
    const changed = step === null ? 0 : await environment.changedFiles();
    const end = await environment.step(task.kind === 'python' ? `submit ${nameIn(action ?? '')}` : 'submit');
    return { step, end, acts: changed > 0 || (step?.observation ?? '').trim() !== '' };
  };
  const gold = await play(task.gold);
  const wrong = await play(other);
  const nothing = task.kind === 'bash' ? await play(null) : null;
  return {
    id: task.id,
    lacks: null,
    runs: gold.step?.info.executed === true && !/\[exit status \d+\]\n$/.test(gold.step.observation),
    // A cell that defines a function is not meant to do more.
    acts: gold.acts || task.kind === 'python',
    isStable: gold.end.info.reward?.exact === true,
    gold: gold.end.reward,
    wrong: wrong.end.reward,
    nothing: nothing?.end.reward ?? null,
  };
}

const nameIn = (code: string): string => /^\s*(?:async\s+)?def\s+(\w+)\s*\(/m.exec(code)?.[1] ?? '';

function reportOf(tasks: number, isMade: boolean, rows: readonly EnvironmentRow[], seed: number): EnvironmentReport {
  const played = rows.filter((row) => row.lacks === null);
  const unplayed = played.filter((row) => row.nothing !== null);
  const useful = played.filter((row) => row.runs && row.acts && row.isStable);
  const figure = (values: readonly number[]): Estimate | null =>
    values.length === 0 ? null : estimate(values, undefined, { seed });
  const share = (of: readonly EnvironmentRow[], holds: (row: EnvironmentRow) => boolean): Estimate | null =>
    figure(of.map((row) => (holds(row) ? 1 : 0)));
  return {
    tasks,
    played: played.length,
    isMade,
    rows,
    shares: {
      runs: share(played, (row) => row.runs),
      acts: share(played, (row) => row.acts),
      stable: share(played, (row) => row.isStable),
      useful: share(played, (row) => row.runs && row.acts && row.isStable),
      goldIsOne: share(played, (row) => row.gold === 1),
      wrongIsOne: share(played, (row) => row.wrong === 1),
      nothingIsOne: share(unplayed, (row) => row.nothing === 1),
      goldIsOneOfUseful: share(useful, (row) => row.gold === 1),
      wrongIsOneOfUseful: share(useful, (row) => row.wrong === 1),
    },
    rewards: {
      gold: figure(played.map((row) => row.gold)),
      wrong: figure(played.map((row) => row.wrong)),
      nothing: figure(unplayed.map((row) => row.nothing ?? 0)),
    },
  };
}
