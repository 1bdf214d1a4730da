/**
 * A function in a source file as a task: its signature and documentation are what is wanted, the rest of the file stands above it, and its body is never shown.
 *
 * Python functions at the left margin or under a condition there, and methods of classes, as `Class.method`. A file that takes other modules of its repository runs as one of them (`modules.ts`); what it imports
 * besides runs with every candidate, so a file that needs more than there is fails to load, and the visible tests say so.
 */
import { basename } from 'node:path';
import { nearest, WinnowError } from '../../base/mod.ts';
import { enterModule, importBeside } from '../pieces/beside.ts';
import { functionsOf } from '../pieces/functions.ts';
import { beforeMethod, type Method, methodsOf } from '../pieces/methods.ts';
import type { ContextPiece, Task } from '../types.ts';
import { besideOf } from './modules.ts';
import { examplesOf, sessionExamplesOf } from './python.ts';

/**
 * @param packages directories of installed packages that programs may import
 * @throws WinnowError `unsupported-job` for another language, `unknown-id` when the file defines no such function
 */
export function stubTask(
  {
    path,
    part,
    packages = [],
  }: { readonly path: string; readonly part: string; readonly packages?: readonly string[] },
  source: string,
): Task {
  if (!/\.pyi?$/.test(path))
    throw new WinnowError(
      'unsupported-job',
      `Stubs are read from Python files, as FILE.py:FUNCTION; ${basename(path)} is none. Describe the task in a file of words or JSON (winnow solve --help).`,
    );
  const functions = functionsOf(source);
  const found = functions.findLast(({ name }) => name === part);
  if (found === undefined) return innerTask({ path, part, packages }, source);
  const lines = source.split('\n');
  const rest = [...lines.slice(0, found.from), ...lines.slice(found.to)].join('\n').trim();
  const { stub, body } = openedAt(found.text, '');
  const file = [...lines.slice(0, found.from), ...body, ...lines.slice(found.to)].join('\n');
  const beside = besideOf(path, file, packages);
  return {
    id: `${basename(path)}:${part}`,
    language: 'python',
    text: stub,
    entry: part,
    visible: examplesOf(stub, part).tests,
    stub,
    prelude: aboveOf(beside, rest === '' ? '' : `${rest}\n`),
    context:
      rest === ''
        ? []
        : [{ label: `the rest of ${basename(path)}`, language: 'python', text: rest.slice(0, mostShown) }],
    beside,
  };
}

/** Characters of a file that are shown: some two thousand tokens. */
const mostShown = 8_000;

/** What runs above a candidate: its module's names, where the file needs other modules, else the text of the file. */
const aboveOf = (beside: Task['beside'], text: string): string =>
  beside == null ? text : beside.module === null ? `${importBeside(beside)}${text}` : enterModule(beside);

/** `Class.method`, or a function under a condition. In the file that stands above candidates it keeps its signature, and has no body. */
function innerTask(
  { path, part, packages }: { readonly path: string; readonly part: string; readonly packages: readonly string[] },
  source: string,
): Task {
  const methods = methodsOf(source);
  const calledOf = ({ owner, name }: Method): string => (owner === '' ? name : `${owner}.${name}`);
  const named = methods.filter((one) => calledOf(one) === part);
  // Of a property it is what gives the value; of a method that is defined twice the later one counts, as it does in Python.
  const found = named.findLast(({ text }) => !/^@.*(\.setter|\.deleter|overload)\b/m.test(text)) ?? named[0];
  if (found === undefined) {
    const all = [...functionsOf(source).map(({ name }) => name), ...methods.map(calledOf)];
    const ending = all.filter((name) => name.endsWith(`.${part}`));
    const near = [...new Set(ending.length > 0 ? ending.slice(0, 3) : nearest(part, all))];
    throw new WinnowError(
      'unknown-id',
      `${path} defines no function ${part} at its left margin or under a condition there, and no method of a class. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'A method is named Class.method.'}`,
      { details: { path, id: part, nearest: near } },
    );
  }
  const lines = source.split('\n');
  const { stub, body } = openedAt(found.text, found.indent);
  const file = [...lines.slice(0, found.from), ...body, ...lines.slice(found.to)];
  const beside = besideOf(path, file.join('\n'), packages);
  const isMethod = found.owner !== '';
  const above = aboveOf(beside, `${file.join('\n').trim()}\n`);
  const task = {
    id: `${basename(path)}:${part}`,
    language: 'python',
    text: stub,
    entry: found.name,
    visible: isMethod ? sessionExamplesOf(stub).tests : examplesOf(stub, found.name).tests,
    stub,
    prelude: isMethod ? `${above}${beforeMethod(found.name)}` : above,
    context: shownAround(path, found, file),
    beside,
  };
  return isMethod ? { ...task, method: { owner: found.owner } } : task;
}

/** The class of a method, and the rest of its file, as the model is shown them. */
function shownAround(
  path: string,
  { owner, name, from: at }: Method,
  file: readonly string[],
): readonly ContextPiece[] {
  const [outer = ''] = owner.split('.');
  let from =
    owner === '' ? 0 : file.slice(0, at).findLastIndex((line) => new RegExp(`^\\s*class\\s+${outer}\\b`).test(line));
  const margin = /^\s*/.exec(file[from] ?? '')?.[0] ?? '';
  while (from > 0 && file[from - 1]?.startsWith(`${margin}@`) === true) from--;
  const isPast = (line: string): boolean => !line.startsWith(`${margin} `) && !line.startsWith(`${margin}\t`);
  const end = file.findIndex((line, later) => later > at && isPast(line) && /^\s*[^\s#)\]}]/.test(line));
  const to = end < 0 || owner === '' ? file.length : end;
  const piece = (label: string, some: readonly string[]): ContextPiece => ({
    label: `${label} of ${basename(path)}`,
    language: 'python',
    text: some.join('\n').trim().slice(0, mostShown),
  });
  const pieces =
    owner === ''
      ? [piece('the rest', file)]
      : [
          piece(`the class ${outer}, in which ${name} is wanted,`, file.slice(from, to)),
          piece('the rest', [...file.slice(0, from), ...file.slice(to)]),
        ];
  return pieces.filter(({ text }) => text !== '');
}

/** A definition without its body, at the left margin; and as it stands in its file then, in lines. */
function openedAt(text: string, indent: string): { readonly stub: string; readonly body: readonly string[] } {
  const { signature, documentation } = headOf(text);
  const stub = signature + documentation;
  // A body stands as far in as its documentation: files are written with tabs and with two spaces too.
  const margin = /^[ \t]+/.exec(documentation)?.[0] ?? '    ';
  const body = `${stub}${margin}raise NotImplementedError\n`.replace(/^(?=.)/gm, indent).trimEnd();
  return { stub, body: body.split('\n') };
}

/** Decorators, signature and documentation, without the body. */
export function signatureOf(text: string): string {
  const { signature, documentation } = headOf(text);
  return signature + documentation;
}

function headOf(text: string): { readonly signature: string; readonly documentation: string } {
  const lines = text.split('\n');
  let at = lines.findIndex((line) => /^(?:async\s+)?def\s/.test(line));
  // The signature goes on to the colon that ends it.
  let depth = 0;
  for (; at < lines.length; at++) {
    const bare = (lines[at] ?? '').replace(/"[^"]*"|'[^']*'|#.*$/g, '');
    for (const character of bare) depth += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
    if (depth <= 0 && /:\s*$/.test(bare)) break;
    // A body on the same line is cut off.
    const [, head] = depth <= 0 ? (/^(.*\)\s*(?:->[^:]+)?:)\s*\S/.exec(bare) ?? []) : [];
    if (head !== undefined) return { signature: `${[...lines.slice(0, at), head].join('\n')}\n`, documentation: '' };
  }
  const signature = `${lines.slice(0, at + 1).join('\n')}\n`;
  const [, quote] = /^\s*[rRuUbB]?("""|'''|"|')/.exec(lines[at + 1] ?? '') ?? [];
  if (quote === undefined) return { signature, documentation: '' };
  let end = at + 1;
  const opening = (lines[end] ?? '').indexOf(quote) + quote.length;
  if (!(lines[end] ?? '').slice(opening).includes(quote))
    do end++;
    while (end < lines.length && !(lines[end] ?? '').includes(quote));
  return { signature, documentation: `${lines.slice(at + 1, end + 1).join('\n')}\n` };
}
