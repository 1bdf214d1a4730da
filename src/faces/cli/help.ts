/** Help texts, drawn from the table and the shapes. `reference.ts` draws the page from the same. */

import { type OperationRow, operationTable } from '../operations/table.ts';
import type { Operation, Settings } from '../operations/types.ts';
import { painter, wrap } from '../paint.ts';
import type { Argument, Flag, Shape } from './shape.ts';

/** First words of verbs by what they are for, in the order in which people meet them. A test says that none is missing. */
export const sections: readonly { readonly title: string; readonly verbs: readonly string[] }[] = [
  { title: 'Find', verbs: ['search', 'grep', 'show', 'map', 'graph', 'impact', 'locate', 'similar', 'duplicates'] },
  { title: 'Look inside', verbs: ['syntax', 'query', 'tool'] },
  { title: 'Run', verbs: ['run', 'trace', 'test', 'session', 'repl', 'risk', 'diff-behaviour', 'env'] },
  { title: 'Take back', verbs: ['keep', 'undo', 'history'] },
  { title: 'Choose and judge', verbs: ['check', 'select', 'compare', 'judge'] },
  { title: 'With a language model', verbs: ['solve', 'fix', 'explain', 'model'] },
  { title: 'For agents and browsers', verbs: ['mcp', 'serve'] },
  { title: 'Repositories', verbs: ['index', 'add', 'repos', 'languages', 'train'] },
  { title: 'Measure, and the shell', verbs: ['bench', 'completions'] },
];

/** What verbs of two words are about, by the first. */
const groupSummaries: Readonly<Record<string, string>> = {
  tool: 'the graph in the words of published agents (LocAgent, AutoCodeRover)',
  session: 'cells in order, state kept between them and between commands',
  env: 'bash, SQL and Python as environments: observation, action, reward',
  model: 'language models: which can be used, one prompt, a scripted stand-in',
  bench: 'published benchmarks and measurements of our own, with intervals',
};

export function programHelp(settings: Settings): string {
  const paint = painter(settings);
  const width = Math.max(...sections.flatMap(({ verbs }) => verbs.map((verb) => verb.length)));
  const line = (verb: string): string => {
    const row = operationTable.find(({ name }) => name === verb);
    const parts = operationTable.filter(({ name }) => name.startsWith(`${verb} `)).length;
    return `  ${paint.cyan(verb.padEnd(width))}  ${row?.summary ?? `${groupSummaries[verb]} (${parts} verbs)`}`;
  };
  return [
    `${paint.bold('winnow')} finds code in any repository and runs programs in a sandbox, on your own machine`,
    '',
    `${paint.bold('Usage')}  winnow VERB [WORDS] [FLAGS]`,
    '',
    ...sections.flatMap(({ title, verbs }) => [paint.bold(title), ...verbs.map(line), '']),
    paint.bold('Start with'),
    '  winnow search "where are requests retried" ~/code/my-project',
    '  winnow run program.py --wall 2s',
    '  winnow                 in a repository: pages to search, run and compare in a browser',
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
