/**
 * The ten search calls of AutoCodeRover (arXiv 2404.05427) over the graph: their names, arguments, limits and form of answers.
 *
 * As there, tests are not searched unless a file is named, and beyond three results only files are listed. Unlike there, all
 * languages are searched, and names are those of the graph instead of a parse of every file at start.
 */
import { decodeUtf8 } from '../../../code/mod.ts';
import type { FileRecord, GraphEdge, NodeKind } from '../../../index/mod.ts';
import { linesText } from '../../excerpt.ts';
import { nodesTouched } from '../pick.ts';
import type { GraphView } from '../view.ts';
import { byFile, nothing, numbered, type Piece, pieceOfLines, pieceOfNode, type ToolAnswer } from './answer.ts';

/** Results that are shown with code. */
const shownResults = 3;
/** Lines before and after a match of `search_code`. */
const contextLines = 3;
/** Matches of a piece of code that are counted at most: a single letter is everywhere. */
const mostMatches = 1_000;

type Node = number;

function named(view: GraphView, name: string, kinds: readonly NodeKind[]): Node[] {
  return view.graph.named(name).filter((node) => kinds.includes(view.graph.node(node).kind));
}

const classes = (view: GraphView, name: string): Node[] => named(view, name, ['class']);
const methods = (view: GraphView, name: string): Node[] => named(view, name, ['function', 'method']);

function isTest(view: GraphView, path: string): boolean {
  const file = view.reader.snapshot.file(path);
  return file !== null && view.reader.facts(file.version).traits.test;
}

const outsideTests = (view: GraphView, nodes: readonly Node[]): Node[] =>
  nodes.filter((node) => !isTest(view, view.graph.node(node).path));

/** Files whose path is what was given or ends in it. */
function filesNamed(view: GraphView, given: string): FileRecord[] {
  const path = given.replace(/^\.?\//, '');
  return view.graph.files.filter((file) => file.path === path || file.path.endsWith(`/${path}`));
}

function pieces(view: GraphView, nodes: readonly Node[]): Piece[] {
  return nodes.map((node) => pieceOfNode(view, node)).filter((piece) => piece !== null);
}

export function getClassFullSnippet(view: GraphView, className: string): ToolAnswer {
  const found = outsideTests(view, classes(view, className));
  if (found.length === 0) return nothing(`Could not find class ${className} in the codebase.`);
  const shown = pieces(view, found.slice(0, 2));
  const cut = found.length > 2 ? 'Too many results, showing full code for 2 of them:\n' : '';
  const text = `Found ${found.length} classes with name ${className} in the codebase:\n\n${cut}${numbered(shown)}`;
  return { found: true, text, pieces: shown, total: found.length };
}

/** Signatures only: of the class, and of its members. */
export function searchClass(view: GraphView, className: string): ToolAnswer {
  const found = outsideTests(view, classes(view, className));
  if (found.length === 0) return nothing(`Could not find class ${className} in the codebase.`);
  return few(view, found, `Found ${found.length} classes with name ${className} in the codebase:\n\n`, (node) =>
    pieceOfNode(view, node, classSignature(view, node)),
  );
}

function classSignature(view: GraphView, node: Node): string {
  const member = (one: Node): string => `    ${view.signature(one) ?? view.graph.node(one).name}`;
  const contained = view.graph.out(node, { kinds: ['contains'] });
  const name = ({ to }: GraphEdge): string => view.graph.node(to).name;
  const written = new Set(contained.filter(({ rule }) => rule === 'structure').map(name));
  // What is declared in the body and defined outside of it (C++) is one member.
  const members = contained.filter((edge) => edge.rule === 'structure' || !written.has(name(edge)));
  // One line may define several: Ruby's `attr_accessor :a, :b`, fields with one type.
  return [view.signature(node) ?? view.graph.node(node).name, ...new Set(members.map(({ to }) => member(to)))].join(
    '\n',
  );
}

/** Code of up to three, or the files of more. */
function few(view: GraphView, found: readonly Node[], head: string, piece: (node: Node) => Piece | null): ToolAnswer {
  const shown = found
    .slice(0, shownResults)
    .map(piece)
    .filter((one) => one !== null);
  const many = found.length > shownResults;
  const paths = found.map((node) => view.graph.node(node).path);
  const text = many ? `${head}They appeared in the following files:\n${byFile(paths)}` : `${head}${numbered(shown)}`;
  return { found: true, text, pieces: many ? [] : shown, total: found.length };
}

export function searchClassInFile(view: GraphView, className: string, fileName: string): ToolAnswer {
  const files = filesNamed(view, fileName);
  if (files.length === 0) return nothing(`Could not find file ${fileName} in the codebase.`);
  const all = classes(view, className);
  if (all.length === 0) return nothing(`Could not find class ${className} in the codebase.`);
  const found = within(view, all, files);
  if (found.length === 0) return nothing(`Could not find class ${className} in file ${fileName}.`);
  const shown = pieces(view, found);
  const text = `Found ${found.length} classes with name ${className} in file ${fileName}:\n\n${numbered(shown)}`;
  return { found: true, text, pieces: shown, total: found.length };
}

function within(view: GraphView, nodes: readonly Node[], files: readonly FileRecord[]): Node[] {
  const paths = new Set(files.map(({ path }) => path));
  return nodes.filter((node) => paths.has(view.graph.node(node).path));
}

export function searchMethodInFile(view: GraphView, methodName: string, fileName: string): ToolAnswer {
  const files = filesNamed(view, fileName);
  if (files.length === 0) return nothing(`Could not find file ${fileName} in the codebase.`);
  const all = methods(view, methodName);
  if (all.length === 0) return nothing(`The method ${methodName} does not appear in the codebase.`);
  const found = within(view, all, files);
  if (found.length === 0) return nothing(`There is no method with name \`${methodName}\` in file ${fileName}.`);
  const shown = pieces(view, found);
  const text = `Found ${found.length} methods with name \`${methodName}\` in file ${fileName}:\n\n${numbered(shown)}`;
  return { found: true, text, pieces: shown, total: found.length };
}

export function searchMethodInClass(view: GraphView, methodName: string, className: string): ToolAnswer {
  const owners = new Set(outsideTests(view, classes(view, className)));
  if (owners.size === 0) return nothing(`Could not find class ${className} in the codebase.`);
  const found = methods(view, methodName).filter((node) =>
    view.graph.in(node, { kinds: ['contains'] }).some(({ from }) => owners.has(from)),
  );
  if (found.length === 0) return nothing(`Could not find method ${methodName} in class ${className}.`);
  const shown = pieces(view, found.slice(0, shownResults));
  const rest = found.slice(shownResults).map((node) => view.graph.node(node).path);
  const more = rest.length > 0 ? `Other results are in these files:\n${byFile(rest)}` : '';
  const text = `Found ${found.length} methods with name ${methodName} in class ${className}:\n\n${numbered(shown)}${more}`;
  return { found: true, text, pieces: shown, total: found.length };
}

export function searchMethod(view: GraphView, methodName: string): ToolAnswer {
  const found = outsideTests(view, methods(view, methodName));
  if (found.length === 0) return nothing(`Could not find method ${methodName} in the codebase.`);
  return few(view, found, `Found ${found.length} methods with name ${methodName} in the codebase:\n\n`, (node) =>
    pieceOfNode(view, node),
  );
}

/** Whatever holds the text as written, with three lines around it. */
export function searchCode(view: GraphView, code: string, signal?: AbortSignal): ToolAnswer {
  const files = view.graph.files.filter(({ path }) => !isTest(view, path));
  const { found, cut } = occurrences(view, files, code, signal);
  if (found.length === 0) return nothing(`Could not find code ${code} in the codebase.`);
  const number = `${cut ? 'more than ' : ''}${found.length}`;
  const many = found.length > shownResults;
  const body = many
    ? `They appeared in the following files:\n${byFile(found.map(({ path }) => path))}`
    : numbered(found);
  const text = `Found ${number} snippets containing \`${code}\` in the codebase:\n\n${body}`;
  return { found: true, text, pieces: many ? [] : found, total: found.length };
}

export function searchCodeInFile(view: GraphView, given: string, fileName: string, signal?: AbortSignal): ToolAnswer {
  // A call is often given with its closing parenthesis alone at the end, and goes on otherwise in the source.
  const code = given.replace(/\)$/, '');
  const files = filesNamed(view, fileName);
  if (files.length === 0) return nothing(`Could not find file ${fileName} in the codebase.`);
  const { found } = occurrences(view, files, code, signal);
  if (found.length === 0) return nothing(`Could not find code ${code} in file ${fileName}.`);
  const many = found.length > shownResults;
  const body = many ? `They appeared in the following methods:\n${byMethod(found)}` : numbered(found);
  const text = `Found ${found.length} snippets with code ${code} in file ${fileName}:\n\n${body}`;
  return { found: true, text, pieces: many ? [] : found, total: found.length };
}

function byMethod(found: readonly Piece[]): string {
  const counts = new Map<string, number>();
  for (const { path, functionName } of found) {
    const key = `<file>${path}</file>${functionName === null ? 'Not in a function' : ` <func>${functionName}</func>`}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `- ${key} (${count} matches)\n`).join('');
}

function occurrences(
  view: GraphView,
  files: readonly FileRecord[],
  code: string,
  signal: AbortSignal | undefined,
): { found: Piece[]; cut: boolean } {
  const found: Piece[] = [];
  if (code === '') return { found, cut: false };
  for (const file of files) {
    signal?.throwIfAborted();
    const text = view.reader.text(file);
    if (text === null) continue;
    const source = decodeUtf8(text.bytes);
    let line = 1;
    let counted = 0;
    for (let at = source.indexOf(code); at >= 0; at = source.indexOf(code, at + code.length)) {
      if (found.length >= mostMatches) return { found, cut: true };
      for (; counted < at; counted++) if (source.charCodeAt(counted) === 10) line++;
      found.push(around(view, file, line, contextLines));
    }
  }
  return { found, cut: false };
}

/** Lines around one, each after its number. */
function around(view: GraphView, file: FileRecord, line: number, by: number): Piece {
  const text = view.reader.text(file);
  if (text === null) throw new Error(`${file.path} was readable a moment ago`);
  const lines = { first: Math.max(1, line - by), last: Math.min(text.starts.length, line + by) };
  const rows = linesText(text, lines).split('\n');
  const code = rows.map((row, at) => `${lines.first + at} ${row}`).join('\n');
  const node = nodesTouched(view, file, [{ first: line, last: line }])?.[0] ?? view.graph.nodeOf(file.path, -1);
  return pieceOfLines(view, file.path, lines, node, code);
}

/** @param line from 1 @param windowSize lines before and after it */
export function getCodeAroundLine(view: GraphView, fileName: string, line: number, windowSize: number): ToolAnswer {
  const files = filesNamed(view, fileName);
  if (files.length === 0) return nothing(`Could not find file ${fileName} in the codebase.`);
  const shown = files
    .filter((file) => line >= 1 && line <= (view.reader.text(file)?.starts.length ?? 0))
    .map((file) => around(view, file, line, windowSize));
  if (shown.length === 0) return nothing(`${line} is invalid in file ${fileName}.`);
  const text = `Found ${shown.length} code snippets around line ${line}:\n\n${numbered(shown)}`;
  return { found: true, text, pieces: shown, total: shown.length };
}

export function getFileContent(view: GraphView, fileName: string): ToolAnswer {
  const files = filesNamed(view, fileName);
  if (files.length === 0) return nothing(`Could not find file ${fileName} in the codebase.`);
  const shown = pieces(
    view,
    files.map(({ path }) => view.graph.nodeOf(path, -1)).filter((node) => node >= 0),
  );
  const text = `Found ${shown.length} files with name ${fileName}:\n\n${numbered(shown)}`;
  return { found: true, text, pieces: shown, total: shown.length };
}
