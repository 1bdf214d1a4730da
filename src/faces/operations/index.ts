/** `winnow index [PATH]`: builds, refreshes, inspects and mends the index of a repository. Searching does the first two by itself. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock, WinnowError } from '../../base/mod.ts';
import { isBrokenNotebook } from '../../code/mod.ts';
import type { Completeness, Repository } from '../../index/mod.ts';
import { indexView } from '../views/index.ts';
import { meaningFlags, openEncoder, openMeaningOf } from './encoder.ts';
import { open, rebuiltNotice, refresh } from './repository.ts';
import { completenessSchema, leftOutSchema } from './schemas.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  directory: z.string().default('.').describe('The repository, or a directory in it'),
  status: z.boolean().default(false).describe('Only say what the index holds; look at no file and change nothing'),
  rebuild: z.boolean().default(false).describe('Delete the index and build it anew'),
  verify: z
    .boolean()
    .default(false)
    .describe('Check everything against its checksums; exit code 1 when something is wrong'),
  tidy: z.boolean().default(false).describe('Merge segments and drop what no worktree holds'),
  meaning: z
    .enum(['auto', 'off'])
    .default('off')
    .describe('Make the vectors of what is new as well (auto), or leave that to the first query that needs them (off)'),
  encoder: meaningFlags.encoder,
});

const actions = ['refresh', 'status', 'rebuild', 'verify', 'tidy'] as const;

const output = z.strictObject({
  schema: z.literal('winnow.index/1'),
  action: z.enum(actions),
  root: z.string(),
  storeDir: z.string().describe('Where the index is kept'),
  storeBytes: z.int().describe('Bytes of the index on disk, all worktrees of the repository together'),
  languages: z.record(z.string(), z.strictObject({ files: z.int(), lines: z.int(), bytes: z.int() })),
  brokenNotebooks: z.array(z.string()).describe('Notebooks that could not be read as such; they are plain text'),
  completeness: completenessSchema.nullable().describe('null when the index cannot be read'),
  report: z
    .strictObject({
      added: z.int(),
      changed: z.int(),
      removed: z.int(),
      unchanged: z.int(),
      bytesParsed: z.int(),
      busy: z.boolean(),
      leftOut: leftOutSchema,
      elapsedMs: z.number(),
    })
    .nullable()
    .describe('What was done to bring the index up to date; null when nothing was to be done'),
  vectors: z
    .strictObject({ encoder: z.string(), chunks: z.int(), elapsedMs: z.number() })
    .nullable()
    .describe(
      'Vectors that are there now and the time it took to make what was missing; null when none were to be made',
    ),
  problems: z.array(z.string()).nullable().describe('What --verify found; null when it was not asked for'),
});

export type IndexOutput = z.output<typeof output>;

export const index: Operation<typeof input, typeof output> = {
  name: 'index',
  summary: 'build, refresh, inspect or mend the index of a repository',
  description: `Without flags it brings the index of the repository up to date, showing progress on a terminal. A search does the same before it answers, so this is for doing it ahead of time, and for looking after the index.

The index is one directory per repository, shared by its worktrees, under WINNOW_HOME or the user's cache directory. It holds nothing that cannot be rebuilt from the source; deleting it is safe. Stopping a run at any instant is safe too: the next one goes on from there.

Left out are what .gitignore and .winnowignore say, binary and minified files, and files past the size limits; they are counted and shown.`,
  examples: [
    { command: 'winnow index ~/code/my-project', does: 'build it or bring it up to date' },
    { command: 'winnow index --status --json', does: 'what it holds, for a program' },
    { command: 'winnow index --verify', does: 'check every checksum' },
    { command: 'winnow index --rebuild', does: 'start anew, for example after a disk error' },
  ],
  input,
  output,
  positional: [{ property: 'directory', label: 'PATH' }],
  run: async (given, context) => {
    const asked = actions.filter((action) => action !== 'refresh' && given[action]);
    if (asked.length > 1) {
      throw new WinnowError('bad-usage', `--${asked.join(' and --')} exclude each other. Give one at a time.`);
    }
    const action = asked[0] ?? 'refresh';
    const repository = open(given.directory, context);
    try {
      if (action === 'rebuild') repository.clear();
      const report = action === 'refresh' || action === 'rebuild' ? await refresh(repository, context) : null;
      if (repository.rebuiltFrom !== null) context.notice(rebuiltNotice(repository.rebuiltFrom));
      if (action === 'tidy') await repository.tidy();
      const problems = action === 'verify' ? repository.verify() : null;
      const vectors =
        report === null || given.meaning === 'off' ? null : await vectorsOf(repository, given.encoder, context);
      return { schema: 'winnow.index/1', action, report, vectors, problems, ...stateOf(repository, problems) };
    } finally {
      repository.close();
    }
  },
  render: indexView,
  exit: ({ problems }) => (problems !== null && problems.length > 0 ? 1 : 0),
};

async function vectorsOf(
  repository: Repository,
  named: string | undefined,
  context: Context,
): Promise<IndexOutput['vectors']> {
  const encoder = await openEncoder(named, context, repository.storeDir);
  const snapshot = repository.snapshot();
  try {
    const startedMs = systemClock.elapsedMs();
    const { vectors } = await openMeaningOf(snapshot, encoder, context, context.notice);
    return { encoder: encoder.id, chunks: vectors.count, elapsedMs: Math.round(systemClock.elapsedMs() - startedMs) };
  } finally {
    snapshot.close();
  }
}

type State = Pick<IndexOutput, 'root' | 'storeDir' | 'storeBytes' | 'languages' | 'brokenNotebooks' | 'completeness'>;

function stateOf(repository: Repository, problems: readonly string[] | null): State {
  const { root, storeDir } = repository;
  const languages: Record<string, { files: number; lines: number; bytes: number }> = {};
  const brokenNotebooks: string[] = [];
  let completeness: Completeness | null = null;
  try {
    const snapshot = repository.snapshot();
    completeness = snapshot.completeness;
    for (const { path, version, language, lines, bytes } of snapshot.files()) {
      if (language === 'jupyter' && isBrokenNotebook(snapshot.facts(version))) brokenNotebooks.push(path);
      languages[language] ??= { files: 0, lines: 0, bytes: 0 };
      const sum = languages[language];
      sum.files++;
      sum.lines += lines;
      sum.bytes += bytes;
    }
    snapshot.close();
  } catch (error) {
    // A damaged index that --verify has already told about is an answer, not a failure.
    if (!(error instanceof WinnowError) || problems === null || problems.length === 0) throw error;
  }
  return { root, storeDir, storeBytes: bytesBelow(storeDir), languages, brokenNotebooks, completeness } as State;
}

function bytesBelow(directory: string): number {
  // No index yet.
  if (!existsSync(directory)) return 0;
  let bytes = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    // A segment may be merged away between the listing and the look.
    bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
