/**
 * Steps: what a strategy did, as a tree that is written down while it happens.
 *
 * A step has a path, `0.2.1`: the second child of the third child of the first. Children are numbered as they are asked for, so the same strategy with the same seed gives the same paths,
 * and a run that was interrupted finds what was already answered by them. Long texts (prompts, replies, results) lie apart, by the hash of their content, each once.
 */
import { createHash } from 'node:crypto';

/** What a step was for. `ask` and `execution` are leaves that cost something; `note` is a sentence; the others hold steps. */
export const stepKinds = [
  'plan',
  'draft',
  'test',
  'feedback',
  'reflect',
  'repair',
  'rank',
  'search',
  'decompose',
  'act',
  'ask',
  'execution',
  'note',
] as const;
export type StepKind = (typeof stepKinds)[number];

/** The name of a kept text: the first half of its SHA-256, in hexadecimal. */
export type TextRef = string;

export interface AskRecord {
  /** JSON of the request. */
  readonly prompt: TextRef;
  readonly replies: readonly { readonly text: TextRef; readonly ending: string }[];
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** US dollars; null: no price is known. */
  readonly cost: number | null;
  readonly from: string;
  /** Calls that a provider answered for it; absent: one, or none where it came from elsewhere. */
  readonly calls?: number;
  /** Replies that did not come, and why; absent: none is missing. */
  readonly missing?: { readonly count: number; readonly reason: string };
}

/** What was executed. `tests`: one program on tests. `matrix`: many programs on probes. `cell`: a piece of code in a session. */
export const executionKinds = ['tests', 'matrix', 'program', 'trace', 'partial', 'cell'] as const;
export type ExecutionKind = (typeof executionKinds)[number];

export interface ExecutionRecord {
  readonly what: ExecutionKind;
  /** Programs that were started. */
  readonly programs: number;
  /** JSON of what came back. */
  readonly result: TextRef;
  /** In a few words: `2 of 3 visible tests passed`. */
  readonly summary: string;
}

export interface Step {
  readonly path: string;
  readonly kind: StepKind;
  readonly title: string;
  /** Elapsed time since the run began, ms; of what was taken from a saved run, as it was then. */
  readonly startMs: number;
  /** Null: it was not ended. */
  readonly tookMs: number | null;
  readonly ask?: AskRecord;
  readonly execution?: ExecutionRecord;
  /** Code and message of what ended it early. */
  readonly failure?: string;
  /** Of a leaf: what was asked or run, so that a saved answer is never given to another question. */
  readonly key?: string;
}

export const depthOf = (path: string): number => path.split('.').length - 1;

/** Order of steps as they were begun: parents before children, siblings by number. */
export function byPath(one: string, other: string): number {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)];
  for (let at = 0; at < Math.min(a.length, b.length); at++)
    if (a[at] !== b[at]) return (a[at] as number) - (b[at] as number);
  return a.length - b.length;
}

export const digest = (text: string): TextRef => createHash('sha256').update(text).digest('hex').slice(0, 32);
