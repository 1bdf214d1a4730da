/** A whole definition is replaced on the tree: where it begins and ends is what the grammar says, and the new text is indented as the old one was. */
import { nearest, type Span } from '../../base/mod.ts';
import { decodeUtf8, encodeUtf8, type Parser } from '../../code/mod.ts';
import type { Placed } from './replace.ts';

/**
 * @param name qualified: `Class.method`
 * @param text line breaks `\n`
 */
export async function replaceDefinition(
  parser: Parser,
  path: string,
  text: string,
  name: string,
  source: string,
): Promise<Placed> {
  const bytes = encodeUtf8(text);
  const parsed = await parser.parse(path, bytes);
  if (parsed.kind === 'skipped') return { kind: 'refused', reason: `the file is ${parsed.reason}` };
  const { symbols } = parsed.facts;
  const found = symbols.filter(({ qualifiedName }) => qualifiedName === name);
  const [only] = found;
  if (only === undefined) {
    const near = nearest(
      name,
      symbols.map(({ qualifiedName }) => qualifiedName),
    );
    return {
      kind: 'refused',
      reason: `the file defines no ${name}.${near.length > 0 ? ` Nearest: ${near.join(', ')}.` : ''}`,
    };
  }
  if (found.length > 1)
    return { kind: 'refused', reason: `the file defines ${name} ${found.length} times; replace lines instead` };
  const { before, indent, after } = around(bytes, only.span);
  return { kind: 'placed', text: `${before}${indentedAs(source, indent)}${after}` };
}

function around(bytes: Uint8Array, { start, end }: Span): { before: string; indent: string; after: string } {
  const before = decodeUtf8(bytes.subarray(0, start));
  const lineStart = before.lastIndexOf('\n') + 1;
  const indent = /^[ \t]*$/.test(before.slice(lineStart)) ? before.slice(lineStart) : '';
  return { before, indent, after: decodeUtf8(bytes.subarray(end)) };
}

/** The first line begins where the old one did; the others keep their indentation to it. */
function indentedAs(source: string, indent: string): string {
  const lines = source.replace(/^\n+/, '').trimEnd().split('\n');
  const own = /^[ \t]*/.exec(lines[0] ?? '')?.[0] ?? '';
  return lines
    .map((line, at) => {
      const bare = line.startsWith(own) ? line.slice(own.length) : line.trimStart();
      return at === 0 || bare.trim() === '' ? bare : indent + bare;
    })
    .join('\n');
}
