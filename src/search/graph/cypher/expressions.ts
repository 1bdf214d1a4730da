/** Cypher's expressions, by precedence climbing: OR, XOR, AND, NOT, comparison, sums, products, powers, signs, then what follows a value. */
import type { Cursor } from './cursor.ts';
import { readChain, readPatterns, readWhere } from './parse.ts';
import type { BinaryOperator, Expression } from './types.ts';

export const readExpression = (cursor: Cursor): Expression => cursor.nested(() => readOr(cursor));

type Reader = (cursor: Cursor) => Expression;

/** A level of left-associative operators. */
const leftAssociative =
  (lower: Reader, operator: (cursor: Cursor) => BinaryOperator | null): Reader =>
  (cursor) => {
    let left = lower(cursor);
    for (;;) {
      const { at } = cursor.next;
      const found = operator(cursor);
      if (found === null) return left;
      left = { kind: 'binary', operator: found, left, right: lower(cursor), at };
    }
  };

const byWord = (upper: string, operator: BinaryOperator) => (cursor: Cursor) => (cursor.word(upper) ? operator : null);

const bySign =
  (...operators: readonly BinaryOperator[]) =>
  (cursor: Cursor) =>
    operators.find((operator) => cursor.sign(operator)) ?? null;

const readUnary: Reader = (cursor) => {
  const { at } = cursor.next;
  if (cursor.sign('-')) return { kind: 'minus', operand: cursor.nested(() => readUnary(cursor)), at };
  if (cursor.sign('+')) return cursor.nested(() => readUnary(cursor));
  return readPostfix(cursor);
};

const readPower = leftAssociative(readUnary, bySign('^'));
const readProduct = leftAssociative(readPower, bySign('*', '/', '%'));
const readSum = leftAssociative(readProduct, bySign('+', '-'));

const comparisons = ['=', '<>', '<=', '>=', '<', '>'] as const;

/** `a < b < c` is `a < b AND b < c`. */
const readComparison: Reader = (cursor) => {
  let left = readTest(cursor);
  let chain: Expression | null = null;
  for (;;) {
    const { at } = cursor.next;
    const operator = comparisons.find((sign) => cursor.sign(sign));
    if (operator === undefined) return chain ?? left;
    const right = readTest(cursor);
    const one: Expression = { kind: 'binary', operator, left, right, at };
    chain = chain === null ? one : { kind: 'binary', operator: 'and', left: chain, right: one, at };
    left = right;
  }
};

/** What stands between sums and comparisons: `IN`, `STARTS WITH`, `IS NULL`, `=~`. */
const readTest: Reader = (cursor) => {
  let left = readSum(cursor);
  for (;;) {
    const { at } = cursor.next;
    if (cursor.word('IS')) {
      const negated = cursor.word('NOT');
      cursor.expectWord('NULL');
      left = { kind: 'is-null', operand: left, negated, at };
      continue;
    }
    const operator = testOperator(cursor);
    if (operator === null) return left;
    left = { kind: 'binary', operator, left, right: readSum(cursor), at };
  }
};

function testOperator(cursor: Cursor): BinaryOperator | null {
  if (cursor.sign('=~')) return '=~';
  if (cursor.word('IN')) return 'in';
  if (cursor.word('CONTAINS')) return 'contains';
  for (const [word, operator] of [
    ['STARTS', 'starts with'],
    ['ENDS', 'ends with'],
  ] as const) {
    if (!cursor.word(word)) continue;
    cursor.expectWord('WITH');
    return operator;
  }
  return null;
}

const readNot: Reader = (cursor) => {
  const { at } = cursor.next;
  if (cursor.word('NOT')) return { kind: 'not', operand: cursor.nested(() => readNot(cursor)), at };
  return readComparison(cursor);
};

const readAnd = leftAssociative(readNot, byWord('AND', 'and'));
const readXor = leftAssociative(readAnd, byWord('XOR', 'xor'));
const readOr = leftAssociative(readXor, byWord('OR', 'or'));

const readPostfix: Reader = (cursor) => {
  let value = readAtom(cursor);
  for (;;) {
    const { at } = cursor.next;
    if (cursor.sign('.')) value = { kind: 'property', object: value, name: cursor.name('a property'), at };
    else if (cursor.sign('[')) value = readIndex(cursor, value, at);
    else if (cursor.next.text === ':' && value.kind === 'variable') {
      const labels: { name: string; at: number }[] = [];
      while (cursor.sign(':')) labels.push({ at: cursor.next.at, name: cursor.name('a label') });
      value = { kind: 'has-labels', operand: value, labels, at };
    } else return value;
  }
};

function readIndex(cursor: Cursor, object: Expression, at: number): Expression {
  const from = cursor.next.text === '..' ? null : readExpression(cursor);
  if (cursor.sign('..')) {
    const to = cursor.next.text === ']' ? null : readExpression(cursor);
    cursor.expectSign(']');
    return { kind: 'slice', object, from, to, at };
  }
  cursor.expectSign(']');
  return { kind: 'index', object, index: from as Expression, at };
}

function readAtom(cursor: Cursor): Expression {
  const token = cursor.next;
  const { at } = token;
  if (token.kind === 'string') return { kind: 'literal', value: cursor.advance().text, at };
  if (token.kind === 'number') return { kind: 'literal', value: Number(cursor.advance().text), at };
  if (cursor.word('TRUE')) return { kind: 'literal', value: true, at };
  if (cursor.word('FALSE')) return { kind: 'literal', value: false, at };
  if (cursor.word('NULL')) return { kind: 'literal', value: null, at };
  if (cursor.word('CASE')) return readCase(cursor, at);
  if (token.upper === 'EXISTS') return readExists(cursor, at);
  if (token.text === '(' && token.kind === 'sign') return readParenthesis(cursor, at);
  if (cursor.sign('[')) return readList(cursor, at);
  if (token.text === '$') throw cursor.fault('Parameters are not supported; write the value itself');
  if (token.text === '{') throw cursor.fault('Maps are not supported here');
  if (!cursor.isName) throw cursor.unexpected('a value');
  const name = cursor.name('a value');
  return cursor.sign('(') ? readCall(cursor, name, at) : { kind: 'variable', name, at };
}

/** `(a + b)`, or a pattern that asks whether there is one: `(a)-->(b)`. */
function readParenthesis(cursor: Cursor, at: number): Expression {
  const back = cursor.mark();
  const pattern = attempt(() => readChain(cursor));
  if (pattern !== null && pattern.edges.length > 0) return { kind: 'exists', patterns: [pattern], where: null, at };
  back();
  cursor.expectSign('(');
  const inner = readExpression(cursor);
  cursor.expectSign(')');
  return inner;
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function readExists(cursor: Cursor, at: number): Expression {
  cursor.advance();
  if (cursor.sign('{')) {
    cursor.word('MATCH');
    const patterns = readPatterns(cursor);
    const where = readWhere(cursor);
    cursor.expectSign('}');
    return { kind: 'exists', patterns, where, at };
  }
  cursor.expectSign('(');
  const back = cursor.mark();
  const pattern = cursor.next.text === '(' ? attempt(() => readChain(cursor)) : null;
  if (pattern !== null && cursor.sign(')')) return { kind: 'exists', patterns: [pattern], where: null, at };
  back();
  const operand = readExpression(cursor);
  cursor.expectSign(')');
  return { kind: 'is-null', operand, negated: true, at };
}

function readCase(cursor: Cursor, at: number): Expression {
  const subject = cursor.next.upper === 'WHEN' ? null : readExpression(cursor);
  const branches: { when: Expression; result: Expression }[] = [];
  while (cursor.word('WHEN')) {
    const when = readExpression(cursor);
    cursor.expectWord('THEN');
    branches.push({ when, result: readExpression(cursor) });
  }
  if (branches.length === 0) throw cursor.unexpected('WHEN');
  const otherwise = cursor.word('ELSE') ? readExpression(cursor) : null;
  cursor.expectWord('END');
  return { kind: 'case', subject, branches, otherwise, at };
}

function readList(cursor: Cursor, at: number): Expression {
  if (cursor.isName && cursor.peek(1).upper === 'IN') {
    const variable = cursor.name('a variable');
    cursor.expectWord('IN');
    const list = readExpression(cursor);
    const where = readWhere(cursor);
    const result = cursor.sign('|') ? readExpression(cursor) : null;
    cursor.expectSign(']');
    return { kind: 'comprehension', variable, list, where, result, at };
  }
  const items: Expression[] = [];
  if (cursor.sign(']')) return { kind: 'list', items, at };
  do items.push(readExpression(cursor));
  while (cursor.sign(','));
  cursor.expectSign(']');
  return { kind: 'list', items, at };
}

const quantifiers = ['all', 'any', 'none', 'single'] as const;

function readCall(cursor: Cursor, written: string, at: number): Expression {
  const name = written.toLowerCase();
  const quantifier = quantifiers.find((one) => one === name);
  if (quantifier !== undefined && cursor.isName && cursor.peek(1).upper === 'IN') {
    const variable = cursor.name('a variable');
    cursor.expectWord('IN');
    const list = readExpression(cursor);
    cursor.expectWord('WHERE');
    const where = readExpression(cursor);
    cursor.expectSign(')');
    return { kind: 'quantified', quantifier, variable, list, where, at };
  }
  if (name === 'count' && cursor.sign('*')) {
    cursor.expectSign(')');
    return { kind: 'count-all', at };
  }
  const distinct = cursor.word('DISTINCT');
  const args: Expression[] = [];
  if (!cursor.sign(')')) {
    do args.push(readExpression(cursor));
    while (cursor.sign(','));
    cursor.expectSign(')');
  }
  return { kind: 'call', name, distinct, args, at };
}
