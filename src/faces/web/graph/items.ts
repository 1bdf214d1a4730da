/** Answers of the graph as boxes of a picture. */
import type { GraphOutput } from '../../operations/graph.ts';
import type { ImpactOutput } from '../../operations/impact.ts';
import type { Item } from './layout.ts';

/** Relations whose neighbours lead to the symbol; those of the others are led to. */
const incoming: ReadonlySet<string> = new Set([
  'callers',
  'users',
  'importers',
  'derived',
  'overridden-by',
  'tests',
  'parent',
]);

const captions: Readonly<Record<string, string>> = {
  callers: 'called by',
  callees: 'calls',
  bases: 'is a',
  derived: 'derived from it',
  overrides: 'overrides',
  'overridden-by': 'overridden by',
  importers: 'imported by',
  imports: 'imports',
  users: 'used by',
  uses: 'uses',
  tests: 'tested by',
  tested: 'tests',
  members: 'has',
  parent: 'within',
};

export function aroundItems({ relations, unresolved }: GraphOutput): readonly Item[] {
  const items = relations.flatMap(({ relation, neighbours, total }) => {
    const side = incoming.has(relation) ? -1 : 1;
    const direct = neighbours.filter(({ distance }) => distance === 1).length;
    const drawn: Item[] = neighbours.map(({ node, distance, via, state, rule, siteCount, sites, partial }, index) => ({
      key: `${relation}/${index}`,
      id: node.id,
      label: node.name,
      kind: node.kind,
      path: node.path,
      side,
      distance,
      via: via < 0 ? null : `${relation}/${via}`,
      state,
      group: distance === 1 ? (captions[relation] ?? relation) : '',
      told: `${state}, by ${rule}${partial ? ', seen in partial runs alone' : ''}; ${siteCount} ${siteCount === 1 ? 'place' : 'places'}${sites[0] === undefined ? '' : `, first at line ${sites[0].line}: ${sites[0].text}`}`,
    }));
    // A box of its own says that there are more, and leads to all of them.
    return total > direct && drawn.length > 0 ? [...drawn, more(relation, side, total - direct)] : drawn;
  });
  const open = (unresolved?.unknown ?? 0) + (unresolved?.ambiguous ?? 0);
  if (unresolved !== null && open > 0)
    items.push({
      key: 'unresolved',
      id: '',
      label: `${open} call sites`,
      kind: 'not resolved',
      path: [
        ...(unresolved.ambiguous > 0 ? [`${unresolved.ambiguous} ambiguous`] : []),
        ...(unresolved.unknown > 0 ? [`${unresolved.unknown} unknown`] : []),
      ].join(', '),
      side: -1,
      distance: 1,
      via: null,
      state: 'unresolved',
      group: 'may call it',
      told: `Calls of ${unresolved.name} in the repository that lead to no one definition: ${unresolved.unknown} of unknown receivers, ${unresolved.ambiguous} ambiguous`,
    });
  return items;
}

const more = (relation: string, side: -1 | 1, count: number): Item => ({
  key: `${relation}/more`,
  id: `relation:${relation}`,
  label: `${count} more`,
  kind: 'show all',
  path: captions[relation] ?? relation,
  side,
  distance: 1,
  via: null,
  state: 'more',
  group: captions[relation] ?? relation,
  told: 'All that this relation leads to',
});

/** @param most boxes; those that are surest and nearest, and what lies on the way to them */
export function impactItems({ affected, tests }: ImpactOutput, most: number): readonly Item[] {
  const rows = [
    ...affected.map((one) => ({ ...one, isTest: false })),
    // A test is affected as well; it is drawn beside what it reaches by its distance alone.
    ...tests.flatMap((file) =>
      file.tests.map(({ node, distance, state }) => ({ node, distance, state, step: 'tests', from: '', isTest: true })),
    ),
  ]
    .filter(({ distance }) => distance >= 1)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, most);
  const shown = new Set(rows.filter(({ isTest }) => !isTest).map(({ node }) => node.id));
  const furthest = 4;
  return rows
    .filter(({ distance }) => distance <= furthest)
    .map(({ node, distance, state, step, from, isTest }) => ({
      key: `${isTest ? 'test/' : ''}${node.id}`,
      id: node.id,
      label: node.name,
      kind: isTest ? 'test' : node.kind,
      path: node.path,
      side: 1 as const,
      distance,
      via: distance === 1 || !shown.has(from) ? null : from,
      state,
      group: distance === 1 ? 'directly' : `${distance} steps away`,
      told: `${state}; ${step === 'dispatch' ? 'calls what this overrides' : step}`,
    }));
}
