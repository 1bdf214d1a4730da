/** What `graph` answers: what is around a symbol. */
import { isAbsolute, join, relative, sep } from 'node:path';
import type { GraphOutput } from '../../operations/graph.ts';
import { harmless } from '../../paint.ts';
import { requireWithin } from '../../served/within.ts';
import { fitted, type Piece } from '../budget.ts';
import { cursorAt, offsetOf } from '../cursor.ts';
import { withId } from '../printed.ts';
import type { GraphInput } from '../tools/graph.ts';
import type { Answering, Call } from '../types.ts';
import { isPartial, linesText, nextText, noticeText, partialNotices } from './parts.ts';

/**
 * Neighbours of each relation: of an overview; of one that was asked for, whose pages begin where the last one ended; and of several,
 * which are listed one behind the other from their beginnings, so that a page knows where the last one ended.
 */
const limits = { overview: 8, one: 40, several: 1_000 };

export const graphAnswer: Answering<GraphInput> = async (given, call) => {
  const { symbol, relation, hops } = given;
  const offset = offsetOf(given.cursor, given);
  const kinds = new Set(relation).size;
  const directory = given.directory ?? call.directory;
  const asked = await withId(symbol, (id) =>
    call.ask<GraphOutput>('graph', {
      ...{ symbol: id, directory, relation, hops },
      offset: kinds === 1 ? offset : 0,
      limit: kinds === 0 ? limits.overview : kinds === 1 ? limits.one : limits.several,
    }),
  );
  const { output } = asked;
  if (output.symbol !== null) requireWithin(join(output.root, output.symbol.path), output.root, call.roots.all());
  const told = [...partialNotices(output.completeness), ...output.notices];
  const listed = output.relations
    .flatMap(({ relation: name, neighbours }) => neighbours.map((one) => ({ name, one })))
    .slice(kinds > 1 ? offset : 0);
  const found = listed.flatMap(({ name, one }, at) =>
    isInside(one.node.path, output.root, call) ? [{ at, piece: pieceOf(name, one) }] : [],
  );
  const heads = headOf(output);
  const frame = (shown: readonly { text: string; structured: unknown }[]) => {
    const isCut = shown.length < found.length || output.relations.some(({ partial }) => partial);
    const goesOn = kinds === 1 ? isCut : kinds > 1 && shown.length < found.length;
    const end = found[shown.length]?.at ?? listed.length;
    // A budget that holds not one goes nowhere.
    const next = goesOn && end > 0 ? cursorAt(offset + end, given) : null;
    const hint =
      isCut && next === null && output.symbol !== null
        ? [`There is more: name ${kinds === 0 ? 'relations' : 'one relation'} to list to the end.`]
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
  const pieces = found.map(({ piece }) => piece);
  return frame(fitted(pieces, frame([{ text: '', structured: '' }]), given.budget));
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
