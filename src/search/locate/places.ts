/** Signals of places: paths, modules and frames that the issue prints, where the repository has them. */
import { lineStarts } from '../../base/mod.ts';
import type { Symbol } from '../../code/mod.ts';
import { role } from './corpus.ts';
import { type Evidence, fileOfKey, symbolKey } from './evidence.ts';
import { constructorName } from './framenames.ts';
import type { Frame } from './frames.ts';
import type { Issue } from './issue.ts';
import { type Definitions, isCallable, isType } from './names.ts';

/** Names that nearly every package has; alone, without a folder, they point nowhere. */
const commonFiles: ReadonlySet<string> = new Set([
  '__init__.py',
  'setup.py',
  'utils.py',
  'core.py',
  'base.py',
  'conftest.py',
  'index.js',
  'index.ts',
  'mod.rs',
  'lib.rs',
  'main.rs',
  'main.go',
  'main.py',
]);
const mostMeant = 5;

/** Without the address of a server, the query of a bundler, and what leads up from where a program was started. */
const cleanPath = (printed: string): string =>
  printed
    .replaceAll('\\', '/')
    .replace(/^[a-z][\w+-]*:\/\/[^/]*/, '')
    .replace(/\?.*$/, '')
    .replaceAll('/./', '/')
    .replace(/^[/.~]+/, '');

/** Files that a printed path can mean: those that share its longest ending. */
export function filesMeant(evidence: Evidence, printed: string): readonly number[] {
  const { byEnding } = evidence.corpus;
  const parts = cleanPath(printed).split('/');
  for (let from = 0; from < parts.length; from++) {
    const found = byEnding.get(parts.slice(from).join('/'));
    if (found === undefined) continue;
    if (from === parts.length - 1 && parts.length > 1 && commonFiles.has(parts[from] as string)) return [];
    return found.length <= mostMeant ? found : [];
  }
  return [];
}

/** What a frame further out counts beside the next one in. */
const frameDecay = 0.8;
/** What a trace counts beside the one that went wrong before it. */
const traceDecay = 0.8;

export function placeSignals(evidence: Evidence, definitions: Definitions, issue: Issue): void {
  for (const { path, line } of issue.paths) {
    const files = filesMeant(evidence, path);
    for (const file of files) {
      evidence.addFile('pathMention', file, 1 / files.length);
      evidence.note('pathMention', `file ${file}`, path);
      const symbol = line === null || files.length > 1 ? -1 : callableAt(evidence, file, line);
      if (symbol >= 0) evidence.addSymbol('line', symbolKey(file, symbol), 1);
    }
    const tested = testedName(path);
    if (tested === null) continue;
    const meant = evidence.corpus.byEnding.get(tested) ?? [];
    for (const file of meant) evidence.addFile('testMention', file, 1 / meant.length);
  }
  moduleSignals(evidence, issue);
  frameSignals(evidence, definitions, issue);
}

/** `x.py` for `test_x.py` and `x_test.py`; `null` for a file that is no test. */
export function testedName(path: string): string | null {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const match = /^(?:test_(.+)|(.+?)(?:_test|\.test|\.spec|_spec|Tests?))(\.\w+)$/.exec(base);
  return match === null ? null : `${match[1] ?? match[2]}${match[3]}`;
}

/** Dotted names that are modules: `astropy.io.ascii.core` is a path in other letters. */
function moduleSignals(evidence: Evidence, issue: Issue): void {
  const { files, roles } = evidence.corpus;
  const modules = new Map<string, number>();
  for (const [at, { path }] of files.entries()) {
    if (roles[at] !== role.source) continue;
    const dotted = path
      .replace(/\.\w+$/, '')
      .replace(/\/(?:__init__|index|mod)$/, '')
      .replaceAll('/', '.');
    modules.set(dotted, at);
    modules.set(dotted.replace(/^(?:src|lib)\./, ''), at);
  }
  for (const name of new Set([...issue.namesInProse.keys(), ...issue.namesInCode.keys()])) {
    if (!name.includes('.')) continue;
    const parts = name.split('.');
    for (let length = parts.length; length > 1; length--) {
      const file = modules.get(parts.slice(0, length).join('.'));
      if (file === undefined) continue;
      evidence.addFile('moduleMention', file, 1);
      evidence.note('moduleMention', `file ${file}`, parts.slice(0, length).join('.'));
      break;
    }
  }
}

function frameSignals(evidence: Evidence, definitions: Definitions, issue: Issue): void {
  let [rank, last] = [0, -1];
  for (const frame of issue.frames) {
    if (frame.depth <= last || frame.depth === 0) rank = 0;
    last = frame.depth;
    const meant = placesMeant(evidence, definitions, frame);
    if (meant.size === 0) continue;
    const weight = frameDecay ** rank * traceDecay ** frame.trace;
    const printed = [frame.path ?? frame.name, frame.line].filter((part) => part !== null).join(':');
    for (const [file, symbols] of meant) {
      evidence.raiseFile('frame', file, weight / meant.size);
      if (rank === 0 && frame.trace === 0) evidence.raiseFile('frameInner', file, 1 / meant.size);
      evidence.note('frame', `file ${file}`, printed);
      for (const symbol of symbols) {
        evidence.raiseSymbol('frame', symbolKey(file, symbol), weight);
        evidence.note('frame', `${symbolKey(file, symbol)}`, printed);
      }
    }
    rank++;
  }
}

/** Files that a frame can mean, and the callables in them. */
function placesMeant(evidence: Evidence, definitions: Definitions, frame: Frame): Map<number, number[]> {
  const { path, line, name } = frame;
  if (path === null) return named(evidence, definitions, frame);
  const found = filesMeant(evidence, path).map((file) => [file, callablesMeant(evidence, file, line, name)] as const);
  return new Map(
    found
      .filter(([file, { byName }]) => byName || !elsewhere(evidence, file, frame))
      .map(([file, { at }]) => [file, at]),
  );
}

/** A file of another program that happens to have the same name: its folder is another, and it defines no such function. */
function elsewhere({ corpus }: Evidence, file: number, { path, name }: Frame): boolean {
  const folders = (of: string): string => cleanPath(of).split('/').slice(-2).join('/');
  const own = corpus.files[file]?.path ?? '';
  return name !== null && cleanPath(path ?? '').includes('/') && folders(path ?? '') !== folders(own);
}

/** What `Owner.method` means where no path is printed: a method of that owner, or else the owner's file. */
function named(evidence: Evidence, definitions: Definitions, { name, sources }: Frame): Map<number, number[]> {
  const [owner, last] = name?.split('.').slice(-2) ?? [];
  const meant = new Map<number, number[]>();
  if (owner === undefined || last === undefined) return meant;
  const owners = definitions
    .named(owner)
    .filter(
      ({ key, kind }) => isType(kind) && sources?.test(evidence.corpus.files[fileOfKey(key)]?.path ?? '') !== false,
    );
  if (owners.length === 0 || owners.length > mostMeant) return meant;
  for (const { key } of owners) {
    const file = fileOfKey(key);
    const { at, byName } = callablesMeant(evidence, file, null, name);
    if (byName) meant.set(file, at);
  }
  const [only] = owners;
  if (meant.size === 0 && owners.length === 1 && only !== undefined) meant.set(fileOfKey(only.key), []);
  return meant;
}

/** By name, because lines move between versions; by line where there is no such name, or several. */
function callablesMeant(
  evidence: Evidence,
  file: number,
  line: number | null,
  name: string | null,
): { readonly at: number[]; readonly byName: boolean } {
  const { symbols } = evidence.corpus.facts(file);
  const [last, owner] = (name?.split('.') ?? []).toReversed();
  const alike = [...symbols.keys()].filter((at) => {
    const { kind, name: own } = symbols[at] as Symbol;
    return last === constructorName ? kind === 'constructor' : own === last && isCallable(kind);
  });
  const owned = alike.filter((at) => symbols[at]?.qualifiedName.split('.').at(-2) === owner);
  const found = [
    ...new Set((owned.length > 0 || last === constructorName ? owned : alike).map((at) => outermost(symbols, at))),
  ];
  const atLine = found.length === 1 || line === null ? -1 : callableAt(evidence, file, line);
  if (atLine >= 0 && (found.length === 0 || found.includes(atLine))) return { at: [atLine], byName: found.length > 0 };
  return { at: found, byName: found.length > 0 };
}

/** A callable within a callable counts as the outer one. */
function outermost(symbols: readonly Symbol[], at: number): number {
  let found = at;
  for (let up = symbols[at]?.parent ?? -1; up >= 0; up = symbols[up]?.parent ?? -1)
    if (isCallable(symbols[up]?.kind ?? 'variable')) found = up;
  return found;
}

/** The outermost callable that holds a line, or -1. */
export function callableAt(evidence: Evidence, file: number, line: number): number {
  const { corpus } = evidence;
  const record = corpus.files[file];
  const source = record === undefined ? null : corpus.snapshot.source(record);
  if (source?.kind !== 'source') return -1;
  const starts = lineStarts(source.bytes);
  const start = starts[line - 1];
  if (start === undefined) return -1;
  const end = starts[line] ?? source.bytes.length;
  return corpus
    .facts(file)
    .symbols.findIndex(({ kind, span }) => isCallable(kind) && span.start < end && start < span.end);
}
