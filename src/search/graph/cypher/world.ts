/** What a query runs on: the graph, and what is known of its nodes beyond that. */
import type { Graph } from '../../../index/mod.ts';
import type { EdgeProperty, NodeProperty } from './schema.ts';
import type { EdgeValue, Value } from './values.ts';

export interface World {
  readonly graph: Graph;
  /** May read facts or source of the node's file; `null` when the node has no such property. */
  nodeProperty(node: number, property: NodeProperty): Value;
  edgeProperty(edge: EdgeValue, property: EdgeProperty): Value;
}
