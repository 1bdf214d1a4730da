/**
 * The files of a project for its tests: where the project begins, and what of it is copied into the sandbox.
 *
 * All but what is made or installed again: version control, packages, virtual environments, caches. Links of the disk that lead
 * out of the project are left out; others are links there too.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { type JobFile, jobLimits } from '../../run/mod.ts';

/** What a build tool makes, by the name of its directory, beside the build file that says so. */
const built: Readonly<Record<string, RegExp>> = { target: /^pom\.xml$/, build: /^build\.gradle(\.kts)?$/ };

/** A directory with one of these is a project's. */
const manifests = [
  'pyproject.toml',
  'setup.cfg',
  'setup.py',
  'pytest.ini',
  'tox.ini',
  'package.json',
  'go.mod',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
];

/** Directories that tools make: nothing of a project is in them. A virtual environment is known by its file. */
const leftOut = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  '__pycache__',
  '.tox',
  '.nox',
  '.mypy_cache',
  '.ruff_cache',
  '.pytest_cache',
  '.cache',
  '.eggs',
  '.gradle',
  '.next',
  '.winnow-tests',
  '.winnow-calls',
]);

export interface Project {
  /** Absolute, real. */
  readonly root: string;
  /** What was named, relative to the root with forward slashes; empty: all of it. */
  readonly under: string;
}

/**
 * The project that holds a path: the nearest directory with a manifest, not above the repository's root; without one, the directory itself.
 *
 * @throws WinnowError `path-not-found`
 */
export function projectOf(path: string, cwd: string): Project {
  const full = resolve(cwd, path);
  if (!existsSync(full))
    throw new WinnowError(
      'path-not-found',
      `${path} does not exist. Relative paths start where the command is typed.`,
      {
        details: { path },
      },
    );
  const real = realpathSync(full);
  const start = statSync(real).isDirectory() ? real : dirname(real);
  let root = start;
  for (let at = start; ; at = dirname(at)) {
    if (manifests.some((name) => existsSync(join(at, name)))) {
      root = at;
      break;
    }
    if (existsSync(join(at, '.git')) || at === dirname(at)) break;
  }
  return { root, under: relative(root, real).split(sep).join('/') };
}

export interface ProjectFiles {
  readonly files: readonly JobFile[];
  /** Symbolic links within the project; a target is relative to its link's directory. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

/**
 * @param exclude paths relative to the root that are not copied
 * @throws WinnowError `bad-usage` when there is more than a job may hold, `path-unreadable`
 */
export async function projectFiles(root: string, exclude: readonly string[]): Promise<ProjectFiles> {
  const files: JobFile[] = [];
  const links: { path: string; target: string }[] = [];
  const without = new Set(exclude.map((path) => path.replace(/^\.\//, '').replace(/\/+$/, '')));
  let bytes = 0;
  const add = async (name: string, full: string): Promise<void> => {
    if (files.length >= jobLimits.files) throw tooMuch(root, `more than ${jobLimits.files} files`);
    const stats = statSync(full);
    bytes += stats.size;
    if (bytes > jobLimits.bytes) throw tooMuch(root, `more than ${jobLimits.bytes} bytes`);
    files.push({ path: name, bytes: await readFile(full), mode: stats.mode & 0o111 ? 0o755 : 0o644 });
  };
  const walk = async (directory: string, prefix: string): Promise<void> => {
    const entries = await readdir(directory, { withFileTypes: true });
    if (prefix !== '' && entries.some(({ name }) => name === 'pyvenv.cfg')) return;
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = `${prefix}${entry.name}`;
      const full = join(directory, entry.name);
      if (leftOut.has(entry.name) || without.has(name)) continue;
      if (entries.some((beside) => built[entry.name]?.test(beside.name))) continue;
      if (entry.isDirectory()) await walk(full, `${name}/`);
      else if (entry.isFile()) await add(name, full);
      else if (entry.isSymbolicLink() && isInside(root, full)) {
        const target = await readlink(full);
        links.push({ path: name, target: isAbsolute(target) ? relative(directory, target) : target });
      }
    }
  };
  try {
    await walk(root, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new WinnowError('path-unreadable', `A file of ${root} may not be read (${(error as Error).message}).`, {
      details: { path: root },
      cause: error,
    });
  }
  return { files, links };
}

function isInside(root: string, link: string): boolean {
  try {
    return realpathSync(link).startsWith(`${root}${sep}`);
  } catch {
    return false;
  }
}

function tooMuch(root: string, what: string): WinnowError {
  return new WinnowError(
    'bad-usage',
    `${root} has ${what}, which is what a run may hold. Leave out what the tests do not need: --exclude DIR.`,
    { details: { path: root } },
  );
}
