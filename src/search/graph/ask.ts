/**
 * What is known around one node: the relations asked for, or those that say most about its kind, and always how
 * much of what concerns callers could not be resolved.
 */
import { WinnowError } from '../../base/mod.ts';
import type { NodeKind } from '../../index/mod.ts';
import { fitAnswer } from './fit.ts';
import { neighbours, type WalkOptions } from './neighbours.ts';
import { pickNode } from './pick.ts';
import { replacedBy } from './reach.ts';
import { onlyKindWith } from './relations.ts';
import type { GraphAnswer, Relation, ThroughAnswer, UnresolvedCount } from './types.ts';
import type { GraphView } from './view.ts';

export interface AskOptions extends WalkOptions {
  /** Default: those that tell most about a node of its kind. */
  readonly relations?: readonly Relation[];
  /** Most tokens of the answer's text, at least 50. */
  readonly budgetTokens?: number;
}

/** What tells most about a node, in the order in which it is read. Relations without any neighbour are left out of an overview, callers excepted. */
const telling: Readonly<Record<NodeKind, readonly Relation[]>> = {
  directory: ['members'],
  file: ['members', 'imports', 'importers', 'tests'],
  class: ['bases', 'derived', 'members', 'callers', 'users', 'tests'],
  function: ['callers', 'callees', 'tests', 'users'],
  method: ['overrides', 'overridden-by', 'callers', 'callees', 'tests', 'users'],
  field: ['parent', 'users'],
  global: ['users', 'importers'],
};

/** Neighbours of each relation in an overview: one screen for most nodes. */
const overviewLimit = 8;
/** Definitions listed for an ambiguous id. */
const mostCandidates = 25;

/** Methods above one that are named: trees of classes that override a method more often are rare, and the first tell enough. */
const mostThrough = 8;

/** Relations whose answer is less than the truth by what was not resolved. */
const ofCallers: ReadonlySet<Relation> = new Set(['callers', 'tests', 'overridden-by']);

/**
 * @param given an id, or an end of one that only one definition has
 * @throws WinnowError `unknown-id` with the nearest ids, `bad-usage` for a budget that holds no answer
 */
export function askGraph(view: GraphView, given: string, options: AskOptions = {}): GraphAnswer {
  if (options.budgetTokens !== undefined && options.budgetTokens < 50)
    throw new WinnowError(
      'bad-usage',
      `A budget of ${options.budgetTokens} tokens cannot hold an answer; the least is 50.`,
    );
  const picked = pickNode(view, given, onlyKindWith(options.relations ?? []));
  const { completeness } = view.graph;
  if (picked.kind === 'several') {
    const candidates = picked.nodes.slice(0, mostCandidates).map((node) => view.info(node));
    const more = picked.nodes.length - candidates.length;
    const notices = more > 0 ? [`${more} more definitions fit.`] : [];
    return {
      symbol: null,
      candidates,
      relations: [],
      through: [],
      unresolved: null,
      tokens: null,
      completeness,
      notices,
    };
  }
  const { node, exact } = picked;
  const { kind } = view.graph.node(node);
  const { relations, budgetTokens, ...walk } = options;
  const asked = relations ?? telling[kind];
  const limit = walk.limit ?? (relations === undefined ? overviewLimit : undefined);
  const sites = walk.sites ?? (relations === undefined ? 1 : undefined);
  const bounds = { ...walk, ...(limit === undefined ? {} : { limit }), ...(sites === undefined ? {} : { sites }) };
  const answers = asked.map((relation) => neighbours(view, node, relation, bounds));
  const symbol = view.info(node);
  const notices = [...(exact ? [] : [`${given} was taken for ${symbol.id}.`]), ...languageNotices(view, node, asked)];
  const answer: GraphAnswer = {
    symbol,
    candidates: [],
    relations:
      relations === undefined
        ? answers.filter(({ relation, reached }) => reached > 0 || relation === 'callers')
        : answers,
    through: asked.includes('callers') ? throughOf(view, node, walk) : [],
    unresolved: asked.some((relation) => ofCallers.has(relation)) ? unresolvedCalls(view, node) : null,
    tokens: null,
    completeness,
    notices: [...notices, ...view.reader.changeNotices()],
  };
  return budgetTokens === undefined ? answer : fitAnswer(answer, budgetTokens);
}

/** What a method overrides or implements, at any height, as far as it is called. */
function throughOf(view: GraphView, node: number, walk: WalkOptions): ThroughAnswer[] {
  const { offset: _, ...filters } = walk;
  const found: ThroughAnswer[] = [];
  for (const replaced of replacedBy(view, node)) {
    const { total } = neighbours(view, replaced, 'callers', { ...filters, hops: 1, limit: 0 });
    if (total > 0) found.push({ node: view.info(replaced), callers: total });
  }
  return found.sort((a, b) => b.callers - a.callers).slice(0, mostThrough);
}

/** @returns `null` for nodes that nothing calls */
export function unresolvedCalls(view: GraphView, node: number): UnresolvedCount | null {
  const { kind, name, qualifiedName } = view.graph.node(node);
  if (kind === 'directory' || kind === 'file') return null;
  // A constructor is called by the name of its class.
  const isConstructor = kind === 'method' && (name === '__init__' || view.symbol(node)?.kind === 'constructor');
  const called = isConstructor ? (qualifiedName.split('.').at(-2) ?? name) : name;
  return { name: called, ...view.graph.unresolvedCalls(called) };
}

/** "No callers" must not stand for "nobody looked". */
function languageNotices(view: GraphView, node: number, asked: readonly Relation[]): string[] {
  const { path, kind } = view.graph.node(node);
  const file = kind === 'directory' ? null : view.reader.snapshot.file(path);
  if (file === null || asked.every((relation) => relation === 'members' || relation === 'parent')) return [];
  return isResolved(view, file.language)
    ? []
    : [`Names in ${file.language} files are not resolved: calls, imports and uses from and to them are missing here.`];
}

/** Whether the graph follows names of a language. One whose files have not a single call site is as good as not followed. */
export function isResolved(view: GraphView, language: string): boolean {
  const row = view.graph.statistics().find((one) => one.language === language);
  if (row === undefined || row.callSites > 0) return true;
  return !view.graph.files.some(
    (file) => file.language === language && view.reader.facts(file.version).references.length > 0,
  );
}
