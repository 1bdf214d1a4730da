/** What all verbs of environments take, and the environment it opens. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type EnvironmentRequest, environmentKinds, type OpenEnvironment, openEnvironment } from '../../judge/mod.ts';
import { durationPattern, milliseconds } from '../units.ts';
import { backends } from './run-schemas.ts';
import type { Context } from './types.ts';

export const envInput = z.strictObject({
  env: z.enum(environmentKinds).describe('What actions are: commands, statements or cells'),
  data: z
    .string()
    .min(1)
    .describe(
      'Tasks: JSON lines or an array, also packed by gzip, with query (nl) and gold (cmd); SQL: db; Python: tests',
    ),
  databases: z
    .string()
    .min(1)
    .optional()
    .describe(
      'SQL: a directory of NAME.sqlite, or a dump of MySQL; without it small ones are made of what the tasks name',
    ),
  tree: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Bash: a directory whose files every task begins with; without it a small tree is made of what the command names',
    ),
  steps: z.int().min(1).max(1000).default(10).describe('Actions of a task; the last is followed by a submission'),
  observation: z
    .int()
    .min(256)
    .max(1_048_576)
    .default(8192)
    .describe('Bytes of an observation; a longer one keeps both ends'),
  wall: z
    .string()
    .regex(durationPattern, 'a time such as 500ms, 10s or 2m was expected')
    .default('30s')
    .describe('Elapsed time of one action'),
  backend: z
    .enum(['auto', ...backends])
    .default('auto')
    .describe('Where sessions run; auto is native where that is possible, else embedded'),
});

export const envLabels = {
  env: 'KIND',
  data: 'FILE',
  databases: 'PATH',
  tree: 'DIR',
  wall: 'TIME',
  observation: 'BYTES',
} as const;

export function envRequest(given: z.output<typeof envInput>, context: Context): EnvironmentRequest {
  const at = (path: string | undefined): string | null => (path === undefined ? null : resolve(context.cwd, path));
  return {
    kind: given.env,
    data: resolve(context.cwd, given.data),
    databases: at(given.databases),
    tree: at(given.tree),
    backend: given.backend,
    limits: { stepsMost: given.steps, observationBytes: given.observation, stepMs: milliseconds(given.wall) },
  };
}

export const envSettings = (context: Context) => ({
  cacheDir: resolve(context.settings.cacheDir, 'run'),
  path: context.settings.path,
});

/** Opens it, and closes it whatever happens. */
export async function withEnvironment<Result>(
  given: z.output<typeof envInput>,
  context: Context,
  act: (open: OpenEnvironment) => Promise<Result>,
): Promise<Result> {
  const open = openEnvironment(envRequest(given, context), envSettings(context));
  if (open.isMade && given.env !== 'python')
    context.notice(
      given.env === 'sql'
        ? 'no --databases: they are made of what the tasks name, so rewards cannot be held against published ones'
        : 'no --tree: a small tree is made for each task of what its command names, so rewards cannot be held against published ones',
    );
  try {
    return await act(open);
  } finally {
    await open.close();
  }
}

const whole = z.int().min(0);

export const stepSchema = z.strictObject({
  observation: z.string(),
  reward: z.number().describe('0 before the last step; then -1 to 1 for SQL, 0.01 to 1 for Bash, 0 to 1 for Python'),
  done: z.boolean(),
  info: z.strictObject({
    executed: z.boolean().describe('The action ran to its end; of Bash with any status, elsewhere without an error'),
    steps: whole,
    stepsMost: whole,
    reward: z
      .strictObject({
        parts: z.record(z.string(), z.number()),
        exact: z.boolean().describe('Stricter: all that is compared is equal to the last byte'),
      })
      .nullable(),
    corruptGold: z.boolean().describe('The gold itself failed here'),
    notices: z.array(z.string()),
  }),
});
