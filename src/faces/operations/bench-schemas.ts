/** What the benchmarks' answers share. */
import { z } from 'zod';
import { boardMeasures, retrievalMeasures } from '../../bench/mod.ts';

export const estimateSchema = z
  .strictObject({ value: z.number(), low: z.number(), high: z.number(), n: z.int() })
  .describe('A mean over n queries with its 95% bootstrap interval');

export const retrievalScoresSchema = z.record(z.enum(retrievalMeasures), estimateSchema);
export const boardScoresSchema = z.record(z.enum(boardMeasures), estimateSchema);
