/** What a program or a session is given of the world, and what is held still for it: written once for the verbs that start either. */
import { z } from 'zod';

/** @param told descriptions of what differs between a program and the cells of a session */
export const worldFlags = (told: { readonly env: string; readonly network: string; readonly read: string }) => ({
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe('Seed of random numbers and hash order'),
  clock: z.string().default('2025-01-01T00:00:00Z').describe('When its clock starts, as ISO 8601, or "real"'),
  env: z
    .array(z.string().regex(/^[^=]+=/, 'NAME=VALUE was expected'))
    .default([])
    .describe(told.env),
  network: z.boolean().default(false).describe(told.network),
  read: z.array(z.string().min(1)).default([]).describe(told.read),
});
