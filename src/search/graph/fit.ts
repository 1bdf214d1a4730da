/**
 * An answer about the graph within a number of tokens: fewer source lines first, then fewer neighbours of each relation, then what is said
 * beside the relations. Their counts go last, and one stays whatever it costs: without any, what was found would read as nothing.
 */

import { largest } from '../largest.ts';
import { estimateTokens } from '../tokens.ts';
import { graphText } from './text.ts';
import type { GraphAnswer, Neighbour, RelationAnswer } from './types.ts';

const leftOut = 'Parts were left out to stay within the budget.\n';

export function fitAnswer(answer: GraphAnswer, budgetTokens: number): GraphAnswer {
  const told = estimateTokens(answer.notices.map((notice) => `${notice}\n`).join(''));
  const cost = (form: GraphAnswer): number => estimateTokens(graphText(form)) + told;
  if (cost(answer) <= budgetTokens) return { ...answer, tokens: cost(answer) };
  const room = budgetTokens - estimateTokens(leftOut);
  const all = answer.relations.reduce((sum, { neighbours }) => sum + neighbours.length, 0);
  const forms = [
    () => shortened(answer, 1, all),
    () => shortened(answer, 0, all),
    () =>
      shortened(
        answer,
        0,
        largest(all, (count) => cost(shortened(answer, 0, count)) <= room),
      ),
    () => ({ ...shortened(answer, 0, 0), symbol: answer.symbol && { ...answer.symbol, signature: null } }),
  ];
  for (const form of forms) {
    const made = form();
    if (cost(made) <= room) return cutNotice(made, cost(made));
  }
  // What is left is one line for the symbol and one for each relation; notices go where even that is too much, then what was not resolved.
  const symbol = answer.symbol && { ...answer.symbol, signature: null };
  const bare = { ...shortened(answer, 0, 0), symbol, notices: [] };
  const bareCost = estimateTokens(graphText(bare));
  if (bareCost <= room) return cutNotice(bare, bareCost);
  const counts = { ...bare, through: [], unresolved: null };
  const fits = (count: number): boolean => estimateTokens(graphText(tellingMost(counts, count))) <= room;
  const last = tellingMost(counts, Math.max(1, largest(counts.relations.length, fits)));
  return cutNotice(last, estimateTokens(graphText(last)));
}

/** So many relations in their order, those that lead anywhere before those that do not. */
function tellingMost(answer: GraphAnswer, count: number): GraphAnswer {
  const [some, none] = [true, false].map((leads) => answer.relations.filter(({ reached }) => reached > 0 === leads));
  const kept = new Set([...(some as RelationAnswer[]), ...(none as RelationAnswer[])].slice(0, count));
  return { ...answer, relations: answer.relations.filter((one) => kept.has(one)) };
}

const cutNotice = (answer: GraphAnswer, tokens: number): GraphAnswer => ({
  ...answer,
  notices: [...answer.notices, leftOut.trim()],
  tokens: tokens + estimateTokens(leftOut),
});

/** The first `count` neighbours of all relations, taken in turn from each, with at most so many sites. */
function shortened(answer: GraphAnswer, sites: number, count: number): GraphAnswer {
  const taken = answer.relations.map(() => 0);
  for (let left = count, before = -1; left > 0 && left !== before; ) {
    before = left;
    for (const [at, { neighbours }] of answer.relations.entries()) {
      if (left === 0 || (taken[at] as number) >= neighbours.length) continue;
      taken[at] = (taken[at] as number) + 1;
      left--;
    }
  }
  return { ...answer, relations: answer.relations.map((one, at) => shorter(one, sites, taken[at] as number)) };
}

function shorter(relation: RelationAnswer, sites: number, limit: number): RelationAnswer {
  const neighbours = relation.neighbours
    .slice(0, limit)
    .map((one): Neighbour => ({ ...one, sites: one.sites.slice(0, sites) }));
  return { ...relation, neighbours, partial: relation.partial || neighbours.length < relation.neighbours.length };
}
