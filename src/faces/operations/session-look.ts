/** `winnow session list` and `show`: those that live, from the process that holds them; those that are over, from what was written down. */
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import {
  findHost,
  type KeptSession,
  keptRows,
  keptSessionNamed,
  keptSessions,
  overSessions,
  type ReportData,
} from '../../run/mod.ts';
import { sessionsView, sessionView } from '../views/session.ts';
import { closing, hostPlan, noSession } from './session-client.ts';
import {
  listingSchema,
  reportOutput,
  reportSchema,
  type SessionOutput,
  sessionId,
  sessionOutput,
  sessionSchema,
  snapshotSchema,
} from './session-schemas.ts';
import type { Operation } from './types.ts';

const listInput = z.strictObject({
  all: z.boolean().default(false).describe('Also those that have ended, of which transcripts are left'),
});

const listOutput = z.strictObject({
  schema: z.literal('winnow.session.list/1'),
  sessions: z.array(sessionSchema),
  snapshots: z.array(snapshotSchema),
  host: z
    .strictObject({ pid: z.int(), memoryBytes: z.int() })
    .nullable()
    .describe('The process that holds the sessions, and its own memory; null: none runs'),
});

export const sessionList: Operation<typeof listInput, typeof listOutput> = {
  name: 'session list',
  summary: 'the sessions and snapshots there are, and those that were lost',
  description:
    'Lists sessions that live, snapshots, and sessions that were lost when the process that held them was killed: of these the transcript is left. With --all also those that have ended; the last 200 are kept.',
  examples: [
    { command: 'winnow session list', does: 'one line each' },
    { command: 'winnow session list --all --json', does: 'with all that is known of each' },
  ],
  input: listInput,
  output: listOutput,
  positional: [],
  run: async ({ all }, context) => {
    const { home } = hostPlan(context);
    const kept = keptSessions(home);
    const host = await findHost(home);
    const state = host === null ? null : await closing(host, () => host.call({ verb: 'list' }));
    const living = state?.sessions ?? [];
    const over = overSessions(home, kept, new Set(living.map(({ id }) => id)));
    return {
      schema: 'winnow.session.list/1',
      sessions: [
        ...over.filter(({ end }) => all || end === 'lost').map((one) => overOutput(one, null)),
        ...living.map(sessionOutput),
      ],
      snapshots: [...(state?.snapshots ?? [])],
      host: state === null ? null : { pid: state.pid, memoryBytes: state.memoryBytes },
    };
  },
  render: (output, settings) => sessionsView(output, settings),
  exit: () => 0,
};

const showInput = z.strictObject({
  id: sessionId,
  cells: z.int().min(0).max(20_000).default(20).describe('Cells to show, the last'),
});

const showOutput = z.strictObject({
  schema: z.literal('winnow.session.show/1'),
  session: sessionSchema,
  memoryBytes: z.number().nullable().describe('What it holds now; null: unknown, or it is over'),
  files: listingSchema.nullable().describe('Of its work directory; null while a cell runs, or when it is over'),
  cells: z.array(z.strictObject({ code: z.string(), report: reportSchema })),
  omittedCells: z.int().min(0),
});

export const sessionShow: Operation<typeof showInput, typeof showOutput> = {
  name: 'session show',
  summary: 'a session: its cells, limits, memory and files',
  description:
    'Tells of a session what it is, what it may use and uses, what lies in its work directory, and its cells. Works for sessions that are over as well, from their transcripts. With --json each cell has its whole report.',
  examples: [
    { command: 'winnow session show work', does: 'limits, memory, files, and the last 20 cells' },
    { command: 'winnow session show work --cells 1 --json', does: 'the report of its last cell' },
  ],
  input: showInput,
  output: showOutput,
  positional: [{ property: 'id', label: 'ID' }],
  run: async ({ id, cells: shown }, context) => {
    const { home } = hostPlan(context);
    const before = keptSessionNamed(home, id);
    const host = await findHost(home);
    const answer =
      host === null
        ? null
        : await closing(host, () =>
            host.call({ verb: 'show', id }, { signal: context.signal }).catch((error: unknown) => {
              if (error instanceof WinnowError && error.code === 'unknown-session') return null;
              throw error;
            }),
          );
    if (answer === null && before === null) throw noSession(context, id);
    const rows = keptRows(home, answer?.session.id ?? (before as KeptSession).description.id);
    const cells = rows.flatMap((row) => (row.kind === 'cell' ? [{ code: row.code, report: row.report }] : []));
    const last = shown === 0 ? [] : cells.slice(-shown);
    return {
      schema: 'winnow.session.show/1',
      session:
        answer === null
          ? overOutput(keptSessionNamed(home, id) ?? (before as KeptSession), cells.length)
          : sessionOutput(answer.session),
      memoryBytes: answer?.memoryBytes ?? null,
      files: answer === null || answer.files === null ? null : (structuredClone(answer.files) as never),
      cells: last.map(({ code, report }) => ({ code, report: reportOutput(report as ReportData) })),
      omittedCells: cells.length - last.length,
    };
  },
  render: (output, settings) => sessionView(output, settings),
  exit: () => 0,
};

const stateOf = { ended: 'ended', idle: 'timed-out', total: 'timed-out', harness: 'failed', lost: 'lost' } as const;

function overOutput({ description, end, endedMs }: KeptSession, cells: number | null): SessionOutput {
  const { id, name, language, backend, version, createdMs, limits, determinism, over, from } = description;
  return {
    id,
    name,
    language,
    backend,
    version,
    state: stateOf[end],
    cells,
    waiting: 0,
    createdMs,
    lastMs: endedMs,
    limits: { ...limits },
    seed: determinism.seed ?? null,
    over,
    from,
    caveats: [],
  };
}
