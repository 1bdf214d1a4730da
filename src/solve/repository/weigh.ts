/** What is known of a patch by running it: on the suite and on the reproduction test, once to weigh it and again before it is believed. */
import type { Kit } from '../frame/kit.ts';
import { isResolved, runReproduction } from './reproduce.ts';
import { rejection } from './rerank.ts';
import { differing } from './steady.ts';
import { runSuite } from './suite.ts';
import type { PatchCandidate, PatchEvidence, Project, Reproduction, SuiteRun } from './types.ts';

/** What patches are held against. */
export interface Against {
  /** Without flaky tests. */
  readonly base: SuiteRun | null;
  readonly flaky: ReadonlySet<string>;
  readonly reproduction: Reproduction | null;
  /** Tests that pass and that the right change may break. */
  readonly excluded: ReadonlySet<string>;
}

type Patch = Pick<PatchCandidate, 'files' | 'sample'>;

export const noEvidence: PatchEvidence = {
  regressions: null,
  mended: [],
  reproduction: null,
  problem: null,
  flaky: [],
};

/** Where more tests than this fail that passed, the suite is not run again: chance makes one or two fail, a wrong patch many. Reasoned, not measured. */
const fewRegressions = 5;

/** Against nothing there is no evidence to be had. */
export const hasTests = (base: SuiteRun | null): base is SuiteRun =>
  base !== null && base.passed.length + base.failed.length + base.broken.length > 0;

export async function evidenceOf(
  kit: Kit,
  project: Project,
  patch: Patch,
  against: Against,
  title: string,
): Promise<PatchEvidence> {
  const { base, reproduction } = against;
  let evidence = noEvidence;
  if (hasTests(base)) {
    const run = await runSuite(kit, `${title} on the suite`, project, patch.files);
    evidence = heldAgainst(base, run, against);
    const { length } = evidence.regressions ?? [];
    if (length > 0 && length <= fewRegressions && evidence.problem === null)
      evidence = await again(kit, project, patch, against, title, evidence, run);
  }
  if (reproduction === null) return evidence;
  const run = await runReproduction(
    kit,
    `${title} on the reproduction test`,
    project,
    patch.files,
    reproduction.source,
  );
  return { ...evidence, reproduction: isResolved(run) ? 'passes' : 'fails' };
}

/** Runs all of it again: what a patch is believed for must come out twice. */
export async function confirmed(
  kit: Kit,
  project: Project,
  patch: Patch & { readonly evidence: PatchEvidence },
  against: Against,
  title: string,
): Promise<PatchEvidence> {
  let { evidence } = patch;
  if (kit.number('reruns') === 0) return evidence;
  if (hasTests(against.base)) evidence = await again(kit, project, patch, against, title, evidence, null);
  if (against.reproduction === null || evidence.reproduction !== 'passes') return evidence;
  const { source } = against.reproduction;
  const run = await runReproduction(kit, `${title} on the reproduction test, once more`, project, patch.files, source);
  return isResolved(run)
    ? evidence
    : { ...evidence, reproduction: null, flaky: [...evidence.flaky, 'the reproduction test'] };
}

/** @param first of the suite with the patch; null: what `evidence` says of it */
async function again(
  kit: Kit,
  project: Project,
  { files }: Patch,
  against: Against,
  title: string,
  evidence: PatchEvidence,
  first: SuiteRun | null,
): Promise<PatchEvidence> {
  let found = evidence;
  for (let time = 0; time < kit.number('reruns'); time++) {
    const run = await runSuite(kit, `${title} on the suite, once more`, project, files);
    const now = heldAgainst(against.base as SuiteRun, run, against);
    if (now.problem !== null) return { ...found, problem: `run again: ${now.problem}` };
    const unsteady = new Set([
      ...found.flaky,
      ...(first === null ? opposed(found, now) : differing(first, run).filter((name) => !against.flaky.has(name))),
    ]);
    if (unsteady.size > found.flaky.length)
      kit.note(`ended in two ways with this patch, and count for nothing: ${[...unsteady].slice(0, 10).join(', ')}`);
    found = {
      ...found,
      regressions: (found.regressions ?? []).filter(({ name }) => !unsteady.has(name)),
      mended: found.mended.filter((name) => !unsteady.has(name)),
      flaky: [...unsteady],
    };
  }
  return found;
}

/** Names that one run counts for or against the patch and the other does not. */
function opposed(one: PatchEvidence, other: PatchEvidence): string[] {
  const told = ({ mended, regressions }: PatchEvidence): string[] => [
    ...mended.map((name) => `+${name}`),
    ...(regressions ?? []).map(({ name }) => `-${name}`),
  ];
  const [a, b] = [new Set(told(one)), new Set(told(other))];
  return [...new Set([...a, ...b])].filter((name) => a.has(name) !== b.has(name)).map((name) => name.slice(1));
}

function heldAgainst(base: SuiteRun, run: SuiteRun, { flaky, excluded }: Against): PatchEvidence {
  const messages = new Map(run.failed.map(({ name, message }) => [name, message]));
  const [passes, before] = [new Set(run.passed), new Set(base.passed)];
  return {
    ...noEvidence,
    regressions: base.passed
      .filter((name) => !excluded.has(name) && !passes.has(name))
      .map((name) => ({
        name,
        message: messages.get(name) ?? run.broken[0]?.message ?? 'it is not there any more',
      })),
    mended: run.passed.filter((name) => !before.has(name) && !flaky.has(name)),
    problem: run.ending === 'finished' || run.ending === base.ending ? null : run.ending,
  };
}

/** Why a patch does not survive what it was held against; null: nothing speaks against it. */
export const rejectedBy = (patch: Pick<PatchCandidate, 'evidence'>, { base, reproduction }: Against): string | null =>
  rejection(patch, {
    hasFailing: base !== null && base.failed.length + base.broken.length > 0,
    reproduces: reproduction !== null,
  });
