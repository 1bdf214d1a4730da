/**
 * Which nodes of a syntax tree steer control, by language: data for `control.ts`.
 *
 * A construct names its parts by the grammar's fields, or by kinds of children where the grammar has no field.
 */

/** Parts are found by field; of those in brackets, `[kind]`, by kind. */
export type Construct =
  | {
      readonly is: 'if';
      readonly condition: string;
      readonly then: string;
      readonly otherwise: string;
      /** Runs `then` where the condition does not hold: Ruby's `unless`. */
      readonly inverted?: boolean;
    }
  /** A statement that goes on, or else runs a part that does not come back: Rust's `let … else`. */
  | { readonly is: 'guard'; readonly otherwise: string }
  /** `body` runs while the condition holds; none, for ever. `otherwise`: once it does not (Python). */
  | {
      readonly is: 'while';
      readonly condition: string | null;
      readonly body: string;
      readonly otherwise?: string;
      /** Runs until the condition holds. */
      readonly inverted?: boolean;
      /** Kind of a body that runs before the condition is first asked: Ruby's `begin … end while`. */
      readonly bodyFirst?: string;
    }
  | { readonly is: 'do'; readonly body: string; readonly condition: string }
  | {
      readonly is: 'for';
      readonly first: string;
      readonly condition: string;
      readonly update: string;
      readonly body: string;
      /** Where the head's parts stand in a node of their own (Go). */
      readonly head?: readonly string[];
    }
  /** Its head, all before the body, is evaluated for each element. */
  | { readonly is: 'each'; readonly body: string; readonly otherwise?: string }
  | {
      readonly is: 'switch';
      /** Kinds of its cases; `defaults` among them take what no other does. */
      readonly cases: readonly string[];
      readonly defaults: readonly string[];
      /** The end of a case runs into the next. */
      readonly falls: boolean;
      /** Parts of a case that are asked and not run. */
      readonly asked: readonly string[];
      /** Something always fits: exhaustive matches. */
      readonly total?: boolean;
      /** `break` leaves it. */
      readonly breaks: boolean;
      /** So does `continue` (PHP). */
      readonly continues?: boolean;
    }
  | {
      readonly is: 'try';
      readonly body: string | null;
      readonly handlers: readonly string[];
      readonly otherwise: readonly string[];
      readonly last: readonly string[];
    }
  /** A head, then a body, once. `swallows`: what the body raises may end here. */
  | { readonly is: 'with'; readonly body: string; readonly swallows?: boolean }
  | { readonly is: 'return' | 'throw' | 'break' | 'continue' | 'retry' | 'again' | 'fall' | 'goto' }
  | { readonly is: 'label' };

export interface FlowLanguage {
  /** Kinds of functions → the field with the body. A body that is no sequence is an expression, whose value is returned. */
  readonly functions: Readonly<Record<string, string>>;
  /** Kinds of sequences: their named children run in order. */
  readonly sequences: ReadonlySet<string>;
  readonly constructs: Readonly<Record<string, Construct>>;
  /** Kinds of declarations that hold functions and run nothing by themselves. */
  readonly silent: ReadonlySet<string>;
  /** Constructs may stand inside expressions. */
  readonly nested: boolean;
  /** A clause that takes whatever is raised. */
  readonly catchesAll: (clause: string) => boolean;
  /** Leaves a function when it meets a failure, in the midst of an expression (Rust's `?`). */
  readonly leaves?: string;
  /** Statements of other kinds that end a function. */
  readonly returns?: (statement: string) => boolean;
}

const jumps: Readonly<Record<string, Construct>> = {
  return_statement: { is: 'return' },
  break_statement: { is: 'break' },
  continue_statement: { is: 'continue' },
  goto_statement: { is: 'goto' },
  labeled_statement: { is: 'label' },
};

const ifConstruct = (
  condition = 'condition',
  then = 'consequence',
  otherwise = 'alternative',
): Construct & { is: 'if' } => ({
  is: 'if',
  condition,
  then,
  otherwise,
});
const whileConstruct: Construct & { is: 'while' } = { is: 'while', condition: 'condition', body: 'body' };
const doConstruct: Construct = { is: 'do', body: 'body', condition: 'condition' };
const forConstruct = (first: string, update: string): Construct => ({
  is: 'for',
  first,
  condition: 'condition',
  update,
  body: 'body',
});
const tryConstruct: Construct = {
  is: 'try',
  body: 'body',
  handlers: ['catch_clause'],
  otherwise: [],
  last: ['finally_clause'],
};

const python: FlowLanguage = {
  functions: { function_definition: 'body', lambda: 'body', class_definition: 'body' },
  sequences: new Set(['module', 'block', 'else_clause', 'finally_clause']),
  constructs: {
    if_statement: ifConstruct(),
    elif_clause: ifConstruct(),
    while_statement: { is: 'while', condition: 'condition', body: 'body', otherwise: 'alternative' },
    for_statement: { is: 'each', body: 'body', otherwise: 'alternative' },
    try_statement: {
      is: 'try',
      body: 'body',
      handlers: ['except_clause', 'except_group_clause'],
      otherwise: ['else_clause'],
      last: ['finally_clause'],
    },
    with_statement: { is: 'with', body: 'body', swallows: true },
    match_statement: {
      is: 'switch',
      cases: ['case_clause'],
      defaults: [],
      falls: false,
      asked: ['case_pattern', 'if_clause'],
      breaks: false,
    },
    return_statement: { is: 'return' },
    raise_statement: { is: 'throw' },
    break_statement: { is: 'break' },
    continue_statement: { is: 'continue' },
  },
  silent: new Set(),
  nested: false,
  catchesAll: (clause) => /^except\s*:|^except\s+BaseException\b/.test(clause),
};

const ecmascript: FlowLanguage = {
  functions: {
    function_declaration: 'body',
    generator_function_declaration: 'body',
    function_expression: 'body',
    generator_function: 'body',
    arrow_function: 'body',
    method_definition: 'body',
    class_static_block: 'body',
  },
  sequences: new Set(['program', 'statement_block', 'else_clause', 'finally_clause']),
  constructs: {
    ...jumps,
    if_statement: ifConstruct(),
    while_statement: whileConstruct,
    do_statement: doConstruct,
    for_statement: forConstruct('initializer', 'increment'),
    for_in_statement: { is: 'each', body: 'body' },
    switch_statement: {
      is: 'switch',
      cases: ['switch_case', 'switch_default'],
      defaults: ['switch_default'],
      falls: true,
      asked: ['value'],
      breaks: true,
    },
    try_statement: tryConstruct,
    throw_statement: { is: 'throw' },
  },
  silent: new Set(['interface_declaration', 'type_alias_declaration', 'ambient_declaration', 'function_signature']),
  nested: false,
  catchesAll: () => true,
};

const java: FlowLanguage = {
  functions: {
    method_declaration: 'body',
    constructor_declaration: 'body',
    compact_constructor_declaration: 'body',
    lambda_expression: 'body',
    static_initializer: '[block]',
  },
  sequences: new Set(['block', 'constructor_body', 'finally_clause', 'program', 'class_body']),
  constructs: {
    ...jumps,
    if_statement: ifConstruct(),
    while_statement: whileConstruct,
    do_statement: doConstruct,
    for_statement: forConstruct('init', 'update'),
    enhanced_for_statement: { is: 'each', body: 'body' },
    switch_expression: {
      is: 'switch',
      cases: ['switch_block_statement_group', 'switch_rule'],
      defaults: ['default'],
      falls: true,
      asked: ['switch_label'],
      breaks: true,
    },
    try_statement: tryConstruct,
    try_with_resources_statement: tryConstruct,
    throw_statement: { is: 'throw' },
    yield_statement: { is: 'break' },
    synchronized_statement: { is: 'with', body: 'body' },
  },
  silent: new Set(['class_declaration', 'interface_declaration', 'enum_declaration', 'record_declaration']),
  nested: true,
  catchesAll: (clause) => /^catch\s*\(\s*(?:final\s+)?Throwable\b/.test(clause),
};

const go: FlowLanguage = {
  functions: { function_declaration: 'body', method_declaration: 'body', func_literal: 'body' },
  sequences: new Set(['block', 'statement_list', 'source_file']),
  constructs: {
    ...jumps,
    if_statement: ifConstruct(),
    for_statement: {
      is: 'for',
      first: 'initializer',
      condition: 'condition',
      update: 'update',
      body: 'body',
      head: ['for_clause'],
    },
    expression_switch_statement: {
      is: 'switch',
      cases: ['expression_case', 'default_case'],
      defaults: ['default_case'],
      falls: false,
      asked: ['value'],
      breaks: true,
    },
    type_switch_statement: {
      is: 'switch',
      cases: ['type_case', 'default_case'],
      defaults: ['default_case'],
      falls: false,
      asked: ['type'],
      breaks: true,
    },
    select_statement: {
      is: 'switch',
      cases: ['communication_case', 'default_case'],
      defaults: ['default_case'],
      falls: false,
      asked: [],
      total: true,
      breaks: true,
    },
    fallthrough_statement: { is: 'fall' },
  },
  silent: new Set(),
  nested: false,
  catchesAll: () => false,
};

const rust: FlowLanguage = {
  functions: { function_item: 'body', closure_expression: 'body' },
  sequences: new Set(['block', 'else_clause', 'source_file', 'unsafe_block', 'async_block', 'declaration_list']),
  constructs: {
    let_declaration: { is: 'guard', otherwise: 'alternative' },
    if_expression: ifConstruct(),
    while_expression: whileConstruct,
    loop_expression: { is: 'while', condition: null, body: 'body' },
    for_expression: { is: 'each', body: 'body' },
    match_expression: {
      is: 'switch',
      cases: ['match_arm'],
      defaults: [],
      falls: false,
      asked: ['match_pattern'],
      total: true,
      breaks: false,
    },
    return_expression: { is: 'return' },
    break_expression: { is: 'break' },
    continue_expression: { is: 'continue' },
  },
  silent: new Set(['struct_item', 'enum_item', 'trait_item', 'use_declaration', 'type_item', 'macro_definition']),
  nested: true,
  catchesAll: () => false,
  leaves: 'try_expression',
};

const c: FlowLanguage = {
  functions: { function_definition: 'body', lambda_expression: 'body' },
  sequences: new Set(['compound_statement', 'else_clause', 'translation_unit', 'declaration_list']),
  constructs: {
    ...jumps,
    if_statement: ifConstruct(),
    while_statement: whileConstruct,
    do_statement: doConstruct,
    for_statement: forConstruct('initializer', 'update'),
    for_range_loop: { is: 'each', body: 'body' },
    switch_statement: {
      is: 'switch',
      cases: ['case_statement'],
      defaults: ['default'],
      falls: true,
      asked: ['value'],
      breaks: true,
    },
    try_statement: { ...tryConstruct, last: [] },
    throw_statement: { is: 'throw' },
    co_return_statement: { is: 'return' },
  },
  silent: new Set(['struct_specifier', 'class_specifier', 'enum_specifier', 'template_declaration']),
  nested: false,
  catchesAll: (clause) => /^catch\s*\(\s*\.\.\.\s*\)/.test(clause),
};

const csharp: FlowLanguage = {
  functions: {
    method_declaration: 'body',
    constructor_declaration: 'body',
    destructor_declaration: 'body',
    operator_declaration: 'body',
    conversion_operator_declaration: 'body',
    local_function_statement: 'body',
    lambda_expression: 'body',
    anonymous_method_expression: '[block]',
    accessor_declaration: 'body',
  },
  sequences: new Set(['block', 'finally_clause', 'compilation_unit', 'global_statement', 'declaration_list']),
  constructs: {
    ...jumps,
    if_statement: ifConstruct(),
    while_statement: whileConstruct,
    do_statement: doConstruct,
    for_statement: forConstruct('initializer', 'update'),
    foreach_statement: { is: 'each', body: 'body' },
    switch_statement: {
      is: 'switch',
      cases: ['switch_section'],
      defaults: ['default'],
      // A section that is not empty cannot run into the next, by the language's rules.
      falls: true,
      asked: ['constant_pattern', 'when_clause', 'declaration_pattern', 'recursive_pattern', 'relational_pattern'],
      breaks: true,
    },
    try_statement: tryConstruct,
    throw_statement: { is: 'throw' },
    using_statement: { is: 'with', body: 'body' },
    lock_statement: { is: 'with', body: '[block]' },
    fixed_statement: { is: 'with', body: '[block]' },
    checked_statement: { is: 'with', body: '[block]' },
    unsafe_statement: { is: 'with', body: '[block]' },
  },
  silent: new Set(['class_declaration', 'struct_declaration', 'interface_declaration', 'enum_declaration']),
  nested: false,
  returns: (statement) => /^yield\s+break\b/.test(statement),
  catchesAll: (clause) => /^catch\s*(?:\{|\(\s*(?:System\.)?Exception\b[^{]*\)\s*\{)/.test(clause),
};

const rubyTry: Construct = { is: 'try', body: null, handlers: ['rescue'], otherwise: ['else'], last: ['ensure'] };

const ruby: FlowLanguage = {
  functions: { method: 'body', singleton_method: 'body', block: 'body', do_block: 'body' },
  sequences: new Set(['program', 'then', 'do', 'else', 'ensure', 'block_body', 'parenthesized_statements']),
  constructs: {
    body_statement: rubyTry,
    begin: rubyTry,
    if: ifConstruct(),
    elsif: ifConstruct(),
    unless: { ...ifConstruct(), inverted: true },
    if_modifier: ifConstruct('condition', 'body'),
    unless_modifier: { ...ifConstruct('condition', 'body'), inverted: true },
    conditional: ifConstruct(),
    while: whileConstruct,
    until: { ...whileConstruct, inverted: true },
    while_modifier: { ...whileConstruct, bodyFirst: 'begin' },
    until_modifier: { ...whileConstruct, inverted: true, bodyFirst: 'begin' },
    for: { is: 'each', body: 'body' },
    case: {
      is: 'switch',
      cases: ['when', 'else'],
      defaults: ['else'],
      falls: false,
      asked: ['pattern'],
      breaks: false,
    },
    case_match: {
      is: 'switch',
      cases: ['in_clause', 'else'],
      defaults: ['else'],
      falls: false,
      asked: ['pattern', 'guard'],
      total: true,
      breaks: false,
    },
    return: { is: 'return' },
    break: { is: 'break' },
    next: { is: 'continue' },
    redo: { is: 'again' },
    retry: { is: 'retry' },
  },
  silent: new Set(),
  nested: true,
  catchesAll: () => false,
};

const php: FlowLanguage = {
  functions: {
    function_definition: 'body',
    method_declaration: 'body',
    anonymous_function: 'body',
    anonymous_function_creation_expression: 'body',
    arrow_function: 'body',
  },
  sequences: new Set(['program', 'compound_statement', 'colon_block', 'else_clause', 'finally_clause']),
  constructs: {
    ...jumps,
    named_label_statement: { is: 'label' },
    if_statement: ifConstruct('condition', 'body'),
    else_if_clause: ifConstruct('condition', 'body'),
    while_statement: whileConstruct,
    do_statement: doConstruct,
    for_statement: forConstruct('initialize', 'update'),
    foreach_statement: { is: 'each', body: 'body' },
    switch_statement: {
      is: 'switch',
      cases: ['case_statement', 'default_statement'],
      defaults: ['default_statement'],
      falls: true,
      asked: ['value'],
      breaks: true,
      continues: true,
    },
    try_statement: tryConstruct,
    throw_expression: { is: 'throw' },
    exit_statement: { is: 'return' },
  },
  silent: new Set(['class_declaration', 'interface_declaration', 'trait_declaration', 'enum_declaration', 'php_tag']),
  nested: false,
  catchesAll: (clause) => /^catch\s*\(\s*\\?Throwable\b/.test(clause),
};

/** By name of the language; those that are absent have no control flow here. */
export const flowLanguages: Readonly<Record<string, FlowLanguage>> = {
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
