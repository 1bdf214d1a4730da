/**
 * Where jars lie on this machine, and which of them a project needs: those of its dependencies and of what these need, nearest first, as Maven
 * has it. Nothing is fetched.
 *
 * A version that is not there is replaced by the newest one that is, and that is told: a run with a neighbour of what was wanted is worth more than none.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dependency, type FindPom, keyOf, type Pom, readPom } from './pom.ts';

interface Wanted {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly classifier?: string;
}

export interface Repository {
  readonly root: string;
  /** Path of the file with this ending; null: it is not there. */
  file(wanted: Wanted, ending: 'jar' | 'pom'): string | null;
  versions(group: string, artifact: string): readonly string[];
}

const fileName = ({ artifact, version, classifier = '' }: Wanted, ending: string): string =>
  `${artifact}-${version}${classifier === '' || ending === 'pom' ? '' : `-${classifier}`}.${ending}`;

const entriesOf = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
};

/** `~/.m2/repository`: https://maven.apache.org/repository/layout.html */
export const mavenRepository = (root: string): Repository => ({
  root,
  file: (wanted, ending) => {
    const path = join(root, ...wanted.group.split('.'), wanted.artifact, wanted.version, fileName(wanted, ending));
    return existsSync(path) ? path : null;
  },
  versions: (group, artifact) =>
    entriesOf(join(root, ...group.split('.'), artifact)).filter((name) => /^\d/.test(name)),
});

/** `~/.gradle/caches/modules-2/files-2.1`: group, artifact, version, digest, file. */
export const gradleRepository = (root: string): Repository => ({
  root,
  file: (wanted, ending) => {
    const directory = join(root, wanted.group, wanted.artifact, wanted.version);
    return (
      entriesOf(directory)
        .map((digest) => join(directory, digest, fileName(wanted, ending)))
        .find((path) => existsSync(path)) ?? null
    );
  },
  versions: (group, artifact) => entriesOf(join(root, group, artifact)),
});

/** Numbers by their size, and what has letters behind (`5.0-M1`) before what has none. */
export function newest(versions: readonly string[]): string | null {
  const parts = (version: string): (number | string)[] =>
    version.split(/[.-]/).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const compare = (a: string, b: string): number => {
    const [one, other] = [parts(a), parts(b)];
    for (let at = 0; at < Math.max(one.length, other.length); at++) {
      const [x = 0, y = 0] = [one[at], other[at]];
      if (x === y) continue;
      if (typeof x === 'number' && typeof y === 'number') return x - y;
      return typeof x === 'number' ? 1 : typeof y === 'number' ? -1 : x < y ? -1 : 1;
    }
    return 0;
  };
  return [...versions].sort(compare).at(-1) ?? null;
}

export interface Jars {
  /** Absolute, in the order of the class path. */
  readonly paths: readonly string[];
  /** `group:artifact` → the version that is used. */
  readonly versions: ReadonlyMap<string, string>;
  /** In words, what was wanted and is not there. */
  readonly notes: readonly string[];
}

/** Text of a pom in one of these repositories. */
export const pomsOf =
  (repositories: readonly Repository[]): FindPom =>
  (group, artifact, version) => {
    for (const repository of repositories) {
      const path = repository.file({ group, artifact, version }, 'pom');
      if (path !== null) return readFileSync(path, 'utf8');
    }
    return null;
  };

/** A jar, in the version that is wanted or the newest there is. */
export function findJar(repositories: readonly Repository[], wanted: Wanted): { path: string; version: string } | null {
  for (const repository of repositories) {
    const path = repository.file(wanted, 'jar');
    if (path !== null) return { path, version: wanted.version };
  }
  const versions = repositories.flatMap(({ versions: of }) => of(wanted.group, wanted.artifact));
  const having = versions.filter((version) =>
    repositories.some((repository) => repository.file({ ...wanted, version }, 'jar') !== null),
  );
  const version = newest(having);
  if (version === null) return null;
  const path = repositories.map((one) => one.file({ ...wanted, version }, 'jar')).find((one) => one !== null);
  return path === null || path === undefined ? null : { path, version };
}

/** Far more than any project has; a circle of dependencies ends before, because each is taken once. */
const mostJars = 5000;

interface Waiting {
  readonly one: Dependency;
  readonly excluded: readonly string[];
  /** Needed by the project itself, and not by what it needs. */
  readonly isOwn: boolean;
}

/**
 * @param pom the project's, whose list of versions goes before those of what it needs
 * @param directories `group:artifact` of what is built beside → its classes
 */
export function jarsOf(
  pom: Pick<Pom, 'dependencies' | 'managed'>,
  repositories: readonly Repository[],
  directories: ReadonlyMap<string, string> = new Map(),
): Jars {
  const find = pomsOf(repositories);
  const paths: string[] = [];
  const versions = new Map<string, string>();
  const notes: string[] = [];
  const queue: Waiting[] = pom.dependencies.map((one) => ({ one, excluded: [], isOwn: true }));
  for (let at = 0; at < queue.length && at < mostJars; at++) {
    const { one, excluded, isOwn } = queue[at] as Waiting;
    const key = keyOf(one);
    if (versions.has(key)) continue;
    const managed = isOwn ? undefined : pom.managed.get(key);
    const wanted = { ...one, version: managed?.version || one.version };
    const built = directories.get(`${one.group}:${one.artifact}`);
    const found = built === undefined ? findJar(repositories, wanted) : { path: built, version: one.version };
    if (found === null) {
      versions.set(key, wanted.version);
      // A list that only names others has no jar.
      if (one.type === 'jar' && find(one.group, one.artifact, wanted.version) === null)
        notes.push(`${key}:${wanted.version || '?'} is not on this machine`);
    } else {
      versions.set(key, found.version);
      paths.push(found.path);
      if (wanted.version !== '' && found.version !== wanted.version)
        notes.push(`${key}:${found.version} stands in for ${wanted.version}, which is not on this machine`);
    }
    const text = find(one.group, one.artifact, found?.version ?? wanted.version);
    if (text === null) continue;
    const without = [...excluded, ...one.exclusions];
    for (const below of readPom(text, find, 1).dependencies)
      if (!below.isOptional && ['compile', 'runtime'].includes(below.scope) && !isExcluded(below, without))
        queue.push({ one: below, excluded: without, isOwn: false });
  }
  return { paths, versions, notes };
}

const isExcluded = ({ group, artifact }: Dependency, exclusions: readonly string[]): boolean =>
  [`${group}:${artifact}`, `${group}:*`, `*:${artifact}`, '*:*'].some((pattern) => exclusions.includes(pattern));
