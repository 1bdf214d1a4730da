/**
 * Which variable a name of JavaScript or TypeScript means, so that a trace says whose a written value is.
 *
 * The idea: one pass over the tree opens and closes scopes and notes what each declares; a name is then looked up outwards from
 * its node. A name that a block of a function declares again is told apart by the line of its declaration (`x@12`), because a frame
 * has one variable of each name.
 *
 * Not followed: `with` and what `eval` declares.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';

export type VariableScope = 'local' | 'closure' | 'global';
type DeclaredBy = 'var' | 'let' | 'parameter' | 'function' | 'class' | 'import';

interface Declared {
  readonly by: DeclaredBy;
  readonly at: number;
  /** As traces call it. */
  readonly told: string;
}

interface VariableLookup {
  readonly scope: VariableScope;
  readonly told: string;
  readonly by: DeclaredBy | null;
  /** Offset of the declaration; -1 for none. */
  readonly at: number;
  /** Node of the function that declares it; 0: the file. */
  readonly owner: number;
}

interface Scope {
  readonly parent: Scope | null;
  /** Node of the function around, 0 for the file. */
  readonly owner: number;
  /** Declarations by `var` come here. */
  readonly isFunction: boolean;
  readonly end: number;
  readonly names: Map<string, Declared>;
}

export const functionKinds: ReadonlySet<string> = new Set([
  'function_declaration',
  'generator_function_declaration',
  'function_expression',
  'generator_function',
  'arrow_function',
  'method_definition',
]);
const blockKinds = new Set([
  'statement_block',
  'for_statement',
  'for_in_statement',
  'catch_clause',
  'switch_body',
  'class_static_block',
  'internal_module',
]);

export class Variables {
  readonly #tree: SyntaxTree;
  readonly #lineOf: (offset: number) => number;
  readonly #scopes: (Scope | undefined)[] = [];
  /** Scope of each node. */
  readonly #of: Int32Array;

  constructor(tree: SyntaxTree, lineOf: (offset: number) => number) {
    this.#tree = tree;
    this.#lineOf = lineOf;
    this.#of = new Int32Array(tree.size);
    this.#read();
  }

  /** @param node an identifier */
  lookUp(node: number): VariableLookup {
    const name = this.#tree.textOf(node);
    const from = this.#scopes[this.#of[node] as number];
    const here = from?.owner ?? 0;
    for (let at: Scope | null | undefined = from; at; at = at.parent) {
      const found = at.names.get(name);
      if (found === undefined) continue;
      const scope = at.owner === here ? 'local' : at.owner === 0 ? 'global' : 'closure';
      return { scope, told: found.told, by: found.by, at: found.at, owner: at.owner };
    }
    return { scope: 'global', told: name, by: null, at: -1, owner: 0 };
  }

  /** Names that a pattern binds or assigns: identifiers in the order of the text. */
  namesIn(pattern: number): number[] {
    const found: number[] = [];
    this.#pattern(pattern, found);
    return found;
  }

  #pattern(node: number, found: number[]): void {
    const tree = this.#tree;
    if (node < 0) return;
    switch (tree.kind(node)) {
      case 'identifier':
      case 'shorthand_property_identifier_pattern':
        found.push(node);
        return;
      case 'assignment_pattern':
      case 'object_assignment_pattern':
        this.#pattern(tree.field(node, 'left'), found);
        return;
      case 'pair_pattern':
        this.#pattern(tree.field(node, 'value'), found);
        return;
      case 'required_parameter':
      case 'optional_parameter':
        this.#pattern(tree.field(node, 'pattern'), found);
        return;
      case 'object_pattern':
      case 'array_pattern':
      case 'rest_pattern':
      case 'formal_parameters':
      case 'parenthesized_expression':
      case 'non_null_expression':
        for (const child of tree.namedChildren(node)) this.#pattern(child, found);
        return;
      default:
    }
  }

  #read(): void {
    const tree = this.#tree;
    const open: number[] = [];
    const begin = (node: number, owner: number, isFunction: boolean): void => {
      const parent = this.#scopes[open.at(-1) ?? -1] ?? null;
      open.push(this.#scopes.push({ parent, owner, isFunction, end: tree.next(node), names: new Map() }) - 1);
    };
    for (let node = 0; node < tree.size; node++) {
      while (open.length > 0 && node >= (this.#scopes[open.at(-1) as number]?.end ?? 0)) open.pop();
      const kind = tree.kind(node);
      const around = this.#scopes[open.at(-1) ?? -1];
      this.#of[node] = open.at(-1) ?? 0;
      if (node === 0) begin(node, 0, true);
      else if (functionKinds.has(kind)) {
        const name = tree.field(node, 'name');
        if (kind.endsWith('_declaration') && around) this.#declare(around, [name], 'function');
        begin(node, node, true);
        const own = this.#scopes.at(-1) as Scope;
        if (!kind.endsWith('_declaration') && kind !== 'method_definition') this.#declare(own, [name], 'function');
        this.#declare(own, this.namesIn(tree.field(node, 'parameters')), 'parameter');
        this.#declare(own, this.namesIn(tree.field(node, 'parameter')), 'parameter');
      } else if (blockKinds.has(kind)) {
        const named = kind === 'internal_module' ? tree.field(node, 'name') : none;
        if (named >= 0 && tree.kind(named) === 'identifier' && around) this.#declare(around, [named], 'class');
        begin(node, around?.owner ?? 0, false);
        const own = this.#scopes.at(-1) as Scope;
        if (kind === 'catch_clause') this.#declare(own, this.namesIn(tree.field(node, 'parameter')), 'let');
        const declared = kind === 'for_in_statement' ? tree.field(node, 'kind') : none;
        if (declared >= 0) {
          const by = tree.textOf(declared) === 'var' ? 'var' : 'let';
          this.#declare(own, this.namesIn(tree.field(node, 'left')), by);
        }
      } else if (kind === 'variable_declarator' && around) {
        const by = tree.kind(tree.parent(node)) === 'variable_declaration' ? 'var' : 'let';
        this.#declare(around, this.namesIn(tree.field(node, 'name')), by);
      } else if (/^(abstract_)?class_declaration$|^enum_declaration$/.test(kind) && around) {
        this.#declare(around, [tree.field(node, 'name')], 'class');
      } else if (kind === 'import_clause' || kind === 'import_specifier' || kind === 'namespace_import') {
        const alias = kind === 'import_specifier' ? tree.field(node, 'alias') : none;
        const named = alias >= 0 ? alias : kind === 'import_specifier' ? tree.field(node, 'name') : none;
        const names = named >= 0 ? [named] : tree.namedChildren(node).filter((one) => tree.kind(one) === 'identifier');
        if (around) this.#declare(around, names, 'import');
      }
      if (node === 0 || functionKinds.has(kind) || blockKinds.has(kind)) this.#of[node] = open.at(-1) as number;
    }
  }

  #declare(scope: Scope, names: readonly number[], by: DeclaredBy): void {
    for (const node of names) {
      if (node < 0) continue;
      const name = this.#tree.textOf(node);
      let into = scope;
      while (by === 'var' && !into.isFunction && into.parent !== null) into = into.parent;
      if (into.names.has(name)) continue;
      let isAgain = false;
      for (let at = into.parent; at !== null && at.owner === into.owner; at = at.parent)
        if (at.names.has(name)) isAgain = true;
      const at = this.#tree.start(node);
      into.names.set(name, { by, at, told: isAgain ? `${name}@${this.#lineOf(at)}` : name });
    }
  }
}
