/** The tools for agents: few, named as agents expect. One line each; a tool is a file of `tools/`. */
import { check } from './tools/check.ts';
import { graph } from './tools/graph.ts';
import { locate } from './tools/locate.ts';
import { map } from './tools/map.ts';
import { run } from './tools/run.ts';
import { search } from './tools/search.ts';
import { show } from './tools/show.ts';
import { trace } from './tools/trace.ts';
import type { Tool } from './types.ts';

export const tools: readonly Tool[] = [
  search,
  show,
  graph,
  locate,
  map,
  run,
  trace,
  check,
] as unknown as readonly Tool[];
