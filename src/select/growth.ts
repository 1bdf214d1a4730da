/**
 * What a task in a file is given besides what it has, when it is checked again with other rows.
 *
 * Rows may be all that there is by now, or the new ones alone: candidates and probes that are known by their ids must be what they were, whatever has a new id is added, and what is not given stays. A new candidate that is
 * written as one that is there counts for it and is not run.
 */
import { isDeepStrictEqual } from 'node:util';
import { WinnowError } from '../base/mod.ts';
import type { TaskGrowth } from './building.ts';
import type { Candidate, MatrixTask } from './types.ts';

/**
 * @param formOf equal for programs that are written alike
 * @param path of the file, for messages
 * @throws WinnowError `bad-data` where an id stands for something else than in the file
 */
export function growthOf(
  known: MatrixTask,
  given: MatrixTask,
  formOf: (source: string) => string,
  path: string,
): TaskGrowth {
  const refuse = (what: string): never => {
    throw new WinnowError(
      'bad-data',
      `${path} has a task ${JSON.stringify(known.id)} with ${what}. Give new candidates and probes ids of their own ("id"; a row without one is called by its line), or name another file.`,
    );
  };
  for (const part of ['entryPoint', 'context', 'language'] as const)
    if (known[part] !== given[part])
      refuse(`${part} ${JSON.stringify(known[part]).slice(0, 60)}, not ${JSON.stringify(given[part]).slice(0, 60)}`);
  const probes = new Map(known.probes.map((probe) => [probe.id, probe]));
  for (const probe of given.probes) {
    const there = probes.get(probe.id);
    if (there !== undefined && !isDeepStrictEqual({ ...there }, { ...probe }))
      refuse(`another probe ${JSON.stringify(probe.id)}`);
  }
  const owners = new Map<string, Candidate>();
  for (const one of known.candidates) for (const id of [one.id, ...(one.alike ?? [])]) owners.set(id, one);
  const isNew = ({ id }: Candidate): boolean => !owners.has(id);
  const drawn = new Map<Candidate, { times: number; ids: number }>();
  for (const one of given.candidates) {
    const owner = owners.get(one.id);
    if (owner === undefined) continue;
    if (formOf(owner.source) !== formOf(one.source)) refuse(`another candidate ${JSON.stringify(one.id)}`);
    const { times, ids } = drawn.get(owner) ?? { times: 0, ids: 0 };
    drawn.set(owner, { times: times + one.drawn, ids: ids + 1 });
  }
  for (const [owner, { times, ids }] of drawn)
    if (ids === 1 + (owner.alike?.length ?? 0) && times !== owner.drawn)
      refuse(`candidate ${JSON.stringify(owner.id)} drawn ${owner.drawn} times, not ${times}`);
  const byForm = new Map(known.candidates.map((one) => [formOf(one.source), one.id]));
  const fresh = given.candidates.filter(isNew);
  return {
    candidates: joined(
      fresh.filter(({ source }) => !byForm.has(formOf(source))),
      formOf,
    ),
    probes: given.probes.filter(({ id }) => !probes.has(id)),
    alike: fresh.flatMap(({ id, source, drawn: times }) => {
      const candidate = byForm.get(formOf(source));
      return candidate === undefined ? [] : [{ candidate, id, drawn: times }];
    }),
  };
}

/** Candidates that are written alike are one, which was drawn as often as all of them; the first gives its name. */
export function joined(candidates: readonly Candidate[], formOf: (source: string) => string): readonly Candidate[] {
  const kept = new Map<string, Candidate & { alike: string[] }>();
  for (const candidate of candidates) {
    const form = formOf(candidate.source);
    const same = kept.get(form);
    if (same === undefined) kept.set(form, { ...candidate, alike: [] });
    else kept.set(form, { ...same, drawn: same.drawn + candidate.drawn, alike: [...same.alike, candidate.id] });
  }
  return [...kept.values()];
}
