/** A picture of nodes and edges in the languages of Graphviz and Mermaid. Both are text that other programs lay out. */
import type { Picture } from './picture.ts';

/** Dashed where it is a guess, thick where a run took it: as in the SVG. */
const dotStyle: Readonly<Record<string, string>> = { ambiguous: 'dashed', observed: 'bold' };

export function dotText({ nodes, edges }: Picture): string {
  const quote = (text: string): string => `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\s+/g, ' ')}"`;
  const lines = ['digraph winnow {', '  rankdir=LR;', '  node [shape=box, fontname="sans-serif", fontsize=11];'];
  lines.push('  edge [fontname="sans-serif", fontsize=9];');
  nodes.forEach(({ id, title, where, column }, place) => {
    const label = where === '' ? quote(title) : `${quote(title).slice(0, -1)}\\n${quote(where).slice(1)}`;
    lines.push(`  n${place} [label=${label}, tooltip=${quote(id)}${column === 0 ? ', style=bold' : ''}];`);
  });
  for (const { from, to, kind, state } of edges) {
    const style = dotStyle[state];
    lines.push(`  n${from} -> n${to} [label=${quote(kind)}${style === undefined ? '' : `, style=${style}`}];`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

const mermaidArrow: Readonly<Record<string, string>> = { ambiguous: '-.->', observed: '==>' };

export function mermaidText({ nodes, edges }: Picture): string {
  // Mermaid reads entity codes in quoted labels; quotes, brackets and hashes would end or change them.
  const quote = (text: string): string =>
    `"${text.replace(/[#"<>&`\\[\]{}|]/g, (sign) => `#${sign.charCodeAt(0)};`).replace(/\s+/g, ' ')}"`;
  const lines = ['flowchart LR'];
  nodes.forEach(({ title, where }, place) => {
    lines.push(`  n${place}[${quote(title).slice(0, -1)}${where === '' ? '' : `<br/>${quote(where).slice(1, -1)}`}"]`);
  });
  for (const { from, to, kind, state } of edges)
    lines.push(`  n${from} ${mermaidArrow[state] ?? '-->'}|${kind}| n${to}`);
  if (nodes.length > 0) lines.push('  style n0 stroke-width:3px');
  return `${lines.join('\n')}\n`;
}
