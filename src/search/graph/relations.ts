/** What each question about a node means in edges. */
import type { EdgeKind, NodeKind } from '../../index/mod.ts';
import type { Relation } from './types.ts';

interface RelationRow {
  readonly kinds: readonly EdgeKind[];
  readonly direction: 'out' | 'in';
}

export const relationTable: Readonly<Record<Relation, RelationRow>> = {
  callers: { kinds: ['calls'], direction: 'in' },
  callees: { kinds: ['calls'], direction: 'out' },
  bases: { kinds: ['inherits', 'implements'], direction: 'out' },
  derived: { kinds: ['inherits', 'implements'], direction: 'in' },
  overrides: { kinds: ['overrides'], direction: 'out' },
  'overridden-by': { kinds: ['overrides'], direction: 'in' },
  importers: { kinds: ['imports'], direction: 'in' },
  imports: { kinds: ['imports'], direction: 'out' },
  users: { kinds: ['uses'], direction: 'in' },
  uses: { kinds: ['uses'], direction: 'out' },
  tests: { kinds: ['tests'], direction: 'in' },
  tested: { kinds: ['tests'], direction: 'out' },
  members: { kinds: ['contains'], direction: 'out' },
  parent: { kinds: ['contains'], direction: 'in' },
};

/** Relations that only one kind of definition has; files and directories have members too, but no name in common with a class. */
const having: Partial<Readonly<Record<Relation, NodeKind>>> = {
  bases: 'class',
  derived: 'class',
  members: 'class',
  overrides: 'method',
  'overridden-by': 'method',
};

/** @returns the only kind that all of them have answers for, or `null` where there are several */
export function onlyKindWith(relations: readonly Relation[]): NodeKind | null {
  const [first, ...others] = new Set(relations.map((relation) => having[relation] ?? null));
  return first !== undefined && others.length === 0 ? first : null;
}
