/**
 * The nouns of risk: what a piece of code would do to the machine that runs it, read from its tree before anything runs.
 *
 * A finding is a claim with a place and a reason, not a verdict on intentions: `requests.get` connects whoever wrote it. What could not be
 * read is told as `unknown` and never as harmless.
 */
import type { Span } from '../../base/mod.ts';
import type { ImportedPath } from './imported.ts';

export const riskCategories = [
  'files',
  'network',
  'processes',
  'environment',
  'persistence',
  'obfuscation',
  'injection',
  'privileges',
  'resources',
  'monitoring',
  'weakness',
] as const;

/**
 * `files`: contents and names. `network`: connections either way. `processes`: starting and ending them. `environment`: variables. `persistence`: what outlives
 * the run by being started again. `obfuscation`: code that hides what it does. `injection`: text or data from elsewhere that becomes code.
 * `privileges`: rights of files and processes. `resources`: use without end. `monitoring`: watching the machine or its user.
 * `weakness`: secrets made, kept or compared so that they can be guessed.
 */
export type RiskCategory = (typeof riskCategories)[number];

export const severities = ['low', 'medium', 'high', 'critical'] as const;
/** `low`: ordinary within a work directory. `medium`: reaches out of it. `high`: could do damage or betray. `critical`: does, as far as the tree tells. */
export type Severity = (typeof severities)[number];

export interface RiskFinding {
  readonly category: RiskCategory;
  /** What is done: `read`, `delete`, `connect`, `shell`. */
  readonly act: string;
  readonly severity: Severity;
  /** What it is done to, as far as it is known: a path, an address, a command; `…` stands for parts that are not. */
  readonly target: string | null;
  readonly reason: string;
  readonly span: Span;
  /** The function that it stands in; null: the file's own code. */
  readonly function: string | null;
  /** False: the file alone never calls that function. */
  readonly runs: boolean;
  /** Languages of texts that it was found in, outermost first: `bash` for a command in a Python string. Its span is that of the text's use. */
  readonly within: readonly string[];
}

/** Something that could not be read, so that it may do anything. */
export interface RiskUnknown {
  readonly reason: string;
  readonly span: Span;
  readonly runs: boolean;
}

/** A file that the program runs as code, and that lies among its own: it is not in this report (`follow.ts`). */
export interface StartedFile {
  /** As written; `…` stands for parts that are not known. */
  readonly path: string;
  readonly isKnown: boolean;
  /** What runs it; null: its name or its first line tells. */
  readonly language: 'python' | 'javascript' | 'bash' | null;
  readonly span: Span;
  readonly runs: boolean;
}

export interface RiskReport {
  readonly language: string;
  /** In the order of the source. */
  readonly findings: readonly RiskFinding[];
  readonly unknowns: readonly RiskUnknown[];
  readonly started: readonly StartedFile[];
  /** Where modules of its own that it imports may lie; those that lie there are not in this report. */
  readonly imports: readonly ImportedPath[];
  /** The worst of the findings; null: none. */
  readonly severity: Severity | null;
}

export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(least);

export function worstOf(findings: readonly { readonly severity: Severity }[]): Severity | null {
  return findings.reduce<Severity | null>(
    (worst, { severity }) => (worst === null || isAtLeast(severity, worst) ? severity : worst),
    null,
  );
}
