/**
 * What a cell did as a person sees it: its streams as they were, values as the language's prompt prints them, tables aligned, and on
 * standard error how it ended when that was not well.
 */
import { bytesOfPart, type OutputData, type ReportData } from '../../run/mod.ts';
import type { Streams } from '../operations/types.ts';
import { cut, grouped, harmless, harmlessLines } from '../paint.ts';
import { durationText } from '../units.ts';

type ShownData = Extract<OutputData, { kind: 'shown' }>;

/** Rows and columns of a table that a person is shown; --json has all that was kept. */
const shownRows = 50;
const cellColumns = 60;

/** A value, with a line end. */
export function shownText(output: ShownData): string {
  if (output.table !== undefined) return tableText(output.table);
  return output.text === '' ? '' : `${output.text}${output.isCut ? ' …' : ''}\n`;
}

function tableText({ columns, rows, omittedRows }: NonNullable<ShownData['table']>): string {
  const shown = rows.slice(0, shownRows).map((row) => row.map(cellText));
  const heads = columns.map((column) => cut(harmless(column), cellColumns));
  const widths = heads.map((head, index) => Math.max(head.length, ...shown.map((row) => row[index]?.length ?? 0)));
  const isNumber = heads.map((_, index) => rows.every((row) => row[index] === null || typeof row[index] === 'number'));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (isNumber[index] ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  const more = rows.length - shown.length + omittedRows;
  return `${[
    line(heads),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...shown.map(line),
    ...(more > 0 ? [`… ${grouped(more)} more rows`] : []),
  ].join('\n')}\n`;
}

function cellText(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return cut(harmless(text), cellColumns);
}

/** What is to be said behind the outputs, a line each. @param pictures files that were written */
export function endingLines(report: ReportData, pictures: readonly string[]): string[] {
  const { ending, omitted, notices, stateLost, filesLost, outputs } = report;
  const lines: string[] = [];
  if (ending.kind === 'failed') lines.push(...errorLines(ending.error));
  else if (ending.kind !== 'done') lines.push(`cell ${report.count}: ${endingText(report)}`);
  for (const name of ['stdout', 'stderr'] as const)
    if (omitted[name] > 0) lines.push(`cell ${report.count}: ${grouped(omitted[name])} bytes of ${name} were not kept`);
  const shown = outputs.filter((output) => output.kind === 'shown' && output.png !== undefined).length;
  if (shown > pictures.length)
    lines.push(
      `cell ${report.count}: ${shown - pictures.length} ${shown - pictures.length === 1 ? 'picture' : 'pictures'}; --out DIR writes them`,
    );
  for (const picture of pictures) lines.push(`cell ${report.count}: ${picture}`);
  if (stateLost) lines.push(`cell ${report.count}: its variables are gone; the next cell meets a fresh kernel`);
  if (filesLost) lines.push(`cell ${report.count}: the files of its work directory are gone`);
  return [...lines, ...notices.map((notice) => `cell ${report.count}: ${notice}`)].map(harmless);
}

function errorLines(error: Extract<ReportData['ending'], { kind: 'failed' }>['error']): string[] {
  const frames = withoutRepeats(
    error.frames.map(({ name, cell, file, line }) => {
      const place = cell === null ? (file ?? 'somewhere') : `cell ${cell}`;
      return `  ${place}, line ${line}, in ${name}`;
    }),
  );
  const at = error.frames.length === 0 && error.line !== null ? [`  line ${error.line}`] : [];
  const [first = '', ...more] = error.message.split('\n');
  return [...frames, ...at, first === '' ? error.name : `${error.name}: ${first}`, ...more];
}

/** Of a line that comes again and again, as in a recursion without an end, three and how many more; Python's own tracebacks do so. */
function withoutRepeats(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < lines.length; ) {
    let end = at + 1;
    while (lines[end] === lines[at]) end++;
    kept.push(...lines.slice(at, Math.min(end, at + 3)));
    if (end - at > 3) kept.push(`  … the same ${end - at - 3} times more`);
    at = end;
  }
  return kept;
}

function endingText({ ending, wallMs }: ReportData): string {
  switch (ending.kind) {
    case 'interrupted':
      return {
        caller: 'interrupted',
        wall: `interrupted after ${durationText(wallMs)}: no elapsed time left; --wall of \`session new\` sets how much a cell has`,
        cpu: `interrupted after ${durationText(wallMs)}: no CPU time left; --cpu of \`session new\` sets how much a cell has`,
        output: 'interrupted: too much output; --output of `session new` sets how much a cell may write',
      }[ending.by];
    case 'out-of-memory':
      return 'stopped: no memory left; --memory of `session new` sets how much it has';
    case 'out-of-fuel':
      return 'stopped: no fuel left';
    case 'kernel-ended':
      return `it ended its kernel, ${ending.signal === null ? `with exit code ${ending.code ?? 'unknown'}` : `by ${ending.signal}`}`;
    default:
      return ending.kind;
  }
}

/** All of it at once, for a face that does not show output as it comes. */
export function cellStreams(report: ReportData, pictures: readonly string[]): Streams {
  const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  for (const output of report.outputs)
    if (output.kind === 'stream') parts[output.stream].push(bytesOfPart(output));
    else parts.stdout.push(Buffer.from(shownText(output)));
  const lines = endingLines(report, pictures).map((line) => `${line}\n`);
  return {
    stdout: Buffer.concat(parts.stdout),
    stderr: Buffer.concat([...parts.stderr, Buffer.from(harmlessLines(lines.join('')))]),
  };
}
