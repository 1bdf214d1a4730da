/** Change sets as a person sees them: a line a change, diffs as far as they are short, warnings before all; and the history as a table. */
import { damagedText } from '../../run/mod.ts';
import type { AppliedOutput, ChangeSetOutput, EntryOutput } from '../operations/changes-schemas.ts';
import type { HistoryOutput } from '../operations/history.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, grouped, harmless, type Paint, painter } from '../paint.ts';
import { sizeText } from '../units.ts';

/** Lines of a view; all is in --json. A terminal's history holds some thousand. */
const mostChanges = 200;
const mostDiffLines = 400;
const mostConflictLines = 60;

const signs = { added: '+', modified: '~', removed: '-', renamed: '→', mode: 'm', time: 't', replaced: '~' } as const;

/** What a change set holds. */
export function changeLines(set: ChangeSetOutput, settings: Settings): string[] {
  const paint = painter(settings);
  const lines = [
    ...(set.problem === null ? [] : [paint.red(`not whole, and cannot be kept: ${harmless(set.problem)}`)]),
    ...set.warnings.map((text) => paint.yellow(`look at ${harmless(text)}`)),
  ];
  let diffLines = 0;
  for (const change of set.changes.slice(0, mostChanges)) {
    lines.push(changeLine(change, paint));
    const diff = change.diff === null ? [] : change.diff.split('\n').slice(0, -1);
    if (diff.length === 0 || diffLines >= mostDiffLines) continue;
    const room = mostDiffLines - diffLines;
    diffLines += diff.length;
    lines.push(...diff.slice(0, room).map((line) => `    ${painted(harmless(line.replaceAll('\t', '  ')), paint)}`));
    if (diff.length > room) lines.push('    … more diffs are in --json');
  }
  const left = set.changes.length - mostChanges;
  if (left > 0) lines.push(`… and ${count(left, 'change')} more; --json has all`);
  lines.push(...set.leftOut.map(({ path, reason }) => paint.yellow(`left out ${harmless(path)}: ${harmless(reason)}`)));
  return lines;
}

function painted(line: string, paint: Paint): string {
  return line.startsWith('+') ? paint.green(line) : line.startsWith('-') ? paint.red(line) : line;
}

function changeLine(change: ChangeSetOutput['changes'][number], paint: Paint): string {
  const { kind, path, from, before, after } = change;
  const name =
    harmless(path) + (after?.type === 'directory' || (after === null && before?.type === 'directory') ? '/' : '');
  const shown = kind === 'renamed' ? `${harmless(from ?? '')} → ${name}` : name;
  const notes = [noteOf(change)];
  if (before !== null && after !== null && 'mode' in before && 'mode' in after && before.mode !== after.mode)
    notes.push(`${before.mode.toString(8)} → ${after.mode.toString(8)}`);
  const told = notes.filter((note) => note !== '').join(', ');
  return `  ${paint.bold(signs[kind])} ${shown}${told === '' ? '' : ` (${told})`}`;
}

function noteOf({ kind, before, after, noDiff }: ChangeSetOutput['changes'][number]): string {
  if (after?.type === 'link') return `a link to ${harmless(after.target)}`;
  if (kind === 'time') return 'its time alone';
  if (kind === 'replaced') return `${typeName(before)} before, ${typeName(after)} now`;
  if (noDiff === null) return '';
  const side = (one: typeof before): string =>
    one?.type === 'file' ? `${sizeText(one.size)} ${one.hash.slice(0, 12)}` : 'nothing';
  if (kind === 'added') return `${noDiff}: ${side(after)}`;
  return kind === 'removed' ? `${noDiff}: ${side(before)}` : `${noDiff}: ${side(before)} → ${side(after)}`;
}

const typeName = (side: ChangeSetOutput['changes'][number]['before']): string =>
  side === null ? 'nothing' : side.type === 'other' ? 'a special file' : `a ${side.type}`;

/** What was done to a database, by table. */
export function databaseChangeLines(changes: NonNullable<EntryOutput['database']>['changes']): string[] {
  return changes.map(({ name, change, addedRows, removedRows, schema }) => {
    const parts = [
      ...(schema ? [change === 'modified' ? 'definition changed' : change] : []),
      ...(addedRows === null || addedRows === 0 ? [] : [`+${count(addedRows, 'row')}`]),
      ...(removedRows === null || removedRows === 0 ? [] : [`-${count(removedRows, 'row')}`]),
    ];
    return `  ${harmless(name)}: ${parts.length === 0 ? change : parts.join(', ')}`;
  });
}

/** The directory or the database of an entry. */
const placeOf = ({ database, directory }: EntryOutput): string => harmless(database?.name ?? directory);

/** What keeping or undoing came to. */
export function appliedLines(applied: AppliedOutput, entry: EntryOutput, settings: Settings): string[] {
  const paint = painter(settings);
  const where = placeOf(entry);
  if (applied.result === 'kept')
    return [
      entry.undoable
        ? `kept in ${where}; winnow undo ${entry.id} takes it back`
        : `kept in ${where}; it cannot be undone: ${harmless(entry.whyNot ?? 'what was there is not kept')}`,
    ];
  if (applied.result === 'undone') return [`undone: ${where} is as it was before ${entry.id}`];
  if (applied.result === 'dropped') return [`dropped: ${where} is as it was`];
  return [
    `${paint.red('conflict')}: ${where} is not what ${entry.state === 'kept' ? 'was kept' : 'the program saw'}. Nothing was applied, nothing is lost; ${entry.id} is ${entry.state}.`,
    ...applied.conflicts
      .slice(0, mostChanges)
      .flatMap(({ path, why, diff, note }) => [
        `  ${harmless(path)}: ${harmless(why)}${note === null ? '' : ` (${harmless(note)})`}`,
        ...conflictDiff(diff, paint),
      ]),
  ];
}

function conflictDiff(diff: string | null, paint: Paint): string[] {
  const lines = (diff ?? '').split('\n').filter((line) => line !== '');
  const shown = lines.slice(0, mostConflictLines).map((line) => painted(harmless(line.replaceAll('\t', '  ')), paint));
  const left = lines.length - shown.length;
  return [...shown, ...(left > 0 ? [`… ${count(left, 'line')} more; --json has them`] : [])].map(
    (line) => `    ${line}`,
  );
}

export const appliedView = (output: AppliedOutput & { readonly entry: EntryOutput }, settings: Settings): string =>
  `${appliedLines(output, output.entry, settings).join('\n')}\n`;

/** `3 changed, 1 added`; `nothing`. */
export function countsText(counts: EntryOutput['counts']): string {
  const words = {
    added: 'added',
    modified: 'changed',
    removed: 'removed',
    renamed: 'renamed',
    mode: 'permissions',
    time: 'times',
    replaced: 'replaced',
  };
  const parts = Object.entries(words).flatMap(([kind, word]) => {
    const number = counts[kind as keyof typeof counts];
    return number === 0 ? [] : [`${grouped(number)} ${word}`];
  });
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function tablesText({ kind, changes }: NonNullable<EntryOutput['database']>): string {
  const what = kind === 'sqlite' ? 'table or definition' : 'kind of statement';
  if (changes.length === 0) return 'no rows or definitions';
  return changes.length === 1
    ? `1 ${what}`
    : `${changes.length} ${kind === 'sqlite' ? 'tables or definitions' : 'kinds of statements'}`;
}

export function historyView(output: HistoryOutput, settings: Settings): string {
  const paint = painter(settings);
  const recovered = output.recovered.map((text) => harmless(text));
  const [entry] = output.entries;
  if (output.changes !== null && entry !== undefined)
    return `${[
      ...recovered,
      ...entryLines(entry, paint, settings),
      ...changeLines(output.changes, settings),
      ...databaseChangeLines(entry.database?.changes ?? []),
    ].join('\n')}\n`;
  const damaged = damagedLines(output.damaged, paint);
  if (output.entries.length === 0)
    return `${[...recovered, ...damaged, `No ${damaged.length > 0 ? 'other ' : ''}program has run over a directory yet: winnow run FILE --in DIR`].join('\n')}\n`;
  const left = output.total - output.entries.length;
  const more = left > 0 ? [`… and ${grouped(left)} more; --limit shows them`] : [];
  return `${[...recovered, ...output.entries.flatMap((one) => entryLines(one, paint, settings)), ...more, ...damaged].join('\n')}\n`;
}

/** Some of those that cannot be read: each is a matter of its own. */
const mostDamaged = 10;

function damagedLines(damaged: HistoryOutput['damaged'], paint: Paint): string[] {
  const left = damaged.length - mostDamaged;
  return [
    ...(damaged.length === 0
      ? []
      : [
          paint.red(
            `${damaged.length === 1 ? 'One entry' : `${damaged.length} entries`} of the undo store cannot be read:`,
          ),
        ]),
    ...damaged.slice(0, mostDamaged).map((one) => `  ${paint.bold(one.id)}: ${harmless(damagedText(one))}`),
    ...(left > 0 ? [`  … and ${left} more; --json has all`] : []),
  ];
}

function entryLines(entry: EntryOutput, paint: Paint, { columns }: Settings): string[] {
  const when = new Date(entry.startedMs).toISOString().replace('T', ' ').slice(0, 16);
  const state =
    entry.state === 'kept' && !entry.undoable
      ? `kept, cannot be undone: ${entry.whyNot ?? 'what was there is not kept'}`
      : entry.state;
  const notes = entry.irreversible.map((text) => `; not undoable: ${text}`).join('');
  return [
    `${paint.bold(entry.id)}  ${when}  ${harmless(state)}  ${entry.database === null ? countsText(entry.counts) : tablesText(entry.database)}${harmless(notes)}`,
    `    ${cut(`${harmless(entry.command)}  in ${placeOf(entry)}`, columns - 4)}`,
  ];
}
