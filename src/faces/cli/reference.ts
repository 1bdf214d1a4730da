/** The reference page of the CLI, `docs/cli.md`, drawn from the operations table as the help is. */
import { z } from 'zod';
import { operationTable } from '../operations/table.ts';
import type { Operation } from '../operations/types.ts';
import { flagHead, helpOf, usage } from './help.ts';
import { type Shape, shapeOf } from './shape.ts';
import { typeText } from './typetext.ts';

const head = `# Commands

This page is made from the operations table by \`npm run docs\`; a test holds the two together. \`winnow VERB --help\` prints the same.

Inside the checkout a command is \`npm run --silent winnow -- VERB …\` or \`npx winnow VERB …\`; below it is written \`winnow VERB …\`.

- Answers go to standard output, everything else (notes, progress, errors) to standard error. Progress is drawn only on a terminal.
- \`--json\` prints one JSON object. Its \`schema\` property names the verb and a version, as in \`winnow.search/1\`; within a version
  properties are only ever added. With \`--json\` a failure prints \`{"error":{"code","message","details"}}\` to standard error.
- Exit codes: 0 done, 1 a negative answer (nothing found), 2 bad use, 3 the world failed; 130 after Ctrl-C. The codes of errors are in
  [errors.md](errors.md).
- Environment: \`WINNOW_HOME\` is where indexes are kept (default: the user's cache directory); \`WINNOW_ENCODER\` is what \`--encoder\` is when it is not given; \`NO_COLOR\` and \`FORCE_COLOR\` as usual.
  Any other variable that starts with \`WINNOW_\` is refused.
`;

export async function referencePage(): Promise<string> {
  const sections = await Promise.all(operationTable.map(async (row) => verbSection(await row.load())));
  return [head, ...sections].join('\n');
}

function verbSection(operation: Operation): string {
  const shape = shapeOf(operation);
  const examples = operation.examples.map(({ command, does }) => `# ${does}\n${command}`).join('\n\n');
  return [
    `## winnow ${operation.name}`,
    '',
    `${operation.summary.charAt(0).toUpperCase()}${operation.summary.slice(1)}.`,
    '',
    '```text',
    usage(shape),
    '```',
    '',
    operation.description,
    '',
    ...flagTable(shape),
    '',
    '```sh',
    examples,
    '```',
    '',
    'With `--json`:',
    '',
    '```ts',
    typeText(z.toJSONSchema(operation.output)),
    '```',
    '',
  ].join('\n');
}

function flagTable(shape: Shape): string[] {
  const rows = [
    ...shape.arguments.map((row) => [row.required ? row.label : `[${row.label}]`, helpOf(row)]),
    ...shape.flags.map((row) => [flagHead(row).trim(), helpOf(row)]),
  ];
  return ['| | |', '|---|---|', ...rows.map(([left, right]) => `| \`${left}\` | ${right?.replaceAll('|', '\\|')} |`)];
}
