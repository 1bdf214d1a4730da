/** What a partial run says, as a schema: levels, coverage, injected values, failures. */
import { z } from 'zod';
import { partialLevels } from '../../run/mod.ts';

const whole = z.int().min(0);

const level = z.union(partialLevels.map((one) => z.literal(one)));

const coverageSchema = z.strictObject({
  statements: whole,
  covered: whole,
  files: z.array(z.strictObject({ path: z.string(), ran: z.array(whole), missed: z.array(whole) })),
});

const place = { path: z.string(), line: whole, column: whole };

export const partialSchema = z
  .strictObject({
    language: z.string(),
    entry: z.string(),
    function: z.string().nullable().describe('The function that was called; null: the entry was run from its top'),
    level: level.describe(
      '1: as it is. 2: what is missing is filled in. 3: branches forced, functions called. 4: errors passed over',
    ),
    levels: z.array(
      z.strictObject({
        level,
        rounds: whole.describe('Rounds until this level was done'),
        coverage: coverageSchema.describe('Of the best round of this level or one before'),
        union: coverageSchema.describe('Of all rounds until then together'),
      }),
    ),
    coverage: coverageSchema.describe('Of the round that is told'),
    injections: z
      .array(
        z.strictObject({
          ...place,
          kind: z.string(),
          what: z.string().describe('As the source says it'),
          type: z.string(),
          value: z.string(),
          source: z.string().describe('What the guess rests on'),
          why: z.array(z.string()),
          corrected: whole.describe('Earlier guesses that a run contradicted'),
        }),
      )
      .describe('Values that the program did not have'),
    moreInjections: whole,
    failures: z.array(
      z.strictObject({
        ...place,
        type: z.string(),
        message: z.string(),
        certainty: z.enum(['genuine', 'possible']).describe('genuine: no injected value could have caused it'),
        because: z.array(whole).describe('Indices of injections'),
        guessedPath: z.boolean().describe('A condition over injected values led there'),
        after: z.enum(['ended', 'resumed', 'caught']),
      }),
    ),
    called: z.array(z.string()),
    observed: z
      .strictObject({
        kept: whole.describe('Calls between definitions of the repository, which its graph shows from now on'),
        unknown: whole.describe('Calls of which one end is no definition that the repository has'),
      })
      .nullable()
      .describe('What --observe added to the graph; null without it'),
    proposals: z
      .strictObject({
        model: z.string(),
        asked: whole.describe('Places that the model was asked about'),
        proposed: whole.describe('Places that it gave a value for'),
        taken: z.boolean().describe('What is told is the run with its values'),
        coveredWithout: whole.describe('Statements that ran without its values'),
        coveredWith: whole.nullable().describe('And with them; null: there was no such run'),
        costUsd: z.number().nullable().describe('Null: no price, or not told'),
      })
      .nullable()
      .describe('What --model gave; null without it'),
    gaps: z.array(z.string()),
  })
  .nullable()
  .describe('What --partial found; null without it');

export type PartialOutput = NonNullable<z.output<typeof partialSchema>>;
