/**
 * An environment: a task is reset, actions are stepped through, a submission gives the reward.
 *
 * Each episode is a fresh session in a sandbox; the gold runs in another one, opened after the agent has submitted, so nothing of it can be
 * found by looking. An action that fails, never ends or kills the session is an observation like any other. After InterCode, with one
 * difference: a Bash session goes on from action to action, so variables and functions are kept, and not the current directory alone.
 */
import { WinnowError } from '../../base/mod.ts';
import type { CellReport, JobFile, Session, SessionLanguage, Sessions } from '../../run/mod.ts';
import { exitStatus, type Place, printedBy } from './place.ts';
import {
  defaultEnvironmentLimits,
  type EnvironmentLimits,
  type EnvironmentTask,
  type Step,
  type Turn,
} from './types.ts';

export interface Reset {
  readonly task: string;
  readonly query: string;
  readonly observation: string;
}

export interface EnvironmentParts {
  readonly place: Place;
  readonly tasks: readonly EnvironmentTask[];
  readonly sessions: Sessions;
  readonly backend: 'auto' | 'native' | 'embedded';
  readonly limits?: Partial<EnvironmentLimits>;
}

interface Running {
  readonly task: EnvironmentTask;
  readonly session: Session;
  readonly files: readonly JobFile[];
}

export class Environment {
  readonly #parts: EnvironmentParts;
  readonly #limits: EnvironmentLimits;
  #episode: Running | null = null;
  #last: CellReport | null = null;
  #turns: Turn[] = [];
  #isDone = false;

  constructor(parts: EnvironmentParts) {
    this.#parts = parts;
    this.#limits = { ...defaultEnvironmentLimits, ...parts.limits };
  }

  /** What was done since the last reset. */
  get transcript(): readonly Turn[] {
    return this.#turns;
  }

  get tasks(): readonly EnvironmentTask[] {
    return this.#parts.tasks;
  }

  /** @param id of a task, or its number from 0 @throws WinnowError `unknown-id`, `bad-data` */
  async reset(id: string | number): Promise<Reset> {
    const { tasks, place } = this.#parts;
    const task = typeof id === 'number' ? tasks[id] : tasks.find((one) => one.id === id);
    if (task === undefined)
      throw new WinnowError(
        'unknown-id',
        `There is no task ${id}; there are ${tasks.length}, by number from 0 or by id.`,
      );
    const lacks = await place.lacks(task);
    if (lacks !== null) throw new WinnowError('bad-data', `Task ${task.id} cannot be played: ${lacks}.`);
    await this.close();
    const files = await place.files(task);
    this.#episode = { task, files, session: await this.#open(task, files) };
    this.#turns = [];
    this.#last = null;
    this.#isDone = false;
    return { task: task.id, query: task.query, observation: place.opening(task) };
  }

  /** @throws WinnowError `bad-usage` when no task is reset, or it is done */
  async step(action: string): Promise<Step> {
    const episode = this.#episode;
    if (episode === null || this.#isDone)
      throw new WinnowError(
        'bad-usage',
        `Expected an action for a task that goes on; ${episode === null ? 'none was reset' : 'this one is done'}. Reset one.`,
      );
    const submitted = /^submit(?:\s+([\s\S]*))?$/.exec(action.trim());
    const step =
      submitted === null ? await this.#act(action, episode) : await this.#submit(submitted[1] ?? '', '', episode, true);
    this.#turns.push({ action, ...step });
    return step;
  }

  /** Files that the episode's actions have changed so far. */
  async changedFiles(): Promise<number> {
    return (await this.#episode?.session.files('**', 0))?.length ?? 0;
  }

  async close(): Promise<void> {
    await this.#episode?.session.end();
    this.#episode = null;
  }

  async #act(action: string, episode: Running): Promise<Step> {
    const report = await episode.session.run(action);
    this.#last = report;
    const observation = bounded(observed(report), this.#limits.observationBytes);
    const executed = report.ending.kind === 'done' || exitStatus(report) !== null;
    const steps = this.#turns.length + 1;
    if (steps >= this.#limits.stepsMost) return this.#submit('', observation, episode, executed);
    const info = {
      executed,
      steps,
      stepsMost: this.#limits.stepsMost,
      reward: null,
      corruptGold: false,
      notices: report.notices,
    };
    return { observation, reward: 0, done: false, info };
  }

  async #submit(
    name: string,
    observation: string,
    { task, session, files }: Running,
    executed: boolean,
  ): Promise<Step> {
    this.#isDone = true;
    const { reward, parts, exact, corruptGold, notices } = await this.#parts.place.reward(task, {
      session,
      last: this.#last,
      submitted: name,
      files,
      openFresh: () => this.#open(task, files),
    });
    const steps = this.#turns.length + 1;
    const info = { executed, steps, stepsMost: this.#limits.stepsMost, reward: { parts, exact }, corruptGold, notices };
    return { observation, reward, done: true, info };
  }

  #open(task: EnvironmentTask, files: readonly JobFile[]): Promise<Session> {
    const { sessions, backend } = this.#parts;
    const language: SessionLanguage = task.kind;
    return sessions.open({ language, backend, files, limits: { cellMs: this.#limits.stepMs } });
  }
}

/** What an agent is shown of an action: what was printed, and how it ended where that is not plain. */
function observed(report: CellReport): string {
  const printed = printedBy(report);
  const { ending } = report;
  const status = exitStatus(report);
  switch (ending.kind) {
    case 'done':
      return printed;
    case 'failed':
      // Bash's own way to say no: a status is no message.
      if (status !== null) return `${printed}[exit status ${status}]\n`;
      return `${printed}${ending.error.name}: ${ending.error.message}${ending.error.line === null ? '' : ` (line ${ending.error.line})`}\n`;
    case 'interrupted':
      return `${printed}[stopped: ${ending.by === 'output' ? 'too much output' : 'out of time'}]\n`;
    default:
      return `${printed}[${ending.kind}${report.stateLost ? '; variables are gone' : ''}]\n`;
  }
}

function bounded(text: string, limitBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= limitBytes) return text;
  const half = Math.floor(limitBytes / 2);
  const omitted = bytes.length - 2 * half;
  return `${bytes.subarray(0, half).toString('utf8')}\n[… ${omitted} bytes …]\n${bytes.subarray(-half).toString('utf8')}`;
}
