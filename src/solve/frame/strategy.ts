/**
 * What a strategy is: a name, a paper, what it needs, its defaults with their source, and a function from a task to candidates.
 *
 * A strategy knows the kit and nothing else: it opens no model, starts no program and reads no file, so budgets, steps and resuming hold for all of them alike.
 */
import type { Capability } from '../../model/mod.ts';
import type { Candidate } from '../types.ts';
import type { Kit } from './kit.ts';

/** A number that a strategy may be given. */
export interface Parameter {
  readonly value: number;
  /** What it is, with its unit. */
  readonly what: string;
  /** Where the default comes from: a paper's section, its released code, or ours. */
  readonly source: string;
}

export interface Needs {
  /** Of the model, beside text. */
  readonly model: readonly Capability[];
  /** Of the task. `visible`: at least one test that the solver may see. `entry`: a function's name. `no-method`: what is wanted is no method of a class. */
  readonly task: readonly ('visible' | 'entry' | 'python' | 'no-method')[];
  /** Of this machine: programs run, runs are traced, sessions, programs with missing parts. */
  readonly run: readonly ('run' | 'trace' | 'session' | 'partial')[];
}

export interface Strategy {
  /** As on a command line. */
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  /** In a sentence: what it does. */
  readonly summary: string;
  readonly needs: Needs;
  readonly defaults: Readonly<Record<string, Parameter>>;
  /**
   * @returns candidates, best first; those that were kept by `Kit.keep` are found without
   * @throws WinnowError as the kit does; the frame knows what was kept until then
   */
  solve(kit: Kit): Promise<readonly Candidate[]>;
}
