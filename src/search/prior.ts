/**
 * What makes a definition likely to be the one meant before its name is compared: its
 * kind, where it stands, whether it is for others to use. In [0, 1], with its reasons.
 */
import type { SymbolKind } from '../code/mod.ts';
import { docFlag } from '../index/mod.ts';
import { flagFactors, kindPriors, priorWeights } from './weights.ts';

/** Sorts of files that are ranked lower unless the query asks for them. */
export const fileSorts = ['test', 'vendored', 'generated', 'example', 'documentation'] as const;
export type FileSort = (typeof fileSorts)[number];

/** Product of the factors of the flags that are set, without those of sorts asked for. */
export function flagFactor(flags: number, asked: ReadonlySet<FileSort>): number {
  if (flags === 0) return 1;
  let factor = 1;
  for (const sort of fileSorts) if ((flags & docFlag[sort]) !== 0 && !asked.has(sort)) factor *= flagFactors[sort];
  if ((flags & docFlag.continued) !== 0) factor *= flagFactors.continued;
  return factor;
}

export interface PriorFacts {
  readonly kind: SymbolKind;
  readonly path: string;
  /** Flags of the file; see `docFlag`. */
  readonly flags: number;
  readonly name: string;
  readonly exported: boolean;
}

/** 1 at the root, less with each folder. Two slashes end a repository's name (`flask//src/app.py`), which is no folder. */
export function shallowness(path: string): number {
  const from = path.indexOf('//') + 2;
  let folders = 0;
  for (let i = from === 1 ? 0 : from; i < path.length; i++) if (path.charCodeAt(i) === 47) folders++;
  return 1 / (1 + folders / 4);
}

/** Names of 8 characters or fewer count in full. */
const shortness = (name: string): number => Math.min(1, 8 / Math.max(1, name.length));

/** The parts of the prior, in the order of `priorWeights`; their weighted sum is the prior. */
export function priorParts(
  { kind, path, flags, name, exported }: PriorFacts,
  asked: ReadonlySet<FileSort>,
): { readonly label: keyof typeof priorWeights; readonly value: number }[] {
  return [
    { label: 'kind', value: kindPriors[kind] },
    { label: 'primary', value: flagFactor(flags & ~docFlag.continued, asked) },
    { label: 'exported', value: exported ? 1 : 0 },
    { label: 'shallow', value: shallowness(path) },
    { label: 'short', value: shortness(name) },
  ];
}

/** Written out, in the order of `priorParts`: a letter asks it of ten thousand names. */
export function priorOf({ kind, path, flags, name, exported }: PriorFacts, asked: ReadonlySet<FileSort>): number {
  let prior = priorWeights.kind * kindPriors[kind];
  prior += priorWeights.primary * flagFactor(flags & ~docFlag.continued, asked);
  prior += priorWeights.exported * (exported ? 1 : 0);
  prior += priorWeights.shallow * shallowness(path);
  prior += priorWeights.short * shortness(name);
  return prior;
}
