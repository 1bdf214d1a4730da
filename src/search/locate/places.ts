/** Signals of places: paths, modules and frames that the issue prints, where the repository has them. */
import { callableAt, callablesMeant, mostMeant } from './callables.ts';
import { role } from './corpus.ts';
import { type Evidence, symbolKey } from './evidence.ts';
import type { Frame } from './frames.ts';
import type { Issue } from './issue.ts';
import { named } from './namedframes.ts';
import type { Definitions } from './names.ts';

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
        evidence.note('frame', `${symbolKey(file, symbol)}`, byNameAlone(evidence, file, symbol, frame) ?? printed);
      }
    }
    rank++;
  }
}

/** The path and name of a frame whose line stands elsewhere by now; `null` where its line fits, or none is printed. */
function byNameAlone(evidence: Evidence, file: number, symbol: number, { path, line, name }: Frame): string | null {
  if (path === null || line === null || name === null || callableAt(evidence, file, line) === symbol) return null;
  return `${path}, ${name}`;
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
