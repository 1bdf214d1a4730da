/** What tests in ECMAScript's source say of names, and where: `x instanceof Foo` in conditions and operands. */
import type { LinkBuilder } from './builder.ts';
import { firstNamed } from './ecmascript-notes.ts';
import type { LinkRule } from './language.ts';

/** Something that a condition says of an expression. */
interface Said {
  readonly subject: number;
  readonly value: number;
}

/** Operands of a condition that are followed; people write a handful. */
const maxDepth = 8;

/** What holds when the condition came out as `outcome`. */
function saidBy(links: LinkBuilder, condition: number, outcome: boolean, depth = 0): Said[] {
  const { tree, expressions } = links;
  if (condition < 0 || depth > maxDepth) return [];
  const operator = tree.field(condition, 'operator');
  const written = operator < 0 ? '' : tree.textOf(operator);
  switch (tree.kind(condition)) {
    case 'parenthesized_expression':
      return saidBy(links, firstNamed(links, condition), outcome, depth + 1);
    case 'unary_expression':
      return written === '!' ? saidBy(links, tree.field(condition, 'argument'), !outcome, depth + 1) : [];
    case 'binary_expression': {
      const [left, right] = [tree.field(condition, 'left'), tree.field(condition, 'right')];
      if (written === 'instanceof') {
        return outcome && left >= 0 ? [{ subject: left, value: expressions.instance(links.value(right)) }] : [];
      }
      if (written !== (outcome ? '&&' : '||')) return [];
      return [...saidBy(links, left, outcome, depth + 1), ...saidBy(links, right, outcome, depth + 1)];
    }
    default:
      return [];
  }
}

function narrow(links: LinkBuilder, condition: number, outcome: boolean, branch: number): void {
  if (branch < 0) return;
  for (const { subject, value } of saidBy(links, condition, outcome)) {
    links.narrowings.add(subject, value, branch, links.tree.next(branch));
  }
}

export const narrowByBranches: LinkRule = (links, node) => {
  const { tree } = links;
  const condition = tree.field(node, 'condition');
  narrow(links, condition, true, tree.field(node, 'consequence'));
  narrow(links, condition, false, tree.field(node, 'alternative'));
  const body = tree.field(node, 'body');
  narrow(links, condition, true, body);
  const then = tree.field(node, 'consequence');
  const otherwise = tree.field(node, 'alternative');
  if (otherwise >= 0 || then < 0 || !leaves(links, then)) return;
  // `if (!(x instanceof Foo)) return;` says it of all that follows.
  const parent = tree.parent(node);
  if (parent < 0) return;
  for (const { subject, value } of saidBy(links, condition, false)) {
    links.narrowings.add(subject, value, tree.next(node), tree.next(parent));
  }
};

/** Whether a branch always leaves what is around it. */
function leaves(links: LinkBuilder, branch: number): boolean {
  const { tree } = links;
  const last = tree.kind(branch) === 'statement_block' ? (tree.namedChildren(branch).at(-1) ?? -1) : branch;
  return last >= 0 && /^(return|throw|continue|break)_statement$/.test(tree.kind(last));
}

/** `x instanceof Foo && x.bar()`, `x instanceof Foo ? x.bar() : …`; asked for before the operands' values. */
export function narrowByOperands(links: LinkBuilder, node: number): void {
  const { tree } = links;
  if (tree.kind(node) === 'ternary_expression') {
    narrowByBranches(links, node);
    return;
  }
  const operator = tree.field(node, 'operator');
  const written = operator < 0 ? '' : tree.textOf(operator);
  if (written === '&&' || written === '||') {
    narrow(links, tree.field(node, 'left'), written === '&&', tree.field(node, 'right'));
  }
}
