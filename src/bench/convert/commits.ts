/**
 * Commits as pseudo-issues: a commit's message stands for the issue, what it changed is the answer.
 *
 * For repositories without a list of issues, and for training: message and change belong together as an issue and its
 * fix do, though whoever wrote the message knew the answer. Taken are commits that
 * read like a fix: one parent, some words, one to three source files that existed before, few files in all. They are
 * drawn in windows of neighbouring commits, so that checking out one after another is cheap. Every second one may also
 * get the lines that the commit added to tests, as the example that reporters add.
 */
import { seededRandom, WinnowError } from '../../base/mod.ts';
import {
  type Commit,
  gitDirOf,
  headCommit,
  ObjectStore,
  parseCommit,
  type TreeChange,
  treeChanges,
} from '../../index/mod.ts';
import { type Instance, writeInstances } from '../localization/instances.ts';
import { unifiedHunks } from '../localization/linediff.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';

export interface CommitsOptions {
  /** The clone: bare, or a worktree. */
  readonly repository: string;
  /** `owner/name`, as instances call it. */
  readonly name: string;
  /** Instances wanted. */
  readonly limit: number;
  /** Neighbouring commits are drawn in so many windows spread over the history; default 6. */
  readonly windows?: number | undefined;
  /** Adds the lines that the commit added to tests to every second instance. */
  readonly examples?: boolean | undefined;
  /** Only commits whose message has more than a first line. */
  readonly body?: boolean | undefined;
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BenchProgress) => void) | undefined;
}

const source = /\.(?:py|pyx|js|mjs|cjs|jsx|ts|tsx|mts|java|kt|go|rs|c|cc|cpp|h|hpp|rb|php|cs|scala)$/;
const test =
  /(?:^|\/)(?:tests?|testing|__tests__|spec|testdata|fixtures|docs?|examples?)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|[^/]*Test|conftest|[^/]*\.(?:test|spec))\.\w+$/i;
const reads =
  /fix|bug|issue|error|wrong|incorrect|fail|crash|broken|handle|support|raise|regress|should|allow|avoid|prevent/i;
const chore =
  /^(?:merge|bump|release|revert|update (?:dep|change|copyright|version)|prepare|version|chore|docs?[:( ]|style|lint|format|typo|build|ci[:( ])/i;
const mostChanged = 12;
const mostAnswers = 3;
const fewestWords = 8;

/** @throws WinnowError `bad-usage` when the repository cannot be read or has no such commits */
export function pseudoIssues(options: CommitsOptions): Instance[] {
  const { repository, name, limit, windows = 6, seed = 1 } = options;
  const gitDir = gitDirOf(repository);
  const head = gitDir === null ? null : headCommit(gitDir, gitDir);
  if (gitDir === null || head === null)
    throw new WinnowError('bad-usage', `Expected a git repository with commits at ${repository}; there is none.`);
  const objects = new ObjectStore(gitDir);
  try {
    const line = firstParents(objects, head);
    const random = seededRandom(seed);
    const perWindow = Math.ceil(limit / windows);
    const found: Instance[] = [];
    for (let window = 0; window < windows; window++) {
      stopIfCancelled(options.signal);
      options.onProgress?.({ label: `reading commits of ${name}`, done: found.length, total: limit });
      // From the newest back over three quarters of the history: the oldest code is too small to lose anything in.
      const start = Math.floor(((window + random.next() * 0.5) / windows) * line.length * 0.75);
      const taken: Instance[] = [];
      for (let at = start; at < line.length && taken.length < perWindow && at < start + perWindow * 40; at++) {
        const instance = asInstance(objects, line[at] as string, options, found.length + taken.length);
        if (instance !== null && !found.some((other) => other.id === instance.id)) taken.push(instance);
      }
      found.push(...taken);
    }
    if (found.length === 0)
      throw new WinnowError(
        'bad-usage',
        `Expected commits of ${name} that change one to three source files; none was found.`,
      );
    return found.slice(0, limit);
  } finally {
    objects.close();
  }
}

/** Writes them to a file. @returns how many @throws as `pseudoIssues`, and `path-unreadable` when it cannot be written */
export function convertCommits(options: CommitsOptions & { readonly target: string }): number {
  const instances = pseudoIssues(options);
  writeInstances(options.target, instances);
  return instances.length;
}

/** Commits of the main line and of what was merged into it, newest first; merges lead to both sides. */
function firstParents(objects: ObjectStore, head: string): string[] {
  const order: string[] = [];
  let at: string | undefined = head;
  const mostCommits = 60_000;
  while (at !== undefined && order.length < mostCommits) {
    const commit = commitOf(objects, at);
    if (commit === null) break;
    order.push(at);
    const merged = commit.parents[1];
    // The one commit that a merge of a single-commit branch brings.
    if (merged !== undefined && commitOf(objects, merged)?.parents[0] !== undefined) order.push(merged);
    at = commit.parents[0];
  }
  return order;
}

function commitOf(objects: ObjectStore, id: string): Commit | null {
  const bytes = objects.readKind(id, 'commit');
  return bytes === null ? null : parseCommit(bytes);
}

function asInstance(objects: ObjectStore, id: string, options: CommitsOptions, number: number): Instance | null {
  const commit = commitOf(objects, id);
  const base = commit?.parents.length === 1 ? commit.parents[0] : undefined;
  if (commit === null || base === undefined) return null;
  const message = withoutTrailers(commit.message);
  const [subject = ''] = message.split('\n');
  if (chore.test(subject) || message.split(/\s+/).length < fewestWords) return null;
  if (options.body === true ? !/\n\s*\n\s*\S/.test(message) : !reads.test(message)) return null;
  const parent = commitOf(objects, base);
  const changes = parent === null ? null : treeChanges(objects, parent.tree, commit.tree, mostChanged + 1);
  if (changes === null || changes.length > mostChanged) return null;
  const answers = changes.filter(({ path }) => source.test(path) && !test.test(path));
  if (answers.length === 0 || answers.length > mostAnswers) return null;
  if (answers.some(({ before, after }) => before === null || after === null)) return null;
  const example = options.examples === true && number % 2 === 1 ? testLines(objects, changes) : '';
  const patch = answers.map((change) => filePatch(objects, change)).join('');
  if (patch === '') return null;
  return {
    id: `${options.name.replace('/', '__')}-${id.slice(0, 12)}`,
    repo: options.name,
    baseCommit: base,
    problemStatement: example === '' ? message : `${message}\n\n\`\`\`\n${example}\n\`\`\`\n`,
    patch,
  };
}

function withoutTrailers(message: string): string {
  return message
    .replace(/^[ \t]*(?:[A-Z][A-Za-z-]+-by|Change-Id|git-svn-id|PiperOrigin-RevId):.*$/gim, '')
    .replace(/\(?(?:fix(?:es|ed)?|close[sd]?|resolve[sd]?|refs?|see|gh-?)? ?#\d+\)?/gi, '')
    .trim();
}

function textOf(objects: ObjectStore, id: Buffer | undefined): string {
  return (id === undefined ? null : objects.readKind(id, 'blob'))?.toString('utf8') ?? '';
}

function filePatch(objects: ObjectStore, { path, before, after }: TreeChange): string {
  const hunks = unifiedHunks(textOf(objects, before?.id), textOf(objects, after?.id));
  return hunks === '' ? '' : `--- a/${path}\n+++ b/${path}\n${hunks}`;
}

/** Lines of one example, as a reporter would cut it. */
const exampleLines = 14;

function testLines(objects: ObjectStore, changes: readonly TreeChange[]): string {
  const lines: string[] = [];
  for (const change of changes) {
    if (!source.test(change.path) || !test.test(change.path) || change.after === null) continue;
    const hunks = unifiedHunks(textOf(objects, change.before?.id), textOf(objects, change.after.id));
    for (const line of hunks.split('\n')) if (line.startsWith('+') && line.trim() !== '+') lines.push(line.slice(1));
  }
  return lines.slice(0, exampleLines).join('\n');
}
