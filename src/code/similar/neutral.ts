/**
 * What constructs are called over all languages: the small table that lets a loop of Python be compared with one of Go.
 *
 * Grammars name nodes much alike, so rows are patterns over kinds, the first that fits. What no row names has no part in a comparison
 * across languages; that is brackets, separators, types and declarations, which languages differ in most, and access of members, which is a node
 * of its own in some and part of a call in others.
 */

export const neutralKinds = [
  'loop',
  'branch',
  'case',
  'return',
  'break',
  'continue',
  'throw',
  'try',
  'catch',
  'assign',
  'call',
  'index',
  'binary',
  'unary',
  'lambda',
  'list',
  'map',
  'yield',
  'await',
] as const;
export type NeutralKind = (typeof neutralKinds)[number];

const rows: readonly (readonly [RegExp, NeutralKind])[] = [
  // Comprehensions go over elements as loops do.
  [/^(?:for|foreach|while|do|loop|repeat|until|enhanced_for)(?:_(?!clause|each_clause).*)?$|comprehension$/, 'loop'],
  [
    /^(?:if|elif|unless|else_if|guard|conditional|ternary)_(?!clause$).*|^(?:if|unless|conditional|elif_clause)$/,
    'branch',
  ],
  [
    /^(?:switch_case|case_clause|case_statement|expression_case|type_case|match_arm|when_entry|switch_rule|switch_block_statement_group|switch_section|when|default_case|switch_default)$/,
    'case',
  ],
  [/^return/, 'return'],
  [/^break/, 'break'],
  [/^(?:continue|next)(?:_|$)/, 'continue'],
  [/^(?:throw|raise)/, 'throw'],
  [/^try(?:_statement|_with_resources_statement|_block)?$/, 'try'],
  [/^(?:except|catch|rescue)/, 'catch'],
  [
    /assignment|^(?:let_declaration|init_declarator|variable_declarator|short_var_declaration|var_spec|augmented_.*|property_declaration|update_expression|inc_statement|dec_statement|postfix_unary_expression)$/,
    'assign',
  ],
  [
    /^(?:call|call_expression|new_expression|method_invocation|object_creation_expression|invocation_expression|function_call_expression|member_call_expression|scoped_call_expression|macro_invocation|function_call)$/,
    'call',
  ],
  [
    /^(?:subscript|subscript_expression|index_expression|element_access_expression|element_reference|array_access|indexing_expression|slice_expression)$/,
    'index',
  ],
  [
    /^(?:binary_(?:expression|operator)?|binary|comparison_operator|boolean_operator|infix_expression|.*_(?:additive|multiplicative)_expression|(?:additive|multiplicative|comparison|equality|conjunction|disjunction)_expression)$/,
    'binary',
  ],
  [/^(?:unary|not_operator|unary_(?:expression|operator)|prefix_expression|prefix_unary_expression)$/, 'unary'],
  [
    /^(?:lambda|lambda_expression|arrow_function|closure_expression|func_literal|anonymous_function|block_argument|do_block|lambda_literal)$/,
    'lambda',
  ],
  [
    /^(?:list|array|tuple|array_expression|array_creation_expression|initializer_list|list_literal|array_literal|tuple_expression|collection_literal)$/,
    'list',
  ],
  [/^(?:dictionary|set|hash|object|map_literal|set_literal|dictionary_literal)$/, 'map'],
  [/^yield/, 'yield'],
  [/^await/, 'await'],
];

/** @param kind of a named node, as its grammar names it */
export const neutralKindOf = (kind: string): NeutralKind | null => rows.find(([test]) => test.test(kind))?.[1] ?? null;

/** Operators that mean the same, by how they are written; `null` for what is no operator over values. */
export function neutralOperator(written: string): string | null {
  const same = spellings[written];
  if (same !== undefined) return same;
  return /^(?:[-+*/%<>&|^!]|[<>=!]=|&&|\|\||<<|>>|\*\*)$/.test(written) ? written : null;
}

const spellings: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  not: '!',
  '===': '==',
  '!==': '!=',
  '<>': '!=',
  is: '==',
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '%=': '%',
  '|=': '|',
  '&=': '&',
  '^=': '^',
  '++': '+',
  '--': '-',
  '//': '/',
};
