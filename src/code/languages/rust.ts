/**
 * Rust. What an `impl` block holds hangs on the bare name of the type, whatever the
 * generics and the trait (`impl<T> Shape for Foo<T>` gives `Foo.area`), behind the modules
 * around the block. Derives count as implemented traits. Calls inside macros are found
 * by their shape, since macros hold tokens, not expressions.
 */
import type { SymbolKind } from '../facts.ts';
import type { Scan, ScannedSymbol } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, bindWithin, isLocal, silence } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { externCrate, useDeclaration } from './rust-imports.ts';
import { bindPattern, referPath } from './rust-names.ts';

/** Constructors and macros of the prelude: in every function, and no information. */
const prelude = new Set(
  `Some Ok Err None assert assert_eq assert_ne dbg debug_assert debug_assert_eq debug_assert_ne eprint eprintln
   format format_args matches panic print println todo unimplemented unreachable vec write writeln`.split(/\s+/),
);
/** Attributes of the compiler itself; others are macros that someone defines. */
const builtinAttributes = new Set(
  `allow cfg cfg_attr cold deny deprecated derive doc expect feature forbid global_allocator ignore inline link
   link_name macro_export macro_use must_use no_mangle no_std non_exhaustive path proc_macro proc_macro_attribute
   proc_macro_derive recursion_limit repr rustfmt should_panic target_feature test track_caller warn default`.split(
    /\s+/,
  ),
);

interface Attributes {
  readonly nodes: number[];
  readonly names: string[];
  /** The item they stand before. */
  before: number;
}

/** Attributes met last: they are siblings before their item. */
const pending = new WeakMap<Scan, Attributes>();

const attributeItem: Rule = (scan, node) => {
  const { tree } = scan;
  const attribute = tree.child(node, 'attribute');
  silence(scan, node);
  if (attribute < 0) return;
  const path = tree.namedChildren(attribute)[0] ?? none;
  if (path < 0) return;
  const name = tree.textOf(path);
  if (name === 'derive') referDerived(scan, tree.field(attribute, 'arguments'));
  else if (!builtinAttributes.has(name) && !name.startsWith('rustfmt')) {
    scan.referAt('decorate', { start: tree.start(path), end: tree.end(path) });
  }
  let next = tree.nextSibling(node);
  while (next >= 0 && (!tree.isNamed(next) || tree.kind(next).endsWith('_comment'))) next = tree.nextSibling(next);
  const before = pending.get(scan);
  if (before !== undefined && before.before === node) {
    before.nodes.push(node);
    before.names.push(name);
    before.before = next;
  } else pending.set(scan, { nodes: [node], names: [name], before: next });
};

function referDerived(scan: Scan, list: number): void {
  const { tree } = scan;
  if (list < 0) return;
  for (const trait of tree.namedChildren(list)) {
    // Of `serde::Serialize`, what no `::` follows is the trait.
    if (tree.kind(trait) === 'identifier' && scan.text[tree.end(trait)] !== ':')
      scan.referAt('implement', { start: tree.start(trait), end: tree.end(trait) });
  }
}

function attributesOf(scan: Scan, node: number): { first: number; decorators: readonly string[]; signature: number } {
  const found = pending.get(scan);
  if (found === undefined || found.before !== node) return { first: none, decorators: [], signature: none };
  return { first: found.nodes[0] as number, decorators: found.names, signature: node };
}

/** The `impl` or `trait` directly around an item. */
function holderOf({ tree }: Scan, node: number, kind: 'impl_item' | 'trait_item'): number {
  const list = tree.parent(node);
  const holder = list < 0 ? none : tree.parent(list);
  return holder >= 0 && tree.kind(holder) === kind && tree.kind(list) === 'declaration_list' ? holder : none;
}

/** Bare name of the type that an `impl` is for. */
function implementedName(scan: Scan, impl: number): string {
  const { tree } = scan;
  let type = tree.field(impl, 'type');
  while (type >= 0) {
    const kind = tree.kind(type);
    if (kind === 'type_identifier' || kind === 'primitive_type') return tree.textOf(type);
    if (kind === 'generic_type' || kind === 'reference_type' || kind === 'pointer_type')
      type = tree.field(type, 'type');
    else if (kind === 'scoped_type_identifier') type = tree.field(type, 'name');
    else if (kind === 'dynamic_type') type = tree.field(type, 'trait');
    else break;
  }
  // A tuple, a slice, a function: as written, if short.
  const text = type < 0 ? '' : tree.textOf(type).replaceAll(/\s+/g, '');
  return text.length <= 40 ? text : '';
}

function qualifierOf(scan: Scan, node: number): string | undefined {
  const impl = holderOf(scan, node, 'impl_item');
  if (impl < 0) return undefined;
  const around = scan.enclosing < 0 ? '' : `${(scan.symbols[scan.enclosing] as ScannedSymbol).qualifiedName}.`;
  return around + implementedName(scan, impl);
}

function isExported(scan: Scan, node: number): boolean {
  const { tree } = scan;
  if (tree.child(node, 'visibility_modifier') >= 0) return true;
  const trait = holderOf(scan, node, 'trait_item');
  if (trait >= 0) return tree.child(trait, 'visibility_modifier') >= 0;
  const impl = holderOf(scan, node, 'impl_item');
  return impl >= 0 && tree.field(impl, 'trait') >= 0;
}

const item =
  (kind: SymbolKind, parts: { body?: string; value?: string } = {}): Rule =>
  (scan, node) => {
    const { tree } = scan;
    scan.define({
      kind,
      name: tree.field(node, 'name'),
      node,
      ...attributesOf(scan, node),
      body: parts.body === undefined ? none : tree.field(node, parts.body),
      value: parts.value === undefined ? none : tree.field(node, parts.value),
      exported: isExported(scan, node),
      ...qualified(scan, node),
    });
  };

/** As a property to spread: absent when the parent's name qualifies. */
function qualified(scan: Scan, node: number): { qualifier?: string } {
  const qualifier = qualifierOf(scan, node);
  return qualifier === undefined ? {} : { qualifier };
}

const functionItem: Rule = (scan, node) => {
  const isMethod = holderOf(scan, node, 'impl_item') >= 0 || holderOf(scan, node, 'trait_item') >= 0;
  item(isMethod ? 'method' : 'function', { body: 'body' })(scan, node);
};

const structItem: Rule = (scan, node) => {
  const body = scan.tree.field(node, 'body');
  // The fields of `struct Pair(i32, Foo);` have no names: they are what a reader needs.
  const isTuple = body >= 0 && scan.tree.kind(body) === 'ordered_field_declaration_list';
  item('struct', isTuple ? {} : { body: 'body' })(scan, node);
};

const valueItem =
  (kind: SymbolKind): Rule =>
  (scan, node) => {
    const name = scan.tree.field(node, 'name');
    const isMember = holderOf(scan, node, 'impl_item') >= 0 || holderOf(scan, node, 'trait_item') >= 0;
    if (scan.insideCallable && !isMember) bindLocal(scan, name);
    else if (name >= 0 && scan.tree.textOf(name) !== '_') item(kind, { value: 'value' })(scan, node);
  };

const modItem: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (tree.field(node, 'body') >= 0) item('module', { body: 'body' })(scan, node);
  else if (name >= 0) {
    scan.report(name);
    scan.importName(tree.textOf(name), '*', tree.textOf(name), node);
  }
};

const macroDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const attributes = attributesOf(scan, node);
  const exported = attributes.decorators.includes('macro_export');
  const body = tree.child(node, "'{'");
  scan.define({ kind: 'macro', name: tree.field(node, 'name'), node, ...attributes, body, exported });
  silence(scan, node);
};

const implItem: Rule = (scan, node) => {
  const { tree } = scan;
  bindTypeParameters(scan, node);
  referPath(scan, 'implement', tree.field(node, 'trait'));
};

/** Type parameters hold until their item ends. */
function bindTypeParameters(scan: Scan, node: number): void {
  const { tree } = scan;
  const list = tree.field(node, 'type_parameters');
  if (list < 0) return;
  for (const parameter of tree.namedChildren(list)) bindWithin(scan, tree.field(parameter, 'name'), node);
}

const withTypeParameters =
  (rule: Rule): Rule =>
  (scan, node) => {
    rule(scan, node);
    bindTypeParameters(scan, node);
  };

const traitItem: Rule = (scan, node) => {
  const { tree } = scan;
  item('trait', { body: 'body' })(scan, node);
  bindTypeParameters(scan, node);
  const bounds = tree.field(node, 'bounds');
  if (bounds < 0) return;
  for (const bound of tree.namedChildren(bounds)) referPath(scan, 'inherit', bound);
};

const call: Rule = (scan, node) => {
  const { tree } = scan;
  const callee = tree.field(node, 'function');
  if (callee < 0) return;
  if (tree.kind(callee) === 'identifier' && prelude.has(tree.textOf(callee))) scan.report(callee);
  else referPath(scan, 'call', callee);
};

const macroInvocation: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'macro');
  if (name >= 0 && prelude.has(tree.textOf(name))) scan.report(name);
  else referPath(scan, 'call', name);
};

const bindField =
  (field: string): Rule =>
  (scan, node) =>
    bindPattern(scan, scan.tree.field(node, field));

/** In the tokens of a macro, `name(` is a call and any other name a use. */
function tokenUse(scan: Scan, node: number): void {
  const { tree, text } = scan;
  const end = tree.end(node);
  const before = text[tree.start(node) - 1];
  const isQualified = before === '.' || before === ':';
  const next = text[end];
  if (next === '(' || (next === '!' && text[end + 1] !== '=')) {
    if (!prelude.has(tree.textOf(node)) && (isQualified || !isLocal(scan, node))) scan.refer('call', node);
  } else if (!isQualified && next !== ':' && !isLocal(scan, node)) scan.refer('use', node);
}

const identifier: Rule = (scan, node) => {
  if (scan.isReported(node)) return;
  const { tree } = scan;
  const parent = tree.parent(node);
  if (parent >= 0 && tree.kind(parent) === 'token_tree') tokenUse(scan, node);
  else if (!isLocal(scan, node) && !prelude.has(tree.textOf(node))) scan.refer('use', node);
};

const typeName: Rule = (scan, node) => {
  if (!scan.isReported(node)) referPath(scan, 'type', node);
};

/** `unsafe extern "C" {`, which Rust 2024 demands and the grammar does not know. */
const unsafeExtern = /\bunsafe(?=\s+extern\s+"[^"]*"\s*\{)/g;

export const rust: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'rust',
  displayName: 'Rust',
  extensions: ['rs'],
  interpreters: ['rust-script', 'cargo'],
  grammar: 'tree-sitter-rust.wasm',
  mask: (text) => text.replace(unsafeExtern, '      '),
  blocks: ['source_file', 'declaration_list', 'block', 'match_block', 'enum_variant_list', 'field_declaration_list'],
  comments: ['line_comment', 'block_comment'],
  rules: {
    attribute_item: attributeItem,
    inner_attribute_item: (scan, node) => silence(scan, node),
    function_item: withTypeParameters(functionItem),
    function_signature_item: withTypeParameters(functionItem),
    struct_item: withTypeParameters(structItem),
    union_item: withTypeParameters(item('struct', { body: 'body' })),
    enum_item: withTypeParameters(item('enum', { body: 'body' })),
    enum_variant: (scan, node) => {
      const { tree } = scan;
      const name = tree.field(node, 'name');
      scan.define({ kind: 'enum-member', name, node, ...attributesOf(scan, node), exported: true });
    },
    field_declaration: item('field'),
    trait_item: traitItem,
    type_item: withTypeParameters(item('type', { value: 'type' })),
    associated_type: withTypeParameters(item('type')),
    const_item: valueItem('constant'),
    static_item: valueItem('variable'),
    mod_item: modItem,
    macro_definition: macroDefinition,
    impl_item: implItem,
    use_declaration: useDeclaration,
    extern_crate_declaration: externCrate,
    parameter: bindField('pattern'),
    let_declaration: bindField('pattern'),
    let_condition: bindField('pattern'),
    for_expression: bindField('pattern'),
    closure_parameters: (scan, node) => {
      const { tree } = scan;
      for (const child of tree.namedChildren(node)) if (tree.kind(child) !== 'parameter') bindPattern(scan, child);
    },
    match_pattern: bindPattern,
    call_expression: call,
    macro_invocation: macroInvocation,
    struct_expression: (scan, node) => referPath(scan, 'call', scan.tree.field(node, 'name')),
    scoped_identifier: (scan, node) => {
      if (!scan.isReported(node)) referPath(scan, 'use', node);
    },
    scoped_type_identifier: typeName,
    type_identifier: typeName,
    lifetime: (scan, node) => silence(scan, node),
    label: (scan, node) => silence(scan, node),
    field_initializer: (scan, node) => silence(scan, scan.tree.field(node, 'field')),
    identifier,
  },
};
