/** Which callables of a file a frame means: by their names, by a line, or by both. */
import { lineStarts } from '../../base/mod.ts';
import type { Symbol } from '../../code/mod.ts';
import type { Evidence } from './evidence.ts';
import { constructorName } from './framenames.ts';
import { isCallable } from './names.ts';

/** Files that one printed place may mean; of more none is meant. */
export const mostMeant = 5;

/** By name, because lines move between versions; by line where there is no such name, or several. */
export function callablesMeant(
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
  const found = withBodies(evidence, file, [
    ...new Set((owned.length > 0 || last === constructorName ? owned : alike).map((at) => outermost(symbols, at))),
  ]);
  const atLine = found.length === 1 || line === null ? -1 : callableAt(evidence, file, line);
  if (atLine >= 0 && (found.length === 0 || found.includes(atLine))) return { at: [atLine], byName: found.length > 0 };
  return { at: found, byName: found.length > 0 };
}

/** Python's `def f(): ...` for type checkers, and what ends with a semicolon where a body would be. */
const bodiless = /^[^{=]*;\s*$|:\s*\.\.\.\s*$/;

/** Of several of one name those that can run: a declaration alone is in no trace. */
function withBodies(evidence: Evidence, file: number, found: readonly number[]): number[] {
  const running = found.length < 2 ? [] : found.filter((at) => !bodiless.test(sourceOf(evidence, file, at)));
  return running.length > 0 ? running : [...found];
}

/** A definition as written; empty when the file cannot be read. */
export function sourceOf({ corpus }: Evidence, file: number, at: number): string {
  const record = corpus.files[file];
  const source = record === undefined ? null : corpus.snapshot.source(record);
  const span = corpus.facts(file).symbols[at]?.span;
  if (source?.kind !== 'source' || span === undefined) return '';
  return new TextDecoder().decode(source.bytes.subarray(span.start, span.end));
}

/** A callable within a callable counts as the outer one. */
export function outermost(symbols: readonly Symbol[], at: number): number {
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
