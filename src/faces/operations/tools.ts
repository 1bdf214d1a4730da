/**
 * The tools of LocAgent and AutoCodeRover as operations: their names, arguments and meanings, over Winnow's graph. What they
 * answer is `search`'s; this has their schemas, which are also what a model is told.
 */
import { z } from 'zod';
import { systemClock } from '../../base/mod.ts';
import {
  cutText,
  type GraphView,
  getClassFullSnippet,
  getCodeAroundLine,
  getFileContent,
  retrieveEntity,
  searchClass,
  searchClassInFile,
  searchCode,
  searchCodeInFile,
  searchEntity,
  searchMethod,
  searchMethodInClass,
  searchMethodInFile,
  type ToolAnswer,
  traverseGraph,
} from '../../search/mod.ts';
import { harmlessLines } from '../paint.ts';
import { withGraph } from './graphs.ts';
import { completenessSchema, linesSchema } from './schemas.ts';
import type { Operation } from './types.ts';

/** Of every tool. Where the words of one have no end, the repository is a flag; elsewhere it is the last word, as it is of other verbs. */
const everyTool = {
  directory: z.string().default('.').describe('The repository, or a directory in it'),
  budgetTokens: z.int().min(50).max(1_000_000).optional().describe('Most tokens of the text; its end is left out'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
};

const className = z.string().min(1).describe('Name of the class');
const methodName = z.string().min(1).describe('Name of the method or function');
const fileName = z.string().min(1).describe('Path of the file, or an end of it');
const codeStr = z.string().min(1).describe('Code as written');

interface ToolRow<Shape extends z.ZodRawShape> {
  /** Without `tool `. */
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly example: string;
  readonly input: Shape;
  /** Properties that are positional, in order; the last may take all remaining words. */
  readonly words: readonly string[];
  readonly variadic?: boolean;
  answer(view: GraphView, given: z.output<z.ZodObject<Shape>>, signal: AbortSignal): ToolAnswer;
}

function tool<Shape extends z.ZodRawShape>(row: ToolRow<Shape>): Operation {
  const input = z.strictObject({ ...row.input, ...everyTool });
  const output = z.strictObject({
    schema: z.literal(`winnow.tool.${row.name}/1`),
    root: z.string(),
    found: z.boolean(),
    text: z.string().describe('For a model'),
    pieces: z
      .array(
        z.strictObject({
          id: z.string(),
          path: z.string(),
          lines: linesSchema,
          className: z.string().nullable(),
          functionName: z.string().nullable(),
          code: z.string(),
        }),
      )
      .describe('What the text shows code of'),
    total: z.int().describe('How much was found in all'),
    completeness: completenessSchema,
    notices: z.array(z.string()),
    elapsedMs: z.number(),
  });
  const operation: Operation<typeof input, typeof output> = {
    name: `tool ${row.name}`,
    summary: row.summary,
    description: row.description,
    examples: [{ command: `winnow tool ${row.name} ${row.example}`, does: row.summary.replace(/^\w+: /, '') }],
    input,
    output,
    positional: [
      ...row.words.map((property, at) => ({
        property,
        label: property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
        ...(row.variadic === true && at === row.words.length - 1 ? { variadic: true } : {}),
      })),
      ...(row.variadic === true ? [] : [{ property: 'directory', label: 'PATH' }]),
    ],
    run: (words, context) => {
      const given = words as unknown as z.output<z.ZodObject<Shape>> & z.output<z.ZodObject<typeof everyTool>>;
      const startedMs = systemClock.elapsedMs();
      return withGraph(given.directory, context, given, ({ snapshot, view, notices }) => {
        const answer = row.answer(view, given, context.signal);
        const told = [...new Set([...notices, ...view.reader.changeNotices()])];
        for (const text of told) context.notice(text);
        const text = given.budgetTokens === undefined ? answer.text : cutText(answer.text, given.budgetTokens);
        return {
          schema: `winnow.tool.${row.name}/1`,
          root: snapshot.root,
          ...answer,
          text,
          completeness: view.graph.completeness,
          notices: told,
          elapsedMs: Math.round(systemClock.elapsedMs() - startedMs),
        } as unknown as z.output<typeof output>;
      });
    },
    render: ({ text }) => harmlessLines(text),
    exit: ({ found }) => (found ? 0 : 1),
  };
  return operation as unknown as Operation;
}

const autoCodeRover = (does: string): string =>
  `${does}

One of the ten search calls of AutoCodeRover (arXiv 2404.05427), with its arguments and the form of its answers; it also answers to its name there, with underscores. Tests are searched only in a file that is named. All languages are searched.`;

const locAgent = (does: string): string =>
  `${does}

One of the three tools of LocAgent (arXiv 2503.09089); it also answers to its names there. Ids have the form path:Class.method.`;

export const searchEntityOperation = tool({
  name: 'search-entity',
  summary: 'LocAgent: entities by name, id or words',
  description: locAgent(
    'Looks each term up as an id, then as a name, then by ranked search. What is found once is shown whole, what is found more often is listed. With --line-nums it shows lines of a file.',
  ),
  example: 'dispatch_request "session cookie"',
  input: {
    searchTerms: z.array(z.string()).default([]).describe('Names, ids or words'),
    lineNums: z.array(z.coerce.number().int().min(1)).default([]).describe('A line to show, of the file given'),
    filePathOrPattern: z
      .string()
      .optional()
      .describe('Only files whose path contains or matches this; a file for lines'),
  },
  words: ['searchTerms'],
  variadic: true,
  answer: (view, { searchTerms, lineNums, filePathOrPattern }, signal) =>
    searchEntity(view, {
      terms: searchTerms,
      lines: lineNums,
      ...(filePathOrPattern === undefined ? {} : { filePattern: filePathOrPattern }),
      signal,
    }),
});

export const traverseGraphOperation = tool({
  name: 'traverse-graph',
  summary: 'LocAgent: what entities depend on, or what depends on them, as a tree',
  description: locAgent(
    'Prints a tree of edges from each start. downstream follows them (what it contains, invokes, imports, inherits), upstream goes against them.',
  ),
  example: 'src/app.py:Flask --direction upstream --traversal-depth 1',
  input: {
    startEntities: z.array(z.string()).min(1).describe('Ids to start from; / for the root'),
    direction: z.enum(['upstream', 'downstream', 'both']).default('downstream').describe('Which way to go'),
    traversalDepth: z.int().min(-1).max(100).default(2).describe('Steps, or -1 for all that can be printed'),
    entityTypeFilter: z.array(z.string()).default([]).describe('Only this type: directory, file, class, function'),
    dependencyTypeFilter: z
      .array(z.string())
      .default([])
      .describe('Only this type: contains, imports, invokes, inherits; or any of the graph’s own'),
  },
  words: ['startEntities'],
  variadic: true,
  answer: (view, { startEntities, direction, traversalDepth, entityTypeFilter, dependencyTypeFilter }) =>
    traverseGraph(view, {
      starts: startEntities,
      direction,
      depth: traversalDepth,
      entityTypes: entityTypeFilter,
      dependencyTypes: dependencyTypeFilter,
    }),
});

export const retrieveEntityOperation = tool({
  name: 'retrieve-entity',
  summary: 'LocAgent: the whole code of entities',
  description: locAgent('Prints path, lines and whole code of each id; for one that fits nothing, the nearest ids.'),
  example: 'src/app.py:Flask.run src/cli.py',
  input: { entityNames: z.array(z.string()).min(1).describe('Ids, or paths of files') },
  words: ['entityNames'],
  variadic: true,
  answer: (view, { entityNames }) => retrieveEntity(view, entityNames),
});

export const searchClassOperation = tool({
  name: 'search-class',
  summary: 'AutoCodeRover: signatures of a class and its members',
  description: autoCodeRover(
    'Finds a class anywhere and prints its signature and those of its members; of more than three, the files.',
  ),
  example: 'Flask',
  input: { className },
  words: ['className'],
  answer: (view, given) => searchClass(view, given.className),
});

export const searchClassInFileOperation = tool({
  name: 'search-class-in-file',
  summary: 'AutoCodeRover: the code of a class in a file',
  description: autoCodeRover('Prints the whole code of a class that a file defines.'),
  example: 'Flask app.py',
  input: { className, fileName },
  words: ['className', 'fileName'],
  answer: (view, given) => searchClassInFile(view, given.className, given.fileName),
});

export const searchMethodOperation = tool({
  name: 'search-method',
  summary: 'AutoCodeRover: the code of a method or function',
  description: autoCodeRover('Finds a method or function anywhere and prints its code; of more than three, the files.'),
  example: 'dispatch_request',
  input: { methodName },
  words: ['methodName'],
  answer: (view, given) => searchMethod(view, given.methodName),
});

export const searchMethodInClassOperation = tool({
  name: 'search-method-in-class',
  summary: 'AutoCodeRover: the code of a method of a class',
  description: autoCodeRover('Prints the code of a method that a class itself defines.'),
  example: 'dispatch_request Flask',
  input: { methodName, className },
  words: ['methodName', 'className'],
  answer: (view, given) => searchMethodInClass(view, given.methodName, given.className),
});

export const searchMethodInFileOperation = tool({
  name: 'search-method-in-file',
  summary: 'AutoCodeRover: the code of a method or function in a file',
  description: autoCodeRover('Prints the code of all methods and functions of a name in a file.'),
  example: 'run src/flask/app.py',
  input: { methodName, fileName },
  words: ['methodName', 'fileName'],
  answer: (view, given) => searchMethodInFile(view, given.methodName, given.fileName),
});

export const searchCodeOperation = tool({
  name: 'search-code',
  summary: 'AutoCodeRover: where a piece of code stands, as written',
  description: autoCodeRover(
    'Finds code as written and prints it with three lines around it; of more than three places, the files.',
  ),
  example: '"raise NotImplementedError"',
  input: { codeStr },
  words: ['codeStr'],
  answer: (view, given, signal) => searchCode(view, given.codeStr, signal),
});

export const searchCodeInFileOperation = tool({
  name: 'search-code-in-file',
  summary: 'AutoCodeRover: where a piece of code stands in a file',
  description: autoCodeRover(
    'Finds code as written in a file and prints it with three lines around it; of more than three places, the methods.',
  ),
  example: '"self.config" app.py',
  input: { codeStr, fileName },
  words: ['codeStr', 'fileName'],
  answer: (view, given, signal) => searchCodeInFile(view, given.codeStr, given.fileName, signal),
});

export const getCodeAroundLineOperation = tool({
  name: 'get-code-around-line',
  summary: 'AutoCodeRover: lines around a line of a file',
  description: autoCodeRover('Prints the lines around one, with their numbers.'),
  example: 'src/flask/app.py 120 10',
  input: {
    fileName,
    line: z.coerce.number().int().min(1).describe('The line, from 1'),
    windowSize: z.coerce.number().int().min(0).max(100_000).describe('Lines before and after it'),
  },
  words: ['fileName', 'line', 'windowSize'],
  answer: (view, given) => getCodeAroundLine(view, given.fileName, given.line, given.windowSize),
});

export const getClassFullSnippetOperation = tool({
  name: 'get-class-full-snippet',
  summary: 'AutoCodeRover: the whole code of a class',
  description: autoCodeRover('Prints the whole code of a class; of more than two of the name, of two.'),
  example: 'AppContext',
  input: { className },
  words: ['className'],
  answer: (view, given) => getClassFullSnippet(view, given.className),
});

export const getFileContentOperation = tool({
  name: 'get-file-content',
  summary: 'AutoCodeRover: the whole of a file',
  description: autoCodeRover('Prints a file whole.'),
  example: 'src/flask/globals.py',
  input: { fileName },
  words: ['fileName'],
  answer: (view, given) => getFileContent(view, given.fileName),
});
