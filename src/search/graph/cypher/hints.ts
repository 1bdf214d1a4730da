/** What a WHERE demands of names, so that matching can start at the few nodes that have them. */
import type { Expression } from './types.ts';

/** Literals that WHERE demands: `a.name = 'x'`, by variable and property. */
export type Hints = ReadonlyMap<string, string>;

/** @returns hints from the parts of a WHERE that must all hold */
export function hintsOf(where: Expression | null): Hints {
  const hints = new Map<string, string>();
  const visit = (expression: Expression | null): void => {
    if (expression?.kind !== 'binary') return;
    const { operator, left, right } = expression;
    if (operator === 'and') {
      visit(left);
      visit(right);
    } else if (operator === '=') {
      hint(hints, left, right);
      hint(hints, right, left);
    }
  };
  visit(where);
  return hints;
}

function hint(hints: Map<string, string>, side: Expression, other: Expression): void {
  if (side.kind !== 'property' || side.object.kind !== 'variable') return;
  if (other.kind === 'literal' && typeof other.value === 'string')
    hints.set(`${side.object.name} ${side.name}`, other.value);
}
