/**
 * What the uses of a value in a file say of its type, collected by the text that tells the value (`partialtold.ts`).
 *
 * One pass over the tree looks at the parent of each expression that has such a text. What is found stands beside the line it was found at, so that
 * a guess can say why it was made.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import { nameNode, plainName } from './ecmascriptnodes.ts';
import { wantedOf } from './partialflow.ts';
import {
  argumentType,
  decide,
  type Evidence,
  evidenceOfLibrary,
  evidenceOfName,
  type Guess,
  type GuessedType,
  memberType,
} from './partialguess.ts';
import { isTypePart, type Told, transparent } from './partialtold.ts';
import { type DeclaredTypes, evidenceOfDoc, literalOf, typeOfLiteral } from './partialtypes.ts';
import { functionKinds } from './variables.ts';

const valueKinds = new Set([
  'identifier',
  'shorthand_property_identifier',
  'member_expression',
  'subscript_expression',
  'call_expression',
  'new_expression',
  'this',
]);

const arithmetic = /^([-*/%&|^]|\*\*|<<|>>>?)$/;
const comparing = /^(<|>|<=|>=)$/;
const equating = /^[!=]==?$/;
const typeofWords: Readonly<Record<string, GuessedType>> = {
  string: 'text',
  number: 'integer',
  boolean: 'boolean',
  function: 'callable',
  object: 'instance',
};

export class Uses {
  readonly #tree: SyntaxTree;
  readonly #told: Told;
  readonly #types: DeclaredTypes;
  readonly #lineOf: (offset: number) => number;
  readonly #evidence = new Map<string, Evidence[]>();
  /** What can only be told when all of the file was seen. */
  readonly #later: (() => void)[] = [];
  /** Texts of the parameters of functions, by the name that they are called by; null: several have it. */
  readonly #parametersOf = new Map<string, readonly string[] | null>();
  /** First node of each text. */
  readonly places = new Map<string, number>();

  constructor(tree: SyntaxTree, told: Told, types: DeclaredTypes, lineOf: (offset: number) => number) {
    this.#tree = tree;
    this.#told = told;
    this.#types = types;
    this.#lineOf = lineOf;
    for (let node = 1; node < tree.size; node++) {
      const kind = tree.kind(node);
      if (isTypePart(kind)) node = tree.next(node) - 1;
      else if (valueKinds.has(kind)) this.#read(node);
      else if (functionKinds.has(kind)) this.#parameters(node);
    }
    for (const tell of this.#later) tell();
  }

  /** Read by a key that is a name: whether that is an index, its own uses say. */
  #keyed(told: string, index: number, line: number): void {
    const key = this.#told.of(index);
    const plain = this.#ofNode(index);
    this.#later.push(() => {
      const isNumber = plain?.type === 'integer' || (key !== null && this.guess(key).type === 'integer');
      const found: Evidence = isNumber
        ? { type: 'list', from: 'use', weight: 0.7, why: `it is read by index at line ${line}` }
        : { type: 'instance', from: 'use', weight: 0.35, why: `it is read by a key at line ${line}` };
      this.#add(told, found);
    });
  }

  /** What a function of the file makes of its parameter holds for what it is given. */
  #passed(told: string, callee: string, position: number, line: number): void {
    this.#later.push(() => {
      const parameter = this.#parametersOf.get(callee)?.[position];
      if (parameter === undefined || parameter === told) return;
      const { type, from, literal } = this.guess(parameter);
      if (from === 'nothing' || from === 'name') return;
      this.#add(told, {
        type,
        from: 'use',
        weight: 0.5,
        why: `it is given to ${callee.slice(0, 40)} at line ${line}`,
        ...(literal === undefined ? {} : { literal }),
      });
    });
  }

  guess(told: string): Guess {
    return decide(this.#evidence.get(told) ?? [], this.#named(told));
  }

  #named(told: string): Evidence | null {
    const library = evidenceOfLibrary(told);
    if (library !== null) return library;
    // What an element or a made object is, its name does not say.
    if (told.endsWith('[]') || told.startsWith('new ')) return null;
    const last =
      told
        .replace(/\(\)$|@\d+$/g, '')
        .split('.')
        .at(-1) ?? '';
    const found = evidenceOfName(last);
    // A verb is no name of what it gives, but `getName()` is.
    if (told.endsWith('()')) return /^get[A-Z]/.test(last) || /^(is|has|can|should)[A-Z]/.test(last) ? found : null;
    return found;
  }

  #add(told: string, evidence: Evidence): void {
    const known = this.#evidence.get(told) ?? [];
    known.push(evidence);
    this.#evidence.set(told, known);
  }

  #read(node: number): void {
    const told = this.#told.of(node);
    if (told === null) return;
    if (!this.places.has(told)) this.places.set(told, node);
    let at = node;
    let parent = this.#tree.parent(at);
    while (parent >= 0 && transparent.has(this.#tree.kind(parent))) {
      this.#cast(parent, told);
      at = parent;
      parent = this.#tree.parent(at);
    }
    if (parent >= 0) this.#use(at, parent, told);
  }

  #cast(node: number, told: string): void {
    const kind = this.#tree.kind(node);
    if (kind !== 'as_expression') return;
    const found = this.#types.evidence(node, 'type', this.#lineOf(this.#tree.start(node)));
    if (found !== null) this.#add(told, found);
  }

  /** @param node with brackets and casts around it @param parent of it */
  #use(node: number, parent: number, told: string): void {
    const tree = this.#tree;
    const line = this.#lineOf(tree.start(node));
    const say = (type: GuessedType, weight: number, what: string, more: Partial<Evidence> = {}): void =>
      this.#add(told, { type, from: 'use', weight, why: `${what} at line ${line}`, ...more });
    const kind = tree.kind(parent);
    switch (kind) {
      case 'member_expression': {
        if (tree.field(parent, 'object') !== node) return;
        const name = tree.textOf(tree.field(parent, 'property'));
        const found = memberType(name);
        if (found === null) {
          if (name === 'length') {
            say('list', 0.35, 'its length is read');
            say('text', 0.2, 'its length is read');
          } else if (name !== 'toString') say('instance', 0.5, `its ${name.slice(0, 40)} is used`);
          return;
        }
        const isCalled = this.#isCalled(parent);
        if (!isCalled && name !== 'lastIndex') {
          say('instance', 0.4, `its ${name} is used`);
          return;
        }
        say(found[0], found[1], `${name} is called on it`);
        if (['concat', 'slice', 'indexOf', 'includes', 'at', 'lastIndexOf'].includes(name))
          say('text', 0.38, `${name} is called on it`);
        return;
      }
      case 'subscript_expression': {
        const index = tree.field(parent, 'index');
        if (index === node) {
          const of = this.#told.of(tree.field(parent, 'object'));
          say('integer', 0.4, 'it is an index');
          if (of === null || !/s$|list|arr/i.test(of)) say('text', 0.35, 'it is a key');
          return;
        }
        const isText = tree.kind(index) === 'string' || tree.kind(index) === 'template_string';
        if (isText) say('instance', 0.6, 'a key of it is read');
        else if (tree.kind(index) === 'number' || /^[ijkn]$|^(idx|index)$/.test(tree.textOf(index)))
          say('list', 0.8, 'it is read by index');
        else this.#keyed(told, index, line);
        return;
      }
      case 'call_expression':
        if (tree.field(parent, 'function') === node) say('callable', 0.9, 'it is called');
        return;
      case 'new_expression':
        if (tree.field(parent, 'constructor') === node) say('class', 1, 'it is constructed');
        return;
      case 'class_heritage':
      case 'extends_clause':
        say('class', 1, 'a class extends it');
        return;
      case 'arguments':
        this.#argument(node, parent, say);
        return;
      case 'spread_element':
        if (tree.kind(tree.parent(parent)) === 'object') say('instance', 0.6, 'it is spread into an object');
        else say('list', 0.9, 'it is spread');
        return;
      case 'template_substitution':
        say('text', 0.45, 'it is put into a text');
        return;
      case 'for_in_statement':
        if (tree.field(parent, 'right') !== node) return;
        if (tree.child(parent, "'of'") >= 0) say('list', 0.9, 'a loop goes over it');
        else say('instance', 0.6, 'a loop goes over its keys');
        return;
      case 'update_expression':
        say('integer', 0.9, 'it is counted up or down');
        return;
      case 'unary_expression': {
        const operator = tree.textOf(tree.firstChild(parent));
        if (operator === '!') say('boolean', 0.2, 'it is negated', this.#truthOf(node));
        else if (operator === '-' || operator === '+' || operator === '~')
          say('integer', 0.7, `${operator} is put before it`);
        return;
      }
      case 'binary_expression':
        this.#binary(node, parent, told, say);
        return;
      case 'ternary_expression':
        if (tree.field(parent, 'condition') === node) say('boolean', 0.2, 'it is a condition');
        return;
      case 'if_statement':
      case 'while_statement':
      case 'do_statement':
        say('boolean', 0.2, 'it is a condition', this.#truthOf(node));
        return;
      case 'await_expression':
        // What is awaited need not be a promise, and is told as what it comes to.
        return;
      case 'switch_statement':
        for (const [, value] of this.#cases(parent))
          this.#literalUse(value, 0.7, `it is compared with ${value.slice(0, 40)}`, line, told);
        return;
      case 'variable_declarator':
      case 'assignment_expression':
        this.#binding(node, parent, told, say);
        return;
      case 'augmented_assignment_expression': {
        const operator = tree.textOf(tree.field(parent, 'operator'));
        const other = tree.field(parent, tree.field(parent, 'left') === node ? 'right' : 'left');
        if (operator !== '+=') say('integer', 0.7, `it stands by ${operator}`);
        else this.#added(other, say);
        return;
      }
      default:
    }
  }

  #truthOf(node: number): Partial<Evidence> {
    const wanted = wantedOf(this.#tree, node);
    return wanted === 0 ? {} : { literal: wanted === 1 };
  }

  #isCalled(member: number): boolean {
    const tree = this.#tree;
    const parent = tree.parent(member);
    return parent >= 0 && tree.kind(parent) === 'call_expression' && tree.field(parent, 'function') === member;
  }

  #argument(node: number, list: number, say: (type: GuessedType, weight: number, what: string) => void): void {
    const tree = this.#tree;
    const call = tree.parent(list);
    if (call < 0) return;
    const isNew = tree.kind(call) === 'new_expression';
    const callee = this.#told.of(tree.field(call, isNew ? 'constructor' : 'function'));
    const position = tree
      .namedChildren(list)
      .filter((one) => tree.kind(one) !== 'comment')
      .indexOf(node);
    const name = `${isNew ? 'new ' : ''}${callee ?? ''}`;
    const type = callee === null ? null : argumentType(name, position);
    if (type !== null) say(type, type === 'mapping' ? 0.4 : 0.8, `it is given to ${name.slice(0, 40)}`);
    const told = this.#told.of(node);
    if (told !== null && callee !== null) this.#passed(told, callee, position, this.#lineOf(tree.start(node)));
  }

  #binary(
    node: number,
    parent: number,
    told: string,
    say: (type: GuessedType, weight: number, what: string, more?: Partial<Evidence>) => void,
  ): void {
    const tree = this.#tree;
    const operator = tree.textOf(tree.field(parent, 'operator'));
    const left = tree.field(parent, 'left');
    const other = left === node ? tree.field(parent, 'right') : left;
    if (arithmetic.test(operator)) say('integer', 0.75, `it stands by ${operator}`);
    else if (operator === '+') this.#added(other, say);
    else if (comparing.test(operator)) {
      const value = literalOf(tree.textOf(other));
      if (typeof value === 'string') say('text', 0.6, 'it is compared with a text');
      else say('integer', 0.6, 'it is compared by size');
    } else if (equating.test(operator)) {
      const text = tree.textOf(other);
      const line = this.#lineOf(tree.start(node));
      // A guess that makes a guard hold, or a condition fail, hides what comes after it.
      const isEqual = operator.startsWith('=');
      const isWanted = wantedOf(tree, parent) !== (isEqual ? -1 : 1);
      this.#literalUse(text, 0.6, `it is compared with ${text.slice(0, 40)}`, line, told, isWanted);
      if (/^(undefined|null)$/.test(text) && wantedOf(tree, parent) === (isEqual ? 1 : -1))
        say('none', 0.35, `it is asked whether it is ${text}`, text === 'null' ? { literal: null } : {});
    } else if (operator === '||' || operator === '??') {
      if (operator === '||' && wantedOf(tree, node) !== 0)
        say('boolean', 0.2, 'it is a condition', this.#truthOf(node));
      if (left !== node) return;
      const found = this.#ofNode(other);
      if (found !== null) say(found.type, 0.5, 'another stands in for it', { ...found, from: 'default' });
    } else if (operator === '&&') {
      if (wantedOf(tree, node) !== 0) say('boolean', 0.2, 'it is a condition', this.#truthOf(node));
    } else if (operator === 'in') {
      if (left === node) say('text', 0.5, 'it is looked up as a key');
      else say('instance', 0.6, 'keys are looked up in it');
    } else if (operator === 'instanceof') {
      if (left !== node) say('class', 0.8, 'it stands by instanceof');
      else if (tree.textOf(other) === 'Date') say('time', 0.6, 'it may be a Date');
      else if (/Error$/.test(tree.textOf(other))) say('error', 0.6, 'it may be an error');
      else say('instance', 0.4, 'it stands by instanceof');
    }
    if (equating.test(operator) && tree.kind(other) === 'string') this.#typeof(node, other);
  }

  /** `typeof x === 'string'`. */
  #typeof(node: number, word: number): void {
    const tree = this.#tree;
    if (tree.kind(node) !== 'unary_expression') return;
    const told = this.#told.of(tree.field(node, 'argument'));
    const type = typeofWords[tree.textOf(word).slice(1, -1)];
    if (told === null || type === undefined) return;
    const line = this.#lineOf(tree.start(node));
    this.#add(told, { type, from: 'use', weight: 0.35, why: `its type is asked for at line ${line}` });
  }

  #added(other: number, say: (type: GuessedType, weight: number, what: string) => void): void {
    const found = this.#ofNode(other);
    if (found?.type === 'text') say('text', 0.6, 'it is added to a text');
    else if (found?.type === 'integer' || found?.type === 'float') say('integer', 0.65, 'it is added to a number');
    else say('integer', 0.2, 'it is added');
  }

  #literalUse(text: string, weight: number, why: string, line: number, told: string, isWanted = true): void {
    const value = literalOf(text);
    if (value === undefined || value === null) return;
    const type = typeOfLiteral(value);
    this.#add(told, {
      type,
      from: 'neighbour',
      weight,
      why: `${why} at line ${line}`,
      ...(isWanted ? { literal: value } : {}),
    });
  }

  /** What an expression plainly is; null when that is not plain to see. */
  #ofNode(node: number): { type: GuessedType; literal?: string | number | boolean } | null {
    const tree = this.#tree;
    if (node < 0) return null;
    switch (tree.kind(node)) {
      case 'string':
      case 'number':
      case 'true':
      case 'false': {
        const value = literalOf(tree.textOf(node));
        if (value === undefined || value === null) return { type: 'text' };
        return { type: typeOfLiteral(value), literal: value };
      }
      case 'template_string':
        return { type: 'text' };
      case 'array':
        return { type: 'list' };
      case 'object':
        return { type: 'instance' };
      case 'arrow_function':
      case 'function_expression':
        return { type: 'callable' };
      case 'regex':
        return { type: 'regex' };
      case 'binary_expression': {
        const operator = tree.textOf(tree.field(node, 'operator'));
        if (arithmetic.test(operator)) return { type: 'integer' };
        if (operator !== '+') return null;
        return this.#ofNode(tree.field(node, 'left')) ?? this.#ofNode(tree.field(node, 'right'));
      }
      case 'parenthesized_expression':
        return this.#ofNode(tree.namedChildren(node)[0] ?? none);
      default:
        return null;
    }
  }

  #cases(statement: number): (readonly [node: number, text: string])[] {
    const tree = this.#tree;
    const body = tree.field(statement, 'body');
    return (body < 0 ? [] : tree.namedChildren(body)).flatMap((one) => {
      const value = tree.field(one, 'value');
      return value < 0 ? [] : [[value, tree.textOf(value)] as const];
    });
  }

  #binding(
    node: number,
    parent: number,
    told: string,
    say: (type: GuessedType, weight: number, what: string, more?: Partial<Evidence>) => void,
  ): void {
    const tree = this.#tree;
    const isDeclarator = tree.kind(parent) === 'variable_declarator';
    const target = tree.field(parent, isDeclarator ? 'name' : 'left');
    if (!isDeclarator && target === node) {
      const found = this.#ofNode(tree.field(parent, 'right'));
      if (found !== null) say(found.type, 0.5, 'it is given such a value', { type: found.type, from: 'neighbour' });
      return;
    }
    if (isDeclarator) {
      const found = this.#types.evidence(parent, 'type', this.#lineOf(tree.start(parent)));
      if (found !== null) this.#add(told, found);
    }
    if (target >= 0 && tree.kind(target) === 'object_pattern') {
      say('instance', 0.8, 'it is taken apart by names');
      for (const part of tree.namedChildren(target)) {
        if (tree.kind(part) !== 'object_assignment_pattern') continue;
        const name = tree.textOf(tree.field(part, 'left'));
        const found = this.#ofNode(tree.field(part, 'right'));
        if (found !== null)
          this.#add(`${told}.${name}`, {
            ...found,
            from: 'default',
            weight: 0.8,
            why: `its default at line ${this.#lineOf(tree.start(part))}`,
          });
      }
    } else if (target >= 0 && tree.kind(target) === 'array_pattern') {
      say('list', 1, 'it is taken apart in order', { count: tree.namedChildren(target).length });
    }
  }

  /** Annotations, defaults and documentation of what a function takes and gives. */
  #parameters(node: number): void {
    const tree = this.#tree;
    const list = tree.field(node, 'parameters');
    const doc = docBefore(tree, node);
    const texts: string[] = [];
    const own = nameNode(tree, node);
    if (own >= 0) {
      const name = plainName(tree.textOf(own));
      this.#parametersOf.set(name, this.#parametersOf.has(name) ? null : texts);
    }
    for (const parameter of list < 0 ? [] : tree.namedChildren(list)) {
      const kind = tree.kind(parameter);
      const isDefault = kind === 'assignment_pattern';
      const bare = tree.field(parameter, 'pattern');
      const pattern = isDefault ? tree.field(parameter, 'left') : bare >= 0 ? bare : parameter;
      const line = this.#lineOf(tree.start(parameter));
      if (pattern < 0 || tree.kind(pattern) !== 'identifier') {
        texts.push('');
        continue;
      }
      const told = this.#told.of(pattern) ?? tree.textOf(pattern);
      texts.push(told);
      if (!this.places.has(told)) this.places.set(told, pattern);
      const annotated = this.#types.evidence(parameter, 'type', line);
      if (annotated !== null) this.#add(told, annotated);
      const value = isDefault ? tree.field(parameter, 'right') : tree.field(parameter, 'value');
      const found = this.#ofNode(value);
      if (found !== null) this.#add(told, { ...found, from: 'default', weight: 1, why: `its default at line ${line}` });
      const type = doc === null ? null : typeInDoc(doc, tree.textOf(pattern));
      const said = type === null ? null : evidenceOfDoc(type, line);
      if (said !== null) this.#add(told, said);
    }
  }
}

/** The comment right before a function, or before the statement that holds it. */
function docBefore(tree: SyntaxTree, node: number): string | null {
  let at = node;
  for (let step = 0; step < 4 && at > 0; step++) {
    const before = tree.text.slice(Math.max(0, tree.start(at) - 4_000), tree.start(at)).trimEnd();
    if (before.endsWith('*/')) {
      const from = before.lastIndexOf('/**');
      return from < 0 ? null : before.slice(from);
    }
    at = tree.parent(at);
  }
  return null;
}

/** The type in `@param {type} name`. */
function typeInDoc(doc: string, name: string): string | null {
  for (const [, type, told] of doc.matchAll(/@param\s+\{([^}\n]{1,200})\}\s+\[?([\w$]+)/g))
    if (told === name) return type ?? null;
  return null;
}
