/**
 * Expressions as a person would say them: `user.name`, `load()`, `rows[]`; and names of one value told alike.
 *
 * A variable that is given its value once stands for what it is given: after `const user = load()` the text of `user.name` is `load().name`. So
 * everything that is asked of one value comes together under one text, wherever it stands. Loop variables are elements of what the loop goes over, and so are the
 * first parameters of callbacks of `map` and its like.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import { isType } from './effects.ts';
import { elementHook } from './jsx.ts';
import { functionKinds, type Variables } from './variables.ts';

/** Longer chains are told by their end: no source says more of a value than its last steps. */
const longestTold = 120;
/** Steps from variable to variable. */
const mostSteps = 12;

const elementCallbacks = /^(map|filter|forEach|some|every|find|findIndex|findLast|flatMap|each)$/;

/** Whether a node is a type, in which names are no values. */
export const isTypePart = (kind: string): boolean =>
  isType(kind) || (kind !== 'type_assertion' && /^type_|_type$|^(nested_)?type_identifier$|^asserts$/.test(kind));

/** Nodes that are what stands in them. */
export const transparent: ReadonlySet<string> = new Set([
  'parenthesized_expression',
  'as_expression',
  'satisfies_expression',
  'non_null_expression',
  'type_assertion',
]);

export class Told {
  readonly #tree: SyntaxTree;
  readonly #variables: Variables;
  readonly #memo = new Map<number, string | null>();
  /** By declaration: the node that the variable is given, and how it is told from that. Null: it is given more than one. */
  readonly #given = new Map<string, { readonly node: number; readonly step: string } | null>();

  readonly #firsts = new Map<string, number>();
  readonly #lineOf: (offset: number) => number;

  constructor(tree: SyntaxTree, variables: Variables, lineOf: (offset: number) => number) {
    this.#lineOf = lineOf;
    this.#tree = tree;
    this.#variables = variables;
    for (let node = 1; node < tree.size; node++) this.#note(node);
  }

  /** @returns null when it is no value that has a text of its own: a literal, a sum */
  of(node: number, steps = 0): string | null {
    if (node < 0 || steps > mostSteps) return null;
    const known = this.#memo.get(node);
    if (known !== undefined) return known;
    const told = this.#tell(node, steps);
    const cut = told !== null && told.length > longestTold ? null : told;
    this.#memo.set(node, cut);
    return cut;
  }

  /** The variable that an identifier means, as a key; names that nothing declares begin with `free:`. */
  keyOf(identifier: number): string {
    const { at, by } = this.#variables.lookUp(identifier);
    return by === null ? `free:${this.#tree.textOf(identifier)}` : `at:${at}`;
  }

  /** The name; of a variable that another of that name comes before in the file, with its line: `x@12`. Who shows it leaves that away. */
  nameOf(identifier: number): string {
    const name = this.#tree.textOf(identifier);
    const { at, by } = this.#variables.lookUp(identifier);
    if (by === null) return name;
    const first = this.#firsts.get(name);
    if (first === undefined) this.#firsts.set(name, at);
    return first === undefined || first === at ? name : `${name}@${this.#lineOf(at)}`;
  }

  /** Of what an object pattern takes by name, what it is told by; where that is another text. */
  namesIn(pattern: number): Record<string, string> {
    const tree = this.#tree;
    const found: Record<string, string> = {};
    for (const part of tree.kind(pattern) === 'object_pattern' ? tree.namedChildren(pattern) : []) {
      const isPair = tree.kind(part) === 'pair_pattern';
      const given = isPair ? tree.field(part, 'value') : part;
      const name = Math.max(tree.field(given, 'left'), given);
      const key = isPair ? tree.field(part, 'key') : name;
      if (!/^(identifier|shorthand_property_identifier_pattern)$/.test(tree.kind(name))) continue;
      const told = this.nameOf(name);
      if (told !== tree.textOf(key)) found[tree.textOf(key)] = told;
    }
    return found;
  }

  #tell(node: number, steps: number): string | null {
    const tree = this.#tree;
    const kind = tree.kind(node);
    if (transparent.has(kind) || kind === 'await_expression')
      return this.of(tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment') ?? none, steps);
    switch (kind) {
      case 'identifier':
      case 'shorthand_property_identifier': {
        const given = this.#given.get(this.keyOf(node));
        if (given === undefined || given === null) return this.nameOf(node);
        const from = this.of(given.node, steps + 1);
        return from === null ? this.nameOf(node) : from + given.step;
      }
      case 'this':
        return 'this';
      case 'super':
        return 'super';
      case 'member_expression': {
        const object = this.of(tree.field(node, 'object'), steps);
        return object === null ? null : `${object}.${tree.textOf(tree.field(node, 'property'))}`;
      }
      case 'subscript_expression': {
        const object = this.of(tree.field(node, 'object'), steps);
        const index = tree.field(node, 'index');
        if (object === null || index < 0) return null;
        const name = tree.kind(index) === 'string' ? tree.textOf(index).slice(1, -1) : '';
        return /^[A-Za-z_$][\w$]*$/.test(name) ? `${object}.${name}` : `${object}[]`;
      }
      case 'call_expression': {
        const callee = tree.field(node, 'function');
        const module = requiredModule(tree, node);
        if (module !== null) return `require('${module}')`;
        // Elements are no calls to a person.
        if (callee >= 0 && tree.textOf(callee) === elementHook) return null;
        const from = this.of(callee, steps);
        return from === null ? null : `${from}()`;
      }
      case 'new_expression': {
        const from = this.of(tree.field(node, 'constructor'), steps);
        return from === null ? null : `new ${from}()`;
      }
      default:
        return null;
    }
  }

  #give(names: number, node: number, step: string): void {
    const key = this.keyOf(names);
    if (key.startsWith('free:')) return;
    this.#given.set(key, this.#given.has(key) ? null : { node, step });
  }

  #take(pattern: number): void {
    for (const name of this.#variables.namesIn(pattern)) this.#given.set(this.keyOf(name), null);
  }

  #note(node: number): void {
    const tree = this.#tree;
    switch (tree.kind(node)) {
      case 'variable_declarator': {
        const value = tree.field(node, 'value');
        if (value >= 0) this.#bind(tree.field(node, 'name'), value, '');
        return;
      }
      case 'assignment_expression':
      case 'augmented_assignment_expression':
        this.#take(tree.field(node, 'left'));
        return;
      case 'update_expression':
        this.#take(tree.field(node, 'argument'));
        return;
      case 'for_in_statement': {
        const left = tree.field(node, 'left');
        const isOf = tree.child(node, "'of'") >= 0;
        if (isOf && tree.field(node, 'kind') >= 0) this.#bind(left, tree.field(node, 'right'), '[]');
        else this.#take(left);
        return;
      }
      case 'call_expression': {
        const callee = tree.field(node, 'function');
        if (callee < 0 || tree.kind(callee) !== 'member_expression') return;
        const name = tree.textOf(tree.field(callee, 'property'));
        const step = name === 'then' ? ' awaited' : '[]';
        if (name !== 'then' && !elementCallbacks.test(name)) return;
        const list = tree.field(node, 'arguments');
        const callback = list < 0 ? none : (tree.namedChildren(list)[0] ?? none);
        if (callback < 0 || !functionKinds.has(tree.kind(callback))) return;
        const first = firstParameter(tree, callback);
        if (first >= 0) this.#bind(first, tree.field(callee, 'object'), step);
        return;
      }
      default:
    }
  }

  #bind(pattern: number, value: number, step: string): void {
    const tree = this.#tree;
    if (pattern < 0 || value < 0) return;
    if (tree.kind(pattern) === 'identifier') this.#give(pattern, value, step);
    else if (tree.kind(pattern) === 'object_pattern') {
      for (const part of tree.namedChildren(pattern)) {
        const kind = tree.kind(part);
        const name = kind === 'object_assignment_pattern' ? tree.field(part, 'left') : part;
        if (tree.kind(name) === 'shorthand_property_identifier_pattern')
          this.#give(name, value, `${step}.${tree.textOf(name)}`);
        else if (kind === 'pair_pattern' && tree.kind(tree.field(part, 'key')) === 'property_identifier') {
          const inner = tree.field(part, 'value');
          const bare = tree.kind(inner) === 'assignment_pattern' ? tree.field(inner, 'left') : inner;
          this.#bind(bare, value, `${step}.${tree.textOf(tree.field(part, 'key'))}`);
        }
      }
    } else if (tree.kind(pattern) === 'array_pattern')
      for (const part of tree.namedChildren(pattern)) this.#bind(part, value, `${step}[]`);
  }
}

/** The pattern of a function's first parameter; -1: it takes none. */
export function firstParameter(tree: SyntaxTree, callback: number): number {
  const only = tree.field(callback, 'parameter');
  if (only >= 0) return only;
  const list = tree.field(callback, 'parameters');
  const first = list < 0 ? undefined : tree.namedChildren(list).find((one) => tree.kind(one) !== 'comment');
  if (first === undefined) return none;
  const pattern = tree.field(first, 'pattern');
  return pattern >= 0 ? pattern : first;
}

/** The module of `require('…')`; null when it is no such call. */
export function requiredModule(tree: SyntaxTree, call: number): string | null {
  const callee = tree.field(call, 'function');
  if (callee < 0 || tree.kind(callee) !== 'identifier' || tree.textOf(callee) !== 'require') return null;
  const list = tree.field(call, 'arguments');
  const first = list < 0 ? undefined : tree.namedChildren(list)[0];
  if (first === undefined || tree.kind(first) !== 'string') return null;
  return tree.textOf(first).slice(1, -1);
}
