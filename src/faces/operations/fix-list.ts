/** `winnow fix --list`: the strategies for repositories, with their papers and numbers. */
import { z } from 'zod';
import { rangeOf, repositoryStrategies } from '../../solve/mod.ts';

export const listed = z.strictObject({
  schema: z.literal('winnow.fix.list/1'),
  strategies: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      paper: z.string(),
      summary: z.string(),
      defaults: z.array(
        z.strictObject({
          name: z.string(),
          value: z.number(),
          least: z.number(),
          most: z.number(),
          whole: z.boolean(),
          what: z.string(),
          source: z.string(),
        }),
      ),
    }),
  ),
});
export type FixList = z.output<typeof listed>;

export const listOf = (): FixList => ({
  schema: 'winnow.fix.list/1',
  strategies: repositoryStrategies.map(({ name, title, paper, summary, defaults }) => ({
    name,
    title,
    paper,
    summary,
    defaults: Object.entries(defaults).map(([key, parameter]) => ({ name: key, ...rangeOf(key), ...parameter })),
  })),
});
