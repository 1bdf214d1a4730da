/** The repositories that can be asked: the one that the server was started in, and those that were added to sets. */
import type { ReposOutput } from '../../operations/repos.ts';
import { useAnswer } from './api.ts';

/** What `repo` of an address stands for. Empty: where the server was started. */
export interface Place {
  readonly name: string;
  /** A set, or its only repository by name: asked with `repos`. Else a directory. */
  readonly isSet: boolean;
  readonly directory: string;
}

export const here: Place = { name: '', isSet: false, directory: '.' };

export interface Places {
  readonly repositories: ReposOutput['repositories'];
  readonly sets: readonly string[];
  /** Of an address's `repo`; null while the list is on its way, and where nothing has that name. */
  find(name: string): Place | null;
  readonly known: boolean;
}

export function usePlaces(): Places {
  const { answer, waiting, refusal } = useAnswer<ReposOutput>('repos', question);
  const repositories = answer?.repositories ?? [];
  const sets = [...new Set(repositories.flatMap((one) => one.sets))].sort();
  return {
    repositories,
    sets,
    known: !waiting && (answer !== null || refusal !== null),
    find: (name) => {
      if (name === '') return here;
      if (name.startsWith('set:') && sets.includes(name.slice(4))) return { name, isSet: true, directory: '.' };
      const one = repositories.find((repository) => repository.name === name);
      return one === undefined ? null : { name, isSet: false, directory: one.root };
    },
  };
}

const question = {};
