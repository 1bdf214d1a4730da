/**
 * Metavariables in a pattern's text: how they are written, and what a grammar reads in their place.
 *
 * `$A` is one named node, `$$A` any node, `$$$A` any number of them; without a name, or with one that begins with `_`, what stands
 * there is not kept. Where a grammar takes no `$` in an identifier, a letter stands for it that hardly any program uses (ast-grep's idea, and its letters).
 */

export type Metavariable =
  | { readonly kind: 'one'; readonly name: string | null; readonly named: boolean }
  | { readonly kind: 'many'; readonly name: string | null };

/** Languages whose grammars take `$` in an identifier. */
const dollars = new Set(['java', 'javascript', 'typescript', 'tsx', 'dart', 'scala', 'bash', 'lua', 'solidity']);
/** Where `µ` is no letter; U+10000 is one, and two units long. CSS takes only ASCII. */
const others: ReadonlyMap<string, string> = new Map([
  ['c', '\u{10000}'],
  ['cpp', '\u{10000}'],
  ['css', '_'],
  ['nix', '_'],
]);

/** What stands for `$` where the language's grammar reads a pattern. */
export const signOf = (language: string): string => (dollars.has(language) ? '$' : (others.get(language) ?? 'µ'));

/** The pattern as its grammar reads it: the `$` of metavariables replaced, any other left. */
export function withSign(pattern: string, sign: string): string {
  if (sign === '$') return pattern;
  return pattern.replace(/\$+(?=[A-Z_])|(?<!\$)\$\$\$(?!\$)/g, (dollars) => sign.repeat(dollars.length));
}

/** Where an offset of the text with signs lies in the text with dollars. */
export function withoutSign(read: string, offset: number, sign: string): number {
  let shift = 0;
  if (sign.length > 1)
    for (let at = read.indexOf(sign); at !== -1 && at < offset; at = read.indexOf(sign, at + sign.length))
      shift += sign.length - 1;
  return offset - shift;
}

/** What makes a statement of a metavariable where a bare name is none. */
const call = '();';

/**
 * The pattern with metavariables that stand as statements written as calls: `{ $$$ }` is no program in C#, `{ $$$(); }` is.
 * For a second try; `metavariableOf` then takes the whole statement for the metavariable.
 */
export const asStatements = (pattern: string): string =>
  pattern.replace(
    /(?<=[{};]\s*)(?:(\$\$\$[A-Z_0-9]*)(?=\s|\})(?!\s*[-=+*/.,([<>:;)?&|])|(\${1,3}[A-Z_0-9]+|\$\$\$)\s*;)/g,
    (_, many: string | undefined, any: string | undefined) => `${many ?? any}${call}`,
  );

/**
 * @param statements whether the text is that of `asStatements`
 * @returns null when a node's text is no metavariable
 */
export function metavariableOf(node: string, sign: string, statements = false): Metavariable | null {
  if (!node.startsWith(sign)) return null;
  const text = statements && node.endsWith(call) ? node.slice(0, -call.length) : node;
  const many = sign.repeat(3);
  if (text.startsWith(many)) {
    const name = text.slice(many.length);
    if (!/^[A-Z_0-9]*$/.test(name)) return null;
    return { kind: 'many', name: name === '' || name.startsWith('_') ? null : name };
  }
  const named = !text.startsWith(sign + sign);
  const name = text.slice(sign.length * (named ? 1 : 2));
  if (!/^[A-Z_][A-Z_0-9]*$/.test(name)) return null;
  return { kind: 'one', name: name.startsWith('_') ? null : name, named };
}
