/** The person's view of sets: what was added, and the repositories with their states. */
import type { AddOutput } from '../operations/add.ts';
import type { ReposOutput } from '../operations/repos.ts';
import type { Settings } from '../operations/types.ts';
import { count, harmless, type Paint, painter } from '../paint.ts';

const outcomes: Readonly<Record<AddOutput['repositories'][number]['outcome'], string>> = {
  added: 'added to',
  joined: 'known, added to',
  already: 'already in',
  moved: 'moved; in',
};

export function addView({ set, repositories }: AddOutput, settings: Settings): string {
  const paint = painter(settings);
  return repositories
    .map(
      ({ name, root, outcome }) => `${paint.bold(name)}  ${outcomes[outcome]} ${set}  ${paint.dim(harmless(root))}\n`,
    )
    .join('');
}

export function reposView({ action, repositories, failures }: ReposOutput, settings: Settings): string {
  const paint = painter(settings);
  if (repositories.length === 0 && failures.length === 0)
    return 'There are no repositories in sets yet. `winnow add PATH` puts one into the set named default.\n';
  const lines: string[] = [];
  if (action === 'remove') for (const one of repositories) lines.push(rowOf(one, paint, one.sets.join(', ')));
  else
    for (const set of new Set(repositories.flatMap(({ sets }) => sets))) {
      lines.push(paint.bold(set));
      for (const one of repositories) if (one.sets.includes(set)) lines.push(`  ${rowOf(one, paint)}`);
    }
  for (const { name, message } of failures) lines.push(`${paint.red(`${name} was not updated`)}: ${harmless(message)}`);
  return `${lines.join('\n')}\n`;
}

/** @param left the sets that still hold it, where it was removed from some */
function rowOf(one: ReposOutput['repositories'][number], paint: Paint, left?: string): string {
  const { name, root, state, reason, indexedFiles, pendingFiles, url } = one;
  const files = indexedFiles > 0 ? count(indexedFiles, 'file') : '';
  const states = {
    current: files || 'no files',
    // Listing looks at no files, so that is not worth a word.
    behind: `${files} indexed`,
    unfinished: `${files} indexed, ${count(pendingFiles, 'file')} to be read`,
    unanswered: 'not indexed yet',
    missing: paint.red(`missing: ${harmless(reason ?? '')}`),
    removed: paint.red('removed'),
    failed: paint.red(`failed: ${harmless(reason ?? '')}`),
  };
  const told = left === undefined ? states[state] : left === '' ? 'removed' : `removed; still in ${left}`;
  return [paint.blue(name), told, paint.dim(harmless(root)), ...(url === null ? [] : [paint.dim(harmless(url))])].join(
    '  ',
  );
}
