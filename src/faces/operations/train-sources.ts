/**
 * What `winnow train` learns from: folders as they are, or a list of repositories at commits.
 *
 * The list is a file of JSON lines, so that what a table was trained on can be read, checked and fetched again:
 *
 *     {"repository": "owner/name", "commit": "…", "license": "MIT", "role": "train"}
 *
 * The role is `train` for what a table learns from, `held` for what is only asked, and `later` for what a table that goes on from another one learns
 * from, in place of `train`; a repository that is learned from both times stands there twice. A list without `later` is learned from as it is.
 *
 * Only permissively licensed repositories of a list are used; the licence is told by the words of the repository's own files, and
 * what the list says of it is for people.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { findClone, Worktree } from '../../bench/mod.ts';
import { licenseOf, type Text, type ToMine } from '../../embed/mod.ts';
import { gitDirOf, headCommit } from '../../index/mod.ts';
import { changesOf } from './train-history.ts';

const sourceRow = z.looseObject({
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'expected owner/name'),
  commit: z.string().regex(/^[0-9a-f]{40}$/, 'expected a full hash'),
  license: z.string(),
  role: z.enum(['train', 'held', 'later']),
});

export interface Sources {
  readonly train: readonly ToMine[];
  readonly held: readonly ToMine[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** A folder's content is told by its commit; without one it is mined each time. */
export function folderSource(path: string): ToMine {
  if (!existsSync(path)) {
    throw new WinnowError('path-not-found', `No directory at ${path}. Give the directory of a repository.`);
  }
  if (!statSync(path).isDirectory()) {
    throw new WinnowError('not-a-directory', `${path} is a file. Give the directory of a repository.`);
  }
  const gitDir = gitDirOf(path);
  const commit = gitDir === null ? null : headCommit(gitDir, gitDir);
  const changes = gitDir === null || commit === null ? undefined : () => changesOf(gitDir, commit);
  return { name: basename(path), folder: path, version: commit ?? `${path} ${Date.now()}`, changes };
}

/**
 * @param repos folder with the clones
 * @param trees folder that commits are written to, one at a time, while they are mined
 * @param goesOn whether a table is gone on from, so that `later` is learned from
 * @throws WinnowError `bad-data` for a wrong line, `bad-usage` for a clone that is missing
 */
export function listedSources(file: string, repos: string, trees: string, goesOn = false): Sources {
  const rows = jsonLines(file).map(({ row, line }) => {
    const parsed = sourceRow.safeParse(row);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
    throw new WinnowError('bad-data', `${file}:${line}: expected a source. ${where}.`, { details: { file, line } });
  });
  const sources = { train: [] as ToMine[], held: [] as ToMine[], refused: [] as { name: string; reason: string }[] };
  const learns = goesOn && rows.some(({ role }) => role === 'later') ? 'later' : 'train';
  for (const { repository, commit, role } of rows) {
    if (role !== 'held' && role !== learns) continue;
    const gitDir = findClone(repos, repository);
    const folder = join(trees, repository.replace('/', '+'));
    const open = (): void => {
      mkdirSync(folder, { recursive: true });
      const tree = new Worktree(gitDir, folder, repository);
      try {
        tree.place(commit);
      } finally {
        tree.close();
      }
      const { permissive, names } = licenseOf(folder);
      if (permissive) return;
      sources.refused.push({ name: repository, reason: names.length === 0 ? 'no known licence' : names.join(', ') });
      // Nothing to mine is what is left of it.
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    };
    const close = (): void => rmSync(folder, { recursive: true, force: true });
    sources[role === 'held' ? 'held' : 'train'].push({
      name: repository,
      folder,
      version: commit,
      open,
      close,
      changes: () => changesOf(gitDir, commit),
    });
  }
  return sources;
}

const awayRow = z.union([
  z.looseObject({ text: z.string(), path: z.string().optional() }),
  z.looseObject({ code: z.string(), path: z.string().optional() }),
]);

/** Texts to keep away from: `text` or `code` of each line; without a `path` they are taken for Python, as benchmarks are. */
export const awayTexts = (file: string): Text[] =>
  jsonLines(file).map(({ row, line }) => {
    const parsed = awayRow.safeParse(row);
    if (!parsed.success) throw new WinnowError('bad-data', `${file}:${line}: expected an object with text or code.`);
    const { data } = parsed;
    return { path: data.path ?? 'x.py', text: 'text' in data ? (data.text as string) : (data.code as string) };
  });

function jsonLines(file: string): { row: unknown; line: number }[] {
  if (!existsSync(file)) throw new WinnowError('path-not-found', `No file at ${file}.`);
  return textOf(file)
    .split('\n')
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content.trim() !== '')
    .map(({ content, line }) => {
      try {
        return { row: JSON.parse(content) as unknown, line };
      } catch {
        throw new WinnowError('bad-data', `${file}:${line}: expected a JSON object on each line.`);
      }
    });
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file);
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (code.startsWith('Z_'))
      throw new WinnowError('bad-data', `${file} is not compressed by gzip: ${message}.`, { cause });
    throw new WinnowError('path-unreadable', `Cannot read ${file}: ${message}.`, { cause });
  }
}

/** Where shards, trees and the checkpoint are kept. */
export const workFolder = (given: string | undefined, cwd: string, cacheDir: string): string =>
  given === undefined ? join(cacheDir, 'train') : resolve(cwd, given);
