/** `winnow session export` and `replay`: a transcript as a notebook, and a notebook run anew and held against what it says. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import {
  cellText,
  differenceOf,
  keptRows,
  keptSessionNamed,
  notebookBytes,
  notebookOf,
  openSessions,
  type ReportData,
  readNotebook,
  reportData,
  type Session,
  type TranscriptRow,
} from '../../run/mod.ts';
import { count, harmless } from '../paint.ts';
import { readFileWithin } from './run-files.ts';
import { hostPlan, noSession, runSettings } from './session-client.ts';
import {
  languageFlag,
  namingFlags,
  requestOf,
  sessionFlags,
  sessionLabels,
  sessionLanguage,
} from './session-limits.ts';
import { sessionId } from './session-schemas.ts';
import type { Context, Operation } from './types.ts';

const whole = z.int().min(0);

const exportInput = z.strictObject({
  id: sessionId,
  notebook: z.string().min(1).describe('The file to write, over what is there; - for standard output'),
});

const exportOutput = z.strictObject({
  schema: z.literal('winnow.session.export/1'),
  notebook: z.string().nullable().describe('The file; null with -'),
  cells: whole,
  complete: z.boolean().describe('False: the transcript was full before the session ended'),
  content: z.unknown().optional().describe('The notebook, with -'),
});

export const sessionExport: Operation<typeof exportInput, typeof exportOutput> = {
  name: 'session export',
  summary: 'the cells of a session as a Jupyter notebook',
  description:
    'Writes what the cells of a session were and gave as a notebook (nbformat 4.5): text, tables, pictures, errors, execution counts. Works while it lives, when it has ended, and when it was lost. What else it takes to run them to the same result, such as seed and clock, stands in the notebook’s metadata; files of the work directory do not.',
  examples: [
    { command: 'winnow session export work --notebook work.ipynb', does: 'for Jupyter, and for `session replay`' },
  ],
  input: exportInput,
  output: exportOutput,
  positional: [{ property: 'id', label: 'ID' }],
  labels: { notebook: 'FILE' },
  run: async ({ id, notebook: file }, context) => {
    const { home } = hostPlan(context);
    const kept = keptSessionNamed(home, id);
    if (kept === null) throw noSession(context, id);
    const rows = keptRows(home, kept.description.id);
    const notebook = notebookOf(kept.description, rows);
    if (file !== '-') await writeNotebook(file, notebook, context);
    return {
      schema: 'winnow.session.export/1',
      notebook: file === '-' ? null : file,
      cells: (notebook.cells as unknown[]).length,
      complete: !rows.some(({ kind }) => kind === 'full'),
      ...(file === '-' ? { content: notebook } : {}),
    };
  },
  render: ({ notebook, cells, complete, content }) =>
    notebook === null
      ? `${JSON.stringify(content, null, 1)}\n`
      : `${count(cells, 'cell')} written to ${notebook}${complete ? '' : '; the transcript was full, and later cells are missing'}.\n`,
  exit: () => 0,
};

const replayInput = sessionFlags.omit({ seed: true, clock: true, backend: true }).extend({
  notebook: z.string().min(1).describe('The notebook'),
  check: z.boolean().default(false).describe('End with 1 when a cell gives something else than the notebook says'),
  write: z.string().min(1).optional().describe('Write the notebook with what the cells give now to a file'),
  lang: languageFlag.optional().describe('Its language, where it does not say'),
  backend: sessionFlags.shape.backend
    .removeDefault()
    .optional()
    .describe('Where it runs; when not given, where it ran before'),
});

const replayOutput = z.strictObject({
  schema: z.literal('winnow.session.replay/1'),
  language: z.string(),
  backend: z.string(),
  version: z.string(),
  cells: z.array(
    z.strictObject({
      place: z.int().min(1).describe('Of the code cells of the notebook, from 1'),
      state: z
        .enum(['same', 'differs', 'new'])
        .describe('new: the notebook does not say what it gives, for it was not run'),
      difference: z.string().nullable().describe('The first thing that differs'),
    }),
  ),
  wallMs: z.number(),
});

export const sessionReplay: Operation<typeof replayInput, typeof replayOutput> = {
  name: 'session replay',
  summary: 'run a notebook anew in a fresh session and say which cells give something else',
  description:
    'Runs the code cells of a notebook in order in a session of its own, which ends with the command, and holds what each gives against what the notebook says: what it wrote, its values, tables and pictures, its error. A notebook of `session export` runs with its session’s seed and clock, and gives the same unless its cells use what is not held still: times, addresses, files that are not there (--files), another version. Notebooks of Jupyter can be replayed as well.',
  examples: [
    { command: 'winnow session replay work.ipynb', does: 'which cells give the same' },
    {
      command: 'winnow session replay work.ipynb --check --files data.csv',
      does: 'for scripts: exit code 1 when one does not',
    },
    { command: 'winnow session replay old.ipynb --write new.ipynb', does: 'a notebook with what it gives now' },
  ],
  input: replayInput,
  output: replayOutput,
  positional: [{ property: 'notebook', label: 'FILE' }],
  labels: { ...sessionLabels, write: 'FILE' },
  run: async ({ notebook: file, check: _, write, lang, backend, ...given }, context) => {
    const text = new TextDecoder().decode(await readFileWithin(file, context.cwd, notebookBytes));
    const { session: was, cells } = readNotebook(text);
    for (const name of was.files)
      if (given.files.length === 0)
        context.notice(`The session had the file ${name} in its work directory; give it with --files.`);
    const flags: z.output<typeof sessionFlags> = {
      ...given,
      backend: backend ?? was.backend ?? 'auto',
      seed: was.seed ?? 0,
      clock: was.clockMs === null ? 'real' : new Date(was.clockMs ?? Date.UTC(2025, 0, 1)).toISOString(),
    };
    const language = lang === undefined ? was.language : sessionLanguage(lang);
    const { request, files } = await requestOf(language, flags, context, 'session replay');
    const sessions = openSessions(runSettings(context));
    const began = Date.now();
    try {
      const session = await namingFlags('session replay', () => sessions.open({ ...request, files }, context.signal));
      const { rows, told } = await replayed(session, cells, context);
      if (write !== undefined) {
        const { seed, clockMs } = { seed: was.seed ?? 0, clockMs: was.clockMs };
        const description = {
          language: session.language,
          backend: session.backend,
          version: session.version,
          limits: session.limits,
          determinism: { seed, ...(clockMs === undefined ? {} : { clockMs }) },
          files: was.files,
        };
        await writeNotebook(write, notebookOf(description, rows), context);
      }
      return {
        schema: 'winnow.session.replay/1',
        language: session.language,
        backend: session.backend,
        version: session.version,
        cells: told,
        wallMs: Date.now() - began,
      };
    } finally {
      await sessions.close();
    }
  },
  render: ({ cells }) => {
    const differing = cells.filter(({ state }) => state === 'differs');
    const fresh = cells.filter(({ state }) => state === 'new').length;
    const same = cells.length - differing.length - fresh;
    return [
      ...differing.map(({ place, difference }) => `cell ${place}: ${harmless(difference ?? '')}`),
      `${count(same, 'cell')} gave the same, ${differing.length} something else${fresh > 0 ? `, ${fresh} had not been run` : ''}.`,
      '',
    ].join('\n');
  },
  exit: ({ cells }, { check }) => (check && cells.some(({ state }) => state === 'differs') ? 1 : 0),
};

type Told = z.output<typeof replayOutput>['cells'];

async function replayed(
  session: Session,
  cells: ReturnType<typeof readNotebook>['cells'],
  context: Context,
): Promise<{ rows: TranscriptRow[]; told: Told }> {
  const rows: TranscriptRow[] = [];
  const told: Told = [];
  for (const [index, { code, restartsBefore, interruptedAfterMs, gave }] of cells.entries()) {
    context.progress({ label: 'cells', done: index, total: cells.length });
    if (restartsBefore) {
      await session.restart();
      rows.push({ kind: 'restart' });
    }
    // What somebody stopped by hand is stopped again, when as much time has passed.
    const byHand =
      interruptedAfterMs === null
        ? undefined
        : setTimeout(() => session.interrupt(), Math.min(interruptedAfterMs, 2 ** 31 - 1));
    const report: ReportData = reportData(await session.run(code, { signal: context.signal }));
    clearTimeout(byHand);
    if (context.signal.aborted) throw new WinnowError('cancelled', 'The replay was cancelled.');
    rows.push({ kind: 'cell', code, report });
    const difference = gave === null ? null : differenceOf(gave, cellText(report));
    told.push({
      place: index + 1,
      state: gave === null ? 'new' : difference === null ? 'same' : 'differs',
      difference,
    });
  }
  return { rows, told };
}

async function writeNotebook(file: string, notebook: unknown, { cwd }: Context): Promise<void> {
  try {
    await writeFile(resolve(cwd, file), `${JSON.stringify(notebook, null, 1)}\n`);
  } catch (error) {
    throw new WinnowError('path-unreadable', `${file} could not be written (${(error as Error).message}).`, {
      details: { path: file },
      cause: error,
    });
  }
}
