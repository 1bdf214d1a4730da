/** Sessions as a person sees them: an id alone where one was made, a table of all, one in full. */
import type { SessionOutput } from '../operations/session-schemas.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, grouped, harmless, painter } from '../paint.ts';
import { durationText, sizeText } from '../units.ts';

/** What a script takes: `id=$(winnow session new …)`. */
export const sessionLine = ({ id }: { readonly id: string }): string => `${id}\n`;

interface SnapshotRow {
  readonly id: string;
  readonly name: string | null;
  readonly of: string;
  readonly language: string;
  readonly way: string;
  readonly sizeBytes: number;
  readonly createdMs: number;
}

export function sessionsView(
  { sessions, snapshots }: { readonly sessions: readonly SessionOutput[]; readonly snapshots: readonly SnapshotRow[] },
  settings: Settings,
): string {
  if (sessions.length === 0 && snapshots.length === 0)
    return 'There are no sessions. `winnow session new --lang python` makes one.\n';
  const paint = painter(settings);
  const now = Date.now();
  const rows = sessions.map(({ id, name, language, backend, state, cells, waiting, createdMs, lastMs }) => [
    id,
    name ?? '',
    `${language}, ${backend}`,
    state === 'running' && waiting > 0 ? `running, ${waiting} waiting` : state,
    cells === null ? '' : count(cells, 'cell'),
    `made ${durationText(now - createdMs)} ago`,
    lastMs === null ? '' : `used ${durationText(now - lastMs)} ago`,
  ]);
  const taken = snapshots.map(({ id, name, of, language, way, sizeBytes, createdMs }) => [
    id,
    name ?? '',
    language,
    `snapshot of ${of}, ${way}`,
    sizeText(sizeBytes),
    `made ${durationText(now - createdMs)} ago`,
    '',
  ]);
  const all = [...rows, ...taken];
  const widths = [0, 1, 2, 3, 4, 5, 6].map((at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return `${all
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? paint.cyan(cell.padEnd(widths[at] ?? 0)) : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}

interface Shown {
  readonly session: SessionOutput;
  readonly memoryBytes: number | null;
  readonly files: {
    readonly files: readonly { readonly path: string; readonly kind: string; readonly sizeBytes: number }[];
    readonly omitted: number;
  } | null;
  readonly cells: readonly {
    readonly code: string;
    readonly report: { readonly count: number; readonly ending: { readonly kind: string }; readonly wallMs: number };
  }[];
  readonly omittedCells: number;
}

/** Files that a person is shown, and lines of a cell. */
const shownFiles = 30;
const shownLines = 40;

export function sessionView({ session, memoryBytes, files, cells, omittedCells }: Shown, settings: Settings): string {
  const paint = painter(settings);
  const { id, name, language, version, backend, state, limits, over, from, createdMs, seed } = session;
  const row = (head: string, text: string): string => `${paint.dim(head.padEnd(9))}  ${harmless(text)}`;
  const lines = [
    `${paint.bold(name ?? id)}${name === null ? '' : `  ${paint.dim(id)}`}`,
    row('language', `${language}, ${version}, ${backend}`),
    row('state', state),
    row('made', `${durationText(Date.now() - createdMs)} ago${from === null ? '' : `, from ${from.id} (${from.way})`}`),
    ...(over === null ? [] : [row('over', over)]),
    ...(memoryBytes === null ? [] : [row('memory', `${sizeText(memoryBytes)} of ${sizeText(limits.memoryBytes)}`)]),
    row(
      'limits',
      `a cell ${durationText(limits.cellMs)}, ${durationText(limits.cellCpuMs)} of CPU, ${sizeText(limits.outputBytes)} of output; files ${sizeText(limits.fileBytes)}; idle ${durationText(limits.idleMs)}, total ${durationText(limits.totalMs)}`,
    ),
    ...(seed === null ? [] : [row('seed', String(seed))]),
    ...session.caveats.map((caveat) => row('caveat', caveat)),
  ];
  if (files !== null && files.files.length > 0) {
    const more = files.files.length - shownFiles + files.omitted;
    lines.push('', paint.bold('Files'));
    for (const { path, kind, sizeBytes } of files.files.slice(0, shownFiles))
      lines.push(`  ${harmless(path)}  ${paint.dim(kind === 'file' ? sizeText(sizeBytes) : kind)}`);
    if (more > 0) lines.push(`  … ${grouped(more)} more`);
  }
  if (cells.length > 0) lines.push('', paint.bold('Cells'));
  if (omittedCells > 0) lines.push(`  … ${count(omittedCells, 'cell')} before; --cells sets how many are shown`);
  for (const { code, report } of cells) {
    const head = `[${report.count}]`.padEnd(5);
    const text = code.trimEnd().split('\n');
    const shown = text.slice(0, shownLines).map((part) => cut(harmless(part), settings.columns - 6));
    lines.push(...shown.map((part, at) => `${at === 0 ? paint.cyan(head) : '     '} ${part}`));
    if (text.length > shownLines) lines.push(`      … ${count(text.length - shownLines, 'line')} more`);
    if (report.ending.kind !== 'done') lines.push(`      ${paint.red(report.ending.kind)}`);
  }
  return `${lines.join('\n')}\n`;
}
