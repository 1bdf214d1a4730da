/**
 * From the first words of a command line to the verb that they spell. Names of two words share their first: `tool` alone is a group, which
 * has help of its own and does nothing.
 */
import { nearest, WinnowError } from '../../base/mod.ts';
import { type OperationRow, operationTable } from '../operations/table.ts';

/** The verbs whose first word it is; none when it is a verb itself or begins none. */
export const groupOf = (first: string): readonly OperationRow[] =>
  operationTable.filter(({ name }) => name.startsWith(`${first} `));

/**
 * The row whose name the first words spell; two-word names first.
 *
 * @throws WinnowError `bad-usage` with the nearest names
 */
export function findVerb(words: readonly string[]): { readonly row: OperationRow; readonly rest: readonly string[] } {
  const [first = '', second = ''] = words;
  for (const [name, length] of [
    [`${first} ${second}`, 2],
    [first, 1],
  ] as const) {
    const row = operationTable.find((row) => row.name === name || (row.aliases?.includes(name) ?? false));
    if (row !== undefined) return { row, rest: words.slice(length) };
  }
  throw groupOf(first).length > 0 ? unknownPart(first, second) : unknownVerb(first);
}

function unknownPart(first: string, second: string): WinnowError {
  const parts = groupOf(first).flatMap(({ name, aliases = [] }) =>
    [name, ...aliases].map((one) => one.split(' ')[1] ?? ''),
  );
  const near = second === '' || second.startsWith('-') ? [] : nearest(second, parts);
  const what =
    near.length > 0 || (second !== '' && !second.startsWith('-'))
      ? `"${first}" has no "${second}"`
      : `"${first}" needs a second word`;
  const hint =
    near.length > 0 ? ` Did you mean ${near.map((name) => `\`winnow ${first} ${name}\``).join(' or ')}?` : '';
  return new WinnowError('bad-usage', `${what}.${hint} See \`winnow ${first} --help\`.`, {
    details: { verb: first, nearest: near.map((name) => `${first} ${name}`) },
  });
}

function unknownVerb(first: string): WinnowError {
  const names = operationTable.map((row) => row.name);
  const near = nearest(first, names);
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => `\`winnow ${name}\``).join(' or ')}?`
      : `Verbs: ${[...new Set(names.map((name) => name.split(' ')[0]))].join(', ')}.`;
  return new WinnowError('bad-usage', `"${first}" is not a verb. ${hint} See \`winnow --help\`.`, {
    details: { verb: first, nearest: near },
  });
}
