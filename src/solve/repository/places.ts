/**
 * Places in code: read out of a reply, and shown to the model as code of a file.
 *
 * A reply names files, and below each `class: A`, `function: A.run` or `line: 12`, as Agentless asks for them. What names nothing of the project is passed over, and counted.
 */
import { type LineRange, lineStarts, linesOf } from '../../base/mod.ts';
import type { Symbol as CodeSymbol } from '../../code/mod.ts';
import { visible } from '../../model/mod.ts';
import { shownText } from '../edits/plaintext.ts';
import type { Project } from './types.ts';

/** Characters of a repository, of skeletons and of code in a prompt: some 10,000 to 25,000 tokens, as models of today read without loss. */
export const mostShown = { tree: 40_000, skeletons: 60_000, code: 100_000 };

export interface Places {
  /** Lines by path, ascending, not overlapping, from 1. */
  readonly lines: ReadonlyMap<string, readonly LineRange[]>;
  /** Lines of the reply that name nothing there is. */
  readonly unknown: number;
}

/** The symbols of a file; none where it cannot be read. */
export async function symbolsOf({ bytes, parser }: Project, path: string): Promise<readonly CodeSymbol[]> {
  const content = bytes(path);
  const parsed = content === null ? null : await parser.parse(path, content);
  return parsed?.kind === 'facts' ? parsed.facts.symbols : [];
}

const shown = new WeakMap<Project, ReadonlyMap<string, string>>();

/** Paths by how a model is shown them. */
function shownPaths(project: Project): ReadonlyMap<string, string> {
  const known = shown.get(project) ?? new Map(project.paths().map((path) => [visible(path), path]));
  shown.set(project, known);
  return known;
}

/** Paths of the project that stand in a reply, in its order, each once. */
export function pathsIn(reply: string, project: Project): string[] {
  const known = shownPaths(project);
  const found = reply.split('\n').flatMap((line) => {
    const bare = line
      .trim()
      .replace(/^(?:[-*]|\d+[.)]|#+)\s+/, '')
      .replace(/^[`*]+|[`*:]+$/g, '');
    return known.get(bare) ?? [];
  });
  return [...new Set(found)];
}

/** @param around lines before and after each place */
export async function placesIn(
  reply: string,
  project: Project,
  paths: readonly string[],
  around: number,
): Promise<Places> {
  const lines = new Map<string, LineRange[]>();
  let path: string | null = paths.length === 1 ? (paths[0] ?? null) : null;
  let unknown = 0;
  for (const line of reply.split('\n')) {
    const [named] = pathsIn(line, project);
    if (named !== undefined) {
      path = named;
      continue;
    }
    const [, kind = '', name = ''] =
      /^\s*[-*]?\s*(class|function|method|variable|line)s?:\s*`?([\w.$]+)/.exec(line) ?? [];
    if (kind === '') continue;
    const range = path === null ? null : await rangeOf(project, path, kind, name);
    if (path === null || range === null) unknown++;
    else lines.set(path, [...(lines.get(path) ?? []), range]);
  }
  const widened = [...lines].map(([one, ranges]) => [one, joined(ranges, around, lineCount(project, one))] as const);
  return { lines: new Map(widened), unknown };
}

async function rangeOf(project: Project, path: string, kind: string, name: string): Promise<LineRange | null> {
  const content = project.bytes(path);
  if (content === null) return null;
  if (kind === 'line') {
    const line = Number.parseInt(name, 10);
    return line >= 1 && line <= lineCount(project, path) ? { first: line, last: line } : null;
  }
  const symbols = await symbolsOf(project, path);
  const found =
    symbols.find(({ qualifiedName }) => qualifiedName === name) ??
    symbols.find((symbol) => symbol.name === name.split('.').at(-1));
  return found === undefined ? null : linesOf(lineStarts(content), found.span);
}

const lineCount = (project: Project, path: string): number =>
  shownText(project.bytes(path) ?? new Uint8Array(0)).split('\n').length;

/** Ranges that overlap or touch are one. @param last line of the file */
function joined(ranges: readonly LineRange[], around: number, last: number): LineRange[] {
  const wide = ranges
    .map((range) => ({ first: Math.max(1, range.first - around), last: Math.min(last, range.last + around) }))
    .sort((one, other) => one.first - other.first);
  const made: { first: number; last: number }[] = [];
  for (const range of wide) {
    const before = made.at(-1);
    if (before !== undefined && range.first <= before.last + 1) before.last = Math.max(before.last, range.last);
    else made.push({ ...range });
  }
  return made;
}

/** Ranges of files as places. */
export function placesAt(project: Project, ranges: readonly (LineRange & { readonly path: string })[]): Places {
  const byPath = Map.groupBy(ranges, ({ path }) => path);
  const lines = [...byPath].map(([path, of]) => [path, joined(of, 0, lineCount(project, path))] as const);
  return { lines: new Map(lines), unknown: 0 };
}

export const wholeFiles = (project: Project, files: readonly string[]): Places =>
  placesAt(
    project,
    files.map((path) => ({ path, first: 1, last: lineCount(project, path) })),
  );

/** Code at places, file by file, cut to so many characters. */
export function codeAt(
  project: Project,
  { lines }: Places,
  options: { readonly numbered: boolean; readonly most: number },
): string {
  const parts: string[] = [];
  for (const [path, ranges] of lines) {
    const all = shownText(project.bytes(path) ?? new Uint8Array(0)).split('\n');
    parts.push(`### ${path}`);
    for (const { first, last } of ranges) {
      const code = all.slice(first - 1, last);
      parts.push(...code.map((line, at) => (options.numbered ? `${first + at}|${line}` : line)), '...');
    }
  }
  return cut(parts.join('\n'), options.most);
}

export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}\n... ${text.length - most} characters more`;
