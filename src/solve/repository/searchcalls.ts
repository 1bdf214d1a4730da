/**
 * Search calls in a model's reply: read, carried out over the project's graph, and told in the form that AutoCodeRover shows.
 *
 * A call is a line such as `search_method_in_class("run", "App")`. What is no call of the ten, or has other arguments, is told back with what was expected; a reply cannot run anything, for a call is a
 * name in a table and its arguments are text. Only files of the project are searched: what lies beside it in the repository, and what `--exclude` leaves out, is not there.
 */
import type { Graph } from '../../index/mod.ts';
import {
  cutText,
  GraphView,
  getClassFullSnippet,
  getCodeAroundLine,
  getFileContent,
  searchClass,
  searchClassInFile,
  searchCode,
  searchCodeInFile,
  searchMethod,
  searchMethodInClass,
  searchMethodInFile,
  type ToolAnswer,
} from '../../search/mod.ts';
import type { Project, ProjectView } from './types.ts';

interface CallForm {
  readonly parameters: readonly string[];
  readonly what: string;
  answer(view: GraphView, given: readonly string[], signal: AbortSignal): ToolAnswer;
}

const form = (parameters: string, what: string, answer: CallForm['answer']): CallForm => ({
  parameters: parameters.split(', '),
  what,
  answer,
});

/** Lines before and after one, where a call asks for a line. */
const around = 20;

/** By their names in AutoCodeRover (arXiv:2404.05427). */
const forms: Readonly<Record<string, CallForm>> = {
  search_class: form('class_name', 'signatures of a class and its members', (view, [name = '']) =>
    searchClass(view, name),
  ),
  search_class_in_file: form('class_name, file_name', 'the code of a class in a file', (view, [name = '', file = '']) =>
    searchClassInFile(view, name, file),
  ),
  search_method: form('method_name', 'the code of a method or function', (view, [name = '']) =>
    searchMethod(view, name),
  ),
  search_method_in_class: form(
    'method_name, class_name',
    'the code of a method of a class',
    (view, [name = '', owner = '']) => searchMethodInClass(view, name, owner),
  ),
  search_method_in_file: form(
    'method_name, file_name',
    'the code of a method or function in a file',
    (view, [name = '', file = '']) => searchMethodInFile(view, name, file),
  ),
  search_code: form('code_str', 'where a piece of code stands, as written', (view, [code = ''], signal) =>
    searchCode(view, code, signal),
  ),
  search_code_in_file: form(
    'code_str, file_name',
    'where a piece of code stands in a file',
    (view, [code = '', file = ''], signal) => searchCodeInFile(view, code, file, signal),
  ),
  get_code_around_line: form(
    'file_name, line_number',
    `${around} lines before and after a line`,
    (view, [file = '', line = '']) => getCodeAroundLine(view, file, Math.trunc(Number(line)), around),
  ),
  get_class_full_snippet: form('class_name', 'the whole code of a class', (view, [name = '']) =>
    getClassFullSnippet(view, name),
  ),
  get_file_content: form('file_name', 'the whole of a file', (view, [file = '']) => getFileContent(view, file)),
};

/** For a prompt: each call with its arguments and what it answers. */
export const callsText = Object.entries(forms)
  .map(([name, { parameters, what }]) => `${name}(${parameters.join(', ')}): ${what}`)
  .join('\n');

/** A call as it was written, in one line. `problem`: why it cannot be carried out, in words that a model can mend it by. */
export interface AskedCall {
  readonly name: string;
  readonly given: readonly string[];
  readonly problem: string | null;
}

/** Calls of a reply in its order, each once. A line that begins as one of the calls does, and is none, has a problem. */
export function callsIn(reply: string): AskedCall[] {
  const calls = reply.split('\n').flatMap((line) => {
    const [, name = '', rest = ''] =
      /^\s*(?:[-*]\s+|\d+[.)]\s+)?`?((?:search|get)_\w+)\s*\((.*)\)`?[;,.]?\s*$/.exec(line) ?? [];
    return name === '' ? [] : [readCall(name, rest)];
  });
  return [...new Map(calls.map((call) => [callText(call), call])).values()];
}

/** As it is shown, and the same for calls that ask the same. */
export const callText = ({ name, given }: AskedCall): string =>
  `${name}(${given.map((one) => JSON.stringify(one)).join(', ')})`;

function readCall(name: string, rest: string): AskedCall {
  const wanted = forms[name];
  if (wanted === undefined)
    return { name, given: [], problem: `there is no such call; there are: ${Object.keys(forms).join(', ')}` };
  const { parameters } = wanted;
  const read = readArguments(rest);
  const given = read === null ? null : inOrder(read, parameters);
  const expected = `expected ${name}(${parameters.join(', ')}), each in quotes`;
  if (given === null) return { name, given: [rest], problem: expected };
  const isLine = parameters[1] !== 'line_number' || /^[1-9]\d{0,8}$/.test(given[1] ?? '');
  const isFull = given.every((one) => one.trim() !== '');
  return { name, given, problem: isFull && isLine ? null : expected };
}

interface Argument {
  readonly parameter: string | null;
  readonly text: string;
}

/** `"a"`, `'a'`, `12`, a bare word, each with `name=` before it or not. @returns null for anything else */
function readArguments(text: string): Argument[] | null {
  const read: Argument[] = [];
  const piece = /\s*(?:(\w+)\s*=\s*)?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([\w./-]+))\s*(,|$)/y;
  for (let at = 0; at < text.length; ) {
    piece.lastIndex = at;
    const found = piece.exec(text);
    if (found === null || found[0] === '') return null;
    const [all, parameter, double, single, bare] = found;
    const quoted = double ?? single;
    read.push({ parameter: parameter ?? null, text: quoted === undefined ? (bare ?? '') : unescaped(quoted) });
    at += all.length;
  }
  return read;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
const unescaped = (text: string): string => text.replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter);

function inOrder(read: readonly Argument[], parameters: readonly string[]): string[] | null {
  if (read.length !== parameters.length) return null;
  const given = parameters.map(
    (name, at) =>
      read.find(({ parameter }) => parameter === name) ?? (read[at]?.parameter == null ? read[at] : undefined),
  );
  return given.every((one) => one !== undefined) ? given.map((one) => (one as Argument).text) : null;
}

/** What a call found. */
export interface Found {
  readonly call: AskedCall;
  /** For the model. */
  readonly text: string;
  /** Lines that it shows code of, by path of the project. */
  readonly lines: readonly { readonly path: string; readonly first: number; readonly last: number }[];
}

/** Tokens of one answer: a file whole may be far longer, and there are several in a prompt. */
const mostTokens = 4_000;

export async function carryOut(
  project: Project,
  calls: readonly AskedCall[],
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const good = calls.filter(({ problem }) => problem === null);
  const answers = good.length === 0 ? [] : await project.graph((opened) => answered(project, good, opened, signal));
  return calls.map(
    (call) =>
      answers.find((one) => one.call === call) ?? { call, text: `It was not carried out: ${call.problem}.`, lines: [] },
  );
}

function answered(
  project: Project,
  calls: readonly AskedCall[],
  { view, prefix }: ProjectView,
  signal: AbortSignal,
): readonly Found[] {
  const before = prefix === '' ? '' : `${prefix}/`;
  const known = new Set(project.paths().map((path) => before + path));
  const narrow = new GraphView(narrowed(view.graph, known), view.reader.snapshot);
  return calls.map((call) => {
    const answer = forms[call.name]?.answer(narrow, call.given, signal);
    if (answer === undefined) throw new Error(`${call.name} was read as a call and is none`);
    const text = cutText(answer.text, mostTokens).replaceAll(`<file>${before}`, '<file>');
    const lines = answer.pieces.map(({ path, lines: { first, last } }) => ({
      path: path.slice(before.length),
      first,
      last,
    }));
    return { call, text: text.trimEnd(), lines };
  });
}

/** The same graph, in which names and files are those of the project alone. */
const narrowed = (graph: Graph, paths: ReadonlySet<string>): Graph =>
  new Proxy(graph, {
    get(target, property) {
      if (property === 'files') return target.files.filter(({ path }) => paths.has(path));
      if (property === 'named')
        return (name: string) => target.named(name).filter((node) => paths.has(target.node(node).path));
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
