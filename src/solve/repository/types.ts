/**
 * The nouns of mending a repository: what a strategy may see of a project, and what it gives back.
 *
 * As with tasks there is no place for hidden tests. The project's own suite may be seen and run; a patch's changes of tests are never what it is judged by.
 */
import type { Parser, SyntaxReader } from '../../code/mod.ts';
import type { JobFile, TestRequest } from '../../run/mod.ts';
import type { GraphView } from '../../search/mod.ts';
import type { EditableFiles, EditedFile } from '../edits/types.ts';
import type { Kit } from '../frame/kit.ts';
import type { Parameter } from '../frame/strategy.ts';

export interface Project extends EditableFiles {
  readonly files: readonly JobFile[];
  /** How the suite is run; null: the project has no tests that are known. */
  readonly suite: Omit<TestRequest, 'files'> | null;
  /** Names the project's content and how its suite is run, so that a saved result is never given to another. */
  readonly digest: string;
  /** Files that `locate` ranks first for the issue, best first. */
  readonly located: readonly string[];
  readonly parser: Parser;
  readonly syntax: SyntaxReader;
  /** Names and their uses across the project's files; paths are the project's. */
  readonly graph: OpenGraph;
}

/** Opens the graph, gives a view of it, and closes it when what is done with it has its answer. */
export type OpenGraph = <Answer>(use: (view: ProjectView) => Answer) => Promise<Answer>;

export interface ProjectView {
  readonly view: GraphView;
  /** Where the project lies in what the graph is of, with forward slashes; empty: it is all of it. */
  readonly prefix: string;
}

/** How a suite ended, test by test. */
export interface SuiteRun {
  /** `finished`, or how it ended before, in words. */
  readonly ending: string;
  /** Names by how they ended; a name that several tests have is as bad as its worst. */
  readonly passed: readonly string[];
  readonly failed: readonly { readonly name: string; readonly message: string }[];
  /** Files of tests that could not be loaded. */
  readonly broken: readonly { readonly name: string; readonly message: string }[];
}

/** A reproduction test: it fails while the fault is there. */
export interface Reproduction {
  readonly source: string;
  /** Samples that say the same, ≥ 1. */
  readonly drawn: number;
  /** Samples of the majority, of all samples. */
  readonly of: number;
}

/** What is known of a patch. Null: it was not run. */
export interface PatchEvidence {
  /** Tests that passed before and do not now. */
  readonly regressions: readonly { readonly name: string; readonly message: string }[] | null;
  /** Tests that failed before and pass now. */
  readonly mended: readonly string[];
  /** Whether the majority's reproduction test passes with it. */
  readonly reproduction: 'passes' | 'fails' | null;
  /** How the suite ended, where it did not come to its end. */
  readonly problem: string | null;
  /** Tests that ended in two ways with it, and count for nothing. */
  readonly flaky: readonly string[];
}

/** A function that failing tests run more than passing ones do. */
export interface Suspect {
  readonly path: string;
  /** Qualified: `Class.method`. */
  readonly name: string;
  /** Lines of the whole function, from 1. */
  readonly first: number;
  readonly last: number;
  /** Of its most suspicious line, by Ochiai's formula, in (0, 1]. */
  readonly suspicion: number;
}

export interface PatchCandidate {
  readonly patch: string;
  readonly files: readonly EditedFile[];
  /** Its normal form: equal for patches that differ in comments, docstrings and layout alone. */
  readonly form: string;
  /** Samples of this form, ≥ 1. */
  readonly drawn: number;
  /** Which sample it was, from 0. */
  readonly sample: number;
  readonly evidence: PatchEvidence;
  /** What a model that was asked to review it said; null: none was asked, or it did not say. An opinion, and no evidence. */
  readonly review: 'yes' | 'no' | null;
}

/** A reply that made no patch. */
export interface RefusedReply {
  readonly reason: string;
  readonly times: number;
}

export interface Mended {
  /** Best first; those that did not survive stand behind. */
  readonly candidates: readonly PatchCandidate[];
  readonly refused: readonly RefusedReply[];
  /** Without tests that are flaky. */
  readonly base: SuiteRun | null;
  /** Tests that ended in two ways while nothing was changed. */
  readonly flaky: readonly string[];
  /** Most suspicious first; empty where no test fails. */
  readonly suspects: readonly Suspect[];
  readonly reproduction: Reproduction | null;
  readonly files: readonly string[];
}

export const nothingKnown: Mended = {
  candidates: [],
  refused: [],
  base: null,
  flaky: [],
  suspects: [],
  reproduction: null,
  files: [],
};

export interface RepositoryStrategy {
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  readonly summary: string;
  readonly defaults: Readonly<Record<string, Parameter>>;
  /** @param told is given what is known so far, so that it is there when a budget ends the run */
  mend(kit: Kit, project: Project, told: (known: Mended) => void): Promise<Mended>;
}
