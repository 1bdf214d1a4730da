/** What `graph` answers: what is around a symbol. */
import { isAbsolute, join, relative, sep } from 'node:path';
import type { GraphOutput } from '../../operations/graph.ts';
import { harmless } from '../../paint.ts';
import { requireWithin } from '../../served/within.ts';
import { fitted, type Piece } from '../budget.ts';
import { cursorAt, offsetOf } from '../cursor.ts';
import type { GraphInput } from '../tools/graph.ts';
import type { Answering, Call } from '../types.ts';
import { isPartial, linesText, nextText, noticeText, partialNotices } from './parts.ts';

/** Neighbours of each relation of an overview, and of those that were asked for. */
const limits = { overview: 8, asked: 40 };

export const graphAnswer: Answering<GraphInput> = async (given, call) => {
  const { symbol, relation, hops } = given;
  const offset = offsetOf(given.cursor, given);
  const directory = given.directory ?? call.directory;
  const asked = await call.ask<GraphOutput>('graph', {
    ...{ symbol, directory, relation, hops, offset },
    limit: relation.length === 0 ? limits.overview : limits.asked,
  });
  const { output } = asked;
  if (output.symbol !== null) requireWithin(join(output.root, output.symbol.path), output.root, call.roots.all());
  const told = [...partialNotices(output.completeness), ...output.notices];
  const found = output.relations.flatMap(({ relation: name, neighbours }) =>
    neighbours.filter(({ node }) => isInside(node.path, output.root, call)).map((one) => pieceOf(name, one)),
  );
  const heads = headOf(output);
  const frame = (shown: readonly { text: string; structured: unknown }[]) => {
    const isCut = shown.length < found.length || output.relations.some(({ partial }) => partial);
    // Where several relations are listed, a page of one is not a page of the others.
    const next = isCut && relation.length === 1 && shown.length > 0 ? cursorAt(offset + shown.length, given) : null;
    const hint =
      isCut && next === null && output.symbol !== null
        ? ['There is more: name one relation to list it to its end.']
        : [];
    return {
      text: `${heads.text}${shown.map((one) => one.text).join('')}${heads.end}${nextText(next)}${noticeText([...told, ...hint])}`,
      structured: {
        ...heads.structured,
        neighbours: shown.map((one) => one.structured),
        next,
        partial: isPartial(output.completeness),
        notices: [...told, ...hint],
      },
    };
  };
  return frame(fitted(found, frame([{ text: '', structured: '' }]), given.budget));
};

/** Where a root is less than its repository, what lies outside of it is not told. */
function isInside(path: string, root: string, { roots }: Call): boolean {
  return roots.all().some((one) => {
    const way = relative(one, join(root, path));
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

type Relation = GraphOutput['relations'][number];

function pieceOf(relation: string, { node, state, distance, sites }: Relation['neighbours'][number]): Piece {
  const { kind } = node;
  const id = harmless(node.id);
  const own = { relation, id, kind, state, distance };
  const doubt = state === 'resolved' ? '' : `  ${state}`;
  const first = `${relation}  ${'  '.repeat(distance - 1)}${id}  ${kind}${doubt}\n`;
  const places = sites.map(({ line, text }) => `${line}: ${text}`);
  const head = { text: first, structured: own };
  if (places.length === 0) return { head, whole: head };
  return {
    head,
    whole: {
      text: `${first}${places.map((place) => `    ${place}\n`).join('')}`,
      structured: { ...own, sites: places },
    },
  };
}

/** Candidates that are named of an ambiguous name; the first are the best. */
const mostCandidates = 10;

function headOf({ symbol, candidates, relations: found, through, unresolved }: GraphOutput) {
  const totals = Object.fromEntries(found.map(({ relation, total }) => [relation, total]));
  const ids = candidates.slice(0, mostCandidates).map(({ id }) => harmless(id));
  const unknown =
    unresolved === null || unresolved.external + unresolved.unknown + unresolved.ambiguous === 0
      ? null
      : `${unresolved.name}: ${unresolved.ambiguous} ambiguous, ${unresolved.unknown} unknown, ${unresolved.external} external`;
  const lines = symbol?.lines == null ? null : linesText(symbol.lines);
  const counts = Object.entries(totals).map(([name, total]) => `${total} ${name}`);
  const overridden = through
    .slice(0, 5)
    .map(({ node, callers }) => `through ${harmless(node.id)}: ${callers} callers\n`);
  return {
    text:
      symbol === null
        ? `Several fit; ask for one of:\n${ids.map((id) => `  ${id}\n`).join('')}`
        : `${harmless(symbol.id)}  ${symbol.kind}${lines === null ? '' : `  ${lines}`}  (${counts.join(', ')})\n`,
    end: `${overridden.join('')}${unknown === null ? '' : `call sites not resolved, of ${unknown}\n`}`,
    structured: {
      symbol: symbol === null ? null : harmless(symbol.id),
      kind: symbol?.kind ?? null,
      lines,
      candidates: ids,
      totals,
      unresolved: unknown,
    },
  };
}
