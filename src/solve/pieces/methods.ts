/**
 * Methods of Python classes: found in a source, and put into their class when a candidate runs.
 *
 * A candidate is the method as a function at the left margin, so that all that is known of functions (taking apart, tracing by lines) holds for it. It runs behind the rest of its file, in which the method has its
 * signature and no body, and is then put into the class. What Python makes of a method only inside of a class is written out: `super()` and names with two underscores.
 */
import type { Task } from '../types.ts';
import { functionsOf, openQuote } from './functions.ts';

export interface Method {
  /** `Outer.Inner`; empty: a function, under an `if` or a `try` of its module. */
  readonly owner: string;
  readonly name: string;
  /** At the left margin, with its decorators. */
  readonly text: string;
  /** Lines from 0, half-open. */
  readonly from: number;
  readonly to: number;
  readonly indent: string;
}

/** What stands in functions is theirs; a class or a module has what stands under its conditions too. */
const blocks = /^[ \t]*(?:async\s+)?(class|def|if|elif|else|try|except|finally|with|for|while|match|case)\b\s*(\w+)?/;

/** All methods of all classes, nested ones among them, in their order; and functions that stand under a condition. */
export function methodsOf(source: string): readonly Method[] {
  const lines = source.split('\n');
  const found: Method[] = [];
  const open: { readonly kind: string; readonly name: string; readonly depth: number }[] = [];
  let quote: string | null = null;
  let brackets = 0;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const isInside = quote !== null || brackets > 0;
    quote = openQuote(line, quote);
    if (quote === null) brackets = Math.max(0, brackets + depthOf(line));
    if (isInside || /^\s*(#|$)/.test(line)) continue;
    const depth = depthIn(line);
    while (open.length > 0 && depth <= (open.at(-1)?.depth ?? 0)) open.pop();
    const [, kind, name = ''] = blocks.exec(line) ?? [];
    if (kind === undefined) continue;
    const isOfFunction = open.some((one) => one.kind === 'def');
    open.push({ kind, name, depth });
    if (kind !== 'def' || depth === 0 || isOfFunction) continue;
    const margin = line.slice(0, depth);
    let from = at;
    while (from > 0 && lines[from - 1]?.startsWith(`${margin}@`) === true) from--;
    // At the margin it is a function like others, which ends where the next line at the margin begins.
    const [alone] = functionsOf(dedented(lines.slice(from), margin).join('\n'));
    if (alone === undefined) continue;
    found.push({
      owner: open.flatMap((one) => (one.kind === 'class' ? [one.name] : [])).join('.'),
      ...{ name, text: alone.text, indent: margin },
      ...{ from, to: from + alone.to },
    });
  }
  return found;
}

const depthIn = (line: string): number => line.length - line.trimStart().length;

function depthOf(line: string): number {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|#.*$/g, '');
  return [...bare].reduce((sum, one) => sum + ('([{'.includes(one) ? 1 : ')]}'.includes(one) ? -1 : 0), 0);
}

/** Lines without a margin; those within long texts stay as they are, and what stands left of the margin ends the rest. */
function dedented(lines: readonly string[], margin: string): string[] {
  const made: string[] = [];
  let quote: string | null = null;
  let brackets = 0;
  for (const line of lines) {
    const isFree = quote !== null || brackets > 0 || line.trim() === '';
    if (!isFree && !line.startsWith(margin)) break;
    made.push(line.startsWith(margin) && quote === null ? line.slice(margin.length) : line);
    quote = openQuote(line, quote);
    if (quote === null) brackets = Math.max(0, brackets + depthOf(line));
  }
  return made;
}

/** A reply in which the method stands in its class, or indented: as a function at the margin, with the imports and functions that stand at the margin. As it was, where it is one already. */
export function methodAtMargin(text: string, name: string): string {
  if (functionsOf(text).some((one) => one.name === name)) return text;
  const inClass = methodsOf(text).findLast((one) => one.name === name);
  if (inClass !== undefined) {
    const imports = text.split('\n').filter((line) => /^(import|from)\s/.test(line));
    const helpers = functionsOf(text).map((one) => one.text);
    return [...imports, ...helpers, inClass.text].join('\n');
  }
  const lines = text.split('\n');
  const at = lines.findIndex((line) => new RegExp(`^[ \\t]+(?:async\\s+)?def\\s+${name}\\s*\\(`).test(line));
  if (at < 0) return text;
  const margin = (lines[at] ?? '').slice(0, depthIn(lines[at] ?? ''));
  let from = at;
  while (from > 0 && lines[from - 1]?.startsWith(`${margin}@`) === true) from--;
  return `${dedented(lines.slice(from), margin).join('\n')}\n`;
}

/** What stands at the end of the file that stands above: what has the method's name at the margin is kept aside. */
export const beforeMethod = (name: string): string =>
  `_winnow_kept = {key: value for key, value in globals().items() if key == '${name}'}\n`;

/** A candidate as it runs: with what a class would have made of it, and what puts it there behind it. Its lines stay where they are. */
export function withMethod({ entry, method }: Pick<Task, 'entry' | 'method'>, source: string): string {
  if (method == null || entry === null) return source;
  const { owner } = method;
  const inner = owner.split('.').at(-1)?.replace(/^_+/, '') ?? '';
  const [, first = 'self'] = new RegExp(`^(?:async\\s+)?def\\s+${entry}\\s*\\(\\s*(\\w+)`, 'm').exec(source) ?? [];
  const written = source
    .replace(/\bsuper\(\s*\)/g, `super(${owner}, ${first})`)
    .replace(/(?<=\.)__(?=[A-Za-z])(\w*[A-Za-z0-9]_?)(?!\w)/g, `_${inner}__$1`);
  return `${written.replace(/\n*$/, '\n')}
def _winnow_put(owner, name, new):
    old = owner.__dict__.get(name)
    if isinstance(old, property):
        new = old.getter(new.fget if isinstance(new, property) else new)
    elif isinstance(old, (staticmethod, classmethod)) and not isinstance(new, type(old)):
        new = type(old)(new)
    setattr(owner, name, new)
_winnow_put(${owner}, '${entry}', ${entry})
del ${entry}
globals().update(_winnow_kept)
`;
}

/** What is wanted, as a person calls it. */
export const calledName = ({ entry, method }: Pick<Task, 'entry' | 'method'>): string =>
  method == null ? (entry ?? '') : `${method.owner}.${entry}`;
