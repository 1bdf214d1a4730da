/**
 * Signals of surroundings: what the best pieces so far call, who calls them, what their files import, and which
 * folder they share.
 *
 * An issue describes the way in; the fault is often one step further: behind a façade, in the same folder, in a
 * helper. Calls are matched by name here, with `self` and the file's own functions first. A graph with resolved edges
 * can take the place of this file.
 */
import type { Reference } from '../../code/mod.ts';
import { role } from './corpus.ts';
import { type Evidence, fileOfKey, symbolKey, symbolOfKey } from './evidence.ts';
import { type Definitions, isCallable, isType } from './names.ts';

const mostNamed = 8;
const secondHop = 0.4;
const secondHopSeeds = 60;

/** @param seeds the best symbols so far with their strength, best first */
export function callSignals(
  evidence: Evidence,
  definitions: Definitions,
  seeds: readonly (readonly [number, number])[],
): void {
  let level = seeds;
  for (const decay of [1, secondHop]) {
    const next = new Map<number, number>();
    for (const [key, strength] of level) {
      const calls = new Map<string, Reference>();
      for (const reference of callsOf(evidence, key)) calls.set(`${reference.receiver}.${reference.name}`, reference);
      for (const call of calls.values()) {
        const found = calleesOf(evidence, definitions, key, call);
        for (const callee of found) {
          if (callee === key) continue;
          const share = (strength * decay) / found.length / (1 + 0.1 * calls.size);
          evidence.addSymbol('callee', callee, share);
          next.set(callee, (next.get(callee) ?? 0) + share);
          evidence.note('callee', `${callee}`, nameOf(evidence, key));
        }
      }
    }
    level = [...next].sort((a, b) => b[1] - a[1]).slice(0, secondHopSeeds);
  }
  for (const [key, value] of evidence.symbols('callee')) {
    evidence.raiseFile('callee', fileOfKey(key), value);
    evidence.addFile('calleeSum', fileOfKey(key), value);
    const caller = evidence.noteOf('callee', `${key}`);
    if (caller !== null) evidence.note('callee', `file ${fileOfKey(key)}`, caller);
  }
}

const nameOf = (evidence: Evidence, key: number): string =>
  evidence.corpus.facts(fileOfKey(key)).symbols[symbolOfKey(key)]?.qualifiedName ?? '';

function callsOf(evidence: Evidence, key: number): Reference[] {
  const facts = evidence.corpus.facts(fileOfKey(key));
  const symbol = facts.symbols[symbolOfKey(key)];
  if (symbol === undefined || !isCallable(symbol.kind)) return [];
  const { start, end } = symbol.span;
  return facts.references.filter(({ kind, span }) => kind === 'call' && start <= span.start && span.start < end);
}

function calleesOf(evidence: Evidence, definitions: Definitions, from: number, call: Reference): readonly number[] {
  const found = definitions.named(call.name).filter(({ kind }) => isCallable(kind) || isType(kind));
  const file = fileOfKey(from);
  const { symbols } = evidence.corpus.facts(file);
  const inFile = found.filter(({ key }) => fileOfKey(key) === file);
  const own = inFile.filter(({ key }) =>
    call.receiver === 'self' || call.receiver === 'this' || call.receiver === 'cls'
      ? symbols[symbolOfKey(key)]?.parent === symbols[symbolOfKey(from)]?.parent
      : call.receiver === null && symbols[symbolOfKey(key)]?.parent === -1,
  );
  if (own.length > 0) return own.map(({ key }) => key);
  return found.length <= mostNamed ? found.map(({ key }) => key) : [];
}

/** Who uses the best symbols: pieces that hold their whole names, which must be rare ones. */
export function callerSignals(
  evidence: Evidence,
  callables: ReadonlyMap<number, readonly number[]>,
  seeds: readonly (readonly [number, number])[],
): void {
  const wanted = new Map<string, number>();
  for (const [key, strength] of seeds) {
    const { name } = evidence.corpus.facts(fileOfKey(key)).symbols[symbolOfKey(key)] ?? { name: '' };
    if (name.length >= 4 && !name.startsWith('__')) wanted.set(name, Math.max(wanted.get(name) ?? 0, strength));
  }
  for (const [file, symbols] of callables) {
    const facts = evidence.corpus.facts(file);
    for (const { kind, name, span } of facts.references) {
      const strength = kind === 'call' ? wanted.get(name) : undefined;
      if (strength === undefined) continue;
      const symbol = symbols.find((at) => {
        const own = facts.symbols[at]?.span;
        return own !== undefined && own.start <= span.start && span.start < own.end;
      });
      if (symbol === undefined || facts.symbols[symbol]?.name === name) continue;
      evidence.raiseSymbol('caller', symbolKey(file, symbol), strength);
      evidence.raiseFile('caller', file, strength);
      evidence.note('caller', `${symbolKey(file, symbol)}`, name);
      evidence.note('caller', `file ${file}`, name);
    }
  }
}

const bestFiles = 10;

/** Files that the best ones import, and files beside them. @param strengths per file, in [0, 1] at the best */
export function neighbourSignals(evidence: Evidence, strengths: Float64Array): void {
  const { files, roles, byEnding, byPath } = evidence.corpus;
  const best = bestOf(strengths, bestFiles);
  for (const file of best) {
    const { path } = files[file] as { path: string };
    const folder = path.split('/').slice(0, -1);
    const imported = new Set<number>();
    for (const { module, name } of evidence.corpus.facts(file).imports) {
      for (const candidate of modulePaths(module, name, folder)) {
        const found = byPath.get(candidate) ?? only(byEnding.get(candidate));
        if (found === undefined || found === file || roles[found] !== role.source) continue;
        imported.add(found);
        break;
      }
    }
    for (const other of imported) {
      evidence.addFile('imported', other, (strengths[file] as number) / (1 + 0.2 * imported.size));
      evidence.note('imported', `file ${other}`, path);
    }
  }
  const inFolder = new Map<string, number>();
  for (let file = 0; file < strengths.length; file++) {
    if (roles[file] !== role.source) continue;
    const folder = folderOf((files[file] as { path: string }).path);
    inFolder.set(folder, Math.max(inFolder.get(folder) ?? 0, strengths[file] as number));
  }
  for (let file = 0; file < strengths.length; file++) {
    if (roles[file] === role.source)
      evidence.addFile('directory', file, inFolder.get(folderOf((files[file] as { path: string }).path)) ?? 0);
  }
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const only = (found: readonly number[] | undefined): number | undefined => (found?.length === 1 ? found[0] : undefined);

/** Numbers of the largest values above 0, best first. */
export function bestOf(values: Float64Array, most: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < values.length; at++) if ((values[at] as number) > 0) found.push(at);
  return found.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b).slice(0, most);
}

const extensions = ['.ts', '.tsx', '.js', '.jsx', '.vue', '.mjs', '/index.ts', '/index.js'];

/** Paths, or endings of paths, that an import may mean; likeliest first. Static text only, by the habits of each language. */
function modulePaths(module: string, name: string, folder: readonly string[]): string[] {
  if (module.startsWith('./') || module.startsWith('../')) {
    const parts = [...folder];
    for (const part of module.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    const base = parts.join('/');
    return [base, ...extensions.map((extension) => base + extension)];
  }
  const relative = /^\.+/.exec(module)?.[0].length ?? 0;
  const words = module
    .slice(relative)
    .split(/[./]|::/)
    .filter((word) => word !== '');
  const base = relative === 0 ? words : [...folder.slice(0, folder.length - (relative - 1)), ...words];
  const whole = base.join('/');
  return [`${whole}/${name}.py`, `${whole}.py`, `${whole}/__init__.py`, `${whole}.java`, `${whole}.rs`, `${whole}.go`];
}
