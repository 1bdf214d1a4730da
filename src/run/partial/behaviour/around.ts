/**
 * A version of a function with the files around it: its package, and other packages beside it that its file names.
 *
 * Where files come from, a disk or a commit, is the caller's business: it tells which paths there are and reads them. Tests are left out, as nothing imports them;
 * those that call the function are told apart, because arguments in them are inputs that somebody thought of.
 */
import type { JobFile } from '../../types.ts';
import { resolvesIn } from '../ecmascript/tool.ts';
import { isEcmascript } from './ecmascript.ts';
import type { BehaviourVersion } from './types.ts';

/** Files of packages that go along: those of large projects come to a thousand or two. */
const mostFiles = 2_000;
/** Texts of tests that are read for calls. */
const mostCallers = 12;
/** Files that a file of JavaScript takes; past this the rest is stood in for. */
const mostTaken = 200;

const isTest = /(^|\/)(tests?|testing)\/|(^|\/)(test_[^/]*|[^/]*_test|tests|conftest)\.py$/;

export interface PathsAndFiles {
  /** All that there is, with `/`, relative to the repository or directory. */
  readonly paths: readonly string[];
  /** @returns null when it is not there */
  read(path: string): Uint8Array | null;
}

/** @returns null when the file is not there */
export function versionAround(path: string, name: string, from: PathsAndFiles): BehaviourVersion | null {
  const bytes = from.read(path);
  if (bytes === null) return null;
  const text = new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n');
  if (isEcmascript(path)) return ecmascriptAround(path, name, text, from);
  const there = new Set(from.paths);
  const parts = path.split('/');
  let depth = parts.length - 1;
  while (depth > 0 && there.has([...parts.slice(0, depth), '__init__.py'].join('/'))) depth -= 1;
  const root = parts.slice(0, depth).join('/');
  const relative = (one: string): string => (root === '' ? one : one.slice(root.length + 1));
  const named = new Set([...text.matchAll(/^\s*(?:from|import)\s+(\w+)/gm)].map((match) => match[1] as string));
  named.add((parts[depth] as string).replace(/\.pyw?$/, ''));
  const files: JobFile[] = [];
  for (const one of from.paths) {
    if (!one.endsWith('.py') || (root !== '' && !one.startsWith(`${root}/`))) continue;
    const inside = relative(one);
    if (!named.has(inside.replace(/\.py$/, '').split('/')[0] as string) || isTest.test(inside)) continue;
    const found = one === path ? bytes : from.read(one);
    if (found !== null) files.push({ path: inside, bytes: found });
    if (files.length >= mostFiles) break;
  }
  return { path: relative(path), function: name, text, files };
}

const specifiers = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](\.{1,2}(?:\/[^'"\n]*)?)['"]/g;

/** The files that a file's relative imports come to, and theirs. */
function ecmascriptAround(path: string, name: string, text: string, from: PathsAndFiles): BehaviourVersion {
  const there = new Set(from.paths);
  const files = new Map<string, JobFile>();
  const open = [path];
  for (let at = open.shift(); at !== undefined && files.size < mostTaken; at = open.shift()) {
    const bytes = files.has(at) ? null : from.read(at);
    if (bytes === null) continue;
    files.set(at, { path: at, bytes });
    for (const [, specifier] of new TextDecoder().decode(bytes).matchAll(specifiers)) {
      const found = resolvesIn(there, at, specifier as string);
      if (found === null) continue;
      const parts = at.split('/').slice(0, -1);
      for (const part of found.split('/')) {
        if (part === '..') parts.pop();
        else if (part !== '.') parts.push(part);
      }
      open.push(parts.join('/'));
    }
  }
  const directories = path.split('/').map((_, depth, all) => [...all.slice(0, depth), 'package.json'].join('/'));
  for (const about of directories) {
    const bytes = there.has(about) ? from.read(about) : null;
    if (bytes !== null) files.set(about, { path: about, bytes });
  }
  return { path, function: name, text, files: [...files.values()] };
}

const isEcmascriptTest =
  /(^|\/)(tests?|specs?|__tests__)\/|[._-](test|spec)\.[cm]?[jt]sx?$|(^|\/)tests?\.[cm]?[jt]sx?$/;

/** Texts of tests that call a function; one of a class only where the class is named too, as many classes have a `get`. Tests of JavaScript may name it alone. */
export function callersOf(name: string, from: PathsAndFiles, path = ''): string[] {
  if (isEcmascript(path)) return ecmascriptCallersOf(name, from);
  const parts = name.split('.');
  const last = parts.at(-1) as string;
  const owner = parts.at(-2);
  const call = last === '__init__' ? `${owner}(` : owner === undefined ? `${last}(` : `.${last}(`;
  const found: string[] = [];
  for (const path of from.paths) {
    if (!path.endsWith('.py') || !isTest.test(path)) continue;
    const text = new TextDecoder().decode(from.read(path) ?? new Uint8Array(0));
    if (text.includes(call) && (owner === undefined || text.includes(owner))) found.push(text);
    if (found.length >= mostCallers) break;
  }
  return found;
}

function ecmascriptCallersOf(name: string, from: PathsAndFiles): string[] {
  const last = name.split('.').at(-1) as string;
  const found: string[] = [];
  for (const path of from.paths) {
    if (!isEcmascript(path) || !isEcmascriptTest.test(path)) continue;
    const text = new TextDecoder().decode(from.read(path) ?? new Uint8Array(0));
    if (text.includes(last)) found.push(text);
    if (found.length >= mostCallers) break;
  }
  return found;
}
