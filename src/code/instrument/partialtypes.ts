/**
 * What annotations say of a value: TypeScript's types, with the interfaces and aliases of the file, and JSDoc's.
 *
 * A type is followed a few steps deep; a name that the file does not declare is an instance of something unknown.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import type { Evidence, Guess, GuessedType, LiteralValue } from './partialguess.ts';

const deepest = 4;

const named: Readonly<Record<string, GuessedType>> = {
  Date: 'time',
  RegExp: 'regex',
  Error: 'error',
  TypeError: 'error',
  Function: 'callable',
  Set: 'set',
  ReadonlySet: 'set',
  Map: 'mapping',
  ReadonlyMap: 'mapping',
  WeakMap: 'mapping',
  Buffer: 'bytes',
  Uint8Array: 'bytes',
  Array: 'list',
  ReadonlyArray: 'list',
  Iterable: 'list',
  IterableIterator: 'iterator',
  Generator: 'iterator',
  Promise: 'awaitable',
  PromiseLike: 'awaitable',
  String: 'text',
  Number: 'integer',
  Boolean: 'boolean',
};
const withInner = new Set<GuessedType>(['list', 'set', 'awaitable', 'iterator']);
const transparentNames = new Set(['Partial', 'Required', 'Readonly', 'NonNullable', 'Awaited', 'Pick', 'Omit']);

const predefined: Readonly<Record<string, GuessedType>> = {
  string: 'text',
  number: 'integer',
  bigint: 'integer',
  boolean: 'boolean',
  object: 'instance',
  void: 'none',
  undefined: 'none',
  null: 'none',
};

export class DeclaredTypes {
  readonly #tree: SyntaxTree;
  readonly #declared = new Map<string, number>();

  constructor(tree: SyntaxTree) {
    this.#tree = tree;
    for (let node = 1; node < tree.size; node++) {
      const kind = tree.kind(node);
      if (kind !== 'interface_declaration' && kind !== 'type_alias_declaration' && kind !== 'enum_declaration')
        continue;
      const name = tree.field(node, 'name');
      if (name >= 0) this.#declared.set(tree.textOf(name), node);
    }
  }

  /** @param node that has an annotation in its field `type`, or a return type @param line of it, for a person */
  evidence(node: number, field: 'type' | 'return_type', line: number): Evidence | null {
    const annotation = fieldOf(this.#tree, node, field);
    if (annotation < 0) return null;
    const type = this.#tree.namedChildren(annotation)[0] ?? annotation;
    const guess = this.#guess(type, 0);
    if (guess === null) return null;
    const shown = this.#tree.textOf(type).replace(/\s+/g, ' ').slice(0, 60);
    return { ...guess, from: 'annotation', weight: 1, why: `annotated as ${shown} at line ${line}` };
  }

  #make(type: GuessedType, more: Partial<Guess> = {}): Guess {
    return { type, from: 'annotation', why: ['its type is declared'], ...more };
  }

  /** @returns null: it says nothing (`any`) */
  #guess(node: number, depth: number): Guess | null {
    const tree = this.#tree;
    if (node < 0 || depth > deepest) return this.#make('instance');
    const kind = tree.kind(node);
    switch (kind) {
      case 'predefined_type': {
        const type = predefined[tree.textOf(node)];
        return type === undefined ? null : this.#make(type);
      }
      case 'array_type':
        return this.#list(tree.namedChildren(node)[0] ?? none, depth);
      case 'tuple_type':
        return this.#make('list', {
          count: tree.namedChildren(node).length,
          ...this.#inner(tree.namedChildren(node)[0] ?? none, depth),
        });
      case 'readonly_type':
      case 'parenthesized_type':
      case 'type_annotation':
      case 'optional_type':
        return this.#guess(tree.namedChildren(node)[0] ?? none, depth);
      case 'function_type':
      case 'constructor_type':
        return this.#make(
          kind === 'function_type' ? 'callable' : 'class',
          this.#inner(tree.field(node, 'return_type'), depth),
        );
      case 'template_literal_type':
        return this.#make('text');
      case 'literal_type':
        return this.#literal(node);
      case 'object_type':
      case 'interface_body':
        return this.#shape(node, depth);
      case 'union_type': {
        const parts = this.#parts(node, 'union_type');
        const found = parts.map((part) => this.#guess(part, depth + 1));
        return found.find((one) => one !== null && one.type !== 'none') ?? found.find((one) => one !== null) ?? null;
      }
      case 'intersection_type': {
        const found = this.#parts(node, 'intersection_type').map((part) => this.#guess(part, depth + 1));
        return this.#make('instance', { fields: Object.assign({}, ...found.map((one) => one?.fields ?? {})) });
      }
      case 'generic_type':
      case 'type_identifier':
        return this.#named(node, depth);
      case 'type_predicate_annotation':
      case 'type_predicate':
        return this.#make('boolean');
      default:
        return this.#make('instance');
    }
  }

  #parts(node: number, kind: string): number[] {
    return this.#tree
      .namedChildren(node)
      .flatMap((part) => (this.#tree.kind(part) === kind ? this.#parts(part, kind) : [part]));
  }

  #inner(node: number, depth: number): { inner?: Guess } {
    const inner = node < 0 ? null : this.#guess(node, depth + 1);
    return inner === null ? {} : { inner };
  }

  #list(item: number, depth: number): Guess {
    return this.#make('list', this.#inner(item, depth));
  }

  #literal(node: number): Guess {
    const tree = this.#tree;
    const text = tree.textOf(node);
    if (text === 'null' || text === 'undefined') return this.#make('none');
    const value = literalOf(text);
    if (value === undefined || value === null) return this.#make('instance');
    return this.#make(typeOfLiteral(value), { literal: value });
  }

  #named(node: number, depth: number): Guess | null {
    const tree = this.#tree;
    const isGeneric = tree.kind(node) === 'generic_type';
    const nameNode = isGeneric ? tree.field(node, 'name') : node;
    const name = tree.textOf(nameNode);
    const list = isGeneric ? tree.field(node, 'type_arguments') : none;
    const given = list < 0 ? [] : tree.namedChildren(list);
    const type = named[name];
    if (type !== undefined)
      return this.#make(type === 'mapping' && /Map$/.test(name) ? 'mapping' : type, {
        ...(withInner.has(type) ? this.#inner(given[0] ?? none, depth) : {}),
        ...(/Map$/.test(name) ? { literal: 'Map' } : {}),
      });
    if (name === 'Record') return this.#make('instance');
    if (transparentNames.has(name)) return this.#guess(given[0] ?? none, depth + 1);
    const declared = this.#declared.get(name);
    if (declared === undefined) return this.#make('instance');
    const kind = tree.kind(declared);
    if (kind === 'enum_declaration') return this.#make('integer');
    if (kind === 'type_alias_declaration') return this.#guess(tree.field(declared, 'value'), depth + 1);
    return this.#shape(tree.field(declared, 'body'), depth);
  }

  #shape(body: number, depth: number): Guess {
    const tree = this.#tree;
    const fields: Record<string, Guess> = {};
    for (const member of body < 0 ? [] : tree.namedChildren(body)) {
      const kind = tree.kind(member);
      if (kind === 'call_signature')
        return this.#make('callable', this.#inner(tree.field(member, 'return_type'), depth));
      const name = tree.field(member, 'name');
      if (name < 0 || tree.kind(name) === 'computed_property_name') continue;
      const key = tree.textOf(name).replace(/^(['"])(.*)\1$/, '$2');
      if (key === '__proto__') continue;
      if (kind === 'method_signature')
        fields[key] = this.#make('callable', this.#inner(tree.field(member, 'return_type'), depth));
      else if (kind === 'property_signature') {
        const found = this.#guess(tree.field(member, 'type'), depth + 1);
        if (found !== null) fields[key] = found;
      }
    }
    return this.#make('instance', { fields });
  }
}

const fieldOf = (tree: SyntaxTree, node: number, field: string): number => (node < 0 ? none : tree.field(node, field));

/** @returns undefined when the text is no literal of a plain type */
export function literalOf(text: string): LiteralValue | undefined {
  if (/^(['"`])[^\\`$]{0,200}\1$/s.test(text)) return text.slice(1, -1);
  if (/^-?(\d[\d_]*\.?\d*(e[-+]?\d+)?|0x[\da-f]+)$/i.test(text)) return Number(text.replaceAll('_', ''));
  if (text === 'true' || text === 'false') return text === 'true';
  return text === 'null' ? null : undefined;
}

export function typeOfLiteral(value: Exclude<LiteralValue, null>): GuessedType {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  return Number.isInteger(value) ? 'integer' : 'float';
}

/** Of JSDoc's `{…}`: the words for plain types, lists, functions and promises. */
export function evidenceOfDoc(type: string, line: number): Evidence | null {
  const bare =
    type
      .trim()
      .replace(/^[?!]|[=]$/g, '')
      .split('|')[0]
      ?.trim() ?? '';
  const found: GuessedType | null =
    predefined[bare.toLowerCase()] ??
    (/\[\]$|^Array\b/i.test(bare)
      ? 'list'
      : /^function\b|=>/i.test(bare)
        ? 'callable'
        : (named[bare.replace(/[.<].*$/s, '')] ?? null));
  if (found === null || found === 'none') return null;
  return { type: found, from: 'annotation', weight: 0.8, why: `documented as ${bare.slice(0, 60)} at line ${line}` };
}
