/**
 * An answer about the graph as lines of text: what a model is given, what budgets count, and, with colours, what a person sees.
 *
 *     src/app.py:Flask.run  method  40–52
 *     callers (2)
 *       src/cli.py:main  function  10–14
 *           12  app.run()
 *       tests/test_app.py:test_run  ambiguous 2, same-name
 *           30  server.run()
 *     Also called through src/base.py:App.run (3 callers).
 *     2 more call sites of the name run are ambiguous; 1 leads to nothing known.
 *
 * A state is written where it is not plainly `resolved`, that of a line where it is in doubt and the whole is not. Neighbours of neighbours are indented below the one they were reached from.
 */
import type { GraphAnswer, Neighbour, NodeInfo, RelationAnswer, ThroughAnswer, UnresolvedCount } from './types.ts';

/** How the parts of a line are coloured; each must keep the text harmless where that matters. */
export interface Ink {
  readonly path: (text: string) => string;
  readonly name: (text: string) => string;
  readonly kind: (text: string) => string;
  readonly doubt: (text: string) => string;
  readonly seen: (text: string) => string;
  readonly aside: (text: string) => string;
  readonly code: (text: string) => string;
}

const asIs = (text: string): string => text;
export const plainInk: Ink = {
  path: asIs,
  name: asIs,
  kind: asIs,
  doubt: asIs,
  seen: asIs,
  aside: asIs,
  code: asIs,
};

export type Arrangement = 'tree' | 'list';

export function graphText(answer: GraphAnswer, arrangement: Arrangement = 'tree', ink: Ink = plainInk): string {
  const lines: string[] = [];
  if (answer.symbol === null) {
    lines.push('Several definitions fit. Ask about one of these:', '');
    for (const info of answer.candidates) lines.push(`  ${nodeText(info, ink)}`);
  } else {
    lines.push(nodeText(answer.symbol, ink));
    if (answer.symbol.signature !== null) lines.push(`  ${ink.code(answer.symbol.signature)}`);
    for (const relation of answer.relations) lines.push(...relationLines(relation, arrangement, ink));
    for (const one of answer.through) lines.push(ink.aside(throughText(one)));
    if (answer.unresolved !== null) lines.push(ink.aside(unresolvedText(answer.unresolved)));
  }
  return `${lines.join('\n')}\n`;
}

export function nodeText({ id, path, kind, lines }: NodeInfo, ink: Ink): string {
  const shown = id.startsWith(path) ? `${ink.path(path)}${ink.name(id.slice(path.length))}` : ink.name(id);
  const range = lines === null ? '' : lines.first === lines.last ? `${lines.first}` : `${lines.first}–${lines.last}`;
  return [shown, ink.kind(kind), ...(range === '' || kind === 'file' ? [] : [ink.aside(range)])].join('  ');
}

/** Calls of what a method overrides or implements may come to it, and are no callers of its own. */
const throughText = ({ node, callers }: ThroughAnswer): string =>
  `Also called through ${node.id} (${callers} caller${callers === 1 ? '' : 's'}).`;

/** What answers about callers must add. */
export function unresolvedText({ name, external, unknown, ambiguous }: UnresolvedCount): string {
  const nowhere = external + unknown;
  if (nowhere + ambiguous === 0) return `No call site of the name ${name} is ambiguous or unresolved.`;
  const sites = (count: number): string => `${count} call site${count === 1 ? '' : 's'}`;
  const parts: string[] = [];
  if (ambiguous > 0) parts.push(`${sites(ambiguous)} of the name ${name} ${ambiguous === 1 ? 'is' : 'are'} ambiguous`);
  if (nowhere > 0) {
    const subject = parts.length === 0 ? `${sites(nowhere)} of the name ${name}` : `${nowhere} more`;
    const why = [external > 0 ? `${external} external` : '', unknown > 0 ? `${unknown} unknown` : ''].filter(Boolean);
    parts.push(`${subject} could not be resolved (${why.join(', ')})`);
  }
  return `${parts.join('; ')}.`;
}

function relationLines(answer: RelationAnswer, arrangement: Arrangement, ink: Ink): string[] {
  const lines = ['', relationHead(answer, ink)];
  const depths: number[] = [];
  const children = new Map<number, number[]>();
  for (const [at, { via }] of answer.neighbours.entries()) {
    const siblings = children.get(via);
    if (siblings === undefined) children.set(via, [at]);
    else siblings.push(at);
  }
  const add = (at: number): void => {
    const one = answer.neighbours[at] as Neighbour;
    const depth = one.via < 0 ? 0 : (depths[one.via] as number) + 1;
    depths[at] = depth;
    lines.push(...neighbourLines(one, arrangement === 'list' ? 0 : depth, arrangement, ink));
    if (arrangement === 'tree') for (const child of children.get(at) ?? []) add(child);
  };
  if (arrangement === 'tree') for (const at of children.get(-1) ?? []) add(at);
  else for (const at of answer.neighbours.keys()) add(at);
  return lines;
}

function relationHead({ relation, neighbours, total, reached, partial }: RelationAnswer, ink: Ink): string {
  const numbers = [`${total}`];
  if (reached > total) numbers.push(`${reached} within reach`);
  if (neighbours.length < reached) numbers.push(`${neighbours.length} shown`);
  if (partial && neighbours.length === reached) numbers.push('the walk was cut');
  return `${ink.name(relation)} ${ink.aside(`(${numbers.join(', ')})`)}`;
}

function neighbourLines(one: Neighbour, depth: number, arrangement: Arrangement, ink: Ink): string[] {
  const indent = '  '.repeat(depth + 1);
  const head = [nodeText(one.node, ink)];
  if (arrangement === 'list' && one.distance > 1) head.push(ink.aside(`${one.distance} steps`));
  if (one.state === 'ambiguous')
    head.push(ink.doubt(`ambiguous${one.rank > 0 ? ` ${one.rank + 1}` : ''}, ${one.rule}`));
  else if (one.state === 'observed') head.push(ink.seen(one.partial ? 'observed in partial runs' : 'observed'));
  else if (one.sites.length > 0) head.push(ink.aside(one.rule));
  const width = String(one.sites.at(-1)?.line ?? '').length;
  const lines = one.sites.map(({ line, text, state }) => {
    const doubt = state === 'ambiguous' && one.state !== 'ambiguous' ? `  ${ink.doubt('ambiguous')}` : '';
    return `${indent}    ${ink.aside(String(line).padStart(width))}  ${ink.code(text)}${doubt}`;
  });
  const more = one.siteCount - one.sites.length;
  if (more > 0 && one.sites.length > 0) lines.push(`${indent}    ${ink.aside(`${more} more`)}`);
  return [`${indent}${head.join('  ')}`, ...lines];
}
