/**
 * Where names of variables stand in a piece of code, and what is done with them: data about grammars, and one climb up the tree.
 *
 * A name is written where it stands in the place of a target, possibly inside a pattern (`a, (b, *c) = …`). A name whose element or
 * attribute is the target (`a[i] = …`, `a.b = …`) is updated: its object changes, the name goes on meaning it.
 */
import type { SyntaxTree } from '../tree/tree.ts';

export type NameUse = 'read' | 'write' | 'update';

/** By language. Fields of a kind; `*` for any child, `^` for the first named one, `2` for the second. */
interface NameRules {
  /** Kinds of nodes that are names of variables. */
  readonly names: ReadonlySet<string>;
  /** Names that are none: of members, keyword arguments, labels. */
  readonly others: Readonly<Record<string, readonly string[]>>;
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** Targets that are read as well: `x += 1`. */
  readonly both: ReadonlySet<string>;
  /** What patterns are made of: a target's parts are targets. */
  readonly patterns: Readonly<Record<string, readonly string[]>>;
  /** Elements and members, by the field of their object. */
  readonly parts: Readonly<Record<string, string>>;
  /** Parameters of a function, by field. */
  readonly parameters: readonly string[];
}

const python: NameRules = {
  names: new Set(['identifier']),
  others: { attribute: ['attribute'], keyword_argument: ['name'], keyword_pattern: ['^'], type: ['*'] },
  targets: {
    assignment: ['left'],
    augmented_assignment: ['left'],
    named_expression: ['name'],
    for_statement: ['left'],
    for_in_clause: ['left'],
    as_pattern: ['alias'],
    function_definition: ['name'],
    class_definition: ['name'],
    aliased_import: ['alias'],
    import_statement: ['name'],
    import_from_statement: ['name'],
    parameters: ['*'],
    lambda_parameters: ['*'],
    case_clause: ['^'],
    delete_statement: ['*'],
  },
  both: new Set(['augmented_assignment']),
  patterns: {
    pattern_list: ['*'],
    tuple_pattern: ['*'],
    list_pattern: ['*'],
    list_splat_pattern: ['*'],
    dictionary_splat_pattern: ['*'],
    as_pattern_target: ['*'],
    default_parameter: ['name'],
    typed_parameter: ['^'],
    typed_default_parameter: ['name'],
    dotted_name: ['^'],
    case_pattern: ['*'],
    splat_pattern: ['*'],
    dict_pattern: ['value'],
    class_pattern: ['*'],
    union_pattern: ['*'],
    parenthesized_expression: ['*'],
    expression_list: ['*'],
  },
  parts: { attribute: 'object', subscript: 'value' },
  parameters: ['parameters'],
};

const ecmascript: NameRules = {
  names: new Set(['identifier', 'shorthand_property_identifier', 'shorthand_property_identifier_pattern']),
  others: { jsx_opening_element: ['name'], jsx_closing_element: ['name'], labeled_statement: ['label'] },
  targets: {
    variable_declarator: ['name'],
    assignment_expression: ['left'],
    augmented_assignment_expression: ['left'],
    update_expression: ['argument'],
    for_in_statement: ['left'],
    catch_clause: ['parameter'],
    function_declaration: ['name'],
    generator_function_declaration: ['name'],
    class_declaration: ['name'],
    import_specifier: ['alias', 'name'],
    import_clause: ['*'],
    namespace_import: ['*'],
    formal_parameters: ['*'],
    arrow_function: ['parameter'],
  },
  both: new Set(['augmented_assignment_expression', 'update_expression']),
  patterns: {
    array_pattern: ['*'],
    object_pattern: ['*'],
    pair_pattern: ['value'],
    rest_pattern: ['*'],
    assignment_pattern: ['left'],
    object_assignment_pattern: ['left'],
    required_parameter: ['pattern'],
    optional_parameter: ['pattern'],
    parenthesized_expression: ['*'],
    non_null_expression: ['*'],
  },
  parts: { member_expression: 'object', subscript_expression: 'object' },
  parameters: ['parameters', 'parameter'],
};

const java: NameRules = {
  names: new Set(['identifier']),
  others: {
    field_access: ['field'],
    method_invocation: ['name'],
    method_reference: ['*'],
    labeled_statement: ['^'],
    break_statement: ['^'],
    continue_statement: ['^'],
    method_declaration: ['name'],
    annotation: ['name'],
    marker_annotation: ['name'],
  },
  targets: {
    variable_declarator: ['name'],
    assignment_expression: ['left'],
    update_expression: ['*'],
    enhanced_for_statement: ['name'],
    catch_formal_parameter: ['name'],
    resource: ['name'],
    formal_parameter: ['name'],
    inferred_parameters: ['*'],
    lambda_expression: ['parameters'],
    instanceof_expression: ['name'],
    type_pattern: ['*'],
  },
  both: new Set(['update_expression']),
  patterns: { parenthesized_expression: ['*'] },
  parts: { field_access: 'object', array_access: 'array' },
  parameters: ['parameters'],
};

const go: NameRules = {
  names: new Set(['identifier']),
  others: { keyed_element: [], labeled_statement: ['label'], function_declaration: ['name'] },
  targets: {
    short_var_declaration: ['left'],
    assignment_statement: ['left'],
    var_spec: ['name'],
    const_spec: ['name'],
    range_clause: ['left'],
    inc_statement: ['*'],
    dec_statement: ['*'],
    receive_statement: ['left'],
    type_switch_statement: ['alias'],
    parameter_declaration: ['name'],
    variadic_parameter_declaration: ['name'],
  },
  both: new Set(['inc_statement', 'dec_statement']),
  patterns: { expression_list: ['*'], parenthesized_expression: ['*'] },
  parts: { selector_expression: 'operand', index_expression: 'operand', slice_expression: 'operand' },
  parameters: ['receiver', 'parameters', 'result'],
};

const rust: NameRules = {
  names: new Set(['identifier', 'shorthand_field_identifier', 'self']),
  others: {
    scoped_identifier: ['*'],
    macro_invocation: ['macro'],
    function_item: ['name'],
    tuple_struct_pattern: ['type'],
    struct_pattern: ['type'],
    label: ['*'],
    generic_function: ['function'],
  },
  targets: {
    let_declaration: ['pattern'],
    let_condition: ['pattern'],
    assignment_expression: ['left'],
    compound_assignment_expr: ['left'],
    for_expression: ['pattern'],
    match_arm: ['pattern'],
    parameter: ['pattern'],
    closure_parameters: ['*'],
    self_parameter: ['*'],
  },
  both: new Set(['compound_assignment_expr']),
  patterns: {
    match_pattern: ['^'],
    tuple_pattern: ['*'],
    tuple_struct_pattern: ['*'],
    struct_pattern: ['*'],
    field_pattern: ['pattern', 'name'],
    mut_pattern: ['*'],
    ref_pattern: ['*'],
    reference_pattern: ['*'],
    slice_pattern: ['*'],
    or_pattern: ['*'],
    captured_pattern: ['*'],
    tuple_expression: ['*'],
    remaining_field_pattern: [],
  },
  parts: { field_expression: 'value', index_expression: '^' },
  parameters: ['parameters'],
};

const c: NameRules = {
  names: new Set(['identifier']),
  others: { qualified_identifier: ['*'] },
  targets: {
    init_declarator: ['declarator'],
    declaration: ['declarator'],
    assignment_expression: ['left'],
    update_expression: ['argument'],
    for_range_loop: ['declarator'],
    parameter_declaration: ['declarator'],
    optional_parameter_declaration: ['declarator'],
  },
  both: new Set(['update_expression']),
  patterns: {
    pointer_declarator: ['declarator'],
    array_declarator: ['declarator'],
    reference_declarator: ['*'],
    parenthesized_expression: ['*'],
    parenthesized_declarator: ['*'],
    structured_binding_declarator: ['*'],
  },
  parts: { field_expression: 'argument', subscript_expression: 'argument', pointer_expression: 'argument' },
  parameters: ['declarator'],
};

const csharp: NameRules = {
  names: new Set(['identifier']),
  others: {
    member_access_expression: ['name'],
    qualified_name: ['*'],
    generic_name: ['*'],
    labeled_statement: ['^'],
    goto_statement: ['*'],
    argument: ['name'],
    variable_declaration: ['type'],
    parameter: ['type'],
    object_creation_expression: ['type'],
    cast_expression: ['type'],
  },
  targets: {
    variable_declarator: ['name', '^'],
    assignment_expression: ['left'],
    prefix_unary_expression: [],
    postfix_unary_expression: ['*'],
    foreach_statement: ['left'],
    catch_declaration: ['name'],
    parameter: ['name'],
    declaration_pattern: ['name'],
    declaration_expression: ['name'],
    var_pattern: ['name'],
    implicit_parameter: ['*'],
  },
  both: new Set(['postfix_unary_expression']),
  patterns: { parenthesized_expression: ['*'], tuple_expression: ['*'], argument: ['*'], tuple_pattern: ['*'] },
  parts: { member_access_expression: 'expression', element_access_expression: 'expression' },
  parameters: ['parameters'],
};

const ruby: NameRules = {
  names: new Set(['identifier', 'instance_variable', 'class_variable', 'global_variable']),
  others: { call: ['method'], method: ['name'], singleton_method: ['name'], alias: ['*'] },
  targets: {
    assignment: ['left'],
    operator_assignment: ['left'],
    for: ['pattern'],
    exception_variable: ['*'],
    method_parameters: ['*'],
    block_parameters: ['*'],
    in_clause: ['pattern'],
    match_pattern: ['pattern'],
  },
  both: new Set(['operator_assignment']),
  patterns: {
    left_assignment_list: ['*'],
    destructured_left_assignment: ['*'],
    rest_assignment: ['*'],
    destructured_parameter: ['*'],
    optional_parameter: ['name'],
    keyword_parameter: ['name'],
    splat_parameter: ['name'],
    hash_splat_parameter: ['name'],
    block_parameter: ['name'],
    array_pattern: ['*'],
    hash_pattern: ['*'],
    keyword_pattern: ['value'],
    splat_pattern: ['*'],
    as_pattern: ['name'],
  },
  parts: { element_reference: 'object', call: 'receiver' },
  parameters: ['parameters'],
};

const php: NameRules = {
  names: new Set(['variable_name']),
  others: {},
  targets: {
    assignment_expression: ['left'],
    reference_assignment_expression: ['left'],
    augmented_assignment_expression: ['left'],
    update_expression: ['argument'],
    foreach_statement: ['2'],
    catch_clause: ['name'],
    simple_parameter: ['name'],
    variadic_parameter: ['name'],
    property_promotion_parameter: ['name'],
    static_variable_declaration: ['name'],
    global_declaration: ['*'],
  },
  both: new Set(['augmented_assignment_expression', 'update_expression']),
  patterns: { list_literal: ['*'], array_element_initializer: ['*'], pair: ['*'], by_ref: ['*'] },
  parts: { member_access_expression: 'object', subscript_expression: '^', nullsafe_member_access_expression: 'object' },
  parameters: ['parameters'],
};

const rulesOf: Readonly<Record<string, NameRules>> = {
  python,
  javascript: ecmascript,
  typescript: ecmascript,
  tsx: ecmascript,
  java,
  go,
  rust,
  c,
  cpp: c,
  csharp,
  ruby,
  php,
};

/** Compound assignments whose grammar has no kind of their own: `x += 1` in Java, C, C#, Go. */
const compound = /^(?:[-+*/%&|^]|<<|>>>?|&\^|\?\?|\/\/|\*\*)=$/;

/** Cases: their pattern is bound, then what guards it is asked. */
const guarded = new Set(['case_clause', 'match_arm', 'in_clause']);

export class Names {
  readonly #tree: SyntaxTree;
  readonly #rules: NameRules;

  constructor(tree: SyntaxTree, language: string) {
    const rules = rulesOf[language];
    if (rules === undefined) throw new Error(`no rules for names of ${language}`);
    this.#tree = tree;
    this.#rules = rules;
  }

  /** Fields of a function in which its parameters stand. */
  get parameters(): readonly string[] {
    return this.#rules.parameters;
  }

  /** @returns `[]` when the node is no name of a variable; a compound assignment reads and writes */
  usesOf(node: number): readonly NameUse[] {
    const { names, others } = this.#rules;
    const tree = this.#tree;
    if (!names.has(tree.kind(node)) || !tree.isNamed(node)) return [];
    let child = node;
    let parent = tree.parent(node);
    if (parent < 0 || this.#fits(others, parent, child)) return [];
    let changes = false;
    while (parent >= 0) {
      const kind = tree.kind(parent);
      if (this.#fits(this.#rules.targets, parent, child)) {
        if (changes) return ['update'];
        return this.#rules.both.has(kind) || this.#isCompound(parent) ? ['read', 'write'] : ['write'];
      }
      const object = this.#rules.parts[kind];
      if (object !== undefined && (object === '^' ? this.#named(parent, 0) === child : tree.isField(child, object)))
        changes = true;
      else if (!this.#fits(this.#rules.patterns, parent, child)) return ['read'];
      child = parent;
      parent = tree.parent(parent);
    }
    return ['read'];
  }

  /**
   * Of a written name: the node whose reads its value is computed of, and the offset at which it is written, among those at which
   * names are read. A pattern is bound before what guards it, a comprehension's name before its body, all else when all was read.
   */
  writeOf(node: number): { readonly source: number; readonly at: number } | null {
    const tree = this.#tree;
    let child = node;
    for (let source = tree.parent(node); source >= 0; source = tree.parent(source)) {
      if (this.#fits(this.#rules.targets, source, child)) {
        const kind = tree.kind(source);
        const pattern = tree.kind(child) === 'match_pattern' ? this.#named(child, 0) : child;
        const at = guarded.has(kind) ? pattern : source;
        return { source, at: kind === 'for_in_clause' ? tree.start(tree.parent(source)) - 1 : tree.end(at) };
      }
      child = source;
    }
    return null;
  }

  #isCompound(assignment: number): boolean {
    return this.#tree.children(assignment).some((child) => compound.test(this.#tree.kind(child).slice(1, -1)));
  }

  #named(node: number, place: number): number {
    return this.#tree.namedChildren(node)[place] ?? -1;
  }

  #fits(rules: Readonly<Record<string, readonly string[]>>, parent: number, child: number): boolean {
    const fields = rules[this.#tree.kind(parent)];
    if (fields === undefined) return false;
    return fields.some((field) =>
      field === '*'
        ? true
        : field === '^' || field === '2'
          ? this.#named(parent, field === '^' ? 0 : 1) === child
          : this.#tree.isField(child, field),
    );
  }
}
