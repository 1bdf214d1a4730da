/** What a run folder's head and result hold: written when a run begins and ends, read when it goes on. */
import { WinnowError } from '../../base/mod.ts';
import { strategies } from '../strategies/table.ts';
import type { Task } from '../types.ts';
import type { SolveLimits } from './budget.ts';
import { elapsedIn, type SavedRun } from './journal.ts';
import type { Solved } from './solve.ts';
import type { Step } from './step.ts';
import type { Strategy } from './strategy.ts';

export interface RunHead {
  readonly task: Task;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** `provider/name`. */
  readonly model: string;
  readonly seed: number;
  /** Budgets that were named when it began; absent: none. */
  readonly limits?: Partial<SolveLimits>;
}

/** @throws WinnowError `bad-usage` with the nearest names */
export function strategyNamed(name: string): Strategy {
  const found = strategies.find((one) => one.name === name.toLowerCase());
  if (found !== undefined) return found;
  throw new WinnowError(
    'bad-usage',
    `Expected a strategy; ${JSON.stringify(name)} is none. There are: ${strategies.map((one) => one.name).join(', ')}.`,
  );
}

/** @throws WinnowError `bad-data` when the head is not what a run began with, with the field */
export function headOfRun({ folder, head }: SavedRun): RunHead {
  const { task, strategy, parameters, model, seed } = head;
  const wrong =
    wrongField(task) ??
    (typeof strategy !== 'string'
      ? '"strategy" to be a name'
      : typeof model !== 'string'
        ? '"model" to be a provider/name'
        : !Number.isSafeInteger(seed)
          ? '"seed" to be a whole number'
          : typeof parameters !== 'object' || parameters === null || Object.values(parameters).some(isNoNumber)
            ? '"parameters" to be numbers by name'
            : null);
  if (wrong !== null)
    throw new WinnowError(
      'bad-data',
      `${folder}/run.json: expected ${wrong}. The run cannot go on; begin another one.`,
      { details: { folder } },
    );
  return head as unknown as RunHead;
}

const limitNames: readonly (keyof SolveLimits)[] = ['calls', 'tokens', 'costUsd', 'executions', 'wallMs'];

/** The budgets that a run was begun with. @throws WinnowError `bad-data` when they are none */
export function limitsIn({ folder, head }: Pick<SavedRun, 'folder' | 'head'>): Partial<SolveLimits> {
  const { limits = {} } = head;
  const isLimit = ([name, value]: [string, unknown]): boolean =>
    limitNames.some((one) => one === name) && typeof value === 'number' && value >= 0;
  if (typeof limits === 'object' && limits !== null && !Array.isArray(limits) && Object.entries(limits).every(isLimit))
    return limits;
  throw new WinnowError(
    'bad-data',
    `${folder}/run.json: expected "limits" to be numbers by name (${limitNames.join(', ')}). The run cannot go on; begin another one.`,
    { details: { folder } },
  );
}

/** What a run has spent until now, by its steps: answers of a provider or a recording, and programs that were started. */
export function spentIn({ steps }: SavedRun): Omit<SolveLimits, 'tokens'> & {
  readonly inputTokens: number;
  readonly outputTokens: number;
} {
  const sum = (of: (step: Step) => number | null | undefined): number =>
    steps.reduce((all, step) => all + (of(step) ?? 0), 0);
  return {
    // Of a run that was begun before calls were counted, one for each question.
    calls: sum(({ ask }) => (ask === undefined || ask.from === 'cache' ? 0 : (ask.calls ?? 1))),
    inputTokens: sum(({ ask }) => (ask?.from === 'cache' ? 0 : ask?.inputTokens)),
    outputTokens: sum(({ ask }) => (ask?.from === 'cache' ? 0 : ask?.outputTokens)),
    costUsd: sum(({ ask }) => ask?.cost),
    executions: sum(({ execution }) => execution?.programs),
    wallMs: elapsedIn(steps),
  };
}

/** What is expected of a task in a file and is not there; null: nothing. */
function wrongField(task: unknown): string | null {
  if (typeof task !== 'object' || task === null) return '"task" to be a task';
  const { id, language, text, entry, visible, stub, prelude, method, beside, context } = task as Record<
    string,
    unknown
  >;
  const texts = { id, language, text, prelude };
  for (const [name, value] of Object.entries(texts))
    if (typeof value !== 'string') return `"task.${name}" to be a text`;
  for (const [name, value] of Object.entries({ entry, stub }))
    if (value !== null && typeof value !== 'string') return `"task.${name}" to be a text or null`;
  const { owner } = (method ?? {}) as { owner?: unknown };
  // It becomes a part of programs.
  if (method != null && !(typeof owner === 'string' && /^\w+(\.\w+)*$/.test(owner)))
    return '"task.method" to be {"owner"}, the name of a class';
  const { module, files, packages } = (beside ?? {}) as Record<string, unknown>;
  const isText = (one: unknown): boolean => typeof one === 'string';
  const isBeside =
    (module === null || isText(module)) &&
    typeof files === 'object' &&
    files !== null &&
    Object.values(files).every(isText) &&
    Array.isArray(packages) &&
    packages.every(isText);
  if (beside != null && !isBeside) return '"task.beside" to be {"module", "files", "packages"}';
  const isTest = (one: Partial<Task['visible'][0]> | null): boolean =>
    typeof one?.source === 'string' && (one.expected === null || typeof one.expected === 'string');
  if (!Array.isArray(visible) || !visible.every(isTest)) return '"task.visible" to be tests, {"source", "expected"}';
  const isPiece = (one: Partial<Task['context'][0]> | null): boolean =>
    [one?.label, one?.language, one?.text].every((value) => typeof value === 'string');
  return Array.isArray(context) && context.every(isPiece)
    ? null
    : '"task.context" to be pieces, {"label", "language", "text"}';
}

const isNoNumber = (value: unknown): boolean => typeof value !== 'number';

/** A result as it lies in the folder. */
export const resultOf = ({ verdict, ending, limit, candidates, spent, wallMs, steps }: Solved): object => ({
  schema: 'winnow.solve.result/1',
  verdict,
  ending,
  limit,
  candidates,
  spent,
  wallMs,
  steps,
});
