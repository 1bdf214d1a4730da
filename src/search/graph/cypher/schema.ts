/**
 * What the graph looks like from Cypher: labels, types of relationships, properties. Names are read in any letter
 * case, and CodexGraph's names (arXiv 2408.03910, its schema for Python) are accepted beside our own.
 */
import { nearest } from '../../../base/mod.ts';
import { type EdgeKind, edgeKinds, type NodeKind, nodeKinds } from '../../../index/mod.ts';
import { fault } from './fault.ts';
import type { Named } from './types.ts';

const labelTable: Readonly<Record<string, readonly NodeKind[]>> = {
  ...Object.fromEntries(nodeKinds.map((kind) => [kind, [kind]])),
  // A method is a function of a class: what holds for functions is mostly asked of both.
  callable: ['function', 'method'],
  symbol: ['class', 'function', 'method', 'field', 'global'],
  module: ['file'],
  global_variable: ['global'],
};

export interface EdgeType {
  readonly kind: EdgeKind;
  /** Only edges to nodes of these kinds; `null` for all. */
  readonly to: readonly NodeKind[] | null;
}

const edgeTable: Readonly<Record<string, EdgeType>> = {
  ...Object.fromEntries(edgeKinds.map((kind) => [kind, { kind, to: null }])),
  has_method: { kind: 'contains', to: ['method'] },
  has_field: { kind: 'contains', to: ['field'] },
};

export const nodeProperties = [
  'id',
  'name',
  'qualifiedName',
  'path',
  'kind',
  'language',
  'line',
  'endLine',
  'lines',
  'signature',
  'code',
  'doc',
  'exported',
  'class',
] as const;
export type NodeProperty = (typeof nodeProperties)[number];

export const edgeProperties = ['type', 'state', 'partial', 'rule', 'rank', 'line', 'sites'] as const;
export type EdgeProperty = (typeof edgeProperties)[number];

const propertyAliases: Readonly<Record<string, NodeProperty>> = {
  file_path: 'path',
  qualified_name: 'qualifiedName',
  end_line: 'endLine',
};

/** As shown: `Class`, `CALLS`. */
export const labelOf = (kind: NodeKind): string => kind[0]?.toUpperCase() + kind.slice(1);
export const typeOf = (kind: EdgeKind): string => kind.toUpperCase();

const has = (table: object, key: string): boolean => Object.hasOwn(table, key);

function unknown(text: string, at: number, message: string, written: string, known: readonly string[]): never {
  const near = nearest(
    written.toLowerCase(),
    known.map((one) => one.toLowerCase()),
  )
    .slice(0, 1)
    .map((found) => ` Did you mean ${known.find((one) => one.toLowerCase() === found)}?`);
  throw fault(text, at, `${message}${near.join('')} Known: ${known.join(', ')}.`);
}

/** @throws WinnowError `bad-query` with the nearest label */
export function kindsOfLabel(text: string, label: Named): readonly NodeKind[] {
  const key = label.name.toLowerCase();
  if (has(labelTable, key)) return labelTable[key] as readonly NodeKind[];
  const known = [...nodeKinds.map(labelOf), 'Callable', 'Symbol'];
  return unknown(text, label.at, `No node has the label ${label.name}.`, label.name, known);
}

export function edgeTypeOf(text: string, type: Named): EdgeType {
  const key = type.name.toLowerCase();
  if (has(edgeTable, key)) return edgeTable[key] as EdgeType;
  const known = [...edgeKinds.map(typeOf), 'HAS_METHOD', 'HAS_FIELD'];
  return unknown(text, type.at, `No relationship has the type ${type.name}.`, type.name, known);
}

export function nodePropertyOf(text: string, property: Named): NodeProperty {
  const written = propertyAliases[property.name] ?? property.name;
  const found = nodeProperties.find((one) => one === written);
  return found ?? unknown(text, property.at, `Nodes have no property ${property.name}.`, property.name, nodeProperties);
}

export function edgePropertyOf(text: string, property: Named): EdgeProperty {
  const found = edgeProperties.find((one) => one === property.name);
  return (
    found ??
    unknown(text, property.at, `Relationships have no property ${property.name}.`, property.name, edgeProperties)
  );
}
