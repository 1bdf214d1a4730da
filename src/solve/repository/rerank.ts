/**
 * Which patch is chosen: Agentless's reranking (Xia et al. 2024, arXiv:2407.01489, §3.3; agentless/repair/rerank.py).
 *
 * Of all patches those with the fewest regression failures; of those the ones that pass the majority's reproduction test, or all where none does; of those the largest group of one normal form; of
 * equals the earliest sample. `preferMended` is ours and stands before reproduction: patches after which more of the failing tests pass. Patches that were not run, or whose suite did not come to
 * its end, stand last. A model's review, where one was asked for, is ours as well: behind all that was run, and before votes.
 */
import type { PatchCandidate } from './types.ts';

/** @returns best first */
export function rerank(
  patches: readonly PatchCandidate[],
  options: { readonly preferMended: boolean },
): PatchCandidate[] {
  const keys = new Map(patches.map((one) => [one, keyOf(one, options.preferMended)]));
  return [...patches].sort((one, other) => {
    const [a = [], b = []] = [keys.get(one), keys.get(other)];
    for (const [at, value] of a.entries()) if (value !== b[at]) return value - (b[at] ?? 0);
    return 0;
  });
}

function keyOf({ evidence, drawn, sample, review }: PatchCandidate, preferMended: boolean): number[] {
  const { regressions, mended, reproduction, problem } = evidence;
  return [
    problem === null ? 0 : 1,
    regressions?.length ?? Number.MAX_SAFE_INTEGER,
    preferMended ? -mended.length : 0,
    reproduction === 'passes' ? 0 : 1,
    review === 'no' ? 1 : 0,
    -drawn,
    sample,
  ];
}

/** Why a patch is not given to anybody; null: nothing speaks against it. */
export function rejection(
  { evidence }: Pick<PatchCandidate, 'evidence'>,
  base: { readonly hasFailing: boolean; readonly reproduces: boolean },
): string | null {
  const { regressions, mended, reproduction, problem } = evidence;
  if (problem !== null) return problem;
  if (regressions !== null && regressions.length > 0)
    return `${regressions.length === 1 ? 'a test that passed fails' : `${regressions.length} tests that passed fail`} with it: ${regressions
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ')}`;
  if (base.reproduces && reproduction === 'fails') return 'the reproduction test still fails';
  if (base.hasFailing && mended.length === 0 && reproduction !== 'passes') return 'no failing test passes with it';
  return null;
}
