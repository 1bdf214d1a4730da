/**
 * Which single words are plainly names of code, and how a name is taken apart.
 *
 * Shape only: `getReadyCount`, `get_ready_count`, `LFPCW`, `utf8`, `Engine.ServeHTTP`,
 * `std::vector`, `Box#value`, `(*Engine).Run`, `path/file.ts:Class.method`. A word such
 * as `parser` could be either and is left to the caller.
 */

/** A name as asked for: its last part, and what must stand before it, outermost first. */
export interface IdentifierQuery {
  /** Without call brackets and decoration. */
  readonly text: string;
  readonly qualifiers: readonly string[];
  readonly name: string;
}

const decoration = /^[\s([{<&*@,;!?'"`]+|[\s()[\]{}<>&*,;!?'"`]+$/gu;
const divider = /::|->|[.#/:\\]/u;
/** What a part of a name is made of, in all languages here. `#` of private names is a divider above. */
const part = /^[\p{L}_$][\p{L}\p{M}\p{N}_$]*[!?]?$/u;
/** Camel case, snake case, a digit among letters, or several capitals. */
const shapely = /\p{Ll}\p{Lu}|_|\$|\p{L}\p{N}|\p{Lu}\p{Lu}/u;

/** Takes a word apart as a name, whatever its shape. @returns `null` when nothing in it can be a name */
export function asIdentifier(word: string): IdentifierQuery | null {
  const text = word
    .replace(/\([^()]*\)$/u, '')
    .replace(decoration, '')
    .replace(/[.:]+$/u, '');
  const parts = text
    .split(divider)
    .map((piece) => piece.replace(/[()*&<>]/gu, ''))
    .filter((piece) => piece !== '');
  const name = parts.at(-1);
  if (name === undefined || !part.test(name)) return null;
  return { text, qualifiers: parts.slice(0, -1), name };
}

/** The name, when the word has the shape of one; `null` for plain words, numbers, versions and URLs. */
export function identifierShape(word: string): IdentifierQuery | null {
  if (/^[\p{L}][\p{L}\p{N}+.-]*:\/\//u.test(word)) return null;
  const found = asIdentifier(word);
  if (found === null) return null;
  if (found.qualifiers.length === 0) return shapely.test(found.name) ? found : null;
  // `e.g.` and `and/or` are prose, `1.2` is a version; `a.b`, `a::b` and `lib/a.b` are names.
  if (/^(?:\p{L}\.)+\p{L}$/u.test(found.text)) return null;
  if (!/::|->|[.#:]/u.test(found.text) && !shapely.test(found.text)) return null;
  return found;
}
