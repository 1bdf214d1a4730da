/**
 * Edits are applied to texts in memory, all of them or none, and what they make must still parse.
 *
 * Refused with the reason: paths that lead out of the project or into what tools own, links, binary files, quotes that are not there, and an edit after which a file that parsed does not. A file
 * that did not parse before may be edited: it cannot get worse.
 */
import { nearest } from '../../base/mod.ts';
import { decodeUtf8, type Parser } from '../../code/mod.ts';
import { replaceDefinition } from './definition.ts';
import { applyHunks } from './hunks.ts';
import { bytesOf, newFile, plainOf } from './plaintext.ts';
import { type Placed, replaceLines } from './replace.ts';
import type { Edit, EditableFiles, Edited, EditedFile, PlainText } from './types.ts';

interface Open {
  readonly before: Uint8Array | null;
  plain: PlainText;
}

export async function applyEdits(parser: Parser, files: EditableFiles, edits: readonly Edit[]): Promise<Edited> {
  if (edits.length === 0) return { kind: 'refused', reason: 'there is no edit' };
  const open = new Map<string, Open>();
  for (const [number, edit] of edits.entries()) {
    const reason = await applyOne(parser, files, open, edit);
    if (reason !== null)
      return { kind: 'refused', reason: `edit ${number + 1} of ${edits.length}, ${edit.path}: ${reason}` };
  }
  const made: EditedFile[] = [];
  for (const [path, { before, plain }] of open) {
    const after = bytesOf(plain);
    if (after === null)
      return { kind: 'refused', reason: `${path} is in Latin-1, and the new text has characters that it cannot hold` };
    if (before !== null && Buffer.compare(before, after) === 0) continue;
    const broken = await newlyBroken(parser, path, before, after);
    if (broken !== null) return { kind: 'refused', reason: `${path} would not parse any more: ${broken}` };
    made.push({ path, before, after });
  }
  return made.length === 0 ? { kind: 'refused', reason: 'the edits change nothing' } : { kind: 'edited', files: made };
}

/** @returns why it cannot be */
async function applyOne(
  parser: Parser,
  files: EditableFiles,
  open: Map<string, Open>,
  edit: Edit,
): Promise<string | null> {
  const { path } = edit;
  const problem = pathProblem(path);
  if (problem !== null) return problem;
  const within = path.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'));
  if (within.some((one) => files.isLink(one))) return 'it is, or lies behind, a symbolic link';
  const known = open.get(path) ?? openFile(files, path);
  if (known === 'binary') return 'it is a binary file';
  const isMade = edit.kind === 'replace' ? edit.search.trim() === '' : edit.kind === 'diff' && edit.isNew;
  if (known === null && !isMade) return `there is no such file.${nearHint(files, path)}`;
  if (known !== null && isMade && known.plain.text !== '')
    return 'it is there already and is not empty; quote the lines to replace';
  const { text } = known?.plain ?? newFile('');
  const placed = await placeShown(parser, text, edit);
  if (placed.kind === 'refused') return placed.reason;
  if (known === null) open.set(path, { before: null, plain: newFile(placed.text) });
  else open.set(path, { before: known.before, plain: { ...known.plain, text: placed.text } });
  return null;
}

/** A character that nobody sees is shown written out, and quoted so; where the quote stands nowhere as it is, it is taken for the character that the file has. */
async function placeShown(parser: Parser, text: string, edit: Edit): Promise<Placed> {
  const placed = await place(parser, text, edit);
  if (placed.kind === 'placed' || edit.kind === 'definition') return placed;
  const plain = (part: string): string =>
    part.replace(/\\u\{([0-9a-f]{1,6})\}/g, (shown, code: string) => {
      const letter = Number.parseInt(code, 16) > 0x10ffff ? shown : String.fromCodePoint(Number.parseInt(code, 16));
      return text.includes(letter) ? letter : shown;
    });
  const meant: Edit =
    edit.kind === 'replace'
      ? { ...edit, search: plain(edit.search), replace: plain(edit.replace) }
      : { ...edit, hunks: edit.hunks.map((one) => ({ ...one, old: one.old.map(plain), fresh: one.fresh.map(plain) })) };
  const again = await place(parser, text, meant);
  return again.kind === 'placed' ? again : placed;
}

function place(parser: Parser, text: string, edit: Edit): Placed | Promise<Placed> {
  if (edit.kind === 'definition')
    return replaceDefinition(parser, edit.path, text, edit.name, edit.source.replaceAll('\r\n', '\n'));
  if (edit.kind === 'diff') return applyHunks(text, edit.hunks);
  return edit.search.trim() === ''
    ? { kind: 'placed', text: edit.replace }
    : replaceLines(text, edit.search, edit.replace);
}

function openFile(files: EditableFiles, path: string): Open | 'binary' | null {
  const before = files.bytes(path);
  if (before === null) return null;
  const plain = plainOf(before);
  return plain === null ? 'binary' : { before, plain };
}

/** Why a path may not be edited, whatever is there. */
export function pathProblem(path: string): string | null {
  if (path === '' || path.length > 1_000) return 'it is no path';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.includes('\\'))
    return 'a path relative to the project, with forward slashes, was expected';
  if ([...path].some((letter) => letter < ' ' || letter === '\u007f' || letter === '"'))
    return 'its name has characters that no patch can name';
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'it leads out of the project, or is not written plainly';
  if (parts.some((part) => part.toLowerCase() === '.git')) return "it lies in git's own directory";
  return null;
}

const nearHint = (files: EditableFiles, path: string): string => {
  // A path that lacks its first directories is meant more often than one that is misspelt.
  const ends = files.paths().filter((one) => one.endsWith(`/${path}`));
  const near = [...new Set([...ends, ...nearest(path, files.paths())])].slice(0, 3);
  return near.length > 0 ? ` Nearest: ${near.join(', ')}.` : '';
};

/** @returns the first problem of a file that had none; null: it parses, did not before, or has no grammar */
async function newlyBroken(
  parser: Parser,
  path: string,
  before: Uint8Array | null,
  after: Uint8Array,
): Promise<string | null> {
  const now = await syntaxProblem(parser, path, after);
  if (now === null || (before !== null && (await syntaxProblem(parser, path, before)) !== null)) return null;
  return now;
}

async function syntaxProblem(parser: Parser, path: string, bytes: Uint8Array): Promise<string | null> {
  const parsed = await parser.parse(path, bytes);
  const found = parsed.kind === 'facts' ? parsed.facts.problems.find(({ kind }) => kind === 'syntax-error') : undefined;
  if (found === undefined) return null;
  const start = decodeUtf8(bytes.subarray(0, found.span.start));
  const at = start.split('\n').length;
  return `line ${at}, at ${JSON.stringify(decodeUtf8(bytes.subarray(found.span.start, found.span.start + 60)).split('\n')[0])}`;
}
