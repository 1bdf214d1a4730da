/**
 * What the texts of two versions of a function of JavaScript or TypeScript tell without running: which lines differ, and which values their conditions look for.
 *
 * It is read by patterns, not from a tree: a literal too many is an input more, and one too few is left to chance. What a value is taken for comes from the tree (`partialuses.ts`).
 */
import { withoutTypes } from '../../trace/ecmascript/mistakes.ts';

export interface TextFacts {
  /** By the last name of what a literal is compared with. */
  readonly literals: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  readonly constants: { readonly text: readonly string[]; readonly integer: readonly number[] };
  /** Last names of what may be nothing, and of what is compared with null. */
  readonly nothing: readonly string[];
  readonly nulls: readonly string[];
  /** Names of calls of which the result is thrown away. */
  readonly discarded: readonly string[];
  /** Parameters that a caller may leave out. */
  readonly optional: readonly string[];
  /** Types that a value is asked for, by its last name: `typeof a === 'string'`, `Array.isArray(a)`. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
  /** Keys that are asked of an object by its last name: `'a' in options`. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

const most = 40;
const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'integer',
  boolean: 'boolean',
  object: 'plain',
  function: 'callable',
};
/** Larger functions are compared line by line in a table of this many cells at most. */
const mostCells = 4_000_000;

/** Line numbers, from 1, that stand in one of two texts alone. @param from line of each text's first line */
export function linesThatDiffer(
  [one, other]: readonly [readonly string[], readonly string[]],
  from: readonly [number, number],
): readonly [ReadonlySet<number>, ReadonlySet<number>] {
  const plain = [one, other].map((rows) => rows.map((row) => row.replace(/\s+/g, ' ').trim())) as [string[], string[]];
  const [a, b] = plain;
  const all = (rows: readonly string[], first: number): Set<number> => new Set(rows.map((_, at) => first + at));
  if (a.length * b.length > mostCells) return [all(a, from[0]), all(b, from[1])];
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * width + j] =
        a[i] === b[j]
          ? (best[(i + 1) * width + j + 1] as number) + 1
          : Math.max(best[(i + 1) * width + j] as number, best[i * width + j + 1] as number);
  const made: [Set<number>, Set<number>] = [new Set(), new Set()];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) [i, j] = [i + 1, j + 1];
    else if (
      j >= b.length ||
      (i < a.length && (best[(i + 1) * width + j] as number) >= (best[i * width + j + 1] as number))
    )
      made[0].add(from[0] + i++);
    else made[1].add(from[1] + j++);
  }
  return made;
}

/** A text without comments, types and layout: what is left is what runs. */
export function bareText(text: string, isTyped: boolean): string {
  const untyped = isTyped ? (withoutTypes(text) ?? text) : text;
  return untyped
    .replace(
      /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, quoted) => quoted ?? ' ',
    )
    .replace(/\s+/g, ' ')
    .replace(/ ?([^\w$"'`]) ?/g, '$1')
    .trim();
}

const literal = String.raw`'(?:[^'\\\n]|\\.){0,80}'|"(?:[^"\\\n]|\\.){0,80}"|-?\d+(?:\.\d+)?`;
const name = String.raw`([\w$]+)(?:\(\)|\[[^\]]{0,20}\])?`;

export function factsOf(texts: readonly string[]): TextFacts {
  const literals: Record<string, (string | number | boolean)[]> = {};
  const kinds: Record<string, string[]> = {};
  const keys: Record<string, string[]> = {};
  const [text, integer] = [new Set<string>(), new Set<number>()];
  const sets = {
    nothing: new Set<string>(),
    nulls: new Set<string>(),
    discarded: new Set<string>(),
    optional: new Set<string>(),
  };
  const add = <T>(table: Record<string, T[]>, key: string, value: T): void => {
    if (!Object.hasOwn(table, key)) table[key] = [];
    const list = table[key] as T[];
    if (!list.includes(value) && list.length < most) list.push(value);
  };
  const each = (pattern: string, take: (match: RegExpMatchArray) => void): void => {
    for (const one of texts) for (const match of one.matchAll(new RegExp(pattern, 'g'))) take(match);
  };
  each(`${literal}|\`([^\`$\\\\]{1,80})\``, ([found, plain]) => {
    const value = plain ?? valueOf(found);
    if (typeof value === 'number') integer.add(value);
    else text.add(value);
  });
  each(String.raw`${name}\s*(?:[!=]==?|[<>]=?)\s*(${literal})`, ([, key, found]) => {
    const value = valueOf(found as string);
    add(literals, key as string, value);
    if (typeof value === 'number') for (const one of [value + 1, value - 1]) add(literals, key as string, one);
  });
  each(String.raw`(${literal})\s*(?:[!=]==?|[<>]=?)\s*(?:[\w$]+\.)*${name}`, ([, found, key]) =>
    add(literals, key as string, valueOf(found as string)),
  );
  each(
    String.raw`${name}\.(?:startsWith|endsWith|includes|indexOf|split|replace|match)\((${literal})`,
    ([, key, found]) => {
      const value = valueOf(found as string);
      if (typeof value === 'string')
        for (const one of [value, `${value}a`, `a${value}`, `a${value}b`]) add(literals, key as string, one);
    },
  );
  each(
    String.raw`(${literal})\s+in\s+(?:[\w$]+\.)*${name}|${name}(?:\.hasOwnProperty\(|\[)(${literal})`,
    ([, key, holder, other, asked]) =>
      add(keys, (holder ?? other) as string, String(valueOf((key ?? asked) as string))),
  );
  each(
    String.raw`${name}\s*(?:&&|\|\||\?\?|\?\.|\?[^.:?])|!\s*(?:[\w$]+\.)*${name}|\b(?:if|while)\s*\(\s*(?:[\w$]+\.)*${name}\s*\)`,
    ([, ...found]) => {
      for (const one of found) if (one !== undefined) sets.nothing.add(one);
    },
  );
  each(String.raw`${name}\s*[!=]==?\s*(null|undefined|void 0)`, ([, key, what]) => {
    sets.nothing.add(key as string);
    if (what === 'null') sets.nulls.add(key as string);
  });
  each(String.raw`${name}\s*[!=]==?\s*(true|false)\b`, ([, key, found]) =>
    add(literals, key as string, found === 'true'),
  );
  each(String.raw`typeof\s+(?:[\w$]+\.)*${name}\s*[!=]==?\s*['"](\w+)`, ([, key, found]) => {
    const kind = typeNames[found as string];
    if (kind !== undefined) for (const one of [kind, 'text', 'list']) add(kinds, key as string, one);
  });
  each(String.raw`\bArray\.isArray\(\s*(?:[\w$]+\.)*${name}\s*\)`, ([, key]) => {
    for (const one of ['list', 'plain', 'text']) add(kinds, key as string, one);
  });
  each(String.raw`typeof\s+(?:[\w$]+\.)*${name}\s*[!=]==?\s*['"]undefined`, ([, key]) =>
    sets.nothing.add(key as string),
  );
  each(
    String.raw`(?:^|[;{}\n)]|=>)\s*(?:await\s+)?(?:[\w$]+(?:\([^()\n]*\)|\[[^\]\n]*\])?\??\.)*([\w$]+)\(`,
    ([, key]) => sets.discarded.add(key as string),
  );
  each(String.raw`[(,]\s*([\w$]+)\?\s*:`, ([, key]) => sets.optional.add(key as string));
  const few = (from: ReadonlySet<string>): string[] => [...from].slice(0, 200);
  return {
    literals,
    keys,
    kinds,
    constants: { text: [...text].slice(0, most), integer: [...integer].slice(0, most) },
    nothing: few(sets.nothing),
    nulls: few(sets.nulls),
    discarded: few(sets.discarded),
    optional: few(sets.optional),
  };
}

function valueOf(found: string): string | number {
  if (!/^['"]/.test(found)) return Number(found);
  try {
    return JSON.parse(
      `"${found
        .slice(1, -1)
        .replace(/\\'/g, "'")
        .replace(/(?<!\\)"/g, '\\"')}"`,
    ) as string;
  } catch {
    return found.slice(1, -1);
  }
}
