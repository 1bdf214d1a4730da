/** The tree of terms behind a score, drawn with lines; numbers stand in one column so that they compare at a glance. */
import type { Explanation } from '../../search/mod.ts';
import { harmless, type Paint } from '../paint.ts';

export function explanationTree(root: Explanation, paint: Paint): string[] {
  const lines: string[] = [];
  const draw = (node: Explanation, lead: string, branch: string, below: string): void => {
    const factors = factorsOf(node);
    const label =
      factors === null
        ? harmless(node.label)
        : `${harmless(node.label.replace(/ \(product\)$/, ''))}  ${paint.dim(factors)}`;
    lines.push(`  ${node.value.toFixed(3).padStart(9)}  ${paint.dim(lead + branch)}${label}`);
    if (factors !== null) return;
    node.children.forEach((child, index) => {
      const last = index === node.children.length - 1;
      draw(child, lead + below, last ? '└ ' : '├ ', last ? '  ' : '│ ');
    });
  };
  draw(root, '', '', '');
  return lines;
}

/** A product of plain numbers fits on one line: `weight 0.4 × value 0.9`. */
function factorsOf({ label, children }: Explanation): string | null {
  if (!label.endsWith(' (product)') || children.some((child) => child.children.length > 0)) return null;
  return children.map((child) => `${harmless(child.label)} ${Number(child.value.toFixed(3))}`).join(' × ');
}
