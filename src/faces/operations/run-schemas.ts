/** The nouns of running as schemas, for answers in JSON, and outcomes translated into them. */
import { z } from 'zod';
import type { ChangedFile, Outcome, Output } from '../../run/mod.ts';
import { appliedSchema, changeSetSchema, entrySchema } from './changes-schemas.ts';
import { runRiskSchema } from './risk-schemas.ts';
import { partialSchema } from './run-partial-schemas.ts';

export const backends = ['native', 'embedded'] as const;

const whole = z.int().min(0);

const endingSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('exited'), code: z.int() }),
    z.strictObject({ kind: z.literal('crashed'), signal: z.string().nullable(), reason: z.string() }),
    z.strictObject({ kind: z.literal('timed-out'), clock: z.enum(['wall', 'cpu']) }),
    z.strictObject({ kind: z.literal('out-of-fuel') }),
    z.strictObject({ kind: z.literal('out-of-memory') }),
    z.strictObject({ kind: z.literal('output-limit'), stream: z.enum(['stdout', 'stderr']) }),
    z.strictObject({ kind: z.literal('compile-failed') }),
  ])
  .describe('How it ended');

const encodings = ['utf-8', 'base64'] as const;

const streamSchema = z.strictObject({
  encoding: z.enum(encodings).describe('base64 when the bytes are not UTF-8; holds for head and tail'),
  head: z.string().describe('All of it when omittedBytes is 0'),
  tail: z.string(),
  omittedBytes: whole.describe('Written between head and tail, not kept'),
});

const usageSchema = z.strictObject({
  wallMs: z.number(),
  cpuMs: z.number().nullable(),
  peakMemoryBytes: z.number().nullable(),
  instructions: z.number().nullable(),
  countUnit: z.enum(['wasm', 'machine']).nullable(),
});

const changedFileSchema = z.discriminatedUnion('change', [
  z.strictObject({
    change: z.enum(['added', 'modified']),
    path: z.string(),
    mode: whole,
    encoding: z.enum(encodings),
    content: z.string(),
  }),
  z.strictObject({ change: z.literal('symlink'), path: z.string(), target: z.string() }),
  z.strictObject({ change: z.literal('removed'), path: z.string() }),
  z.strictObject({ change: z.literal('left-out'), path: z.string(), reason: z.string() }),
]);

const outcomeSchema = z.strictObject({
  backend: z.enum(backends),
  language: z.string(),
  ending: endingSchema,
  stdout: streamSchema,
  stderr: streamSchema,
  usage: usageSchema.describe('null: this backend cannot measure it'),
  compile: z
    .strictObject({
      ending: endingSchema,
      stdout: streamSchema,
      stderr: streamSchema,
      usage: usageSchema,
      cached: z.boolean().describe('The compiled program was there already; usage is that of its compilation'),
    })
    .nullable(),
  files: z.array(changedFileSchema).describe('What the program made, changed or removed in its work directory'),
  unpinned: z
    .array(z.string())
    .describe('What could not be held still: random, hash, entropy, clock, locale, time-zone'),
  caveats: z.array(z.string()).describe('Limits that this machine keeps less strictly than asked'),
  notices: z.array(z.string()).describe('What a person should hear however it ended: slower, or elsewhere than usual'),
});

export const output = z.strictObject({
  schema: z.literal('winnow.run/1'),
  outcome: outcomeSchema
    .nullable()
    .describe('What the program did; null with --languages and --doctor, and when a policy refused it'),
  saved: z
    .strictObject({
      directory: z.string(),
      written: z.array(z.string()),
      skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
    })
    .nullable()
    .describe('What --out wrote; null when it was not given'),
  languages: z
    .array(
      z.strictObject({
        name: z.string(),
        label: z.string(),
        aliases: z.array(z.string()),
        extensions: z.array(z.string()),
      }),
    )
    .nullable()
    .describe('What --languages and --doctor tell about; null otherwise'),
  backends: z
    .array(
      z.strictObject({
        backend: z.enum(backends),
        state: z.enum(['ready', 'unavailable']),
        reason: z.string().nullable(),
        install: z.string().nullable().describe('The command that makes it available'),
        caveats: z.array(z.string()),
        runtimes: z.array(
          z.strictObject({
            language: z.string(),
            state: z.enum(['ready', 'missing']),
            version: z.string().nullable(),
            reason: z.string().nullable().describe('What is missing'),
            install: z.string().nullable().describe('The command that installs it'),
            counts: z.enum(['wasm', 'machine']).nullable().describe('The instructions that it can count'),
          }),
        ),
      }),
    )
    .nullable(),
  calls: z
    .strictObject({
      file: z.string().describe('Where it was written'),
      rows: z.int(),
      dropped: z.int().describe('Distinct rows left out because there were too many'),
      unreadable: z.int().describe('Lines that the program wrote in their place and that are no rows'),
      notRecorded: z.array(z.string()).describe('JavaScript and TypeScript that could not be rewritten to be recorded'),
    })
    .nullable()
    .describe('What --record-calls wrote; null without it'),
  partial: partialSchema,
  over: z
    .strictObject({
      entry: entrySchema,
      changes: changeSetSchema,
      applied: appliedSchema
        .nullable()
        .describe('What became of them; null: they wait for `winnow keep` or `winnow undo`'),
    })
    .nullable()
    .describe('What it changed in the directory of --in; null without it'),
  risk: runRiskSchema,
  checkups: z
    .array(
      z.strictObject({
        backend: z.enum(backends),
        language: z.string(),
        state: z.enum(['ok', 'failed', 'missing']),
        version: z.string().nullable(),
        detail: z.string().nullable(),
        install: z.string().nullable(),
        wallMs: z.number().nullable(),
      }),
    )
    .nullable()
    .describe('What --doctor found'),
});

export type RunOutput = z.output<typeof output>;

export type OutcomeOutput = z.output<typeof outcomeSchema>;
type StreamOutput = z.output<typeof streamSchema>;

export function outcomeOutput(outcome: Outcome): OutcomeOutput {
  const { compile } = outcome;
  return {
    ...outcome,
    stdout: streamOutput(outcome.stdout),
    stderr: streamOutput(outcome.stderr),
    compile:
      compile === null
        ? null
        : { ...compile, stdout: streamOutput(compile.stdout), stderr: streamOutput(compile.stderr) },
    files: outcome.files.map(fileOutput),
    unpinned: [...outcome.unpinned],
    caveats: [...outcome.caveats],
    notices: [...outcome.notices],
  };
}

/** The bytes of one end of a stream again, for a view. */
export function bytesOf(stream: StreamOutput, end: 'head' | 'tail'): Buffer {
  return Buffer.from(stream[end], stream.encoding === 'utf-8' ? 'utf8' : 'base64');
}

function fileOutput(file: ChangedFile): OutcomeOutput['files'][number] {
  if (!('bytes' in file)) return file;
  const { bytes, ...rest } = file;
  const text = utf8(bytes);
  return text === null
    ? { ...rest, encoding: 'base64', content: Buffer.from(bytes).toString('base64') }
    : { ...rest, encoding: 'utf-8', content: text };
}

function streamOutput(output: Output): StreamOutput {
  const { head, tail, omittedBytes } = omittingHalves(output);
  const [headText, tailText] = [utf8(head), utf8(tail)];
  return headText !== null && tailText !== null
    ? { encoding: 'utf-8', head: headText, tail: tailText, omittedBytes }
    : {
        encoding: 'base64',
        head: Buffer.from(output.head).toString('base64'),
        tail: Buffer.from(output.tail).toString('base64'),
        omittedBytes: output.omittedBytes,
      };
}

/** Where the middle of a text is missing, a character may have been cut in two at either edge; its rest goes too. */
function omittingHalves({ head, tail, omittedBytes }: Output): Output {
  if (omittedBytes === 0) return { head, tail, omittedBytes };
  const isRest = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
  let start = 0;
  while (start < 3 && isRest(tail[start])) start++;
  let lead = head.length - 1;
  while (lead > head.length - 4 && isRest(head[lead])) lead--;
  const first = head[lead] ?? 0;
  const needs = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  const end = lead >= 0 && lead + needs > head.length ? lead : head.length;
  return {
    head: head.subarray(0, end),
    tail: tail.subarray(start),
    omittedBytes: omittedBytes + start + head.length - end,
  };
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns null when the bytes are not UTF-8 */
function utf8(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}
