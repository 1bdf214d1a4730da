/**
 * Cypher's clauses and patterns: tokens in, statement out. The subset that reads, as docs/graph.md lists it;
 * a clause that writes, or that the subset lacks, is refused by name and place. Expressions are in `expressions.ts`.
 */
import { type Cursor, cursorOf } from './cursor.ts';
import { readExpression } from './expressions.ts';
import type { Clause, EdgePattern, Expression, Named, NodePattern, Pattern, Projection, Statement } from './types.ts';

const writing = ['CREATE', 'MERGE', 'DELETE', 'DETACH', 'SET', 'REMOVE', 'FOREACH', 'DROP', 'ALTER', 'GRANT'];

/** More steps than this between two nodes find everything and say nothing; without a bound this one counts. */
export const mostHops = 15;

/** @throws WinnowError `bad-query` with line, column and a caret */
export function parseCypher(text: string): Statement {
  const cursor = cursorOf(text);
  const parts: Clause[][] = [readPart(cursor)];
  let keepDuplicates = true;
  while (cursor.word('UNION')) {
    if (!cursor.word('ALL')) keepDuplicates = false;
    parts.push(readPart(cursor));
  }
  cursor.sign(';');
  if (!cursor.atEnd) throw cursor.unexpected('the end of the query');
  return { parts, keepDuplicates };
}

function readPart(cursor: Cursor): Clause[] {
  const clauses: Clause[] = [];
  for (;;) {
    const clause = readClause(cursor);
    clauses.push(clause);
    if (clause.kind === 'return') return clauses;
  }
}

function readClause(cursor: Cursor): Clause {
  const { at } = cursor.next;
  if (writing.includes(cursor.next.upper)) {
    throw cursor.fault(
      `${cursor.next.upper} writes, and the graph can only be read. Expected MATCH, WITH, UNWIND or RETURN`,
    );
  }
  if (cursor.next.upper === 'LOAD')
    throw cursor.fault(
      'LOAD reads other files, and only the graph can be read here. Expected MATCH, WITH, UNWIND or RETURN',
    );
  if (cursor.next.upper === 'CALL')
    throw cursor.fault('There are no procedures to call here. Expected MATCH, WITH, UNWIND or RETURN');
  if (cursor.word('RETURN')) return { kind: 'return', projection: readProjection(cursor), at };
  if (cursor.word('WITH')) {
    const projection = readProjection(cursor);
    return { kind: 'with', projection, where: readWhere(cursor), at };
  }
  if (cursor.word('UNWIND')) {
    const list = readExpression(cursor);
    cursor.expectWord('AS');
    return { kind: 'unwind', list, variable: cursor.name('a variable'), at };
  }
  const optional = cursor.word('OPTIONAL');
  if (cursor.word('MATCH'))
    return { kind: 'match', optional, patterns: readPatterns(cursor), where: readWhere(cursor), at };
  throw cursor.unexpected('MATCH, OPTIONAL MATCH, WITH, UNWIND or RETURN');
}

export const readWhere = (cursor: Cursor): Expression | null => (cursor.word('WHERE') ? readExpression(cursor) : null);

export function readPatterns(cursor: Cursor): Pattern[] {
  const patterns = [readPattern(cursor)];
  while (cursor.sign(',')) patterns.push(readPattern(cursor));
  return patterns;
}

function readPattern(cursor: Cursor): Pattern {
  const { at } = cursor.next;
  let variable: string | null = null;
  if (cursor.isName && cursor.peek(1).text === '=') {
    variable = cursor.name('a variable');
    cursor.expectSign('=');
  }
  if (cursor.isName) throw cursor.fault(`${cursor.next.text} is not supported in a pattern. Expected (`);
  return { ...readChain(cursor), variable, at };
}

/** `(a)-[:CALLS]->(b)<--(c)`. */
export function readChain(cursor: Cursor): Pattern {
  const { at } = cursor.next;
  const nodes = [readNode(cursor)];
  const edges: EdgePattern[] = [];
  while (cursor.next.text === '-' || cursor.next.text === '<') {
    edges.push(readEdge(cursor));
    nodes.push(readNode(cursor));
  }
  return { variable: null, nodes, edges, at };
}

function readNode(cursor: Cursor): NodePattern {
  const { at } = cursor.next;
  cursor.expectSign('(');
  const variable = cursor.isName ? cursor.name('a variable') : null;
  const labels: Named[][] = [];
  while (cursor.sign(':')) labels.push(readAlternatives(cursor, 'a label'));
  const properties = readProperties(cursor);
  cursor.expectSign(')');
  return { variable, labels, properties, at };
}

function readAlternatives(cursor: Cursor, what: string): Named[] {
  const names: Named[] = [];
  do {
    cursor.sign(':');
    const { at } = cursor.next;
    names.push({ name: cursor.name(what), at });
  } while (cursor.sign('|'));
  return names;
}

function readProperties(cursor: Cursor): (Named & { value: Expression })[] {
  const properties: (Named & { value: Expression })[] = [];
  if (!cursor.sign('{')) return properties;
  if (cursor.sign('}')) return properties;
  do {
    const { at } = cursor.next;
    const name = cursor.name('a property');
    cursor.expectSign(':');
    properties.push({ name, value: readExpression(cursor), at });
  } while (cursor.sign(','));
  cursor.expectSign('}');
  return properties;
}

function readEdge(cursor: Cursor): EdgePattern {
  const { at } = cursor.next;
  const inwards = cursor.sign('<');
  cursor.expectSign('-');
  let variable: string | null = null;
  let types: Named[] = [];
  let hops: EdgePattern['hops'] = null;
  let properties: (Named & { value: Expression })[] = [];
  if (cursor.sign('[')) {
    if (cursor.isName) variable = cursor.name('a variable');
    if (cursor.sign(':')) types = readAlternatives(cursor, 'a type of relationship');
    if (cursor.sign('*')) hops = readHops(cursor);
    properties = readProperties(cursor);
    cursor.expectSign(']');
  }
  cursor.expectSign('-');
  const outwards = cursor.sign('>');
  const direction = inwards === outwards ? 'both' : inwards ? 'in' : 'out';
  return { variable, types, properties, direction, hops, at };
}

function readHops(cursor: Cursor): { least: number; most: number | null } {
  const from = cursor.wholeNumber();
  if (!cursor.sign('..')) return from === null ? { least: 1, most: null } : { least: from, most: from };
  return { least: from ?? 1, most: cursor.wholeNumber() };
}

function readProjection(cursor: Cursor): Projection {
  const { at } = cursor.next;
  const distinct = cursor.word('DISTINCT');
  const items: { expression: Expression; name: string }[] = [];
  const nameOf = new Map<string, string>();
  const all = cursor.sign('*');
  if (!all || cursor.sign(',')) {
    do {
      const start = cursor.next.at;
      const expression = readExpression(cursor);
      const written = cursor.written(start);
      const name = cursor.word('AS') ? cursor.name('a name') : written;
      items.push({ expression, name });
      nameOf.set(written, name);
    } while (cursor.sign(','));
  }
  const order: { expression: Expression; descending: boolean }[] = [];
  if (cursor.word('ORDER')) {
    cursor.expectWord('BY');
    do {
      const { at: start } = cursor.next;
      const written = readExpression(cursor);
      // What is projected may be sorted by as it was written, although only its name is left.
      const name = nameOf.get(cursor.written(start));
      const expression: Expression = name === undefined ? written : { kind: 'variable', name, at: start };
      const descending = cursor.word('DESC') || cursor.word('DESCENDING');
      if (!descending && !cursor.word('ASC')) cursor.word('ASCENDING');
      order.push({ expression, descending });
    } while (cursor.sign(','));
  }
  const skip = cursor.word('SKIP') ? readExpression(cursor) : null;
  const limit = cursor.word('LIMIT') ? readExpression(cursor) : null;
  return { distinct, all, items, order, skip, limit, at };
}
