/** The person's view of `winnow syntax`. */
import type { FlowOutput, SyntaxOutput } from '../operations/syntax.ts';
import type { Settings } from '../operations/types.ts';
import { cut, harmless, harmlessLines, painter } from '../paint.ts';

type Paint = ReturnType<typeof painter>;

export function syntaxView(output: SyntaxOutput, settings: Settings): string {
  if (output.picture !== null) return harmlessLines(output.picture);
  const paint = painter(settings);
  const { tokens, tree, sequence, flows } = output;
  if (tokens !== null) {
    const lines = tokens.map(({ text, class: kind, line, column }) => {
      const place = `${line}:${column}`;
      return `${paint.dim(place.padEnd(8))} ${paint.cyan(kind.padEnd(10))} ${harmless(JSON.stringify(text).slice(1, -1))}`;
    });
    return `${lines.join('\n')}\n`;
  }
  if (sequence !== null) {
    const lines = sequence.map((part) =>
      'leaf' in part
        ? harmless(JSON.stringify(part.leaf))
        : 'open' in part
          ? `AST#${part.open}#left`
          : `AST#${part.close}#right`,
    );
    return `${lines.join('\n')}\n`;
  }
  if (tree !== null) return treeText(tree, paint);
  return (flows ?? [])
    .filter((flow, index) => index > 0 || flow.statements.length > 0 || flows?.length === 1)
    .map((flow) => (output.view === 'data' ? dataText(flow, paint) : controlText(flow, settings, paint)))
    .join('\n');
}

function treeText(tree: NonNullable<SyntaxOutput['tree']>, paint: Paint): string {
  const depth: number[] = [];
  const lines = tree.flatMap(({ kind, field, parent, span }) => {
    const own = parent < 0 ? 0 : (depth[parent] as number) + 1;
    depth.push(own);
    const part = field === null ? '' : `${paint.cyan(field)}: `;
    return [`${'  '.repeat(own)}${part}${harmless(kind)} ${paint.dim(`${span.start}–${span.end}`)}`];
  });
  return `${lines.join('\n')}\n`;
}

function heading({ name, lines }: FlowOutput, paint: Paint): string {
  return `${paint.bold(harmless(name))}  ${paint.dim(`lines ${lines.first}–${lines.last}`)}`;
}

function controlText(flow: FlowOutput, settings: Settings, paint: Paint): string {
  const { blocks, statements, edges } = flow;
  const width = String(Math.max(1, ...statements.map(({ lines }) => lines.first))).length;
  const lines = [heading(flow, paint)];
  const ways = (from: number): string =>
    edges
      .filter((edge) => edge.from === from)
      .map(({ to, kind }) => `${kind === 'next' ? '' : `${kind} `}→ ${to === 1 ? 'exit' : to}`)
      .join('   ');
  lines.push(`  ${paint.dim(`entry ${ways(0)}`)}`);
  blocks.forEach((block, index) => {
    if (index < 2) return;
    block.statements.forEach((one, place) => {
      const statement = statements[one];
      if (statement === undefined) return;
      const number = place === 0 ? String(index).padStart(4) : '    ';
      const line = String(statement.lines.first).padStart(width);
      const room = Math.max(20, settings.columns - width - 10);
      lines.push(`${paint.cyan(number)}  ${paint.dim(line)}  ${cut(harmless(statement.text), room)}`);
    });
    const reached = edges.some(({ to }) => to === index);
    lines.push(
      `${' '.repeat(8 + width)}${paint.dim(ways(index))}${reached ? '' : paint.yellow('  nothing leads here')}`,
    );
  });
  return `${lines.join('\n')}\n`;
}

function dataText(flow: FlowOutput, paint: Paint): string {
  const { names } = flow;
  const lines = [heading(flow, paint)];
  if (names === null) lines.push('  Too many names to follow.');
  const place = (index: number): string => {
    const one = names?.[index];
    return one === undefined ? '' : `${harmless(one.name)} ${one.line}`;
  };
  for (const { name, use, line, statement, sources } of names ?? []) {
    const from = sources.length > 0 ? `← ${sources.map(place).join(', ')}` : '';
    const outside = use === 'read' && sources.length === 0 ? paint.dim('from outside') : '';
    const how = statement < 0 ? 'parameter' : use;
    lines.push(
      `  ${paint.dim(String(line).padStart(5))}  ${paint.cyan(how.padEnd(9))}  ${harmless(name)}  ${from}${outside}`.trimEnd(),
    );
  }
  return `${lines.join('\n')}\n`;
}
