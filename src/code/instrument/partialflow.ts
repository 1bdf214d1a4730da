/**
 * What the value of an expression may come from: names, members and what reaches a program from outside, as edges between keys.
 *
 * The question is whether an injected value can have caused an error, and "no" must be right. So order and paths are not followed: a variable rests on all that is
 * anywhere assigned to it, a member on all that is written to members of its name, a function's name on all that it reads, a parameter on all that is
 * given to it anywhere. What a call is given may change by what else it is given. What is written rests also on what decides whether and how often it is:
 * conditions and loops around, of its function's callers too, and who was handed its function. Whoever asks walks the edges from what a failing statement reads.
 *
 * Keys: `at:120` a variable by its declaration, `free:x` a name that nothing declares, `.name` a member, `this`, `module:fs`, `outside:file`;
 * `given:` and `called:` before the key of a function: its arguments, and whether it is called.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import { isTypePart, requiredModule, type Told } from './partialtold.ts';
import { functionKinds, type Variables } from './variables.ts';

const outside: readonly (readonly [RegExp, string])[] = [
  [/^(readFile|readFileSync|readdir|readdirSync|stat|statSync|createReadStream|open|openSync)$/, 'outside:file'],
  [/^(fetch|request|get)$/, 'outside:network'],
  [/^(stdin|createInterface|prompt|question)$/, 'outside:input'],
  [/^argv$/, 'outside:argument'],
];

export class PartialFlow {
  readonly edges = new Map<string, Set<string>>();
  readonly #tree: SyntaxTree;
  readonly #variables: Variables;
  readonly #told: Told;
  readonly #reads = new Map<number, ReadonlySet<string>>();
  readonly #controls = new Map<number, ReadonlySet<string>>();

  constructor(tree: SyntaxTree, variables: Variables, told: Told) {
    this.#tree = tree;
    this.#variables = variables;
    this.#told = told;
    for (let node = 1; node < tree.size; node++) {
      const kind = tree.kind(node);
      if (isTypePart(kind)) node = tree.next(node) - 1;
      else this.#edgesOf(node, kind);
    }
  }

  /** Decorators of the file do not run: they could have changed its classes, and what these have. */
  decorated(): void {
    const tree = this.#tree;
    this.#rest('this', ['decorators']);
    for (let node = 1; node < tree.size; node++) {
      const kind = tree.kind(node);
      const name = Math.max(tree.field(node, 'name'), tree.field(node, 'property'));
      if (name < 0) continue;
      if (/^(abstract_)?class_declaration$/.test(kind)) this.#rest(this.#told.keyOf(name), ['decorators']);
      else if (/^(method|field|public_field)_definition$/.test(kind))
        this.#rest(`.${tree.textOf(name)}`, ['decorators']);
    }
  }

  /** Keys that a subtree reads, functions within it included. */
  reads(node: number): ReadonlySet<string> {
    if (node < 0) return new Set();
    const known = this.#reads.get(node);
    if (known !== undefined) return known;
    const tree = this.#tree;
    const found = new Set<string>();
    for (let at = node; at < tree.next(node); at++) {
      const kind = tree.kind(at);
      if (isTypePart(kind)) at = tree.next(at) - 1;
      else if (kind === 'identifier' || kind === 'shorthand_property_identifier') this.#name(at, found);
      else if (kind === 'this' || kind === 'super') found.add('this');
      else if (kind === 'property_identifier' || kind === 'private_property_identifier') {
        const name = tree.textOf(at);
        found.add(`.${name}`);
        for (const [pattern, key] of outside) if (pattern.test(name)) found.add(key);
      } else if (kind === 'subscript_expression') found.add('.[]');
      else if (kind === 'yield_expression') found.add('given:.next');
      else if (kind === 'call_expression') {
        const module = requiredModule(tree, at);
        if (module !== null) found.add(`module:${module}`);
      }
    }
    this.#reads.set(node, found);
    return found;
  }

  #name(node: number, found: Set<string>): void {
    const key = this.#told.keyOf(node);
    found.add(key);
    if (key === 'free:arguments') {
      const owner = this.#ownerOf(node);
      if (owner >= 0) found.add(`arguments:${owner}`);
    }
    if (!key.startsWith('free:')) return;
    for (const [pattern, outer] of outside) if (pattern.test(key.slice(5))) found.add(outer);
  }

  /** The function whose `arguments` are seen at a node. */
  #ownerOf(node: number): number {
    const tree = this.#tree;
    let owner = tree.parent(node);
    while (owner >= 0 && (!functionKinds.has(tree.kind(owner)) || tree.kind(owner) === 'arrow_function'))
      owner = tree.parent(owner);
    return owner;
  }

  /** Keys that decide whether a node is come to, and how often. */
  #control(node: number): ReadonlySet<string> {
    const tree = this.#tree;
    let owner = tree.parent(node);
    while (owner >= 0 && !functionKinds.has(tree.kind(owner))) owner = tree.parent(owner);
    const found = new Set(conditionsOver(tree, node).flatMap((one) => [...this.reads(one)]));
    if (owner >= 0) for (const key of this.#controlOfFunction(owner)) found.add(key);
    return found;
  }

  #controlOfFunction(node: number): ReadonlySet<string> {
    const known = this.#controls.get(node);
    if (known !== undefined) return known;
    const tree = this.#tree;
    const found = new Set(this.#control(node));
    const name = functionKey(tree, node, this.#told);
    if (name !== null) found.add(`called:${name}`);
    const list = tree.parent(node);
    const call = list < 0 || tree.kind(list) !== 'arguments' ? none : tree.parent(list);
    if (call >= 0) {
      const callee = Math.max(tree.field(call, 'function'), tree.field(call, 'constructor'));
      for (const key of this.reads(callee)) found.add(key);
      // Its neighbours say what it is called for; its own body would say of everything that it rests on everything.
      for (const one of tree.namedChildren(list)) if (one !== node) for (const key of this.reads(one)) found.add(key);
    }
    this.#controls.set(node, found);
    return found;
  }

  #rest(key: string, on: Iterable<string>): void {
    const known = this.edges.get(key) ?? new Set();
    for (const one of on) if (one !== key) known.add(one);
    this.edges.set(key, known);
  }

  /** What is written into: its variable, and its member. */
  #written(target: number, on: ReadonlySet<string>): void {
    const tree = this.#tree;
    if (target < 0) return;
    const kind = tree.kind(target);
    const all = new Set([...on, ...this.#within(target)]);
    if (kind === 'member_expression') {
      const key = `.${tree.textOf(tree.field(target, 'property'))}`;
      this.#rest(key, all);
      // A setter is given it.
      this.#rest(`given:${key}`, all);
      this.#mutated(target, all);
    } else if (kind === 'subscript_expression') {
      this.#rest('.[]', all);
      this.#mutated(target, all);
    } else for (const name of this.#variables.namesIn(target)) this.#rest(this.#told.keyOf(name), all);
  }

  /** What the place itself rests on that is written into, or taken apart: its indices; its defaults, and the members that a pattern takes. */
  #within(target: number): Set<string> {
    const tree = this.#tree;
    const found = new Set<string>();
    const isPattern = /_pattern$|^formal_parameters$|_parameter$/.test(tree.kind(target));
    for (let at = target; at < tree.next(target); at++) {
      const kind = tree.kind(at);
      const part =
        kind === 'subscript_expression'
          ? tree.field(at, 'index')
          : kind === 'assignment_pattern' || kind === 'object_assignment_pattern'
            ? tree.field(at, 'right')
            : kind === 'computed_property_name'
              ? at
              : /^(required|optional)_parameter$/.test(kind)
                ? tree.field(at, 'value')
                : none;
      if (isTypePart(kind)) at = tree.next(at) - 1;
      else if (part >= 0) for (const key of this.reads(part)) found.add(key);
      else if (isPattern && /^(property_identifier|shorthand_property_identifier_pattern)$/.test(kind))
        found.add(`.${tree.textOf(at)}`);
    }
    return found;
  }

  /** The variable at the beginning of a chain of members and calls. */
  #mutated(node: number, on: ReadonlySet<string>): void {
    const tree = this.#tree;
    let at = node;
    while (at >= 0) {
      const inner = Math.max(tree.field(at, 'object'), tree.field(at, 'function'));
      if (inner < 0) break;
      at = inner;
    }
    if (at < 0 || tree.kind(at) !== 'identifier') return;
    const key = this.#told.keyOf(at);
    this.#rest(`changed:${key}`, on);
    this.#rest(key, [`changed:${key}`]);
  }

  /** Two names of one object, or function: what one of them changes or is given, the other one has. */
  #alias(target: number, value: number): void {
    if (target < 0 || value < 0) return;
    const [to, from] = [this.#keyOfName(target), this.#keyOfName(value)];
    if (to === null || from === null) return;
    this.#rest(`changed:${from}`, [`changed:${to}`]);
    this.#rest(`changed:${to}`, [`changed:${from}`]);
    this.#rest(from, [`changed:${from}`]);
    for (const way of ['given', 'called']) this.#rest(`${way}:${from}`, [`${way}:${to}`]);
  }

  #edgesOf(node: number, kind: string): void {
    const tree = this.#tree;
    switch (kind) {
      case 'variable_declarator':
        // A declaration without a value writes nothing.
        if (tree.field(node, 'value') >= 0) this.#assigned(node, tree.field(node, 'name'), tree.field(node, 'value'));
        return;
      case 'assignment_expression':
      case 'augmented_assignment_expression':
      case 'for_in_statement':
        this.#assigned(node, tree.field(node, 'left'), tree.field(node, 'right'));
        return;
      case 'update_expression':
        this.#assigned(node, tree.field(node, 'argument'), none);
        return;
      case 'unary_expression':
        if (tree.textOf(tree.firstChild(node)) === 'delete') this.#assigned(node, tree.field(node, 'argument'), none);
        return;
      case 'pair':
        this.#rest(`.${tree.textOf(tree.field(node, 'key'))}`, this.reads(tree.field(node, 'value')));
        return;
      case 'field_definition':
      case 'public_field_definition': {
        const name = Math.max(tree.field(node, 'property'), tree.field(node, 'name'));
        if (name >= 0) this.#rest(`.${tree.textOf(name)}`, this.reads(tree.field(node, 'value')));
        return;
      }
      case 'class_declaration':
      case 'class':
        for (const child of tree.namedChildren(node))
          if (tree.kind(child) === 'class_heritage') this.#rest('this', this.reads(child));
        this.#implicit(node);
        return;
      case 'catch_clause': {
        const parameter = tree.field(node, 'parameter');
        if (parameter >= 0) this.#written(parameter, this.reads(tree.field(tree.parent(node), 'body')));
        return;
      }
      case 'import_statement':
        this.#imported(node);
        return;
      case 'call_expression':
      case 'new_expression':
        this.#call(node, tree.field(node, kind === 'call_expression' ? 'function' : 'constructor'));
        return;
      default:
        if (functionKinds.has(kind)) this.#function(node);
    }
  }

  /** Methods that loops, operators and texts call, though no text names them. */
  #implicit(node: number): void {
    const tree = this.#tree;
    const body = tree.field(node, 'body');
    const name = tree.field(node, 'name');
    for (const method of body < 0 ? [] : tree.namedChildren(body)) {
      const own = tree.field(method, 'name');
      if (tree.kind(method) !== 'method_definition' || own < 0) continue;
      if (tree.kind(own) !== 'computed_property_name' && !/^(valueOf|toString|toJSON|then)$/.test(tree.textOf(own)))
        continue;
      const reads = this.reads(tree.field(method, 'body'));
      this.#rest('this', reads);
      if (name >= 0) this.#rest(this.#told.keyOf(name), reads);
    }
  }

  #assigned(node: number, target: number, value: number): void {
    this.#written(target, new Set([...this.reads(value), ...this.#control(node)]));
    this.#alias(target, value);
  }

  #imported(node: number): void {
    const tree = this.#tree;
    const source = tree.field(node, 'source');
    if (source < 0) return;
    const key = `module:${tree.textOf(source).slice(1, -1)}`;
    for (let at = node; at < tree.next(node); at++)
      if (tree.kind(at) === 'identifier') this.#rest(this.#told.keyOf(at), [key]);
  }

  #call(node: number, callee: number): void {
    const tree = this.#tree;
    const list = tree.field(node, 'arguments');
    if (callee < 0 || list < 0) return;
    const all = new Set([...this.reads(callee), ...this.reads(list)]);
    const isMember = tree.kind(callee) === 'member_expression';
    const name = isMember ? tree.field(callee, 'property') : callee;
    const control = this.#control(node);
    const key = isMember ? `.${tree.textOf(name)}` : this.#keyOfName(callee);
    if (key !== null) {
      this.#rest(`given:${key}`, all);
      this.#rest(`called:${key}`, control);
    }
    // Of classes, whose constructor it is given to is not followed.
    if (tree.kind(node) === 'new_expression' || tree.kind(callee) === 'super') this.#rest('given:new', all);
    if (isMember && /^(call|apply|bind)$/.test(tree.textOf(name))) {
      const through = this.#keyOfName(tree.field(callee, 'object'));
      if (through !== null) {
        this.#rest(`given:${through}`, all);
        this.#rest(`called:${through}`, control);
      }
    }
    if (isMember) this.#mutated(callee, new Set([...this.reads(list), ...control]));
    for (const argument of tree.namedChildren(list)) {
      this.#mutated(argument, new Set([...all, ...control]));
      const handed = this.#keyOfName(argument);
      if (handed !== null) {
        this.#rest(`given:${handed}`, all);
        this.#rest(`called:${handed}`, [...all, ...control]);
      }
      if (functionKinds.has(tree.kind(argument))) for (const key of this.#parametersOf(argument)) this.#rest(key, all);
    }
  }

  #keyOfName(node: number): string | null {
    const tree = this.#tree;
    if (tree.kind(node) === 'identifier') return this.#told.keyOf(node);
    return tree.kind(node) === 'member_expression' ? `.${tree.textOf(tree.field(node, 'property'))}` : null;
  }

  #parametersOf(node: number): string[] {
    return [this.#tree.field(node, 'parameters'), this.#tree.field(node, 'parameter')]
      .flatMap((part) => this.#variables.namesIn(part))
      .map((name) => this.#told.keyOf(name))
      .concat(`arguments:${node}`);
  }

  #function(node: number): void {
    const tree = this.#tree;
    const name = functionKey(tree, node, this.#told);
    const inner = this.#within(tree.field(node, 'parameters'));
    for (const key of this.#parametersOf(node)) this.#rest(key, inner);
    if (name === null) return;
    this.#rest(name, this.reads(tree.field(node, 'body')));
    const given = name === '.constructor' ? [`given:${name}`, 'given:new'] : [`given:${name}`];
    for (const key of this.#parametersOf(node)) this.#rest(key, given);
  }
}

/** The key under which a function is called: of its variable, or of the member that it is. */
function functionKey(tree: SyntaxTree, node: number, told: Told): string | null {
  const own = tree.field(node, 'name');
  if (own >= 0 && tree.kind(node) === 'method_definition') return `.${tree.textOf(own)}`;
  if (own >= 0 && tree.kind(node).endsWith('declaration')) return told.keyOf(own);
  const parent = tree.parent(node);
  switch (parent < 0 ? '' : tree.kind(parent)) {
    case 'variable_declarator': {
      const name = tree.field(parent, 'name');
      return name >= 0 && tree.kind(name) === 'identifier' ? told.keyOf(name) : null;
    }
    case 'pair':
      return `.${tree.textOf(tree.field(parent, 'key'))}`;
    case 'assignment_expression': {
      const left = tree.field(parent, 'left');
      if (left >= 0 && tree.kind(left) === 'member_expression') return `.${tree.textOf(tree.field(left, 'property'))}`;
      return left >= 0 && tree.kind(left) === 'identifier' ? told.keyOf(left) : null;
    }
    default:
      return null;
  }
}

/**
 * Conditions that decide whether a statement runs: those around it in its function, what loops go over, and those that may leave the function or the loop.
 *
 * @returns nodes of conditions
 */
export function conditionsOver(tree: SyntaxTree, statement: number): number[] {
  const found: number[] = [];
  let at = statement;
  for (let parent = tree.parent(at); parent >= 0; at = parent, parent = tree.parent(at)) {
    const kind = tree.kind(parent);
    const condition = Math.max(
      tree.field(parent, 'condition'),
      kind === 'switch_statement' ? tree.field(parent, 'value') : none,
      kind === 'for_in_statement' ? tree.field(parent, 'right') : none,
      kind === 'binary_expression' && /^(&&|\|\||\?\?)$/.test(tree.textOf(tree.field(parent, 'operator')))
        ? tree.field(parent, 'left')
        : none,
    );
    if (condition >= 0 && condition !== at) found.push(condition);
    if (/^(for|for_in|while|do)_statement$/.test(kind)) found.push(...leavingWithin(tree, parent));
    // An error before it in the same `try` passes it over; one of a `catch` is why it runs.
    if (kind === 'try_statement') found.push(tree.field(parent, 'body'));
    for (const before of tree.namedChildren(parent)) {
      if (before >= at) break;
      if (tree.kind(before) === 'if_statement' && leavesWithin(tree, before))
        found.push(tree.field(before, 'condition'));
    }
    if (functionKinds.has(kind)) break;
  }
  return found;
}

/**
 * Whether an `if` only guards what comes after it: it leaves, and has no other way. Guards seldom hold, so values are guessed that do not make them.
 *
 * @param node of the condition's expression, or a part of it
 * @returns what the guess should make of the part: 1 true, -1 false; 0: it decides nothing of the kind
 */
export function wantedOf(tree: SyntaxTree, node: number): -1 | 0 | 1 {
  let wanted: -1 | 1 = 1;
  let at = node;
  for (let parent = tree.parent(at); parent >= 0; at = parent, parent = tree.parent(at)) {
    const kind = tree.kind(parent);
    if (kind === 'unary_expression' && tree.textOf(tree.firstChild(parent)) === '!') wanted = wanted === 1 ? -1 : 1;
    else if (kind === 'if_statement') return isGuard(tree, parent) ? (wanted === 1 ? -1 : 1) : wanted;
    else if (kind === 'while_statement') return wanted;
    else if (kind === 'binary_expression') {
      if (!/^(&&|\|\|)$/.test(tree.textOf(tree.field(parent, 'operator')))) return 0;
    } else if (kind !== 'parenthesized_expression') return 0;
  }
  return 0;
}

export function isGuard(tree: SyntaxTree, statement: number): boolean {
  if (tree.field(statement, 'alternative') >= 0) return false;
  let body = tree.field(statement, 'consequence');
  while (body >= 0 && tree.kind(body) === 'statement_block')
    body = tree.namedChildren(body).findLast((one) => tree.kind(one) !== 'comment') ?? none;
  return body >= 0 && /^(return|throw|continue|break)_statement$/.test(tree.kind(body));
}

/** Conditions in a loop that may end it, or a turn of it. */
function leavingWithin(tree: SyntaxTree, loop: number): number[] {
  const found: number[] = [];
  for (let at = loop; at < tree.next(loop); at++) {
    const kind = tree.kind(at);
    if (functionKinds.has(kind)) at = tree.next(at) - 1;
    else if (kind === 'if_statement' && leavesWithin(tree, at)) found.push(tree.field(at, 'condition'));
  }
  return found;
}

function leavesWithin(tree: SyntaxTree, node: number): boolean {
  for (let at = node; at < tree.next(node); at++) {
    const kind = tree.kind(at);
    if (functionKinds.has(kind)) at = tree.next(at) - 1;
    else if (/^(return|throw|break|continue)_statement$/.test(kind)) return true;
  }
  return false;
}
