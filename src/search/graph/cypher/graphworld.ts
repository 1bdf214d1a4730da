/** The world of a query: a graph view's nodes and edges as Cypher's properties. */
import { lineAt } from '../../../base/mod.ts';
import { slice } from '../../reader.ts';
import { best } from '../neighbours.ts';
import type { GraphView } from '../view.ts';
import { type EdgeProperty, type NodeProperty, typeOf } from './schema.ts';
import type { EdgeValue, Value } from './values.ts';
import type { World } from './world.ts';

export function worldOf(view: GraphView): World {
  const { graph } = view;
  return {
    graph,
    nodeProperty: (node, property) => nodeProperty(view, node, property),
    edgeProperty: (edge, property) => edgeProperty(view, edge, property),
  };
}

function nodeProperty(view: GraphView, id: number, property: NodeProperty): Value {
  const node = view.graph.node(id);
  switch (property) {
    case 'id':
      return view.id(id);
    case 'name':
      return node.name;
    case 'qualifiedName':
      return node.qualifiedName === '' ? null : node.qualifiedName;
    case 'path':
      return node.path;
    case 'kind':
      return view.symbol(id)?.kind ?? node.kind;
    case 'language':
      return view.reader.snapshot.file(node.path)?.language ?? null;
    case 'line':
      return view.lines(id)?.first ?? null;
    case 'endLine':
      return view.lines(id)?.last ?? null;
    case 'lines': {
      const lines = view.lines(id);
      return lines === null ? null : lines.last - lines.first + 1;
    }
    case 'signature':
      return view.signature(id);
    case 'code':
      return view.source(id);
    case 'doc': {
      const doc = view.symbol(id)?.doc ?? null;
      const text = doc === null ? null : view.text(id);
      return doc === null || text === null ? null : slice(text, doc);
    }
    case 'exported':
      return view.symbol(id)?.exported ?? null;
    case 'class': {
      // CodexGraph: the class that a method or field belongs to.
      if (node.kind !== 'method' && node.kind !== 'field') return null;
      return node.qualifiedName.split('.').at(-2) ?? null;
    }
  }
}

function edgeProperty(view: GraphView, value: EdgeValue, property: EdgeProperty): Value {
  const edges = view.graph.out(value.from, { kinds: [value.type] }).filter(({ to }) => to === value.to);
  const first = best(edges);
  switch (property) {
    case 'type':
      return typeOf(value.type);
    case 'state':
      return first.state;
    case 'partial':
      return first.partial;
    case 'rule':
      return first.rule;
    case 'rank':
      return first.rank;
    case 'sites':
      return edges.filter(({ site }) => site !== null).length;
    case 'line': {
      const placed = edges.find(({ site }) => site !== null);
      const text = placed === undefined ? null : view.text(placed.from);
      return placed?.site == null || text === null ? null : lineAt(text.starts, placed.site.start);
    }
  }
}
