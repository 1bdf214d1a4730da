/** Parts of the tools' schemas that several share, said once. */
import { z } from 'zod';

/** Fewer cannot hold one line of an answer with its notices; more is a whole context. */
const [fewest, most] = [100, 50_000];

export const budget = (usual: number) =>
  z.int().min(fewest).max(most).default(usual).describe(`Most tokens of the answer (default ${usual})`);

export const directory = z
  .string()
  .min(1)
  .optional()
  .describe('Directory of the repository, where it is not the usual one. Ids belong to the repository they came from');

export const cursor = z
  .string()
  .max(200)
  .optional()
  .describe('`next` of the answer before, with the same other arguments: what follows it');

export const next = z.string().nullable().describe('Give it as `cursor` for what follows; null: there is no more');

export const notices = z.array(z.string()).describe('What is partial, stale or ambiguous about the answer');

export const partial = z.boolean().describe('The index was not whole: ask again later for the rest');
