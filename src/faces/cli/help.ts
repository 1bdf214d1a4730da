/** Help texts, drawn from the table and the shapes. `reference.ts` draws the page from the same. */

import { type OperationRow, operationTable } from '../operations/table.ts';
import type { Operation, Settings } from '../operations/types.ts';
import { painter, wrap } from '../paint.ts';
import type { Argument, Flag, Shape } from './shape.ts';

export function programHelp(settings: Settings): string {
  const paint = painter(settings);
  const width = Math.max(...operationTable.map((row) => row.name.length));
  return [
    `${paint.bold('winnow')} finds code in any repository and runs programs in a sandbox, on your own machine`,
    '',
    `${paint.bold('Usage')}  winnow VERB [WORDS] [FLAGS]`,
    '',
    paint.bold('Verbs'),
    ...operationTable.map((row) => `  ${paint.cyan(row.name.padEnd(width))}  ${row.summary}`),
    '',
    paint.bold('Start with'),
    '  winnow search "where are requests retried" ~/code/my-project',
    '  winnow run program.py --wall 2s',
    '',
    'winnow VERB --help tells more. Every verb takes --json. Settings: WINNOW_HOME (where indexes are kept), NO_COLOR.',
    'Exit codes: 0 done, 1 a negative answer, 2 bad use, 3 the world failed.',
    '',
  ].join('\n');
}

/** Of verbs that share their first word, with the other names they answer to. */
export function groupHelp(first: string, rows: readonly OperationRow[], settings: Settings): string {
  const paint = painter(settings);
  const part = (name: string): string => name.slice(first.length + 1);
  const width = Math.max(...rows.map(({ name }) => part(name).length));
  return [
    `${paint.bold(`winnow ${first}`)} has ${rows.length} parts`,
    '',
    `${paint.bold('Usage')}  winnow ${first} NAME [WORDS] [FLAGS]`,
    '',
    paint.bold('Names'),
    ...rows.flatMap(({ name, summary, aliases = [] }) => [
      `  ${paint.cyan(part(name).padEnd(width))}  ${summary}`,
      ...(aliases.length > 0 ? [paint.dim(`  ${' '.repeat(width)}  also ${aliases.map(part).join(', ')}`)] : []),
    ]),
    '',
    `winnow ${first} NAME --help tells more.`,
    '',
  ].join('\n');
}

export function verbHelp(operation: Operation, shape: Shape, settings: Settings): string {
  const paint = painter(settings);
  const columns = Math.min(settings.columns, 110);
  const rows = [...shape.arguments.map(argumentHead), ...shape.flags.map(flagHead)];
  const width = Math.min(30, Math.max(...rows.map((row) => row.length)));
  const line = (head: string, help: string): string =>
    `  ${paint.cyan(head.padEnd(width))}  ${head.length > width ? `\n${' '.repeat(width + 4)}` : ''}${wrap(help, columns, width + 4)}`;
  const parts = [
    `${paint.bold(`winnow ${shape.name}`)}: ${shape.summary}`,
    '',
    `${paint.bold('Usage')}  ${usage(shape)}`,
    '',
    ...operation.description.split('\n\n').flatMap((paragraph) => [wrap(paragraph, columns), '']),
  ];
  if (shape.arguments.length > 0) {
    parts.push(paint.bold('Arguments'), ...shape.arguments.map((row) => line(argumentHead(row), helpOf(row))), '');
  }
  parts.push(paint.bold('Flags'), ...shape.flags.map((row) => line(flagHead(row), helpOf(row))), '');
  parts.push(paint.bold('Examples'));
  for (const { command, does } of operation.examples) parts.push(`  ${command}`, `      ${paint.dim(does)}`);
  return `${parts.join('\n')}\n`;
}

export function usage(shape: Shape): string {
  const words = shape.arguments.map(({ required, variadic, label }) => {
    const word = `${label}${variadic ? '…' : ''}`;
    return required ? word : `[${word}]`;
  });
  return ['winnow', shape.name, ...words, '[FLAGS]'].join(' ');
}

export function flagHead(flag: Flag): string {
  const name = flag.value === null ? flag.name : `${flag.name} ${flag.value}`;
  return flag.short === null ? `    ${name}` : `${flag.short}, ${name}`;
}

const argumentHead = (argument: Argument): string => argument.label;

/** The description with what else the schema says: choices, default, repetition. */
export function helpOf(row: Argument | Flag): string {
  const notes = [
    row.choices.length > 0 ? row.choices.join(' | ') : null,
    'repeats' in row && row.repeats ? 'may be repeated' : null,
    row.fallback === null ? null : `default: ${row.fallback}`,
  ].filter((note) => note !== null);
  return notes.length === 0 ? row.help : `${row.help} (${notes.join('; ')})`;
}
