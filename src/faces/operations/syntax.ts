/** `winnow syntax FILE [FUNCTION]`: tokens, tree, control flow and data flow, as text, data and pictures. */
import { z } from 'zod';
import {
  type LineRange,
  limits,
  lineAt,
  lineStarts,
  linesOf,
  nearest,
  type Span,
  WinnowError,
} from '../../base/mod.ts';
import {
  type CodeFlow,
  createSyntaxReader,
  flowEdgeKinds,
  type SyntaxNode,
  type SyntaxResult,
  sequenceOf,
  tokenClasses,
  tokenClassOf,
} from '../../code/mod.ts';
import { inUtf8, loadGrammarFile } from '../../index/mod.ts';
import { dotText, mermaidText, svgText } from '../../search/mod.ts';
import { syntaxView } from '../views/syntax.ts';
import { syntaxPicture } from '../views/syntax-picture.ts';
import { readFileWithin } from './run-files.ts';
import { linesSchema, spanSchema } from './schemas.ts';
import type { Operation } from './types.ts';

const views = ['tokens', 'tree', 'sequence', 'control', 'data'] as const;
const formats = ['text', 'dot', 'svg', 'mermaid'] as const;

const input = z.strictObject({
  file: z.string().min(1).describe('The file to read; its name tells the language'),
  function: z
    .string()
    .min(1)
    .optional()
    .describe('Only this function, by its name or a line in it; default: all of the file'),
  view: z
    .enum(views)
    .default('control')
    .describe(
      'tokens with their classes, the tree, the tree as a sequence that loses nothing, blocks and the ways between them, or where values come from',
    ),
  format: z
    .enum(formats)
    .default('text')
    .describe('Text, or a picture for Graphviz, as SVG or for Mermaid; redirect it into a file'),
});

const nodeSchema = z.strictObject({
  kind: z.string().describe("The grammar's name; tokens without one are their text in single quotes"),
  field: z.string().nullable().describe('The part it plays in its parent'),
  parent: z.int().describe('Index of the parent, before it in this list; -1 for the first'),
  leaf: z.boolean(),
  span: spanSchema,
});

const flowSchema = z.strictObject({
  name: z.string(),
  span: spanSchema,
  lines: linesSchema,
  statements: z.array(
    z.strictObject({
      kind: z.string(),
      span: spanSchema,
      lines: linesSchema,
      text: z.string().describe('White space collapsed'),
    }),
  ),
  blocks: z
    .array(z.strictObject({ statements: z.array(z.int()).describe('Indices of statements, in order') }))
    .describe('0 is the entry and 1 the exit'),
  edges: z.array(z.strictObject({ from: z.int(), to: z.int(), kind: z.enum(flowEdgeKinds) })),
  names: z
    .array(
      z.strictObject({
        name: z.string(),
        use: z.enum(['read', 'write', 'update']).describe('update: an element or member of it is written'),
        span: spanSchema,
        line: z.int(),
        statement: z.int().describe('-1 for parameters'),
        sources: z
          .array(z.int())
          .describe('Indices of names: writes that a read may come from, reads that a write is computed of'),
      }),
    )
    .nullable()
    .describe('null when there are too many to follow'),
});

const output = z.strictObject({
  schema: z.literal('winnow.syntax/1'),
  path: z.string(),
  language: z.string(),
  view: z.enum(views),
  format: z.enum(formats),
  sure: z.boolean().describe('false: something in the file did not parse'),
  tokens: z
    .array(
      z.strictObject({
        text: z.string(),
        class: z.enum(tokenClasses),
        span: spanSchema,
        line: z.int(),
        column: z.int(),
      }),
    )
    .nullable()
    .describe('Columns count bytes, from 1'),
  tree: z.array(nodeSchema).nullable().describe('In preorder'),
  sequence: z
    .array(
      z.union([
        z.strictObject({ open: z.string() }),
        z.strictObject({ close: z.string() }),
        z.strictObject({ leaf: z.string(), kind: z.string() }),
      ]),
    )
    .nullable(),
  flows: z.array(flowSchema).nullable(),
  picture: z.string().nullable(),
  notices: z.array(z.string()),
});

export type SyntaxOutput = z.output<typeof output>;
export type FlowOutput = z.output<typeof flowSchema>;

export const syntax: Operation<typeof input, typeof output> = {
  name: 'syntax',
  summary: 'tokens, tree, control flow and data flow of a file or function',
  description: `Prints what the grammar of its language says of a file, or of one function of it. No index is needed.

Control flow is blocks of statements and the ways between them: branches, loops, cases, jumps, exceptions and what is done in any case. Data flow is, for every read of a variable, which writes its value may come from, and for every write what it is computed of: the edges that GraphCodeBERT reads. Both are known in eleven languages (docs/syntax.md); they follow names, not objects, and conditions inside expressions are no branches. Tokens have the classes of CodeNet; the sequence is UniXcoder's, from which the tree can be made again.

Code that does not parse is shown as far as it does, with a notice.`,
  examples: [
    { command: 'winnow syntax src/app.py dispatch', does: 'the blocks of a function and the ways between them' },
    { command: 'winnow syntax src/app.py dispatch --view data', does: 'where each value may come from' },
    {
      command: 'winnow syntax src/app.ts 120 --format svg > flow.svg',
      does: 'a picture of the function around a line',
    },
    {
      command: 'winnow syntax main.go --view tokens --json',
      does: 'tokens with their classes and places, for a program',
    },
  ],
  input,
  output,
  positional: [
    { property: 'file', label: 'FILE' },
    { property: 'function', label: 'FUNCTION' },
  ],
  labels: { function: 'FUNCTION' },
  run: async (given, context) => {
    const bytes = inUtf8(await readFileWithin(given.file, context.cwd, limits.parseFileBytes));
    const reader = await createSyntaxReader(loadGrammarFile);
    const read = readable(await reader.read(given.file, bytes), given.file);
    const file = new File(bytes);
    const { flows: all, nodes, language, sure } = read;
    const isFlow = given.view === 'control' || given.view === 'data';
    if (isFlow && all === null)
      throw new WinnowError(
        'bad-usage',
        `The flow of ${language} is not known; its tokens and tree are (--view tree).`,
        { details: { language } },
      );
    const chosen = given.function === undefined ? null : flowNamed(all ?? [], given.function, given.file, file);
    const flows = (chosen === null ? (all ?? []) : [chosen]).map((flow) => file.flow(flow));
    const part = chosen === null ? nodes : partOf(nodes, chosen);
    const notices = sure ? [] : [`${given.file} does not parse as a whole; what is shown is what could be read.`];
    const picture = given.format === 'text' ? null : drawn(given.view, given.format, part, flows, file, given.file);
    for (const text of notices) context.notice(text);
    return {
      schema: 'winnow.syntax/1' as const,
      path: given.file,
      language,
      view: given.view,
      format: given.format,
      sure,
      tokens: given.view === 'tokens' ? file.tokens(part) : null,
      tree: given.view === 'tree' ? [...part] : null,
      sequence: given.view === 'sequence' ? sequenceOf(part, (node) => file.text(node.span)) : null,
      flows: isFlow ? flows : null,
      picture,
      notices,
    };
  },
  render: syntaxView,
  exit: () => 0,
};

function readable(result: SyntaxResult, path: string): SyntaxResult & { kind: 'read' } {
  if (result.kind === 'read') return result;
  throw new WinnowError('bad-usage', `${path} has no syntax to show: ${whyNot(result)}`, { details: { path } });
}

function whyNot(result: Exclude<SyntaxResult, { kind: 'read' }>): string {
  switch (result.kind) {
    case 'failed':
      return `its parser failed: ${result.reason}.`;
    case 'skipped':
      return skipped[result.reason];
    case 'embedded':
      return `it holds pieces of other languages (${result.language}), which have no tree in common. Give a piece as a file of its own.`;
    case 'other':
      return `no grammar reads it (${result.language}). \`winnow languages\` lists those that are parsed.`;
  }
}

const skipped: Readonly<Record<(SyntaxResult & { kind: 'skipped' })['reason'], string>> = {
  binary: 'it is binary: it holds bytes that no text has, such as NUL.',
  'too-large': 'it is too large to be parsed.',
  minified: 'it is minified: its lines are too long to be read.',
  empty: 'it is empty.',
  unreadable: 'it cannot be read.',
  'not-a-file': 'it is no plain file.',
};

/** @throws WinnowError `unknown-id` */
function flowNamed(flows: readonly CodeFlow[], wanted: string, path: string, file: File): CodeFlow {
  const line = /^\d+$/.test(wanted) ? Number(wanted) : null;
  const fits = flows.filter((flow, index) => {
    if (line === null) return flow.name === wanted || flow.name === wanted.split(/[.:#]+/).at(-1);
    const { first, last } = file.lines(flow.span);
    return index > 0 && first <= line && line <= last;
  });
  // Of those around a line the innermost.
  const found = line === null ? fits[0] : fits.at(-1);
  if (found !== undefined && (line !== null || fits.length === 1)) return found;
  const lines = fits.map((flow) => file.lines(flow.span).first);
  const names = [...new Set(flows.slice(1).map(({ name }) => name))];
  const near = nearest(wanted, names).slice(0, 5);
  const message =
    fits.length > 1
      ? `${path} has ${fits.length} functions named ${wanted}, at lines ${lines.join(', ')}; give the line instead of the name.`
      : `${path} has no function ${wanted}.${near.length > 0 ? ` Nearest: ${near.join(', ')}.` : ''}`;
  throw new WinnowError('unknown-id', message, { details: { id: wanted, near, lines } });
}

/** The nodes of a function, as a tree of its own. */
function partOf(nodes: readonly SyntaxNode[], { span }: CodeFlow): SyntaxNode[] {
  const first = nodes.findIndex(
    (node) => node.span.start === span.start && node.span.end === span.end && node.parent >= 0,
  );
  if (first < 0) return [...nodes];
  let end = first + 1;
  while (end < nodes.length && (nodes[end] as SyntaxNode).parent >= first) end++;
  return nodes.slice(first, end).map((node) => ({ ...node, parent: Math.max(-1, node.parent - first) }));
}

/** More boxes than this nobody can look at. */
const mostDrawn = 3_000;

function drawn(
  view: (typeof views)[number],
  format: 'dot' | 'svg' | 'mermaid',
  nodes: readonly SyntaxNode[],
  flows: readonly FlowOutput[],
  file: File,
  path: string,
): string {
  const [flow, ...more] = flows;
  if ((view === 'control' || view === 'data') && (flow === undefined || more.length > 0))
    throw new WinnowError(
      'bad-usage',
      `A picture shows the flow of one function; ${path} has ${flows.length - 1}: ${flows
        .slice(1, 9)
        .map(({ name }) => name)
        .join(', ')}${flows.length > 9 ? ', …' : ''}. Name one, or give a line in it.`,
    );
  if (nodes.length > mostDrawn && view !== 'control' && view !== 'data')
    throw new WinnowError(
      'bad-usage',
      `A picture has at most ${mostDrawn} nodes; this tree has ${nodes.length}. Name a function.`,
    );
  const picture = syntaxPicture(view, nodes, flow, (node) => file.text(node.span));
  return { dot: dotText, svg: svgText, mermaid: mermaidText }[format](picture);
}

/** A file's bytes, and where its lines are. */
class File {
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#starts = lineStarts(bytes);
  }

  text({ start, end }: Span): string {
    return new TextDecoder().decode(this.#bytes.subarray(start, end));
  }

  line(offset: number): number {
    return lineAt(this.#starts, offset);
  }

  lines(span: Span): LineRange {
    return linesOf(this.#starts, span);
  }

  flow(flow: CodeFlow): FlowOutput {
    return {
      ...flow,
      lines: this.lines(flow.span),
      statements: flow.statements.map((one) => ({
        ...one,
        lines: this.lines(one.span),
        text: this.text(one.span).replace(/\s+/g, ' '),
      })),
      blocks: flow.blocks.map(({ statements }) => ({ statements: [...statements] })),
      edges: [...flow.edges],
      names: flow.names?.map((one) => ({ ...one, line: this.line(one.span.start), sources: [...one.sources] })) ?? null,
    };
  }

  tokens(nodes: readonly SyntaxNode[]): NonNullable<SyntaxOutput['tokens']> {
    return nodes.flatMap((node) => {
      if (!node.leaf || node.span.end <= node.span.start) return [];
      const text = this.text(node.span);
      const line = this.line(node.span.start);
      const column = node.span.start - (this.#starts[line - 1] as number) + 1;
      return [{ text, class: tokenClassOf(node, text, nodes), span: node.span, line, column }];
    });
  }
}
