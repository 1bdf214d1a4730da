/** The nouns of comparing what two versions of a function do. */
import type { LoadFile } from '../../../code/mod.ts';
import type { JobFile } from '../../types.ts';

/** One version: a function of a file, and the repository's files around it. */
export interface BehaviourVersion {
  /** Of the file, relative to the directory that imports start from. */
  readonly path: string;
  /** Qualified: `Class.method`. */
  readonly function: string;
  readonly text: string;
  /** Files that its imports find, with paths relative to the same directory. */
  readonly files: readonly JobFile[];
}

export interface BehaviourOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Gives bytes of `web-tree-sitter.wasm` and of grammars by file name: JavaScript and TypeScript need it. */
  readonly load?: LoadFile;
  /** Inputs that both versions run on; default 96, of JavaScript and TypeScript 512. */
  readonly inputs?: number;
  /** Elapsed time of all of them, ms; default 20,000. */
  readonly wallMs?: number;
  /** Texts of files that call the function: arguments in them that can be worked out are inputs. */
  readonly callers?: readonly string[];
  /** Directories of this machine with packages that imports find, absolute; the job is granted to read them. */
  readonly packages?: readonly string[];
}

/** How a version ended on the input that is told, and what else of it is not as the other's. */
export interface BehaviourEnd {
  /** `returns 'a'`, `raises KeyError`, `does not end`. */
  readonly ends: string;
  /** `calls`, `writes`, `arguments`, `standard output`: what, and in words. */
  readonly rest: readonly { readonly what: string; readonly text: string }[];
}

export interface BehaviourDifference {
  readonly what: string;
  /** `strong`: in values that are there. `weak`: only in which stand-in stands where. */
  readonly sure: 'strong' | 'weak';
  /** Arguments by name, as text. */
  readonly input: Readonly<Record<string, string>>;
  readonly ends: readonly [BehaviourEnd, BehaviourEnd];
  /** What was decided to reach the lines that differ, in words: tests, and calls that something stands in for. Empty for most. */
  readonly assumed: readonly string[];
}

export interface BehaviourReport {
  /** `preserved`: no difference within the budget. */
  readonly behaviour: 'changed' | 'preserved' | 'undecided';
  readonly why: string;
  /** What of the files was left out, since it is no program, in words. */
  readonly gaps: readonly string[];
  /** Inputs that both ran on. */
  readonly inputs: number;
  /** Of these: both did the same; an injected value failed in an operation; a difference did not come again; a run was lost. */
  readonly equal: number;
  readonly failed: number;
  readonly flaky: number;
  readonly lost: number;
  /** Whether lines that differ were reached, in each. */
  readonly reached: readonly [boolean, boolean];
  /** null unless changed. */
  readonly difference: BehaviourDifference | null;
}
