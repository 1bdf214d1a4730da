/**
 * PHP's doc comments: `@param`, `@return`, `@var`, and what `@method`, `@property` and `@mixin` add to a class.
 *
 * They are read where declarations say less: no type, or one such as `array`. How types are written in them is for `php-doc-types.ts`.
 */
import type { LinkBuilder } from './builder.ts';
import { TypeReader } from './php-doc-types.ts';
import { notesOf } from './php-names.ts';
import { anything, arrayOf, languageType } from './php-types.ts';

/** Longer comments are licences and prose; those of Laravel's facades have up to 15,000 units. */
const maxUnits = 50_000;

interface Tag {
  readonly name: string;
  /** Where what it says begins. */
  readonly start: number;
  /** Written for analysers, who are told more. */
  readonly exact: boolean;
}

const tagPattern =
  /@(phpstan-|psalm-)?(param|return|var|method|property(?:-read|-write)?|mixin|see|template(?:-\w+)?)\b[ \t]*/g;

function tagsOf(text: string): Tag[] {
  if (!text.startsWith('/**') || text.length > maxUnits) return [];
  return [...text.matchAll(tagPattern)].map((match) => ({
    name: (match[2] as string).replace(/-.*/, ''),
    start: match.index + match[0].length,
    exact: match[1] !== undefined,
  }));
}

/** The doc comment of a symbol, or `''`: directly before it, or among its attributes. */
function docOf(links: LinkBuilder, symbol: number): string {
  const { text } = links;
  const found = links.scan.symbols[symbol];
  if (found === undefined) return '';
  if (found.docEnd > found.docStart && found.docStart >= found.start) return text.slice(found.docStart, found.docEnd);
  let end = found.start;
  while (end > 0 && /\s/.test(text[end - 1] as string)) end--;
  if (!text.endsWith('*/', end)) return '';
  // Back to the comment before, so that all symbols together look at each place once.
  const gap = text.slice(text.lastIndexOf('*/', end - 3) + 2, end);
  let start = gap.lastIndexOf('/**');
  while (start > 0 && !/\s/.test(gap[start + 3] as string)) start = gap.lastIndexOf('/**', start - 1);
  return start < 0 ? '' : gap.slice(start);
}

/** What a doc comment says of a function: types by name of parameter, and of what it gives. -1 where it says nothing. */
export interface FunctionDoc {
  readonly parameters: ReadonlyMap<string, number>;
  readonly result: number;
}

const silent: FunctionDoc = { parameters: new Map(), result: -1 };

/** @param scope of the function: its type variables are kept with it */
export function functionDoc(links: LinkBuilder, symbol: number, scope: number): FunctionDoc {
  const text = docOf(links, symbol);
  const tags = tagsOf(text);
  if (tags.length === 0) return silent;
  readTemplates(links, text, tags, scope);
  const parameters = new Map<string, number>();
  let result = -1;
  for (const { name, start } of exactLast(tags)) {
    if (name !== 'param' && name !== 'return') continue;
    const reader = new TypeReader(links, text, start);
    const type = reader.read();
    if (type < 0) continue;
    if (name === 'return') result = type;
    else {
      const variable = /^[ \t]*&?(\.\.\.)?(\$\w+)/.exec(reader.rest());
      if (variable !== null)
        parameters.set(variable[2] as string, variable[1] === undefined ? type : arrayOf(links, type));
    }
  }
  return { parameters, result };
}

/** So that they outweigh the others. */
const exactLast = (tags: readonly Tag[]): readonly Tag[] => [
  ...tags.filter(({ exact }) => !exact),
  ...tags.filter(({ exact }) => exact),
];

/** The type that `@var` says of a symbol, or -1. */
export const variableDoc = (links: LinkBuilder, symbol: number): number => {
  const [said] = saidOfVariables(links, docOf(links, symbol));
  return said?.type ?? -1;
};

/** What `@var` says in a comment; the name with its `$`, or `null` where it stands before what it speaks of. */
export function saidOfVariables(links: LinkBuilder, text: string): { name: string | null; type: number }[] {
  const said: { name: string | null; type: number }[] = [];
  for (const { name, start } of [...exactLast(tagsOf(text))].reverse()) {
    if (name !== 'var') continue;
    // `@var $x Foo` is written as well.
    const before = /^\$\w+(?=\s)/.exec(text.slice(start, start + 200));
    const reader = new TypeReader(links, text, start + (before === null ? 0 : before[0].length + 1));
    const type = reader.read();
    const after = /^[ \t]*(\$\w+)/.exec(reader.rest());
    if (type >= 0) said.push({ name: before?.[0] ?? after?.[1] ?? null, type });
  }
  return said;
}

/**
 * Binds what a class's doc comment says that its objects have.
 *
 * @param scope of the class
 * @param isFacade what it has is that of the classes that `@see` names, as Laravel's facades pass it on
 */
export function bindDocumented(links: LinkBuilder, symbol: number, scope: number, isFacade: boolean): void {
  const text = docOf(links, symbol);
  const tags = tagsOf(text);
  readTemplates(links, text, tags, scope);
  const { expressions } = links;
  const behind = tags
    .filter(({ name }) => isFacade && name === 'see')
    .map(({ start }) => expressions.instance(new TypeReader(links, text, start).read()));
  for (const { name, start } of tags) {
    const isStatic =
      name === 'method' ? /^static[ \t]+(?=\S+[ \t]+\w+[ \t]*\()/.exec(text.slice(start, start + 200)) : null;
    const reader = new TypeReader(links, text, start + (isStatic?.[0].length ?? 0));
    if (name === 'property') {
      const type = reader.read();
      const variable = /^[ \t]*(\$\w+)/.exec(reader.rest());
      if (type >= 0 && variable !== null) links.bind('variable', variable[1] as string, { scope, type });
    } else if (name === 'mixin') {
      const type = reader.read();
      if (type >= 0) links.bind('variable', '...', { scope, value: expressions.instance(type) });
    } else if (name === 'method') {
      const type = reader.read();
      const method = /^[ \t]*(\w+)[ \t]*\(/.exec(reader.rest());
      if (method === null) continue;
      const given = expressions.applied(languageType(links, 'callable'), [type < 0 ? anything(links) : type]);
      const passedOn = behind.map((object) => (object < 0 ? -1 : expressions.member(object, method[1] as string)));
      const value = expressions.first([...passedOn, expressions.instance(given)]);
      links.bind('variable', method[1] as string, { scope, value });
    }
  }
}

/** `@template T of Foo`: inside, `T` is a `Foo`. */
function readTemplates(links: LinkBuilder, text: string, tags: readonly Tag[], scope: number): void {
  const found = new Map<string, number>();
  for (const { name, start } of tags) {
    const variable = name === 'template' ? /^(\w+)([ \t]+(?:of|as)[ \t]+)?/.exec(text.slice(start, start + 200)) : null;
    if (variable === null) continue;
    const bound = variable[2] === undefined ? -1 : new TypeReader(links, text, start + variable[0].length).read();
    found.set(variable[1] as string, bound);
  }
  if (found.size > 0) notesOf(links).templates.set(scope, found);
}
