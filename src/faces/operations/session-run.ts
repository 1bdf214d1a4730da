/** `winnow session run ID CODE`: one cell, its output as it comes. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type HostEvent, mostCellBytes, type ReportData } from '../../run/mod.ts';
import { cellStreams } from '../views/cell.ts';
import { readFileWithin, requireDirectory } from './run-files.ts';
import { badSessionUsage, withHost } from './session-client.ts';
import { savePictures } from './session-pictures.ts';
import { cellPrinter } from './session-print.ts';
import { reportOutput, reportSchema, sessionId } from './session-schemas.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  id: sessionId,
  code: z.string().optional().describe('The cell, or - to read it from standard input'),
  file: z.string().min(1).optional().describe('Read the cell from a file'),
  out: z.string().min(1).optional().describe('Write the pictures that it shows into a directory, as cell-3-1.png'),
  png: z
    .array(z.string().min(1))
    .default([])
    .describe('Write the first picture that it shows to this file, the second to the second'),
});

const output = z.strictObject({
  schema: z.literal('winnow.session.run/1'),
  id: z.string(),
  report: reportSchema,
  pictures: z.array(z.string()).describe('Files that --out and --png wrote'),
});

type Given = z.output<typeof input>;
type RunOutput = z.output<typeof output>;

/** As shells tell of what Ctrl-C ended. */
const interruptedExit = 130;

export const sessionRun: Operation<typeof input, typeof output> = {
  name: 'session run',
  summary: 'a cell in a session, with its output as it comes, its result and its error',
  description: `Runs a cell where the cells before it left off. What it writes comes out as it is written, on the same streams; then its result, and the error that ended it with the cell's own line. Cells of several commands wait for each other.

Ctrl-C interrupts the cell and not the session: its state stays where the language allows that, and it is said where it did not. A command that is killed takes its cell back as well.

Exit code 0: the cell is done. 1: it failed, was stopped by a limit, or ended its kernel. 130: it was interrupted by Ctrl-C. 2 and 3 mean that it was not run.`,
  examples: [
    { command: 'winnow session run work "x = 6 * 7; x"', does: 'prints 42, and the next cell knows x' },
    { command: 'winnow session run work --file cell.py --json', does: 'the report as data: outputs, tables, error' },
    { command: 'echo "x + 1" | winnow session run work -', does: 'from standard input' },
    { command: 'winnow session run work --file plot.py --out pictures', does: 'writes pictures/cell-2-1.png' },
  ],
  input,
  output,
  positional: [
    { property: 'id', label: 'ID' },
    { property: 'code', label: 'CODE' },
  ],
  labels: { file: 'FILE', out: 'DIR', png: 'FILE' },
  run: (given, context) => runCell(given, context, () => {}),
  stream: async (given, context, out) => {
    const printer = cellPrinter(out);
    const answer = await runCell(given, context, (event) => {
      if (!out.json) printer.event(event);
    });
    if (out.json) await out.write(`${JSON.stringify(output.parse(answer))}\n`);
    else await printer.end(answer.report as ReportData, answer.pictures);
    return context.signal.aborted ? interruptedExit : exitOf(answer);
  },
  render: ({ report, pictures }) => cellStreams(report as ReportData, pictures),
  exit: exitOf,
};

function exitOf({ report }: RunOutput): number {
  return report.ending.kind === 'done' ? 0 : 1;
}

async function runCell(given: Given, context: Context, onEvent: (event: HostEvent) => void): Promise<RunOutput> {
  const code = await codeOf(given, context);
  if (given.out !== undefined) await requireDirectory(given.out, context.cwd, '--out', { mayBeMissing: true });
  const report = await withHost(context, given.id, (host) =>
    host.call({ verb: 'run', id: given.id, code }, { signal: context.signal, onEvent }),
  );
  const pictures = await savePictures(report, {
    directory: given.out === undefined ? null : resolve(context.cwd, given.out),
    files: given.png.map((file) => resolve(context.cwd, file)),
  });
  return {
    schema: 'winnow.session.run/1',
    id: given.id,
    report: reportOutput(report),
    pictures,
  };
}

async function codeOf({ code, file }: Given, context: Context): Promise<string> {
  if ((code === undefined) === (file === undefined))
    throw badSessionUsage(
      'session run',
      'The cell is wanted once: as CODE, as - for standard input, or by --file FILE.',
    );
  const bytes =
    file !== undefined
      ? await readFileWithin(file, context.cwd, mostCellBytes)
      : code === '-'
        ? await context.readStdin(mostCellBytes)
        : null;
  return bytes === null ? (code as string) : new TextDecoder().decode(bytes);
}
