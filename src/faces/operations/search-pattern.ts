/**
 * `winnow search --pattern` and `--rule`: code by its syntax. Part of `search`, because it is the same wish under the same flags; a form of its own in
 * what comes out, because a match of a pattern has no score and a ranked hit has no metavariables. What matches is `search/pattern`'s; this translates.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { systemClock, WinnowError } from '../../base/mod.ts';
import type { Strictness } from '../../code/mod.ts';
import { openGrams } from '../../index/mod.ts';
import {
  type AskedRule,
  fitHits,
  type PatternAnswer,
  readLanguages,
  readRules,
  searchPatterns,
} from '../../search/mod.ts';
import type { PatternOutput } from './search-pattern-schemas.ts';
import type { Context } from './types.ts';

export interface PatternInput {
  readonly pattern: string | undefined;
  readonly selector: string | undefined;
  readonly strictness: Strictness;
  readonly rule: readonly string[];
  readonly directory: string;
  readonly lang: readonly string[];
  readonly path: readonly string[];
  readonly limit: number;
  readonly offset: number;
  readonly count: boolean;
  readonly budgetTokens: number | undefined;
  readonly threads: number | undefined;
  readonly refresh: boolean;
}

/** Rules on standard input, at most. */
const mostStdinBytes = 4 * 1024 * 1024;

export async function searchPattern(given: PatternInput, context: Context): Promise<PatternOutput> {
  const startedMs = systemClock.elapsedMs();
  const languages = await readLanguages();
  const notices: string[] = [];
  const rules = await rulesOf(given, context, languages, notices);
  const { grams, under, file } = placeOf(given.directory, context);
  try {
    const answer = await searchPatterns(
      { grams, under, file, refresh: given.refresh },
      {
        rules,
        languages,
        only: given.lang.map((name) => languages.named(name, '--lang')),
        paths: given.path,
        limit: given.limit,
        offset: given.offset,
        countOnly: given.count,
        threads: given.threads === undefined ? undefined : given.threads - 1,
        signal: context.signal,
      },
    );
    const output = outputOf(answer, given, grams.root, notices);
    for (const notice of output.notices) context.notice(notice);
    await keep(given, context, grams);
    return { ...output, elapsedMs: Math.round(systemClock.elapsedMs() - startedMs) };
  } finally {
    grams.close();
  }
}

async function rulesOf(
  given: PatternInput,
  context: Context,
  languages: Awaited<ReturnType<typeof readLanguages>>,
  notices: string[],
): Promise<AskedRule[]> {
  const { pattern, selector, strictness } = given;
  const rules: AskedRule[] = [];
  if (pattern !== undefined) {
    const rule = { at: 'the pattern', pattern: { text: pattern, selector, strictness } };
    const set = { rule, constraints: new Map(), utils: new Map() };
    rules.push({ id: 'pattern', languages: null, message: null, severity: null, files: [], ignores: [], set });
  }
  for (const name of given.rule) {
    const text = name === '-' ? new TextDecoder().decode(await context.readStdin(mostStdinBytes)) : read(name, context);
    const file = await readRules(text, name === '-' ? '<stdin>' : name, languages);
    for (const rule of file.rules) {
      if (rules.some(({ id }) => id === rule.id))
        throw new WinnowError('bad-data', `${name}: two rules are named "${rule.id}".`);
      rules.push(rule);
    }
    notices.push(...file.notices);
  }
  return rules;
}

function read(name: string, context: Context): string {
  const full = path.resolve(context.cwd, name);
  try {
    return readFileSync(full, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new WinnowError(
      code === 'ENOENT' ? 'path-not-found' : 'path-unreadable',
      `The rules ${full} cannot be read (${code}). Give a YAML file, or - for standard input.`,
      { cause },
    );
  }
}

/** The index that a path belongs to, and the part of it that is asked for. */
function placeOf(typed: string, context: Context) {
  const full = path.resolve(context.cwd, typed);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new WinnowError('path-not-found', `There is nothing at ${full}. A pattern with spaces in it needs quotes.`);
  const real = realpathSync(full);
  const { home } = context.settings;
  const open = context.openGrams ?? openGrams;
  const grams = open(stat.isDirectory() ? real : path.dirname(real), home === undefined ? {} : { home });
  const below = path.relative(grams.root, real).split(path.sep).join('/');
  if (!stat.isDirectory()) return { grams, under: '', file: { path: below, bytes: stat.size } };
  return { grams, under: below === '' ? '' : `${below}/`, file: null };
}

function outputOf(answer: PatternAnswer, given: PatternInput, root: string, before: readonly string[]): PatternOutput {
  const { budgetTokens, offset } = given;
  const notices = [...before, ...answer.notices];
  const { partial, failures, leftOut } = answer;
  if (answer.languages.length === 0)
    notices.push('There is no file of a language that the pattern could be searched in.');
  const why = partial[0];
  if (why !== undefined)
    notices.push(
      `Matches may be missing: ${partial.length} file${partial.length === 1 ? '' : 's'} took too long or could not be parsed, first ${why.path} (${why.reason}).`,
    );
  for (const { path: file, code } of failures.slice(0, 10)) notices.push(`${file}: ${code}`);
  // Of binary files nobody expects to be searched.
  const left = Object.entries(leftOut)
    .filter(([reason]) => reason !== 'binary')
    .map(([reason, count]) => `${count} ${reason}`);
  if (left.length > 0) notices.push(`Files not searched: ${left.join(', ')}.`);
  const fitted = budgetTokens === undefined ? { hits: answer.hits, tokens: null } : fitHits(answer.hits, budgetTokens);
  const cut = fitted.hits.length < answer.hits.length;
  const nextOffset = cut ? offset + fitted.hits.length : answer.nextOffset;
  const moreThan = answer.total.moreThan ? 'more than ' : '';
  if (nextOffset !== null)
    notices.push(
      `${fitted.hits.length} of ${moreThan}${answer.total.count} matches${cut ? ` fit ${budgetTokens} tokens` : ''}; go on with --offset ${nextOffset}.`,
    );
  return {
    schema: 'winnow.search.pattern/1',
    root,
    languages: [...answer.languages],
    hits: fitted.hits.map((hit) => ({ ...hit, variables: [...hit.variables] })),
    total: answer.total,
    counts: answer.counts === null ? null : [...answer.counts],
    nextOffset,
    tokens: fitted.tokens,
    searched: answer.searched,
    partial: [...partial],
    leftOut,
    failures: [...failures],
    notices,
    elapsedMs: 0,
  };
}

/** What the look learned is kept for the next search, as `grep` keeps it. */
async function keep(given: PatternInput, context: Context, grams: ReturnType<typeof openGrams>): Promise<void> {
  if (!given.refresh || !grams.worthKeeping()) return;
  try {
    await grams.keep({
      signal: context.signal,
      onProgress: (done, total) => context.progress({ label: 'indexing for later searches', done, total }),
    });
  } catch (error) {
    // An answer that is there is not lost because the next one will be slower.
    if (!(error instanceof WinnowError) || error.code === 'cancelled') throw error;
    context.notice(error.message);
  }
}
