/**
 * Which file a name means, and what kind of module a file is: Node's rules, on the job's files.
 *
 * Absent: `exports` and `imports` of packages, and loaders. Names without an ending are tried with one for `import`
 * as well, in TypeScript, where compilers allow it.
 */
import { ModuleError } from './vm.ts';

export type Kind = 'module' | 'commonjs' | 'json';

export interface Found {
  readonly path: string;
  readonly kind: Kind;
}

/** Files as the resolver asks for them. */
export interface Lookup {
  isFile(path: string): boolean;
  isDirectory(path: string): boolean;
  /** null: no such file */
  text(path: string): string | null;
}

/** Whether text without a deciding name is a module: asked of the engine, which parses it. */
export type Detect = (path: string) => boolean;

export interface Rules {
  readonly lookup: Lookup;
  readonly detect: Detect;
  readonly isTypeScript: boolean;
}

/** @param from the absolute path of the file that asks @throws ModuleError */
export function resolveFile(rules: Rules, specifier: string, from: string, style: 'require' | 'import'): Found {
  const isRelative = /^\.{0,2}\/|^\.{1,2}$/.test(specifier);
  const bare = specifier.replace(/^file:\/\//, '');
  if (!isRelative && bare === specifier) return packageFile(rules, specifier, from, style);
  const path = bare.startsWith('/') ? normal(bare) : normal(`${directoryOf(from)}/${bare}`);
  return fileAt(rules, path, style) ?? missing(specifier, from, style);
}

function missing(specifier: string, from: string, style: string): never {
  if (style === 'require') throw new ModuleError(`Cannot find module '${specifier}'`, 'MODULE_NOT_FOUND');
  throw new ModuleError(`Cannot find module '${specifier}' imported from ${from}`, 'ERR_MODULE_NOT_FOUND');
}

function fileAt(rules: Rules, path: string, style: 'require' | 'import'): Found | null {
  const { lookup, isTypeScript } = rules;
  const tries = [path];
  // TypeScript's compilers have `./x.js` mean `./x.ts`, since that is what will be there.
  if (isTypeScript && /\.[cm]?js$/.test(path)) tries.push(path.replace(/js$/, 'ts'));
  if (style === 'require' || isTypeScript) {
    const endings = isTypeScript ? ['.ts', '.js', '.json', '.mts', '.cts', '.mjs', '.cjs'] : ['.js', '.json'];
    tries.push(...endings.map((ending) => path + ending), ...endings.map((ending) => `${path}/index${ending}`));
    if (lookup.isDirectory(path)) {
      const main = packageField(lookup, `${path}/package.json`, 'main');
      if (main !== null) tries.splice(1, 0, normal(`${path}/${main}`), normal(`${path}/${main}.js`));
    }
  }
  const found = tries.find((candidate) => lookup.isFile(candidate));
  return found === undefined ? null : { path: found, kind: kindOf(rules, found) };
}

function packageFile(rules: Rules, name: string, from: string, style: 'require' | 'import'): Found {
  for (let directory = directoryOf(from); ; directory = directoryOf(directory)) {
    const path = normal(`${directory}/node_modules/${name}`);
    const main = rules.lookup.isDirectory(path) ? packageField(rules.lookup, `${path}/package.json`, 'main') : null;
    const found = fileAt(rules, main === null ? path : normal(`${path}/${main}`), 'require');
    if (found !== null) return found;
    if (directory === '/') break;
  }
  if (style === 'require') throw new ModuleError(`Cannot find module '${name}'`, 'MODULE_NOT_FOUND');
  throw new ModuleError(`Cannot find package '${name}' imported from ${from}`, 'ERR_MODULE_NOT_FOUND');
}

/** Node.js documentation, "Determining module system". */
export function kindOf(rules: Rules, path: string): Kind {
  if (path.endsWith('.json')) return 'json';
  if (/\.m[jt]s$/.test(path)) return 'module';
  if (/\.c[jt]s$/.test(path)) return 'commonjs';
  for (let directory = directoryOf(path); ; directory = directoryOf(directory)) {
    const type = packageField(rules.lookup, `${directory === '/' ? '' : directory}/package.json`, 'type');
    if (type === 'module' || type === 'commonjs') return type;
    if (type !== null || directory === '/') break;
  }
  return rules.detect(path) ? 'module' : 'commonjs';
}

function packageField(lookup: Lookup, path: string, field: string): string | null {
  const text = lookup.text(path);
  if (text === null) return null;
  try {
    const value: unknown = (JSON.parse(text) as Record<string, unknown>)[field];
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function directoryOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? '/' : path.slice(0, at);
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/**
 * The names that a CommonJS file exports, as far as its text shows them: `exports.x =`, `module.exports = { x, y: … }`,
 * `defineProperty(exports, 'x'`. What cannot be seen so can still be had through the default export, as in Node.
 */
export function exportedNames(source: string): readonly string[] {
  const names = new Set<string>();
  for (const [, name] of source.matchAll(/\bexports\.([A-Za-z_$][\w$]*)\s*=(?!=)/g)) names.add(name as string);
  for (const [, name] of source.matchAll(/defineProperty\(\s*exports\s*,\s*['"]([A-Za-z_$][\w$]*)['"]/g))
    names.add(name as string);
  const literal = /\bmodule\.exports\s*=\s*\{([\s\S]*?)\}/.exec(source)?.[1] ?? '';
  for (const [, name] of literal.matchAll(/(?:^|,)\s*(?:async\s+|get\s+)?([A-Za-z_$][\w$]*)\s*(?=[,:(]|$)/g))
    names.add(name as string);
  names.delete('default');
  return [...names];
}
