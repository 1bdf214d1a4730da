/** `winnow bench convert-commits REPO`: commits of a repository as instances for `bench localization`. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { convertCommits } from '../../bench/mod.ts';
import { harmless } from '../paint.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  repository: z.string().describe('The clone, bare or with a worktree'),
  target: z.string().describe('File to write: JSON lines'),
  name: z
    .string()
    .regex(/^\w[\w.-]*\/\w[\w.-]*$/, 'owner/name was expected')
    .describe('What instances call the repository'),
  limit: z.int().min(1).default(100).describe('Instances wanted'),
  windows: z.int().min(1).default(6).describe('Places in the history from which neighbouring commits are taken'),
  body: z.boolean().default(false).describe('Only commits whose message has more than a first line'),
  examples: z.boolean().default(false).describe('Add lines that the commit added to tests to every second instance'),
  seed: z.int().default(1).describe('Seed of where windows begin'),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.convert-commits/1'),
  instances: z.int(),
  target: z.string(),
});

export const benchCommitsOperation: Operation<typeof input, typeof output> = {
  name: 'bench convert-commits',
  summary: 'commits as pseudo-issues for `bench localization`',
  description: `Takes commits that read like a fix and change one to three source files, and writes them in the layout of SWE-bench: the message stands for the issue, the commit before it is the base, what it changed outside of tests is the answer.

Whoever wrote a commit's message knew the answer, so figures on such instances are not those on issues.`,
  examples: [
    {
      command: 'winnow bench convert-commits ../clones/gson gson.jsonl --name google/gson --body',
      does: 'a hundred of them',
    },
  ],
  input,
  output,
  positional: [
    { property: 'repository', label: 'REPO' },
    { property: 'target', label: 'FILE' },
  ],
  run: async ({ repository, target, ...given }, context) => {
    const instances = convertCommits({
      ...given,
      repository: resolve(context.cwd, repository),
      target: resolve(context.cwd, target),
      signal: context.signal,
      onProgress: context.progress,
    });
    return { schema: 'winnow.bench.convert-commits/1', instances, target };
  },
  render: ({ instances, target }) => `${instances} instances written to ${harmless(target)}\n`,
  exit: () => 0,
};
