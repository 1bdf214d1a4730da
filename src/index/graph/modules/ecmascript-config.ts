/**
 * Configuration that says where modules of ECMAScript are: `package.json` and `tsconfig.json`, read leniently.
 *
 * Comments and trailing commas are tolerated, and whatever has another shape than expected counts as not written.
 */
import type { ModuleWorld } from '../modules.ts';

export interface PackageFile {
  /** Directory of the file. */
  readonly directory: string;
  readonly name: string | null;
  /** Entry points by preference: what people edit before what is built from it. */
  readonly entries: readonly string[];
  readonly exports: unknown;
  readonly imports: unknown;
}

export interface PathMapping {
  /** Directory that targets are relative to. */
  readonly directory: string;
  /** Pattern with at most one `*`. */
  readonly pattern: string;
  readonly targets: readonly string[];
}

export interface TypescriptConfig {
  /** Exact patterns first, then by the length of what stands before the star. */
  readonly paths: readonly PathMapping[];
  /** Directory where names without a dot are looked for, or null. */
  readonly baseUrl: string | null;
  /** Directories that count as one. */
  readonly rootDirs: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const stringsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** Longer chains of `extends` are circles. */
const maxExtends = 8;

/** Parses JSON that may have comments and trailing commas. @returns null for anything but an object */
export function parseLenient(text: string): Fields | null {
  const plain = text
    .replace(/^\ufeff/, '')
    // A string or a comment, whichever begins first: so comment marks inside strings stay.
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, kept: string | undefined) => kept ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, kept: string | undefined) => kept ?? '');
  try {
    const parsed: unknown = JSON.parse(plain);
    return isFields(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

export const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Joins with `.` and `..` worked out. @returns null above the root */
export function joined(directory: string, path: string): string | null {
  const parts = directory === '' ? [] : directory.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** @returns null when the directory has no package.json that can be read */
export function readPackage(world: ModuleWorld, directory: string): PackageFile | null {
  const path = directory === '' ? 'package.json' : `${directory}/package.json`;
  const text = world.has(path) ? world.read(path) : null;
  const fields = text === null ? null : parseLenient(text);
  if (fields === null) return null;
  const entries = ['source', 'module', 'jsnext:main', 'main', 'browser', 'types', 'typings']
    .map((field) => fields[field])
    .filter((entry): entry is string => typeof entry === 'string' && entry !== '');
  const name = typeof fields.name === 'string' && fields.name !== '' ? fields.name : null;
  return { directory, name, entries, exports: fields.exports, imports: fields.imports };
}

/**
 * Files that `exports` or `imports` of a package names for a key, whatever the conditions: those with types last, since they only
 * describe. Patterns as Node resolves them, the longest prefix first.
 *
 * @param key `.`, `./sub/path` or `#name`
 * @returns null when the field says nothing of the key, which is then not exported
 */
export function targetsOf(field: unknown, key: string): string[] | null {
  const isSugar = !isFields(field) || !Object.keys(field).some((one) => one.startsWith('.') || one.startsWith('#'));
  if (isSugar) return key === '.' && field !== undefined && field !== null ? ordered(field, '') : null;
  const exact = field[key];
  if (exact !== undefined) return ordered(exact, '');
  let best: { prefix: string; star: string; value: unknown } | null = null;
  for (const [pattern, value] of Object.entries(field)) {
    const star = starOf(pattern, key);
    if (star === null) continue;
    const prefix = pattern.slice(0, pattern.indexOf('*') >= 0 ? pattern.indexOf('*') : pattern.length);
    if (best === null || prefix.length > best.prefix.length) best = { prefix, star, value };
  }
  return best === null ? null : ordered(best.value, best.star);
}

/** What stands for the star when a pattern fits, or null. A pattern that ends with `/` has its star behind it. */
function starOf(pattern: string, key: string): string | null {
  const written = pattern.endsWith('/') ? `${pattern}*` : pattern;
  const at = written.indexOf('*');
  if (at < 0) return null;
  const [before, after] = [written.slice(0, at), written.slice(at + 1)];
  const fits = key.startsWith(before) && key.endsWith(after) && key.length >= before.length + after.length;
  return fits ? key.slice(before.length, key.length - after.length) : null;
}

/** Conditions nest this deep at most. */
const maxConditions = 8;

function ordered(value: unknown, star: string): string[] {
  const found: { target: string; types: boolean }[] = [];
  const collect = (at: unknown, types: boolean, depth: number): void => {
    if (depth > maxConditions) return;
    if (typeof at === 'string') {
      const target = at.endsWith('/') ? at + star : at.replaceAll('*', star);
      found.push({ target, types: types || /\.d\.[mc]?ts$/.test(target) });
    } else if (Array.isArray(at)) for (const one of at) collect(one, types, depth + 1);
    else if (isFields(at)) {
      for (const [condition, one] of Object.entries(at)) collect(one, types || condition === 'types', depth + 1);
    }
  };
  collect(value, false, 0);
  return [...found.filter(({ types }) => !types), ...found.filter(({ types }) => types)].map(({ target }) => target);
}

/** @param packageOf directory of a package of the repository by name, for `extends` of shared configurations */
export function readTypescriptConfig(
  world: ModuleWorld,
  path: string,
  packageOf: (name: string) => string | null,
): TypescriptConfig {
  const found: { paths: PathMapping[]; baseUrl: string | null; rootDirs: string[] } = {
    paths: [],
    baseUrl: null,
    rootDirs: [],
  };
  const seen = new Set<string>();
  const read = (at: string, depth: number): void => {
    if (depth > maxExtends || seen.has(at)) return;
    seen.add(at);
    const text = world.has(at) ? world.read(at) : null;
    const fields = text === null ? null : parseLenient(text);
    if (fields === null) return;
    const directory = directoryOf(at);
    const options = isFields(fields.compilerOptions) ? fields.compilerOptions : {};
    // What is read first counts: a configuration before what it extends.
    if (found.baseUrl === null && typeof options.baseUrl === 'string') {
      found.baseUrl = joined(directory, options.baseUrl);
    }
    if (found.paths.length === 0 && isFields(options.paths)) {
      const base = typeof options.baseUrl === 'string' ? joined(directory, options.baseUrl) : directory;
      for (const [pattern, targets] of Object.entries(options.paths)) {
        found.paths.push({ directory: base ?? directory, pattern, targets: stringsOf(targets) });
      }
    }
    if (found.rootDirs.length === 0) {
      for (const root of stringsOf(options.rootDirs)) found.rootDirs.push(joined(directory, root) ?? '');
    }
    const bases = typeof fields.extends === 'string' ? [fields.extends] : stringsOf(fields.extends);
    for (const base of bases.reverse()) {
      for (const candidate of extended(directory, base, packageOf)) {
        if (world.has(candidate)) {
          read(candidate, depth + 1);
          break;
        }
      }
    }
    if (found.paths.length > 0 || !Array.isArray(fields.references)) return;
    // A solution lists the configurations that have the options.
    for (const reference of fields.references) {
      const target =
        isFields(reference) && typeof reference.path === 'string' ? joined(directory, reference.path) : null;
      if (target === null || directoryOf(target) !== directory || !target.endsWith('.json')) continue;
      read(target, depth + 1);
    }
  };
  read(path, 0);
  const paths = found.paths.sort((a, b) => rankOf(b.pattern) - rankOf(a.pattern));
  return { paths, baseUrl: found.baseUrl, rootDirs: found.rootDirs };
}

/** Exact patterns before all others, then by what stands before the star. */
const rankOf = (pattern: string): number => {
  const star = pattern.indexOf('*');
  return star < 0 ? Number.POSITIVE_INFINITY : star;
};

function extended(directory: string, base: string, packageOf: (name: string) => string | null): string[] {
  let path: string | null;
  if (base.startsWith('.')) path = joined(directory, base);
  else {
    const [name, rest] = splitBare(base);
    const root = packageOf(name);
    path = root === null ? null : joined(root, rest === '' ? 'tsconfig.json' : rest);
  }
  if (path === null) return [];
  return path.endsWith('.json') ? [path] : [`${path}.json`, `${path}/tsconfig.json`, path];
}

/** `@scope/name/rest` as name and rest. */
export function splitBare(module: string): [name: string, rest: string] {
  const parts = module.split('/');
  const count = module.startsWith('@') ? 2 : 1;
  return [parts.slice(0, count).join('/'), parts.slice(count).join('/')];
}

/** What a name comes to under a mapping: paths by preference. */
export function mapped({ pattern, targets, directory }: PathMapping, module: string): string[] {
  const star = pattern.includes('*') ? starOf(pattern, module) : module === pattern ? '' : null;
  if (star === null) return [];
  return targets
    .map((target) => joined(directory, target.replace('*', star)))
    .filter((path): path is string => path !== null);
}
