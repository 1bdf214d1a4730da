/** What a query binds and what it returns, by name. */
import { fault } from './fault.ts';
import type { Clause, Pattern } from './types.ts';

/** Names of what a part returns. `RETURN *` gives the variables bound until then. */
export function columnsOf(part: readonly Clause[], text: string): string[] {
  const last = part.at(-1);
  if (last?.kind !== 'return') throw new Error('a part ends with RETURN');
  const { projection } = last;
  const names = projection.all ? [...variablesBefore(part)] : [];
  if (projection.all && names.length === 0)
    throw fault(text, projection.at, 'RETURN * needs a variable, and none is bound.');
  for (const { name } of projection.items) {
    if (names.includes(name)) throw fault(text, projection.at, `Two things are returned as ${name}. Name one with AS.`);
    names.push(name);
  }
  return names;
}

function variablesBefore(part: readonly Clause[]): Set<string> {
  let names = new Set<string>();
  for (const clause of part) {
    if (clause.kind === 'unwind') names.add(clause.variable);
    else if (clause.kind === 'with') {
      const { all, items } = clause.projection;
      names = new Set([...(all ? names : []), ...items.map(({ name }) => name)]);
    } else if (clause.kind === 'match') {
      for (const variable of clause.patterns.flatMap(variablesOf)) names.add(variable);
    }
  }
  return names;
}

export const variablesOf = ({ variable, nodes, edges }: Pattern): string[] =>
  [variable, ...nodes.map((node) => node.variable), ...edges.map((edge) => edge.variable)].filter(
    (one) => one !== null,
  );
