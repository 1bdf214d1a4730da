/**
 * A function in a source file as a task: its signature and documentation are what is wanted, the rest of the file stands above it, and its body is never shown.
 *
 * Python functions at the left margin, and methods of classes, as `Class.method`. What the file imports runs with every candidate, so a file that needs more than its own text fails to load, and the visible tests say so.
 */
import { basename } from 'node:path';
import { nearest, WinnowError } from '../../base/mod.ts';
import { functionsOf } from '../pieces/functions.ts';
import { beforeMethod, methodsOf } from '../pieces/methods.ts';
import type { ContextPiece, Task } from '../types.ts';
import { examplesOf, sessionExamplesOf } from './python.ts';

/** @throws WinnowError `unsupported-job` for another language, `unknown-id` when the file defines no such function */
export function stubTask({ path, part }: { readonly path: string; readonly part: string }, source: string): Task {
  if (!/\.pyi?$/.test(path))
    throw new WinnowError(
      'unsupported-job',
      `Stubs are read from Python files, as FILE.py:FUNCTION; ${basename(path)} is none. Describe the task in a file of words or JSON (winnow solve --help).`,
    );
  const functions = functionsOf(source);
  const found = functions.findLast(({ name }) => name === part);
  if (found === undefined) return methodTask(path, part, source);
  const lines = source.split('\n');
  const rest = [...lines.slice(0, found.from), ...lines.slice(found.to)].join('\n').trim();
  const stub = signatureOf(found.text);
  return {
    id: `${basename(path)}:${part}`,
    language: 'python',
    text: stub,
    entry: part,
    visible: examplesOf(stub, part).tests,
    stub,
    prelude: rest === '' ? '' : `${rest}\n`,
    context:
      rest === ''
        ? []
        : [{ label: `the rest of ${basename(path)}`, language: 'python', text: rest.slice(0, mostShown) }],
  };
}

/** Characters of a file that are shown: some two thousand tokens. */
const mostShown = 8_000;

/** `Class.method`. In the file that stands above candidates it keeps its signature, and has no body. */
function methodTask(path: string, part: string, source: string): Task {
  const methods = methodsOf(source);
  const named = methods.filter(({ owner, name }) => `${owner}.${name}` === part);
  // Of a property it is what gives the value; of a method that is defined twice the later one counts, as it does in Python.
  const found = named.findLast(({ text }) => !/^@.*(\.setter|\.deleter|overload)\b/m.test(text)) ?? named[0];
  if (found === undefined) {
    const all = [
      ...functionsOf(source).map(({ name }) => name),
      ...methods.map(({ owner, name }) => `${owner}.${name}`),
    ];
    const ending = all.filter((name) => name.endsWith(`.${part}`));
    const near = [...new Set(ending.length > 0 ? ending.slice(0, 3) : nearest(part, all))];
    throw new WinnowError(
      'unknown-id',
      `${path} defines no function ${part} at its left margin, and no method of a class. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'A method is named Class.method.'}`,
      { details: { path, id: part, nearest: near } },
    );
  }
  const lines = source.split('\n');
  const { signature, documentation } = headOf(found.text);
  const stub = signature + documentation;
  // A body stands as far in as its documentation: files are written with tabs and with two spaces too.
  const margin = /^[ \t]+/.exec(documentation)?.[0] ?? '    ';
  const body = `${stub}${margin}raise NotImplementedError\n`.replace(/^(?=.)/gm, found.indent).trimEnd();
  const file = [...lines.slice(0, found.from), ...body.split('\n'), ...lines.slice(found.to)];
  const [outer = ''] = found.owner.split('.');
  let from = lines.slice(0, found.from).findLastIndex((line) => new RegExp(`^class\\s+${outer}\\b`).test(line));
  while (from > 0 && lines[from - 1]?.startsWith('@') === true) from--;
  const end = file.findIndex((line, at) => at > found.from && /^[^\s#)\]}]/.test(line));
  const to = end < 0 ? file.length : end;
  const piece = (label: string, some: readonly string[]): ContextPiece => ({
    label: `${label} of ${basename(path)}`,
    language: 'python',
    text: some.join('\n').trim().slice(0, mostShown),
  });
  return {
    id: `${basename(path)}:${part}`,
    language: 'python',
    text: stub,
    entry: found.name,
    visible: sessionExamplesOf(stub).tests,
    stub,
    prelude: `${file.join('\n').trim()}\n${beforeMethod(found.name)}`,
    method: { owner: found.owner },
    context: [
      piece(`the class ${outer}, in which ${found.name} is wanted,`, file.slice(from, to)),
      piece('the rest', [...file.slice(0, from), ...file.slice(to)]),
    ].filter(({ text }) => text !== ''),
  };
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
