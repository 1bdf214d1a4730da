/** Signals of places: paths, modules and frames that the issue prints, where the repository has them. */
import { lineStarts } from '../../base/mod.ts';
import { role } from './corpus.ts';
import { type Evidence, symbolKey } from './evidence.ts';
import type { Issue } from './issue.ts';
import { isCallable } from './names.ts';

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

/** Files that a printed path can mean: those that share its longest ending. */
export function filesMeant(evidence: Evidence, printed: string): readonly number[] {
  const { byEnding } = evidence.corpus;
  const parts = printed
    .replaceAll('\\', '/')
    .replace(/^[/.~]+/, '')
    .split('/');
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

export function placeSignals(evidence: Evidence, issue: Issue): void {
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
  frameSignals(evidence, issue);
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

function frameSignals(evidence: Evidence, issue: Issue): void {
  let rank = 0;
  for (const { path, line, name } of issue.frames) {
    const files = filesMeant(evidence, path);
    if (files.length === 0) continue;
    const weight = frameDecay ** rank;
    for (const file of files) {
      evidence.raiseFile('frame', file, weight / files.length);
      if (rank === 0) evidence.raiseFile('frameInner', file, 1 / files.length);
      evidence.note('frame', `file ${file}`, line === null ? path : `${path}:${line}`);
      for (const symbol of callablesMeant(evidence, file, line, name)) {
        evidence.raiseSymbol('frame', symbolKey(file, symbol), weight);
        evidence.note('frame', `${symbolKey(file, symbol)}`, line === null ? path : `${path}:${line}`);
      }
    }
    rank++;
  }
}

/** By name, because lines move between versions; by line where no name is printed. */
function callablesMeant(evidence: Evidence, file: number, line: number | null, name: string | null): number[] {
  const last = name?.split(/[.#]/).at(-1);
  const found: number[] = [];
  if (last !== undefined) {
    for (const [at, symbol] of evidence.corpus.facts(file).symbols.entries())
      if (symbol.name === last && isCallable(symbol.kind)) found.push(at);
  }
  const atLine = found.length > 0 || line === null ? -1 : callableAt(evidence, file, line);
  return atLine >= 0 ? [atLine] : found;
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
