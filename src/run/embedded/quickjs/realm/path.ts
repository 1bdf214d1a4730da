/** Node's `path` on a machine with `/`. */

const sep = '/';
const delimiter = ':';

export function normalize(path: string): string {
  if (path === '') return '.';
  const isAbsolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isAbsolute) parts.push('..');
  }
  const joined = parts.join('/');
  const tail = path.endsWith('/') && joined !== '' ? '/' : '';
  if (isAbsolute) return `/${joined}${tail}`;
  return joined === '' ? (path.endsWith('/') ? './' : '.') : joined + tail;
}

export function join(...parts: string[]): string {
  const joined = parts.filter((part) => part !== '').join('/');
  return joined === '' ? '.' : normalize(joined);
}

let currentDirectory = () => '/';
export function setCurrentDirectory(read: () => string): void {
  currentDirectory = read;
}

export function resolve(...parts: string[]): string {
  let path = '';
  for (const part of parts.toReversed()) {
    if (part === '') continue;
    path = path === '' ? part : `${part}/${path}`;
    if (part.startsWith('/')) break;
  }
  if (!path.startsWith('/')) path = `${currentDirectory()}/${path}`;
  const normal = normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

function trimmed(path: string): string {
  return path.replace(/(?<=.)\/+$/, '');
}

export function dirname(path: string): string {
  const short = trimmed(path);
  const at = short.lastIndexOf('/');
  if (at === -1) return '.';
  return at === 0 ? '/' : trimmed(short.slice(0, at));
}

export function basename(path: string, suffix = ''): string {
  const short = trimmed(path);
  const name = short.slice(short.lastIndexOf('/') + 1);
  return suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

export function extname(path: string): string {
  const name = basename(path);
  const at = name.lastIndexOf('.');
  return at <= 0 || /^\.+$/.test(name.slice(0, at + 1)) ? '' : name.slice(at);
}

function relative(from: string, to: string): string {
  const a = resolve(from).split('/').filter(Boolean);
  const b = resolve(to).split('/').filter(Boolean);
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/');
}

interface Parts {
  root: string;
  dir: string;
  base: string;
  ext: string;
  name: string;
}

function parse(path: string): Parts {
  const base = basename(path);
  const ext = extname(path);
  const root = path.startsWith('/') ? '/' : '';
  const dir = trimmed(path).includes('/') ? dirname(path) : '';
  return { root, dir, base: base === '/' ? '' : base, ext, name: ext === '' ? base : base.slice(0, -ext.length) };
}

function format(parts: Partial<Parts>): string {
  const dir = parts.dir || parts.root || '';
  const ext =
    parts.ext === undefined || parts.ext === '' || parts.ext.startsWith('.') ? (parts.ext ?? '') : `.${parts.ext}`;
  const base = parts.base || `${parts.name ?? ''}${ext}`;
  return dir === '' ? base : dir === parts.root ? dir + base : `${dir}/${base}`;
}

/** What `require('path')` gives. */
export const pathModule = {
  sep,
  delimiter,
  normalize,
  join,
  resolve,
  isAbsolute,
  dirname,
  basename,
  extname,
  relative,
  parse,
  format,
};
