/**
 * A session's cells as a Jupyter notebook (nbformat 4.5), and a notebook as cells to be run again.
 *
 * What a notebook has no place for (seed, limits, how a cell ended) stands under `metadata.winnow`, which others leave alone. Tables are
 * written three times: as text, as HTML for whoever looks, and as data. A notebook that comes back is a stranger's: it is read with
 * bounds, nothing of it is believed but its code and outputs, and its HTML is never shown.
 * https://nbformat.readthedocs.io/en/latest/format_description.html
 */
import { createHash } from 'node:crypto';
import { WinnowError } from '../../base/mod.ts';
import { isCount, isRecord } from '../untrusted.ts';
import { bytesOfPart, type OutputData, type ReportData } from './host/celldata.ts';
import type { SessionDescription, TranscriptRow } from './host/transcript.ts';
import { type SessionLanguage, sessionLanguages } from './types.ts';

/** Of a notebook that is read, bytes: those of people are below 10 MB, those with many pictures below 100. */
export const notebookBytes = 128 * 2 ** 20;
const mostCells = 20_000;

const tableType = 'application/vnd.winnow.table+json';

/** Kernels of Jupyter that run the language, and how its editors name it. */
const kernels: Readonly<
  Record<SessionLanguage, { name: string; display: string; mimetype: string; extension: string; lexer: string }>
> = {
  python: { name: 'python3', display: 'Python 3', mimetype: 'text/x-python', extension: '.py', lexer: 'ipython3' },
  javascript: {
    name: 'javascript',
    display: 'JavaScript (Node.js)',
    mimetype: 'application/javascript',
    extension: '.js',
    lexer: 'javascript',
  },
  typescript: {
    name: 'typescript',
    display: 'TypeScript',
    mimetype: 'text/x-typescript',
    extension: '.ts',
    lexer: 'typescript',
  },
  bash: { name: 'bash', display: 'Bash', mimetype: 'text/x-sh', extension: '.sh', lexer: 'bash' },
  sql: { name: 'sql', display: 'SQL', mimetype: 'text/x-sql', extension: '.sql', lexer: 'sql' },
};

/** What is held to make the same results again. */
export interface NotebookSession {
  readonly language: SessionLanguage;
  readonly backend: SessionDescription['backend'] | null;
  readonly seed: number | null;
  readonly clockMs: number | null | undefined;
  /** Names of files that lay in the work directory at its start; a notebook does not hold them. */
  readonly files: readonly string[];
}

export interface NotebookCell {
  readonly code: string;
  /** A fresh kernel before it. */
  readonly restartsBefore: boolean;
  /** Somebody interrupted it by hand after this time, ms; null: nobody did. */
  readonly interruptedAfterMs: number | null;
  /** Null: it has not been run. */
  readonly gave: CellText | null;
}

/** What a cell gave, as far as another run can be held against it. */
export interface CellText {
  readonly stdout: string;
  readonly stderr: string;
  /** What it showed, in order: text, JSON where there is some, and a digest of a picture. */
  readonly shown: readonly string[];
  readonly error: string | null;
}

/** @returns a JSON value that is a notebook of version 4.5 */
export function notebookOf(
  description: Pick<SessionDescription, 'language' | 'backend' | 'version' | 'determinism' | 'limits' | 'files'>,
  rows: readonly TranscriptRow[],
): Record<string, unknown> {
  const { language, backend, version, determinism, limits, files } = description;
  const kernel = kernels[language];
  let restarts = false;
  const cells: unknown[] = [];
  for (const row of rows) {
    if (row.kind === 'restart') restarts = true;
    if (row.kind !== 'cell') continue;
    cells.push(cellOf(row.code, row.report, cells.length + 1, restarts));
    restarts = false;
  }
  return {
    cells,
    metadata: {
      kernelspec: { name: kernel.name, display_name: kernel.display, language },
      language_info: {
        name: language,
        version: /\d[\w.]*/.exec(version)?.[0] ?? '0',
        mimetype: kernel.mimetype,
        file_extension: kernel.extension,
        pygments_lexer: kernel.lexer,
      },
      winnow: { schema: 'winnow.notebook/1', language, backend, version, determinism, limits, files },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function cellOf(code: string, report: ReportData, place: number, restartsBefore: boolean): unknown {
  const { count, ending, outputs, stateLost, notices, wallMs } = report;
  const byHand = ending.kind === 'interrupted' && ending.by === 'caller';
  return {
    cell_type: 'code',
    id: `cell-${place}`,
    metadata: {
      winnow: {
        ending: ending.kind,
        ...(byHand ? { interruptedAfterMs: Math.round(wallMs) } : {}),
        ...(restartsBefore ? { restartsBefore } : {}),
        ...(stateLost ? { stateLost } : {}),
        ...(notices.length > 0 ? { notices } : {}),
      },
    },
    execution_count: count,
    source: code,
    outputs: [...outputs.map((output) => outputOf(output, count)), ...errorOf(report)],
  };
}

function outputOf(output: OutputData, count: number): unknown {
  if (output.kind === 'stream')
    return { output_type: 'stream', name: output.stream, text: Buffer.from(bytesOfPart(output)).toString() };
  const data: Record<string, unknown> = { 'text/plain': output.text };
  if (output.png !== undefined) data['image/png'] = output.png;
  if (output.table !== undefined) {
    data['text/html'] = htmlTable(output.table);
    data[tableType] = output.table;
  } else if (output.json !== undefined) data['application/json'] = output.json;
  return output.isResult
    ? { output_type: 'execute_result', execution_count: count, data, metadata: {} }
    : { output_type: 'display_data', data, metadata: {} };
}

/** How a cell ended, where that was not as it should: an error of Jupyter's, whatever it was. */
function errorOf({ ending }: ReportData): unknown[] {
  if (ending.kind === 'done') return [];
  const { name, message, lines } = errorText(ending);
  return [{ output_type: 'error', ename: name, evalue: message, traceback: lines }];
}

function errorText(ending: ReportData['ending']): { name: string; message: string; lines: string[] } {
  if (ending.kind === 'failed') {
    const { name, message, frames, line } = ending.error;
    const where = frames.map((frame) => {
      const place = frame.cell === null ? (frame.file ?? '') : `cell ${frame.cell}`;
      return `  ${place}, line ${frame.line}, in ${frame.name}`;
    });
    const at = frames.length === 0 && line !== null ? [`  line ${line}`] : [];
    return { name, message, lines: [...where, ...at, message === '' ? name : `${name}: ${message}`] };
  }
  const message =
    ending.kind === 'interrupted'
      ? `by ${ending.by}`
      : ending.kind === 'kernel-ended'
        ? `exit code ${ending.code ?? 'none'}${ending.signal === null ? '' : `, ${ending.signal}`}`
        : '';
  return { name: ending.kind, message, lines: [message === '' ? ending.kind : `${ending.kind}: ${message}`] };
}

function htmlTable({
  columns,
  rows,
  omittedRows,
}: NonNullable<Extract<OutputData, { kind: 'shown' }>['table']>): string {
  const row = (tag: string, cells: readonly unknown[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const more = omittedRows > 0 ? `<caption>${omittedRows} more rows</caption>` : '';
  return `<table>${more}<thead>${row('th', columns)}</thead><tbody>${rows.map((cells) => row('td', cells)).join('')}</tbody></table>`;
}

function escaped(cell: unknown): string {
  const text = cell === null || cell === undefined ? '' : typeof cell === 'string' ? cell : JSON.stringify(cell);
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** What a cell of a session gave, to be held against another run. */
export function cellText({ outputs, ending }: ReportData): CellText {
  const streamed = (name: 'stdout' | 'stderr'): string =>
    outputs
      .filter((output) => output.kind === 'stream' && output.stream === name)
      .map((output) => Buffer.from(bytesOfPart(output as Extract<OutputData, { kind: 'stream' }>)))
      .reduce((all, part) => all + part.toString(), '');
  const shown = outputs.flatMap((output) =>
    output.kind === 'shown' ? [shownText(output.text, output.table ?? output.json, output.png)] : [],
  );
  const error = ending.kind === 'done' ? null : errorText(ending);
  return {
    stdout: streamed('stdout'),
    stderr: streamed('stderr'),
    shown,
    error: error === null ? null : `${error.name}: ${error.message}`,
  };
}

function shownText(text: string, data: unknown, png: string | undefined): string {
  return [text, data === undefined ? '' : JSON.stringify(data), png === undefined ? '' : digest(png)]
    .join('\n')
    .trimEnd();
}

const digest = (text: string): string =>
  `picture ${createHash('sha256').update(text.replaceAll(/\s/g, '')).digest('hex').slice(0, 16)}`;

/** @returns the first thing that differs, in words; null when nothing does */
export function differenceOf(before: CellText, now: CellText): string | null {
  if (before.error !== now.error) return `it ${ended(before.error)} and now ${ended(now.error)}`;
  for (const name of ['stdout', 'stderr'] as const)
    if (before[name] !== now[name]) return `${name}: ${firstDifference(before[name], now[name])}`;
  if (before.shown.length !== now.shown.length)
    return `it showed ${before.shown.length} values and now ${now.shown.length}`;
  const at = before.shown.findIndex((text, index) => text !== now.shown[index]);
  return at < 0 ? null : `value ${at + 1}: ${firstDifference(before.shown[at] ?? '', now.shown[at] ?? '')}`;
}

const ended = (error: string | null): string =>
  error === null ? 'was done' : `ended with ${JSON.stringify(error.slice(0, 120))}`;

function firstDifference(before: string, now: string): string {
  const [was, is] = [before.split('\n'), now.split('\n')];
  const at = was.findIndex((line, index) => line !== is[index]);
  const line = at < 0 ? was.length : at;
  const shown = (text: string | undefined): string =>
    text === undefined ? 'nothing' : JSON.stringify(text.slice(0, 120));
  return `line ${line + 1} was ${shown(was[line])} and is ${shown(is[line])}`;
}

/**
 * @param text the file's
 * @returns its code cells in order; text between them is left out
 * @throws WinnowError `bad-data` when it is no notebook of version 4, or in a language that no session runs
 */
export function readNotebook(text: string): {
  readonly session: NotebookSession;
  readonly cells: readonly NotebookCell[];
} {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad(`it is not JSON (${(cause as Error).message})`);
  }
  if (!isRecord(value) || !Array.isArray(value.cells)) throw bad('it has no list of cells');
  if (value.nbformat !== 4)
    throw bad(`its nbformat is ${JSON.stringify(value.nbformat) ?? 'missing'}, and 4 is what can be read`);
  if (value.cells.length > mostCells) throw bad(`it has ${value.cells.length} cells; ${mostCells} are allowed`);
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const cells = value.cells.flatMap((cell: unknown) =>
    isRecord(cell) && cell.cell_type === 'code' ? [readCell(cell)] : [],
  );
  return { session: readSession(metadata), cells };
}

function readSession(metadata: Readonly<Record<string, unknown>>): NotebookSession {
  const record = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
  const own = record(metadata.winnow);
  const named = [own.language, record(metadata.kernelspec).language, record(metadata.language_info).name].find(
    (name) => typeof name === 'string',
  );
  const language = sessionLanguages.find((one) => one === String(named ?? 'python').toLowerCase());
  if (language === undefined)
    throw bad(`its language is ${JSON.stringify(named)}; sessions run ${sessionLanguages.join(', ')}`);
  const { seed, clockMs } = record(own.determinism);
  return {
    language,
    backend: own.backend === 'native' || own.backend === 'embedded' ? own.backend : null,
    seed: Number.isSafeInteger(seed) ? (seed as number) : null,
    clockMs: clockMs === null || Number.isSafeInteger(clockMs) ? (clockMs as number | null) : undefined,
    files: Array.isArray(own.files) ? own.files.filter((name) => typeof name === 'string') : [],
  };
}

function readCell(cell: Readonly<Record<string, unknown>>): NotebookCell {
  const own = isRecord(cell.metadata) && isRecord(cell.metadata.winnow) ? cell.metadata.winnow : {};
  const outputs = Array.isArray(cell.outputs) ? cell.outputs.filter(isRecord) : [];
  return {
    code: lines(cell.source),
    restartsBefore: own.restartsBefore === true,
    interruptedAfterMs: isCount(own.interruptedAfterMs) ? own.interruptedAfterMs : null,
    gave: cell.execution_count === null || cell.execution_count === undefined ? null : gaveOf(outputs),
  };
}

function gaveOf(outputs: readonly Readonly<Record<string, unknown>>[]): CellText {
  const streamed = (name: string): string =>
    outputs
      .filter((output) => output.output_type === 'stream' && output.name === name)
      .map(({ text }) => lines(text))
      .join('');
  const shown = outputs
    .filter(({ output_type }) => output_type === 'execute_result' || output_type === 'display_data')
    .map(({ data }) => {
      const of = isRecord(data) ? data : {};
      const png = of['image/png'];
      return shownText(
        lines(of['text/plain']),
        of[tableType] ?? of['application/json'],
        png === undefined ? undefined : lines(png),
      );
    });
  const error = outputs.find(({ output_type }) => output_type === 'error');
  return {
    stdout: streamed('stdout'),
    stderr: streamed('stderr'),
    shown,
    error: error === undefined ? null : `${lines(error.ename)}: ${lines(error.evalue)}`,
  };
}

/** Text, or a list of its lines with their ends. */
function lines(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.filter((line) => typeof line === 'string').join('') : '';
}

const bad = (what: string): WinnowError =>
  new WinnowError('bad-data', `This is no notebook that can be run: ${what}.`, { details: { reason: what } });
