/**
 * Searching a tree of files for patterns of syntax.
 *
 * Each rule is tied to the languages that it can be meant in and that the tree has; the index of grams says which of their files hold what every match holds; these are
 * parsed and matched, and so are all that changed since. The answer is that of parsing every file. Matches come by path, then by place, so that the next page of an
 * answer goes on where the last one ended.
 */
import path from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { type GramQuery, type Grams, oneOf, type Walk, type WalkedFile } from '../../index/mod.ts';
import { pathTest } from '../filters.ts';
import { globJudge } from '../grep/globs.ts';
import { gramsOf } from './grams.ts';
import type { Languages } from './languages.ts';
import { searchInThreads } from './threads.ts';
import type { AskedRule, PatternAnswer, PatternHit } from './types.ts';
import { type FoundMatch, patternFinder, type TiedRule, type WorkFile } from './work.ts';

export interface PatternSearch {
  readonly rules: readonly AskedRule[];
  readonly languages: Languages;
  /** Only these, as the table names them; empty: all. */
  readonly only: readonly string[];
  /** As `path:` of a query: one must fit when there are any. */
  readonly paths: readonly string[];
  readonly limit: number;
  readonly offset: number;
  /** Counts by file instead of hits. */
  readonly countOnly: boolean;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TreeToSearch {
  readonly grams: Grams;
  /** Part to search: relative directory with a final slash, or empty; or one file. */
  readonly under: string;
  readonly file: { readonly path: string; readonly bytes: number } | null;
  /** False: answers from the last look, without looking for changed files. */
  readonly refresh: boolean;
}

/** @throws WinnowError `bad-query`, `bad-data`; what `signal` aborts with */
export async function searchPatterns(tree: TreeToSearch, input: PatternSearch): Promise<Omit<PatternAnswer, 'tokens'>> {
  const { languages } = input;
  const wanted = input.paths.map(pathTest);
  const fits = (file: string): boolean => wanted.length === 0 || wanted.some((test) => test(file));
  const walk = await walkOf(tree, languages, input.signal);
  const all = walk?.files ?? (tree.file === null ? [] : [{ ...tree.file, entry: -1, known: false }]);
  const byLanguage = new Map<string, WalkedFile[]>();
  const untold: WalkedFile[] = [];
  let covered = 0;
  for (const file of all) {
    if (!fits(file.path)) continue;
    covered++;
    const possible = languages.ofFile(path.posix.basename(file.path));
    if (possible === null) untold.push(file);
    for (const language of possible ?? [])
      if (input.only.length === 0 || input.only.includes(language)) listAt(byLanguage, language).push(file);
  }
  const tied = await tie(input, byLanguage);
  const chosen = new Map<string, WalkedFile>();
  const choose = (files: readonly WalkedFile[], query: GramQuery): void => {
    const selected = walk === null ? files : tree.grams.select({ ...walk, files }, query);
    for (const file of selected) chosen.set(file.path, file);
  };
  for (const [language, query] of tied.queries) choose(byLanguage.get(language) ?? [], query);
  if (tied.queries.size > 0) choose(untold, oneOf([...tied.queries.values()]));
  const files = inOrder([...chosen.values()]).map(
    (file): WorkFile => ({ file: path.join(tree.grams.root, file.path), path: file.path, bytes: file.bytes }),
  );
  const gathered = new Gathering(input);
  await searchInThreads({
    finder: tied.finder,
    rules: tied.rules,
    files,
    threads: input.threads,
    signal: input.signal,
    onFound: (found, batch) => {
      gathered.note(found);
      return gathered.take(found.matches, batch);
    },
  });
  return {
    ...gathered.answer(),
    languages: [...tied.queries.keys()],
    searched: { files: covered, read: files.length },
    failures: [...(walk?.failures ?? []), ...gathered.failures],
    notices: tied.notices,
  };
}

/** The walk of a part of the tree; of one file that was asked for by name there is none. */
async function walkOf(
  { grams, under, file, refresh }: TreeToSearch,
  languages: Languages,
  signal: AbortSignal | undefined,
): Promise<Walk | null> {
  if (file !== null) return null;
  return grams.look({
    under,
    selection: {
      hidden: false,
      rules: true,
      judge: () => null,
      judgeType: (name) => (languages.ofFile(name)?.length === 0 ? 'out' : null),
    },
    refresh,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** By path, directory by directory, as `grep` has them. */
function inOrder(files: readonly WalkedFile[]): readonly WalkedFile[] {
  const keyed = files.map((file) => ({ file, key: file.path.replaceAll('/', '\0') }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ file }) => file);
}

/** Rules in the languages that they are asked in. A rule that names none is asked wherever it can be meant. */
async function tie({ rules, languages, only }: PatternSearch, present: ReadonlyMap<string, readonly unknown[]>) {
  const finder = await patternFinder();
  const tied: TiedRule[] = [];
  const queries = new Map<string, GramQuery>();
  const notices: string[] = [];
  const most = [...present].sort((a, b) => b[1].length - a[1].length).map(([language]) => language);
  for (const [rule, { id, languages: named, set }] of rules.entries()) {
    const told = named ?? (only.length > 0 ? only : null);
    const asked = told ?? (most.length > 0 ? most : languages.names);
    const refused: { language: string; error: WinnowError }[] = [];
    for (const language of asked) {
      if (only.length > 0 && !only.includes(language)) continue;
      try {
        const { needs, supposed } = await finder.add(rule, language, set);
        const query = gramsOf(needs);
        if (supposed.length > 0)
          notices.push(
            `In ${language} ${rules.length > 1 ? `rule ${id}` : 'the pattern'} is read with what it lacks put in: ${supposed.join(' ')}`,
          );
        tied.push({ rule, language, set });
        const before = queries.get(language);
        queries.set(language, before === undefined ? query : oneOf([before, query]));
      } catch (error) {
        if (!(error instanceof WinnowError) || error.code !== 'bad-query') throw error;
        refused.push({ language, error });
      }
    }
    const first = refused[0];
    if (first === undefined) continue;
    if (refused.length === asked.length || told !== null) throw first.error;
    // Of a language that few files are in nobody expects a pattern to be meant.
    if (!refused.some(({ language }) => language === most[0])) continue;
    const names = refused.map(({ language }) => language).join(', ');
    notices.push(
      `${rules.length > 1 ? `Rule ${id}` : 'The pattern'} is no code of ${names}, and these were not searched. Name the language with --lang to see why.`,
    );
  }
  return { finder, rules: tied, queries, notices };
}

function listAt<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Collects what is found until there is enough. */
class Gathering {
  readonly #input: PatternSearch;
  readonly #outside: ((rule: number, file: string) => boolean) | null;
  readonly #hits: PatternHit[] = [];
  readonly #counts: { path: string; count: number }[] = [];
  readonly #partial: PatternAnswer['partial'][number][] = [];
  readonly #leftOut: Record<string, number> = {};
  readonly failures: PatternAnswer['failures'][number][] = [];
  #count = 0;
  #more = false;

  constructor(input: PatternSearch) {
    this.#input = input;
    this.#outside = outsideOf(input.rules);
  }

  /** @returns false when there is enough */
  take(found: readonly FoundMatch[], batch: readonly WorkFile[]): boolean {
    const { rules, limit, offset, countOnly } = this.#input;
    const byPath = new Map<string, FoundMatch[]>();
    for (const match of found) if (!this.#outside?.(match.rule, match.path)) listAt(byPath, match.path).push(match);
    for (const { path: file } of batch) {
      const matches = byPath.get(file);
      if (matches === undefined) continue;
      if (rules.length > 1)
        matches.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end || a.rule - b.rule);
      if (countOnly) this.#counts.push({ path: file, count: matches.length });
      for (const { rule, ...match } of matches) {
        const at = this.#count++;
        if (countOnly || at < offset) continue;
        if (at >= offset + limit) {
          this.#more = true;
          return false;
        }
        const { id, message, severity } = rules[rule] as AskedRule;
        this.#hits.push({ ...match, rule: id, message: filled(message, match), severity, brief: false });
      }
    }
    return true;
  }

  note(found: {
    readonly partial: PatternAnswer['partial'];
    readonly skipped: readonly { readonly path: string; readonly reason: string }[];
    readonly failures: PatternAnswer['failures'];
  }): void {
    this.#partial.push(...found.partial);
    for (const { reason } of found.skipped) this.#leftOut[reason] = (this.#leftOut[reason] ?? 0) + 1;
    this.failures.push(...found.failures);
  }

  answer() {
    const { offset, countOnly } = this.#input;
    return {
      hits: this.#hits,
      total: { count: this.#more ? this.#count - 1 : this.#count, moreThan: this.#more },
      counts: countOnly ? this.#counts : null,
      nextOffset: this.#more ? offset + this.#hits.length : null,
      partial: this.#partial,
      leftOut: this.#leftOut,
    };
  }
}

/** A message names metavariables, and what they stand for is said in their place. */
const filled = (message: string | null, { variables }: Pick<FoundMatch, 'variables'>): string | null =>
  message?.replace(/\$+([A-Z_][A-Z_0-9]*)/g, (written, name) => {
    const place = variables.find((variable) => variable.name === name)?.place;
    return place === undefined || place === null ? written : place.text;
  }) ?? null;

/** Whether a rule's own globs leave a file out; null when no rule has any. */
function outsideOf(rules: readonly AskedRule[]): ((rule: number, file: string) => boolean) | null {
  if (rules.every(({ files, ignores }) => files.length + ignores.length === 0)) return null;
  const judges = rules.map(({ files, ignores }) => ({
    wants: globJudge(files, []),
    leaves: globJudge(ignores, []),
  }));
  return (rule, file) => {
    const judge = judges[rule];
    return judge !== undefined && (judge.wants(file, false) === 'out' || judge.leaves(file, false) === 'in');
  };
}
