/**
 * What an expression may be, as far as the text of a program tells: constants, names of a language's or package's things, functions of the file,
 * and the unknown.
 *
 * An expression has several values where several writes reach it. A text with parts that are not known keeps those that are, with a hole
 * between: the path `/etc/` and a hole is still below `/etc`. Labels say where a value came from and go along with what is made of it.
 */

/** Where something came from. `secret`: a file of credentials or a variable of that name. `decoded`: it was text that had been made unreadable. */
export type Label = 'network' | 'secret' | 'environment' | 'input' | 'file' | 'decoded' | 'built' | 'random' | 'time';

export interface CallArguments {
  readonly positional: readonly Values[];
  readonly named: ReadonlyMap<string, Values>;
}

interface Labelled {
  readonly from: readonly Label[];
}

export type Value =
  | (Labelled & { readonly kind: 'text'; readonly text: string; readonly isPath: boolean })
  | (Labelled & { readonly kind: 'number'; readonly number: number })
  | (Labelled & { readonly kind: 'list'; readonly items: readonly Values[] })
  | (Labelled & { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Values> })
  /** A thing of the language or a package by its full name; what a call of it gives is `name()`, with the arguments of that call. */
  | (Labelled & { readonly kind: 'name'; readonly name: string; readonly args: CallArguments | null })
  | (Labelled & { readonly kind: 'function'; readonly node: number })
  | (Labelled & { readonly kind: 'class'; readonly node: number })
  | (Labelled & { readonly kind: 'instance'; readonly node: number })
  | (Labelled & { readonly kind: 'method'; readonly self: Value; readonly name: string })
  /** A function with its first arguments. */
  | (Labelled & { readonly kind: 'bound'; readonly to: Value; readonly args: CallArguments })
  | (Labelled & { readonly kind: 'unknown' });

export type Values = readonly Value[];

/** Stands for a part of a text that is not known: OBJECT REPLACEMENT CHARACTER, which no program writes into paths or commands. */
export const hole = '\uFFFC';

/** Values of one expression past these are given up for one unknown: two branches three deep. */
const mostValues = 8;
/** Longer texts are cut: a program that is larger would not be read either. */
const mostText = 262_144;

export const nowhere: readonly Label[] = [];

export const text = (given: string, from: readonly Label[] = nowhere, isPath = false): Value => ({
  kind: 'text',
  text: given.length > mostText ? given.slice(0, mostText) + hole : given,
  isPath,
  from,
});
export const number = (given: number, from: readonly Label[] = nowhere): Value => ({
  kind: 'number',
  number: given,
  from,
});
export const named = (name: string, args: CallArguments | null = null, from: readonly Label[] = nowhere): Value => ({
  kind: 'name',
  name,
  args,
  from,
});
export const list = (items: readonly Values[], from: readonly Label[] = nowhere): Value => ({
  kind: 'list',
  items,
  from,
});
export const unknownOf = (from: readonly Label[] = nowhere): Value => ({ kind: 'unknown', from });
export const unknown: Values = [unknownOf()];
export const noArguments: CallArguments = { positional: [], named: new Map() };

/** Longer texts are not compared. */
const mostSigned = 200;

/** The same for equal arguments of constants, names, functions and the unknown; null: they hold more than that. */
export function signatureOf({ positional, named: byName }: CallArguments): string | null {
  const parts: string[] = [];
  for (const [name, values] of [...positional.map((one) => ['', one] as const), ...byName]) {
    parts.push(`${name}=`);
    for (const value of values) {
      const signed = signOf(value);
      if (signed === null) return null;
      parts.push(signed);
    }
  }
  return parts.join('\0');
}

function signOf(value: Value): string | null {
  const from = value.from.join(',');
  switch (value.kind) {
    case 'text':
      return value.text.length > mostSigned ? null : `t${from};${value.isPath};${value.text}`;
    case 'number':
      return `n${from};${value.number}`;
    case 'name':
      return value.args === null ? `m${from};${value.name}` : null;
    case 'function':
    case 'class':
    case 'instance':
      return `${value.kind}${from};${value.node}`;
    case 'unknown':
      return `u${from}`;
    default:
      return null;
  }
}

export function labelsOf(values: Values): readonly Label[] {
  let found: readonly Label[] = nowhere;
  for (const value of values) {
    found = joinLabels(found, value.from);
    if (value.kind === 'list') for (const item of value.items.slice(0, 64)) found = joinLabels(found, labelsOf(item));
    if (value.kind === 'map') for (const item of value.entries.values()) found = joinLabels(found, labelsOf(item));
    if (value.kind === 'method') found = joinLabels(found, value.self.from);
  }
  return found;
}

export function joinLabels(a: readonly Label[], b: readonly Label[]): readonly Label[] {
  if (b.length === 0 || a === b) return a;
  if (a.length === 0) return b;
  return b.every((label) => a.includes(label)) ? a : [...new Set([...a, ...b])];
}

export function withLabels(values: Values, labels: readonly Label[]): Values {
  if (labels.length === 0) return values;
  return values.map((value) => ({ ...value, from: joinLabels(value.from, labels) }));
}

/** All of several, without repeats; where they are too many, some and one unknown. */
export function union(parts: readonly Values[]): Values {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const found: Value[] = [];
  for (const part of parts)
    for (const value of part) {
      if (found.some((one) => isSame(one, value))) continue;
      if (found.length >= mostValues) {
        const rest = unknownOf(labelsOf([...found.slice(mostValues - 1), ...parts.flat()]));
        return [...found.slice(0, mostValues - 1), rest];
      }
      found.push(value);
    }
  return found.length === 0 ? unknown : found;
}

function isSame(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'text':
      return a.text === (b as typeof a).text && a.isPath === (b as typeof a).isPath && sameLabels(a.from, b.from);
    case 'number':
      return a.number === (b as typeof a).number;
    case 'name':
      return a.args === null && (b as typeof a).args === null && a.name === (b as typeof a).name;
    case 'function':
    case 'class':
    case 'instance':
      return a.node === (b as typeof a).node;
    case 'unknown':
      return sameLabels(a.from, b.from);
    default:
      return false;
  }
}

const sameLabels = (a: readonly Label[], b: readonly Label[]): boolean =>
  a === b || (a.length === b.length && a.every((label, place) => label === b[place]));

/** The text of a value as it is put into other text; null: it has none. */
export function textOf(value: Value): string | null {
  if (value.kind === 'text') return value.text;
  if (value.kind === 'number') return String(value.number);
  if (value.kind === 'name' && /^(True|False|None|true|false|null)$/.test(value.name)) return value.name;
  return null;
}

/** Texts put together; each combination, within the bound on values. */
export function concat(parts: readonly Values[]): Values {
  let texts: { text: string; from: readonly Label[]; isPath: boolean }[] = [{ text: '', from: nowhere, isPath: false }];
  for (const part of parts) {
    const options = part.length > mostValues ? [unknownOf(labelsOf(part))] : part;
    const next: typeof texts = [];
    for (const before of texts)
      for (const option of options) {
        if (next.length >= mostValues) break;
        const more = textOf(option) ?? hole;
        const joined = before.text.endsWith(hole) && more === hole ? before.text : before.text + more;
        next.push({
          text: joined.slice(0, mostText),
          from: joinLabels(before.from, labelsOf([option])),
          isPath: before.isPath || (option.kind === 'text' && option.isPath),
        });
      }
    texts = next;
  }
  return texts.map((one) => text(one.text, one.from, one.isPath));
}

/** Strings among values, as far as they are known. */
export const textsOf = (values: Values): string[] =>
  values.flatMap((value) => (value.kind === 'text' ? [value.text] : []));

export const isKnownText = (value: Value): value is Value & { kind: 'text' } =>
  value.kind === 'text' && !value.text.includes(hole);

/** As shown to a person. */
export const shown = (given: string): string => {
  const flat = given.replaceAll(hole, '…').replace(/\s+/g, ' ').trim();
  return flat.length > 120 ? `${flat.slice(0, 119)}…` : flat;
};
