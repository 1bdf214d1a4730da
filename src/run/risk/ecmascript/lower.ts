/** JavaScript's and TypeScript's syntax tree as the expressions of `expression.ts`. */
import type { Argument, Expression, Lowering } from '../expression.ts';
import { unescaped } from '../python/strings.ts';
import type { RiskTree } from '../risktree.ts';
import { named, number, text } from '../values.ts';
import { ecmascriptWrites } from './writes.ts';

const functions = new Set([
  'function_declaration',
  'function_expression',
  'arrow_function',
  'method_definition',
  'generator_function',
  'generator_function_declaration',
]);
const scopes = new Set([...functions, 'class_declaration', 'class']);

export const ecmascriptLowering: Lowering = {
  scopes,
  functions,
  isCall: (kind) => kind === 'call_expression' || kind === 'new_expression',
  writes: (tree) => ecmascriptWrites(tree, scopes),
  returns(tree, node) {
    const body = tree.field(node, 'body');
    if (body >= 0 && tree.kind(body) !== 'statement_block') return [body];
    const found: number[] = [];
    for (let at = node + 1; at < tree.next(node); at++) {
      if (scopes.has(tree.kind(at))) {
        at = tree.next(at) - 1;
        continue;
      }
      if (tree.kind(at) !== 'return_statement') continue;
      const value = tree.children(at)[0];
      if (value !== undefined) found.push(value);
    }
    return found;
  },
  lower(tree, node): Expression {
    const field = (name: string): number => tree.field(node, name);
    const same = (as: number | undefined): Expression =>
      as === undefined || as < 0 ? { is: 'other', parts: [] } : { is: 'same', as };
    switch (tree.kind(node)) {
      case 'identifier':
      case 'shorthand_property_identifier':
        return { is: 'name', name: tree.text(node) };
      case 'this':
        return { is: 'name', name: 'this' };
      case 'import':
        return { is: 'name', name: 'import' };
      case 'true':
      case 'false':
      case 'null':
      case 'undefined':
        return { is: 'constant', value: named(tree.text(node)) };
      case 'number':
        return { is: 'constant', value: number(Number(tree.text(node).replaceAll('_', '').replace(/n$/, ''))) };
      case 'string':
        return { is: 'constant', value: text(stringText(tree, node)) };
      case 'regex':
        return { is: 'constant', value: text(tree.text(node).replace(/^\/|\/\w*$/g, '')) };
      case 'template_string':
        return {
          is: 'text',
          parts: tree.children(node).map((child) => {
            const kind = tree.kind(child);
            if (kind === 'template_substitution') return tree.children(child)[0] ?? '';
            return unescaped(tree.text(child), '');
          }),
        };
      case 'member_expression':
        return { is: 'member', of: field('object'), name: tree.text(field('property')) };
      case 'subscript_expression':
        return { is: 'index', of: field('object'), key: field('index') };
      case 'call_expression':
        return { is: 'call', callee: field('function'), args: argumentsOf(tree, field('arguments')), isNew: false };
      case 'new_expression':
        return { is: 'call', callee: field('constructor'), args: argumentsOf(tree, field('arguments')), isNew: true };
      case 'binary_expression':
        return binary(tree, node);
      case 'ternary_expression':
        return { is: 'either', of: [field('consequence'), field('alternative')] };
      case 'array':
        return { is: 'list', items: argumentsOf(tree, node) };
      case 'object':
        return { is: 'map', entries: entriesOf(tree, node) };
      case 'arrow_function':
      case 'function_expression':
      case 'generator_function':
        return { is: 'function', node };
      case 'class':
        return { is: 'class', node };
      case 'parenthesized_expression':
      case 'await_expression':
      case 'spread_element':
      case 'non_null_expression':
      case 'as_expression':
      case 'satisfies_expression':
        return same(tree.children(node)[0]);
      case 'assignment_expression':
        return same(field('right'));
      case 'sequence_expression':
        return same(tree.children(node).at(-1));
      case 'unary_expression': {
        const argument = field('argument');
        if (tree.kind(argument) === 'number' && tree.text(node).startsWith('-'))
          return { is: 'constant', value: number(-Number(tree.text(argument))) };
        return { is: 'other', parts: [argument] };
      }
      default:
        return { is: 'other', parts: tree.children(node) };
    }
  },
};

function stringText(tree: RiskTree, node: number): string {
  return tree
    .children(node)
    .map((child) => {
      const written = tree.text(child);
      const [, point] = /^\\u\{([0-9a-fA-F]+)\}$/.exec(written) ?? [];
      if (point !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(point, 16), 0x10ffff));
      return unescaped(written, '');
    })
    .join('');
}

/** Chains of `+` are flat; `a || b` may be either. */
function binary(tree: RiskTree, node: number): Expression {
  const operator = tree.text(tree.field(node, 'operator'));
  const [left, right] = [tree.field(node, 'left'), tree.field(node, 'right')];
  if (operator === '||' || operator === '??' || operator === '&&')
    return { is: 'either', of: operator === '&&' ? [right] : [left, right] };
  if (operator !== '+') return { is: 'binary', operator, left, right };
  const parts: number[] = [];
  let at = node;
  while (tree.kind(at) === 'binary_expression' && tree.text(tree.field(at, 'operator')) === '+') {
    parts.push(tree.field(at, 'right'));
    at = tree.field(at, 'left');
  }
  parts.push(at);
  return { is: 'sum', parts: parts.reverse() };
}

function argumentsOf(tree: RiskTree, node: number): Argument[] {
  if (node < 0) return [];
  if (tree.kind(node) === 'template_string') return [{ name: null, node, spread: false }];
  return tree
    .children(node)
    .map((child) =>
      tree.kind(child) === 'spread_element'
        ? { name: null, node: tree.children(child)[0] ?? child, spread: true }
        : { name: null, node: child, spread: false },
    );
}

function entriesOf(tree: RiskTree, node: number): { key: number | string; value: number }[] {
  return tree.children(node).flatMap((child): { key: number | string; value: number }[] => {
    switch (tree.kind(child)) {
      case 'pair': {
        const key = tree.field(child, 'key');
        const value = tree.field(child, 'value');
        if (tree.kind(key) === 'property_identifier' || tree.kind(key) === 'number')
          return [{ key: tree.text(key), value }];
        return [{ key: tree.kind(key) === 'computed_property_name' ? (tree.children(key)[0] ?? key) : key, value }];
      }
      case 'shorthand_property_identifier':
        return [{ key: tree.text(child), value: child }];
      default:
        return [];
    }
  });
}
