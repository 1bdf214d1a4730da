/** The nouns of sessions as schemas, for answers in JSON, and what all their verbs take. */
import { z } from 'zod';
import { type LivingSession, type ReportData, sessionLanguages } from '../../run/mod.ts';
import { backends } from './run-schemas.ts';

const whole = z.int().min(0);
const count = z.int().min(1);

/** As strict as a file name that is safe everywhere: ids and names stand in paths. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** Of ids, which no name may look like. */
export const idPattern = /^[sp]-[a-z0-9]{8}$/;

export const sessionId = z
  .string()
  .regex(namePattern, 'the id or name of a session was expected, such as s-k3vd81qa')
  .describe('The session, by its id or name');

export const newName = z
  .string()
  .regex(namePattern, 'a name of letters, digits, ".", "_" and "-" was expected, at most 64 of them')
  .refine((name) => !idPattern.test(name), 'a name may not look like an id')
  .optional()
  .describe('A name for it, to be used in the place of its id');

const errorSchema = z.strictObject({
  name: z.string(),
  message: z.string(),
  line: z.int().nullable().describe('Of the cell, from 1; null: the error stands outside of it'),
  column: z.int().nullable(),
  frames: z
    .array(
      z.strictObject({
        name: z.string(),
        cell: z.int().nullable().describe('The count of the cell that its code stands in; null: it is a file’s'),
        file: z.string().nullable(),
        line: z.int(),
      }),
    )
    .describe('Innermost last'),
});

const endingSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('done') }),
    z.strictObject({ kind: z.literal('failed'), error: errorSchema }),
    z.strictObject({ kind: z.literal('interrupted'), by: z.enum(['caller', 'wall', 'cpu', 'output']) }),
    z.strictObject({ kind: z.literal('out-of-memory') }),
    z.strictObject({ kind: z.literal('out-of-fuel') }),
    z.strictObject({
      kind: z.literal('kernel-ended'),
      code: z.int().nullable(),
      signal: z.string().nullable(),
    }),
  ])
  .describe('How it ended');

const cellOutputSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('stream'),
    stream: z.enum(['stdout', 'stderr']),
    encoding: z.enum(['utf-8', 'base64']).describe('base64 when the bytes are not UTF-8'),
    content: z.string(),
  }),
  z.strictObject({
    kind: z.literal('shown'),
    isResult: z.boolean().describe('It is the value of the last expression'),
    text: z.string(),
    isCut: z.boolean().describe('The text was longer'),
    json: z.unknown().optional().describe('The value, where it is plain data'),
    table: z
      .strictObject({
        columns: z.array(z.string()),
        rows: z.array(z.array(z.unknown())),
        omittedRows: whole,
      })
      .optional(),
    png: z.string().optional().describe('A picture, as base64'),
  }),
]);

export const reportSchema = z.strictObject({
  count: count.describe('Execution count over the whole life of the session'),
  ending: endingSchema,
  outputs: z.array(cellOutputSchema).describe('What it wrote and showed, in the order in which it came'),
  omitted: z.strictObject({ stdout: whole, stderr: whole }).describe('Bytes that were written and not kept'),
  wallMs: z.number(),
  cpuMs: z.number().nullable(),
  stateLost: z.boolean().describe('Variables are gone: the next cell meets a fresh kernel'),
  filesLost: z.boolean(),
  notices: z.array(z.string()),
});

export type ReportOutput = z.output<typeof reportSchema>;

export const reportOutput = (report: ReportData): ReportOutput => structuredClone(report) as ReportOutput;

export const limitsSchema = z.strictObject({
  cellMs: whole,
  cellCpuMs: whole,
  outputBytes: whole,
  memoryBytes: whole,
  processes: whole,
  fileBytes: whole,
  idleMs: whole,
  totalMs: whole,
});

export const sessionStates = ['idle', 'running', 'ended', 'timed-out', 'failed', 'lost'] as const;

export const sessionSchema = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  language: z.enum(sessionLanguages),
  backend: z.enum(backends),
  version: z.string().describe('Of what runs its cells'),
  state: z
    .enum(sessionStates)
    .describe(
      'timed-out: its idle or total time was over; failed: its sandbox failed; lost: the process that held it was killed. What is not idle or running has its transcript left',
    ),
  cells: whole.nullable().describe('Cells that were run; null: nobody counted'),
  waiting: whole.describe('Cells that wait for the one that runs'),
  createdMs: z.number(),
  lastMs: z.number().nullable().describe('When its last cell ended, or it did'),
  limits: limitsSchema,
  seed: z.int().nullable(),
  over: z.string().nullable().describe('The directory that it works on, through an overlay'),
  from: z.strictObject({ id: z.string(), way: z.enum(['heap-image', 'replayed']) }).nullable(),
  caveats: z.array(z.string()).describe('Limits that this machine keeps less strictly than asked'),
});

export type SessionOutput = z.output<typeof sessionSchema>;

export function sessionOutput(session: LivingSession): SessionOutput {
  const { id, name, language, backend, version, state, cells, waiting, createdMs, lastMs, limits } = session;
  return {
    id,
    name,
    language,
    backend,
    version,
    state,
    cells,
    waiting,
    createdMs,
    lastMs,
    limits: { ...limits },
    seed: session.determinism.seed ?? null,
    over: session.over,
    from: session.from,
    caveats: [...session.caveats],
  };
}

export const snapshotSchema = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  of: z.string().describe('The session it was taken of'),
  language: z.string(),
  way: z.enum(['heap-image', 'replayed']).describe('replayed: sessions are made of it by running the cells again'),
  sizeBytes: whole,
  createdMs: z.number(),
});

export const listingSchema = z.strictObject({
  files: z.array(
    z.strictObject({
      path: z.string(),
      kind: z.enum(['file', 'directory', 'symlink', 'other']),
      sizeBytes: whole,
      mode: whole,
    }),
  ),
  omitted: whole,
  unreadable: z
    .array(z.strictObject({ path: z.string(), reason: z.string() }))
    .optional()
    .describe('Names that are no UTF-8, directories that are closed'),
});
