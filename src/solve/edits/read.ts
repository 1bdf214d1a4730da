/**
 * Edits are read out of a model's reply: search/replace blocks, a unified diff, or whole definitions.
 *
 * Search/replace is Agentless's form (Xia et al. 2024, arXiv:2407.01489, §3.2): a path, then lines between `<<<<<<< SEARCH`, `=======` and `>>>>>>> REPLACE`. Prose around edits is passed over; a
 * block that does not end is refused, for half an edit is none.
 */
import { visible } from '../../model/mod.ts';
import type { Edit, Hunk } from './types.ts';

export type ReadEdits =
  | { readonly kind: 'edits'; readonly edits: readonly Edit[] }
  | { readonly kind: 'none'; readonly reason: string };

/** @param paths of the project: a line that is one of them names a file, whatever letters it is of */
export function readEdits(reply: string, paths: readonly string[] = []): ReadEdits {
  const text = reply.replaceAll('\r\n', '\n');
  if (text.trim() === '') return { kind: 'none', reason: 'the reply is empty' };
  if (/^<{5,9} ?SEARCH\s*$/m.test(text)) return readBlocks(text, new Map(paths.map((path) => [visible(path), path])));
  if (/^--- \S/m.test(text) && /^\+\+\+ \S/m.test(text)) return readDiff(text);
  if (/^DEFINITION \S.* \S+\s*$/m.test(text)) return readDefinitions(text);
  return { kind: 'none', reason: 'the reply has no search/replace block, no unified diff and no definition' };
}

const readings = {
  start: /^<{5,9} ?SEARCH\s*$/,
  middle: /^={5,9}\s*$/,
  end: /^>{5,9} ?REPLACE\s*$/,
};

/** @param known paths, by how they are shown to a model */
function readBlocks(text: string, known: ReadonlyMap<string, string>): ReadEdits {
  const edits: Edit[] = [];
  let path: string | null = null;
  let search: string[] | null = null;
  let replace: string[] | null = null;
  for (const line of text.split('\n')) {
    if (search === null) {
      if (readings.start.test(line)) search = [];
      else path = known.get(bareLine(line)) ?? pathIn(line) ?? path;
    } else if (replace === null) {
      if (readings.middle.test(line)) replace = [];
      else search.push(line);
    } else if (readings.end.test(line)) {
      if (path === null) return { kind: 'none', reason: 'a search/replace block has no path above it' };
      edits.push({ kind: 'replace', path, search: joined(search), replace: joined(replace) });
      search = null;
      replace = null;
    } else replace.push(line);
  }
  if (search !== null) return { kind: 'none', reason: 'a search/replace block does not end' };
  return { kind: 'edits', edits };
}

const joined = (lines: readonly string[]): string => (lines.length === 0 ? '' : `${lines.join('\n')}\n`);

/** A line without what marks a heading, code or emphasis. */
const bareLine = (line: string): string =>
  line
    .trim()
    .replace(/^#{1,6}\s+/, '')
    .replace(/^(?:File:\s*)?[`*]*|[`*:]*$/g, '');

/** `### src/a.py`, or a line that is a path alone, in backticks or not. */
function pathIn(line: string): string | null {
  const [, marked] = /^#{2,6}\s+`?([^`\s][^`]*?)`?\s*$/.exec(line) ?? [];
  if (marked !== undefined) return /[./]/.test(marked) && !/\s{1}/.test(marked) ? marked : null;
  const [, alone] = /^(?:File:\s*)?[`*]{0,2}([\w@.+-]+(?:\/[\w@.+-]+)*\.\w+)[`*]{0,2}:?\s*$/.exec(line) ?? [];
  return alone ?? null;
}

function readDiff(text: string): ReadEdits {
  const edits: Edit[] = [];
  let old: string | null = null;
  let current: { path: string; isNew: boolean; hunks: Hunk[] } | null = null;
  let open: OpenHunk | null = null;
  const endHunk = (): void => {
    if (open !== null) current?.hunks.push(endedHunk(open));
    open = null;
  };
  const endFile = (): void => {
    endHunk();
    if (current !== null) edits.push({ kind: 'diff', ...current });
    current = null;
  };
  for (const line of text.split('\n')) {
    if (open !== null && takes(open, line)) continue;
    endHunk();
    const [, oldPath] = /^--- (\S.*?)(?:\t.*)?$/.exec(line) ?? [];
    const [, newPath] = /^\+\+\+ (\S.*?)(?:\t.*)?$/.exec(line) ?? [];
    const [, at] = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@/.exec(line) ?? [];
    if (oldPath !== undefined) {
      endFile();
      old = oldPath;
    } else if (newPath !== undefined && old !== null) {
      if (newPath === '/dev/null') return { kind: 'none', reason: `the diff removes ${old}; files are not removed` };
      current = { path: bare(newPath), isNew: old === '/dev/null', hunks: [] };
      old = null;
    } else if (at !== undefined && current !== null)
      open = { line: Number(at), old: [], fresh: [], last: null, ends: [] };
  }
  endFile();
  const empty = edits.find((edit) => edit.kind === 'diff' && edit.hunks.length === 0);
  if (edits.length === 0 || empty !== undefined)
    return { kind: 'none', reason: 'the diff has no hunk that begins with @@ -LINE,COUNT +LINE,COUNT @@' };
  return { kind: 'edits', edits };
}

interface OpenHunk {
  readonly line: number;
  readonly old: string[];
  readonly fresh: string[];
  last: string | null;
  /** Signs of lines that end without a line break. */
  readonly ends: string[];
}

function takes(hunk: OpenHunk, line: string): boolean {
  const sign = line[0] ?? '';
  // Of `--- a/x` after a hunk nobody can tell whether it is a line taken away; followed by a `+++` it is a header, and no code looks like that.
  if (/^--- (a\/|\/dev\/null)/.test(line) || /^(diff --git |```)/.test(line)) return false;
  if (line.startsWith('\\')) {
    if (hunk.last !== null) hunk.ends.push(hunk.last);
    return true;
  }
  if (sign !== ' ' && sign !== '-' && sign !== '+') return false;
  if (sign !== '+') hunk.old.push(line.slice(1));
  if (sign !== '-') hunk.fresh.push(line.slice(1));
  hunk.last = sign;
  return true;
}

/** Where one side ends without a line break, the other has one: an empty rest behind it, as texts are taken apart here. */
function endedHunk({ line, old, fresh, ends }: OpenHunk): Hunk {
  const [oldEnds, freshEnds] = [ends.includes('-'), ends.includes('+')];
  return {
    line,
    old: freshEnds && !oldEnds ? [...old, ''] : old,
    fresh: oldEnds && !freshEnds ? [...fresh, ''] : fresh,
  };
}

const bare = (path: string): string => path.replace(/^[ab]\//, '');

/** `DEFINITION path Class.method`, then a fenced block. */
function readDefinitions(text: string): ReadEdits {
  const edits: Edit[] = [];
  const form = /^DEFINITION (\S.*?) (\S+)[ \t]*\n+(`{3,})[\w+-]*\n([\s\S]*?)^\3\s*$/gm;
  for (const [, path = '', name = '', , source = ''] of text.matchAll(form))
    edits.push({ kind: 'definition', path, name, source });
  const heads = text.match(/^DEFINITION \S.* \S+[ \t]*$/gm)?.length ?? 0;
  if (edits.length < heads) return { kind: 'none', reason: 'a definition has no whole block of code behind its name' };
  return { kind: 'edits', edits };
}
