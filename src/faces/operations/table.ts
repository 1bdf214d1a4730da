/**
 * The operations table: every verb of every face, one row each.
 *
 * A row is light, so that a program that needs one verb loads one verb; `name` and
 * `summary` must equal those of the operation it loads (a test says so).
 */
import { modelRows } from './model-rows.ts';
import { sessionRows } from './session-rows.ts';
import { suiteRows } from './suite-rows.ts';
import { toolRows } from './tool-rows.ts';
import type { Operation } from './types.ts';

export interface OperationRow {
  readonly name: string;
  readonly summary: string;
  /** Other names that it answers to: those that programs written for something else call it by. */
  readonly aliases?: readonly string[];
  load(): Promise<Operation>;
}

export const operationTable: readonly OperationRow[] = [
  {
    name: 'search',
    summary: 'ranked code for words, a question or an identifier; code by its syntax',
    load: async () => (await import('./search.ts')).search,
  },
  {
    name: 'grep',
    summary: 'lines that match a regular expression, as ripgrep finds them',
    load: async () => (await import('./grep.ts')).grep,
  },
  {
    name: 'show',
    summary: 'the source of a hit, with its doc, members and neighbours',
    load: async () => (await import('./show.ts')).show,
  },
  {
    name: 'syntax',
    summary: 'tokens, tree, control flow and data flow of a file or function',
    load: async () => (await import('./syntax.ts')).syntax,
  },
  {
    name: 'similar',
    summary: 'code like a given piece: copies, near copies, the same work in any language',
    load: async () => (await import('./similar.ts')).similar,
  },
  {
    name: 'duplicates',
    summary: 'code that stands in several places: exact, renamed and near copies',
    load: async () => (await import('./duplicates.ts')).duplicates,
  },
  {
    name: 'map',
    summary: 'the most important definitions of a repository, within a token budget',
    load: async () => (await import('./map.ts')).map,
  },
  {
    name: 'graph',
    summary: 'callers, callees, bases, users and more of a symbol, with evidence',
    load: async () => (await import('./graph.ts')).graph,
  },
  {
    name: 'impact',
    summary: 'what a change to a symbol, or a diff, may affect, and the tests to run',
    load: async () => (await import('./impact.ts')).impact,
  },
  {
    name: 'query',
    summary: 'the graph in openCypher',
    load: async () => (await import('./query.ts')).query,
  },
  {
    name: 'locate',
    summary: 'files and functions to change for an issue, stack trace or failing test',
    load: async () => (await import('./locate.ts')).locate,
  },
  ...toolRows,
  {
    name: 'run',
    summary: 'a program in a sandbox, in any of many languages, with limits',
    load: async () => (await import('./run.ts')).run,
  },
  ...sessionRows,
  {
    name: 'risk',
    summary: 'what code would do to the machine that runs it, with lines and reasons; nothing runs',
    load: async () => (await import('./risk.ts')).risk,
  },
  {
    name: 'keep',
    summary: 'put what a program changed into its directory, all of it or nothing',
    load: async () => (await import('./keep.ts')).keep,
  },
  {
    name: 'undo',
    summary: 'take back what was kept, while the directory or database is as it was left',
    load: async () => (await import('./keep.ts')).undo,
  },
  {
    name: 'history',
    summary: 'runs over directories, keeps of databases, what became of them, and what can be undone',
    load: async () => (await import('./history.ts')).history,
  },
  {
    name: 'trace',
    summary: 'what each line of a program did: order, values, branches, coverage',
    load: async () => (await import('./trace.ts')).trace,
  },
  {
    name: 'diff-behaviour',
    summary: 'whether two versions of a function do the same, or an input that tells them apart',
    load: async () => (await import('./diff-behaviour.ts')).diffBehaviourOperation,
  },
  {
    name: 'test',
    summary: 'a project’s own tests in the sandbox, each with its outcome and the lines it ran',
    load: async () => (await import('./test.ts')).test,
  },
  {
    name: 'check',
    summary: 'candidate programs on tests and inputs, in the sandbox: a matrix of what each did',
    load: async () => (await import('./check.ts')).checkOperation,
  },
  {
    name: 'select',
    summary: 'the best of many candidate programs, by a named method over a matrix',
    load: async () => (await import('./select.ts')).selectOperation,
  },
  {
    name: 'compare',
    summary: 'one matrix seen by every method of choosing, and the question that would tell most',
    load: async () => (await import('./compare.ts')).compare,
  },
  {
    name: 'judge',
    summary: 'programs on the tests of a problem, with the verdicts of an online judge',
    load: async () => (await import('./judge.ts')).judge,
  },
  ...modelRows,
  {
    name: 'solve',
    summary: 'a program for a task, by a published strategy over a model, tests and search',
    load: async () => (await import('./solve.ts')).solve,
  },
  {
    name: 'fix',
    summary: 'a patch for an issue, by a published strategy over a model, search and the project’s tests',
    load: async () => (await import('./fix.ts')).fix,
  },
  {
    name: 'explain',
    summary: 'what a run of solve did: its tree of steps, costs and evidence, as text or a page',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'index',
    summary: 'build, refresh, inspect or mend the index of a repository',
    load: async () => (await import('./index.ts')).index,
  },
  {
    name: 'add',
    summary: 'put a repository into a set that is searched together',
    load: async () => (await import('./add.ts')).add,
  },
  {
    name: 'repos',
    summary: 'the sets of repositories: list, refresh, update, remove',
    load: async () => (await import('./repos.ts')).repos,
  },
  {
    name: 'languages',
    summary: 'the languages that are parsed, and how their files are recognised',
    load: async () => (await import('./languages.ts')).languages,
  },
  {
    name: 'train',
    summary: 'a search model of your own, from repositories, on the CPU',
    load: async () => (await import('./train.ts')).train,
  },
  {
    name: 'env tasks',
    summary: 'the tasks of an interactive environment',
    load: async () => (await import('./env.ts')).envTasks,
  },
  {
    name: 'env play',
    summary: 'actions on a task of an interactive environment, and the reward',
    load: async () => (await import('./env.ts')).envPlay,
  },
  {
    name: 'env serve',
    summary: 'an interactive environment over JSON lines, for an agent loop or a trainer',
    load: async () => (await import('./env.ts')).envServe,
  },
  {
    name: 'bench show',
    summary: 'a run of a benchmark: its figures with intervals, and rows down to one problem',
    load: async () => (await import('./bench-show.ts')).benchShowOperation,
  },
  {
    name: 'bench env',
    summary: 'what the rewards of an interactive environment are worth: gold, wrong and idle agents',
    load: async () => (await import('./bench-env.ts')).benchEnvOperation,
  },
  ...suiteRows,
  {
    name: 'bench retrieval',
    summary: 'ranking quality on a corpus with judged queries',
    load: async () => (await import('./bench-retrieval.ts')).benchRetrievalOperation,
  },
  {
    name: 'bench board',
    summary: 'ranking quality on judged queries over real repositories',
    load: async () => (await import('./bench-board.ts')).benchBoardOperation,
  },
  {
    name: 'bench convert-cosqa',
    summary: 'CoSQA in the layout that `bench retrieval` reads',
    load: async () => (await import('./bench-cosqa.ts')).benchCosqaOperation,
  },
  {
    name: 'bench convert-codenet',
    summary: 'CodeNet in the layout that `bench retrieval` reads, code to code',
    load: async () => (await import('./bench-codenet.ts')).benchCodeNetOperation,
  },
  {
    name: 'bench style',
    summary: 'how alike code is written: names, calls, structure',
    load: async () => (await import('./bench-style.ts')).benchStyleOperation,
  },
  {
    name: 'bench localization',
    summary: 'how often `locate` finds the places that a fix changed',
    load: async () => (await import('./bench-localization.ts')).benchLocalizationOperation,
  },
  {
    name: 'bench execution-reasoning',
    summary: 'questions about what programs do, with exact answers; scores of predictions',
    load: async () => (await import('./bench-execution.ts')).benchExecutionOperation,
  },
  {
    name: 'bench diff-behaviour',
    summary: 'how well changes of behaviour are told from those that preserve it',
    load: async () => (await import('./bench-diff-behaviour.ts')).benchDiffBehaviourOperation,
  },
  {
    name: 'bench selection',
    summary: 'how often each method of choosing among programs puts a right one first',
    load: async () => (await import('./bench-selection.ts')).benchSelectionOperation,
  },
  {
    name: 'bench partial',
    summary: 'how much of programs with missing parts runs, by level of partial execution',
    load: async () => (await import('./bench-partial.ts')).benchPartialOperation,
  },
  {
    name: 'bench fidelity',
    summary: 'how often a value that partial execution guessed is what real runs had',
    load: async () => (await import('./bench-fidelity.ts')).benchFidelityOperation,
  },
  {
    name: 'bench risk',
    summary: 'how well dangerous programs are recognised and contained; false alarms',
    load: async () => (await import('./bench-risk.ts')).benchRiskOperation,
  },
  {
    name: 'bench record-values',
    summary: "values that a Python project's functions work with while its tests run",
    load: async () => (await import('./bench-values.ts')).recordValuesOperation,
  },
  {
    name: 'bench convert-commits',
    summary: 'commits as pseudo-issues for `bench localization`',
    load: async () => (await import('./bench-commits.ts')).benchCommitsOperation,
  },
  {
    name: 'mcp',
    summary: 'search, run and the rest as tools for coding agents (Model Context Protocol)',
    load: async () => (await import('./mcp.ts')).mcp,
  },
  {
    name: 'serve',
    summary: 'search, run and the rest over HTTP, with pages to look at, on this machine',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'completions',
    summary: 'a completion script for bash, zsh or fish',
    load: async () => (await import('./completions.ts')).completions,
  },
];
