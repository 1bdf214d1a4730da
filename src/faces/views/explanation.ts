/** The tree of terms behind a score, drawn with lines; numbers stand in one column so that they compare at a glance. */
import type { Explanation } from '../../search/mod.ts';
import { harmless, type Paint } from '../paint.ts';

export function explanationTree(root: Explanation, paint: Paint): string[] {
  const lines: string[] = [];
  const draw = (node: Explanation, lead: string, branch: string, below: string): void => {
    lines.push(`  ${node.value.toFixed(3).padStart(9)}  ${paint.dim(lead + branch)}${harmless(node.label)}`);
    node.children.forEach((child, index) => {
      const last = index === node.children.length - 1;
      draw(child, lead + below, last ? '└ ' : '├ ', last ? '  ' : '│ ');
    });
  };
  draw(root, '', '', '');
  return lines;
}
