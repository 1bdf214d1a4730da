/** A saved run as a tree with its costs: what a face shows of it. */
import type { SavedRun } from './journal.ts';
import { depthOf, type Step, type TextRef } from './step.ts';

/** A step with what it and all below it cost. */
export interface ExplainedStep extends Step {
  readonly depth: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly executions: number;
}

export interface ExplainedRun {
  readonly head: SavedRun['head'];
  readonly result: SavedRun['result'];
  /** Parents before children. */
  readonly steps: readonly ExplainedStep[];
  readonly total: Omit<ExplainedStep, keyof Step | 'depth'>;
  readonly unreadable: number;
}

export function explainRun({ head, result, steps, unreadable }: SavedRun): ExplainedRun {
  const sums = new Map<string, ReturnType<typeof costOf>>();
  const total = costOf(null);
  for (const step of steps) {
    const own = costOf(step);
    add(total, own);
    for (let path = step.path; ; path = path.slice(0, path.lastIndexOf('.'))) {
      const sum = sums.get(path) ?? costOf(null);
      add(sum, own);
      sums.set(path, sum);
      if (!path.includes('.')) break;
    }
  }
  return {
    head,
    result,
    steps: steps.map((step) => ({ ...step, depth: depthOf(step.path), ...(sums.get(step.path) ?? costOf(null)) })),
    total,
    unreadable,
  };
}

const costOf = (step: Step | null) => ({
  calls: step?.ask === undefined ? 0 : 1,
  inputTokens: step?.ask?.inputTokens ?? 0,
  outputTokens: step?.ask?.outputTokens ?? 0,
  costUsd: step?.ask?.cost ?? 0,
  executions: step?.execution?.programs ?? 0,
});

function add(to: ReturnType<typeof costOf>, from: ReturnType<typeof costOf>): void {
  for (const key of Object.keys(to) as (keyof typeof to)[]) to[key] += from[key];
}

/** What one step asked and got, or ran, as texts; each cut to so many characters. */
export function evidenceOf(
  run: SavedRun,
  step: Step,
  most: number,
): readonly { readonly what: string; readonly text: string }[] {
  const text = (ref: TextRef): string => run.text(ref) ?? '(its text is not in the run)';
  const cut = (value: string): string =>
    value.length <= most ? value : `${value.slice(0, most)}\n… ${value.length - most} characters more`;
  if (step.ask !== undefined)
    return [
      { what: 'prompt', text: cut(promptText(text(step.ask.prompt))) },
      ...step.ask.replies.map(({ text: ref, ending }, at) => ({
        what: `reply ${at + 1} of ${step.ask?.replies.length}${ending === 'stop' ? '' : ` (${ending})`}`,
        text: cut(replyText(text(ref))),
      })),
    ];
  return step.execution === undefined
    ? []
    : [{ what: step.execution.what, text: cut(pretty(text(step.execution.result))) }];
}

function promptText(json: string): string {
  const value = parsed(json) as {
    messages?: { role: string; parts: { kind: string; label?: string; text: string }[] }[];
  } | null;
  if (value?.messages === undefined) return json;
  return value.messages
    .map(
      ({ role, parts }) =>
        `${role}:\n${parts.map(({ kind, label, text }) => (kind === 'data' ? `[data: ${label}]\n${text}` : text)).join('\n\n')}`,
    )
    .join('\n\n');
}

const replyText = (json: string): string => {
  const value = parsed(json) as { text?: unknown } | null;
  return typeof value?.text === 'string' ? value.text : json;
};

const pretty = (json: string): string => {
  const value = parsed(json);
  return value === null ? json : JSON.stringify(value, null, 1);
};

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
