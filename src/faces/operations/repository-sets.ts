/** Names of sets and repositories as people type them, and ids with a repository's name in them. */
import { nearest, WinnowError } from '../../base/mod.ts';
import { type KnownRepository, namePattern, type RepositorySets, readSets } from '../../index/mod.ts';
import { dividedId, type Member, nameEnd } from '../../search/mod.ts';
import { count } from '../paint.ts';
import type { Context } from './types.ts';

/** The set that is meant where none is named. */
export const usualSet = 'default';

/** @param what `set` or `repository` @throws WinnowError `bad-usage` */
export function checkName(what: string, name: string): void {
  if (namePattern.test(name)) return;
  throw new WinnowError(
    'bad-usage',
    `Expected a name of a ${what}: letters, digits, dots, dashes and underscores, a letter or digit first, at most 80; came ${JSON.stringify(name)}.`,
  );
}

/**
 * The repositories of a set; of one that is named itself, that one alone.
 *
 * @throws WinnowError `unknown-set`
 */
export function repositoriesOf(set: string, sets: RepositorySets): readonly KnownRepository[] {
  const members = sets.sets.get(set) ?? (sets.repositories.has(set) ? [set] : null);
  if (members === null) throw unknown('set', set, [...sets.sets.keys(), ...sets.repositories.keys()]);
  return members.flatMap((name) => sets.repositories.get(name) ?? []);
}

/** @throws WinnowError `unknown-set` */
export function repositoryNamed(name: string, sets: RepositorySets): KnownRepository {
  const found = sets.repositories.get(name);
  if (found === undefined) throw unknown('repository', name, [...sets.repositories.keys()]);
  return found;
}

function unknown(what: string, name: string, known: readonly string[]): WinnowError {
  const near = nearest(name, known);
  const hint =
    known.length === 0
      ? 'There are none yet: `winnow add PATH`.'
      : near.length > 0
        ? `Did you mean ${near.slice(0, 3).join(' or ')}?`
        : `There ${known.length === 1 ? 'is' : 'are'} ${known.slice(0, 10).join(', ')}${known.length > 10 ? ', …' : ''}.`;
  return new WinnowError('unknown-set', `There is no ${what} ${name}. ${hint}`, {
    details: { name, nearest: near },
  });
}

/** Where an id is to be looked up. */
export interface IdPlace {
  /** Repository of a set, where the id names one. */
  readonly repository: string | null;
  readonly directory: string;
  /** As the repository itself has it. */
  readonly id: string;
  /** An id of the repository as it was asked for: with its name, where it had one. */
  readonly named: (id: string) => string;
}

/** Reads `flask//src/app.py:Flask` as what it means. @throws WinnowError `unknown-set` */
export function placeOfId(id: string, directory: string, context: Context): IdPlace {
  const divided = dividedId(id);
  if (divided === null) return { repository: null, directory, id, named: (own) => own };
  const { name, rest } = divided;
  const { root } = repositoryNamed(name, readSets(context.settings.cacheDir));
  return { repository: name, directory: root, id: rest, named: (own) => name + nameEnd + own };
}

/** What a state of a repository means, after its names. */
const phrases: Readonly<Record<Member['state'], string>> = {
  current: 'up to date',
  behind: 'answered from the index as it is',
  unfinished: 'answered in part',
  unanswered: 'did not answer',
  missing: 'not there',
  removed: 'removed meanwhile',
  failed: 'could not be read',
};

/** Names told at once; the answer has all. */
const namesTold = 5;

/** Ways in which repositories of one state are told apart; past this one line stands for all, with the first one's reason. */
const reasonsTold = 3;

/** A line for each way in which repositories did not take part as they are on disk. */
export function memberNotices(members: readonly Member[]): string[] {
  const late = Map.groupBy(
    members.filter(({ state }) => state !== 'current'),
    ({ state }) => state,
  );
  return [...late.values()].flatMap((alike) => {
    const byReason = [...Map.groupBy(alike, ({ reason }) => reason).values()];
    return (byReason.length > reasonsTold ? [alike] : byReason).map(memberLine);
  });
}

function memberLine(alike: readonly Member[]): string {
  const { state, reason } = alike[0] as Member;
  const names = alike.slice(0, namesTold).map(({ name }) => name);
  if (alike.length > namesTold) names.push(count(alike.length - namesTold, 'other'));
  return `${names.join(', ')}: ${phrases[state]}. ${reason ?? ''}`.trim();
}
