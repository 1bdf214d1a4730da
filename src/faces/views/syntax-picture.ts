/** Syntax as boxes and lines, in columns from left to right: blocks by their distance from the entry, names by what they come from, nodes by depth. */
import type { SyntaxNode } from '../../code/mod.ts';
import type { Picture } from '../../search/mod.ts';
import type { FlowOutput, SyntaxOutput } from '../operations/syntax.ts';

/** @param flow of the function, for the views of flow */
export function syntaxPicture(
  view: SyntaxOutput['view'],
  nodes: readonly SyntaxNode[],
  flow: FlowOutput | undefined,
  textOf: (node: SyntaxNode) => string,
): Picture {
  if (flow !== undefined && view === 'control') return controlPicture(flow);
  if (flow !== undefined && view === 'data') return dataPicture(flow);
  return treePicture(nodes, textOf);
}

function controlPicture({ name, blocks, statements, edges }: FlowOutput): Picture {
  const column = distances(blocks.length, edges);
  const last = Math.max(0, ...column) + 1;
  return {
    nodes: blocks.map((block, index) => {
      const inside = block.statements.flatMap((one) => statements[one] ?? []);
      const [first] = inside;
      if (first === undefined)
        return {
          id: index === 0 ? 'entry' : 'exit',
          title: index === 0 ? name : 'exit',
          where: '',
          column: index === 0 ? 0 : last,
        };
      const end = inside.at(-1)?.lines.last ?? first.lines.last;
      const lines = end === first.lines.first ? `line ${end}` : `lines ${first.lines.first}–${end}`;
      const more = inside.length > 1 ? `, ${inside.length} statements` : '';
      const id = inside.map(({ text }) => text).join('\n');
      return { id, title: beginning(first.text), where: `${lines}${more}`, column: column[index] as number };
    }),
    edges: edges.map(({ from, to, kind }) => ({
      from,
      to,
      kind,
      state: kind === 'exception' ? 'ambiguous' : 'resolved',
      label: kind === 'next' ? '' : kind,
    })),
  };
}

/** Of a statement the beginning tells most. */
const beginning = (text: string): string => (text.length <= 38 ? text : `${text.slice(0, 37)}…`);

/** Steps from the entry; what it does not reach stands after it. */
function distances(count: number, edges: readonly { from: number; to: number }[]): number[] {
  const distance = new Array<number>(count).fill(-1);
  distance[0] = 0;
  const queue = [0];
  for (let at = queue.shift(); at !== undefined; at = queue.shift())
    for (const { from, to } of edges)
      if (from === at && distance[to] === -1) {
        distance[to] = (distance[at] as number) + 1;
        queue.push(to);
      }
  return distance.map((steps) => (steps === -1 ? 1 : steps));
}

function dataPicture({ names }: FlowOutput): Picture {
  const column: number[] = [];
  const all = names ?? [];
  all.forEach(({ sources }, index) => {
    const before = sources.filter((source) => source < index).map((source) => column[source] as number);
    column.push(before.length === 0 ? 0 : Math.max(...before) + 1);
  });
  return {
    nodes: all.map(({ name, use, line }, index) => ({
      id: `${name}, line ${line}: ${use}`,
      title: name,
      where: `${use}, line ${line}`,
      column: column[index] as number,
    })),
    edges: all.flatMap(({ sources }, to) =>
      sources.map((from) => ({
        from,
        to,
        kind: all[from]?.use === 'read' ? 'computed from' : 'comes from',
        state: 'resolved',
        label: '',
      })),
    ),
  };
}

function treePicture(nodes: readonly SyntaxNode[], textOf: (node: SyntaxNode) => string): Picture {
  const depth: number[] = [];
  for (const { parent } of nodes) depth.push(parent < 0 ? 0 : (depth[parent] as number) + 1);
  return {
    nodes: nodes.map((node, index) => ({
      id: node.kind,
      title: node.leaf ? textOf(node) : node.kind,
      where: node.leaf && !node.kind.startsWith("'") ? node.kind : (node.field ?? ''),
      column: depth[index] as number,
    })),
    edges: nodes.flatMap(({ parent, field }, to) =>
      parent < 0 ? [] : [{ from: parent, to, kind: field ?? 'child', state: 'resolved' }],
    ),
  };
}
