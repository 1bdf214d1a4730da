/**
 * `winnow search --regex`: which files a regular expression can match in, by the grams that `grep` keeps, so that few are read.
 *
 * The walk of `grep` and the index are two lists of files: one that the walk did not meet is read, whatever its grams.
 */
import { WinnowError } from '../../base/mod.ts';
import { openGrams } from '../../index/mod.ts';
import { type AskedRegex, gramsOfExpression } from '../../search/mod.ts';
import type { Context } from './types.ts';

/** With which flags a regular expression makes no sense, and why. */
export function checkRegexFlags(given: {
  readonly mode?: string | undefined;
  readonly clarify: boolean;
  readonly repos?: string | undefined;
  readonly encoder?: string | undefined;
  readonly query?: string | undefined;
  readonly directory: string;
}): void {
  const wrong = (['mode', 'clarify', 'repos', 'encoder'] as const).find(
    (name) => given[name] !== undefined && given[name] !== false,
  );
  if (wrong !== undefined) throw new WinnowError('bad-usage', `--${wrong} does not go with --regex.`);
  // The first word is the path: there is no query.
  if (given.query !== undefined && given.directory !== '.')
    throw new WinnowError('bad-usage', 'With --regex there is no query; give one path at most, and filters as flags.');
}

/** @param under folder of the root, or empty @throws WinnowError `bad-query` */
export async function askedRegex(
  source: string,
  { root, under, refresh }: { readonly root: string; readonly under: string; readonly refresh: boolean },
  context: Context,
): Promise<AskedRegex> {
  const wanted = gramsOfExpression(source);
  const { home } = context.settings;
  const grams = (context.openGrams ?? openGrams)(root, home === undefined ? {} : { home });
  try {
    const walk = await grams.look({
      under: under === '' ? '' : `${under}/`,
      selection: { hidden: false, rules: true, judge: () => null, judgeType: () => null },
      refresh,
      signal: context.signal,
    });
    const seen = new Set(walk.files.map(({ path }) => path));
    const fit = new Set(grams.select(walk, wanted).map(({ path }) => path));
    await keep(grams, refresh, context);
    return { source, mayMatch: (path) => fit.has(path) || !seen.has(path) };
  } finally {
    grams.close();
  }
}

/** What the look learned is kept for the next search, as `grep` keeps it. */
async function keep(grams: ReturnType<typeof openGrams>, refresh: boolean, context: Context): Promise<void> {
  if (!refresh || !grams.worthKeeping()) return;
  try {
    await grams.keep({
      signal: context.signal,
      onProgress: (done, total) => context.progress({ label: 'indexing for later searches', done, total }),
    });
  } catch (error) {
    // A search that can be made is not given up because the next one will be slower.
    if (!(error instanceof WinnowError) || error.code === 'cancelled') throw error;
    context.notice(error.message);
  }
}
