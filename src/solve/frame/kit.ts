/**
 * What a strategy is given: ask, run, trace, draw, and leave steps.
 *
 * Every ask and every execution is a leaf of the tree of steps. Where a saved run has a leaf at the same path with the same question, its answer is taken and nothing is spent; so a run that was
 * interrupted goes on where it was. That holds as long as a strategy draws by `random` alone and begins its steps in an order that does not depend on time.
 */
import { type Random, seededRandom, WinnowError } from '../../base/mod.ts';
import type { LoadFile } from '../../code/mod.ts';
import type { Message, Model, Reply, ReplyEnding, Sampling } from '../../model/mod.ts';
import type { Runner, Sessions } from '../../run/mod.ts';
import type { Candidate, Task } from '../types.ts';
import type { Budget } from './budget.ts';
import type { Journal } from './journal.ts';
import { digest, type ExecutionKind, type Step, type StepKind } from './step.ts';

/** What the outside gives a run; one set serves many tasks at once. */
export interface Surroundings {
  readonly model: Model;
  readonly runner: Runner;
  readonly sessions: Sessions;
  /** Gives bytes of `web-tree-sitter.wasm` and of grammars by file name. */
  readonly load: LoadFile;
  readonly signal: AbortSignal;
}

/** A reply as strategies see it. */
export interface Replied {
  readonly text: string;
  readonly ending: ReplyEnding;
  /** Mean natural logarithm of the probabilities of its tokens; null where they were not asked for or not given. */
  readonly meanLogProbability: number | null;
}

/** What one run of a strategy shares among its steps. */
export interface RunState {
  readonly task: Task;
  readonly parameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly around: Surroundings;
  readonly budget: Budget;
  readonly journal: Journal;
  /** Elapsed time of the run, ms. */
  readonly now: () => number;
  readonly onStep: (step: Step) => void;
  readonly kept: Candidate[];
  steps: number;
}

/** Past this a run is no search any more; a step is a row on the disk. */
const mostSteps = 100_000;

export interface Kit {
  readonly task: Task;
  /** Path of this step; empty at the top. */
  readonly path: string;
  /** Numbers of this step's own, by the run's seed: whatever other steps draw changes nothing. */
  readonly random: Random;
  readonly around: Surroundings;
  /** @throws Error when the strategy has no such default */
  number(name: string): number;
  /** A step that holds steps. */
  step<Made>(kind: StepKind, title: string, work: (kit: Kit) => Promise<Made>): Promise<Made>;
  /** A sentence that belongs to the evidence. */
  note(text: string): void;
  /**
   * Asks the model.
   *
   * @returns as many replies as `sampling.count`, at least one; fewer where calls side by side failed, which the step tells
   * @throws WinnowError `over-budget`, and as `Model.ask` does
   */
  ask(title: string, messages: readonly Message[], sampling?: Sampling): Promise<readonly Replied[]>;
  /**
   * Runs programs, once: what came back is kept with the step.
   *
   * @param key says all that the result depends on, as JSON
   * @param programs that it starts, ≥ 1
   * @throws WinnowError `over-budget`, and as `work` does
   */
  execute<Made>(plan: ExecutionPlan<Made>): Promise<Made>;
  /** Keeps a candidate, so that it is there when a budget ends the run. @returns it */
  keep(
    source: string,
    visible: Candidate['visible'],
    why: string,
    rank?: Partial<Pick<Candidate, 'group' | 'drawn'>>,
  ): Candidate;
}

export interface ExecutionPlan<Made> {
  readonly what: ExecutionKind;
  readonly title: string;
  readonly programs: number;
  readonly key: unknown;
  readonly work: () => Promise<Made>;
  /** In a few words. */
  summary(made: Made): string;
  /** How `Made` is written as JSON and read again, where it is not plain data. */
  readonly form?: { write(made: Made): unknown; read(value: unknown): Made };
}

export const openKit = (state: RunState): Kit => new StepKit(state, '');

class StepKit implements Kit {
  readonly path: string;
  readonly random: Random;
  readonly #state: RunState;
  #children = 0;

  constructor(state: RunState, path: string) {
    this.#state = state;
    this.path = path;
    this.random = seededRandom(Number.parseInt(digest(`${state.seed} ${path}`).slice(0, 8), 16));
  }

  get task(): Task {
    return this.#state.task;
  }

  get around(): Surroundings {
    return this.#state.around;
  }

  number(name: string): number {
    const value = this.#state.parameters[name];
    if (value === undefined) throw new Error(`the strategy reads ${name} and has no default of this name`);
    return value;
  }

  async step<Made>(kind: StepKind, title: string, work: (kit: Kit) => Promise<Made>): Promise<Made> {
    const begun = this.#begin(kind, title);
    this.#write(begun);
    try {
      const made = await work(new StepKit(this.#state, begun.path));
      this.#write({ ...begun, tookMs: this.#state.now() - begun.startMs });
      return made;
    } catch (error) {
      this.#write({ ...begun, tookMs: this.#state.now() - begun.startMs, failure: failureOf(error) });
      throw error;
    }
  }

  note(text: string): void {
    this.#write({ ...this.#begin('note', text.slice(0, 500)), tookMs: 0 });
  }

  async ask(title: string, messages: readonly Message[], sampling: Sampling = {}): Promise<readonly Replied[]> {
    const { model, signal } = this.#state.around;
    const step = this.#begin('ask', title);
    const request = { messages, sampling: this.#seeded(sampling, step.path) };
    const key = digest(JSON.stringify([model.id, request]));
    const { journal, budget } = this.#state;
    const taken = journal.earlier(step.path, key);
    if (taken?.ask !== undefined) {
      const replies = taken.ask.replies.map(({ text }) => repliedOf(journal.read(text)));
      if (replies.every((reply) => reply !== null)) {
        const { inputTokens, outputTokens, cost } = taken.ask;
        budget.spent.calls++;
        budget.spent.taken++;
        budget.afterCall(replies.length, inputTokens, outputTokens, cost);
        this.#state.onStep(taken);
        return replies;
      }
    }
    try {
      refuseAborted(signal);
      budget.beforeCall();
      const answer = await model.ask(request, { signal }).catch((error) => {
        if (error instanceof WinnowError && error.details.made === false) budget.callNotMade();
        throw error;
      });
      const { usage, cost, from } = answer;
      const replies = answer.replies.map(repliedFrom);
      budget.afterCall(replies.length, usage.inputTokens, usage.outputTokens, cost);
      this.#write({
        ...step,
        tookMs: this.#state.now() - step.startMs,
        key,
        ask: {
          prompt: journal.text(JSON.stringify(request)),
          replies: replies.map((reply) => ({ text: journal.text(JSON.stringify(reply)), ending: reply.ending })),
          inputTokens: usage.inputTokens,
          outputTokens: usage.outputTokens,
          cost,
          from,
          ...(answer.calls === undefined ? {} : { calls: answer.calls }),
          ...(answer.missing === undefined ? {} : { missing: answer.missing }),
        },
      });
      return replies;
    } catch (error) {
      this.#write({ ...step, tookMs: this.#state.now() - step.startMs, failure: failureOf(error) });
      throw error;
    }
  }

  async execute<Made>(plan: ExecutionPlan<Made>): Promise<Made> {
    const step = this.#begin('execution', plan.title);
    const key = digest(JSON.stringify([plan.what, plan.key]));
    const { journal, budget } = this.#state;
    const taken = journal.earlier(step.path, key);
    const kept = taken?.execution === undefined ? null : journal.read(taken.execution.result);
    if (taken?.execution !== undefined && kept !== null && (kept === 'null' || jsonIn(kept) !== null)) {
      budget.spent.executions += taken.execution.programs;
      budget.spent.taken++;
      this.#state.onStep(taken);
      return plan.form === undefined ? (JSON.parse(kept) as Made) : plan.form.read(JSON.parse(kept));
    }
    try {
      refuseAborted(this.#state.around.signal);
      budget.beforeExecution(plan.programs);
      const made = await plan.work();
      const written = JSON.stringify(plan.form === undefined ? made : plan.form.write(made));
      this.#write({
        ...step,
        tookMs: this.#state.now() - step.startMs,
        key,
        execution: {
          what: plan.what,
          programs: plan.programs,
          result: journal.text(written),
          summary: plan.summary(made).slice(0, 200),
        },
      });
      return made;
    } catch (error) {
      this.#write({ ...step, tookMs: this.#state.now() - step.startMs, failure: failureOf(error) });
      throw error;
    }
  }

  keep(source: string, visible: Candidate['visible'], why: string, rank = {}): Candidate {
    const candidate: Candidate = { source, visible, why, step: this.path, group: null, drawn: 1, ...rank };
    this.#state.kept.push(candidate);
    return candidate;
  }

  #begin(kind: StepKind, title: string): Step {
    if (++this.#state.steps > mostSteps)
      throw new WinnowError(
        'over-budget',
        `A run has at most ${mostSteps} steps; the best candidate so far is given.`,
        {
          details: { limit: 'steps' },
        },
      );
    const number = this.#children++;
    return {
      path: this.path === '' ? `${number}` : `${this.path}.${number}`,
      kind,
      title,
      startMs: this.#state.now(),
      tookMs: null,
    };
  }

  #write(step: Step): void {
    this.#state.journal.step(step);
    this.#state.onStep(step);
  }

  /** Asks that are alike but stand at different steps draw anew; the same step of the same run draws the same, where the provider can. */
  #seeded(sampling: Sampling, path: string): Sampling {
    if (sampling.seed !== undefined || !this.#state.around.model.capabilities.has('seed')) return sampling;
    return { ...sampling, seed: Number.parseInt(digest(`${this.#state.seed} ask ${path}`).slice(0, 7), 16) };
  }
}

function repliedFrom({ text, ending, logProbabilities }: Reply): Replied {
  const logs = logProbabilities?.map(({ logProbability }) => logProbability) ?? [];
  return {
    text,
    ending,
    meanLogProbability: logs.length === 0 ? null : logs.reduce((sum, one) => sum + one, 0) / logs.length,
  };
}

/** Null: what was kept is no reply. */
function repliedOf(kept: string | null): Replied | null {
  const { text, ending, meanLogProbability } = (jsonIn(kept) ?? {}) as Partial<Replied>;
  return typeof text === 'string' && ending !== undefined && meanLogProbability !== undefined
    ? { text, ending, meanLogProbability }
    : null;
}

function jsonIn(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new WinnowError('cancelled', 'The run was interrupted; go on with it by --resume.');
}

const failureOf = (error: unknown): string =>
  error instanceof WinnowError
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? error.message
      : String(error);
