/**
 * PowerShell. A command is a call, whether a function or a program; `[Type]::new()` calls the type. A function's scope
 * (`global:Get-It`) is no part of its name.
 */
import { none } from '../tree/tree.ts';
import { bindLocal } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { childOf, isDefinedAtTop, kindOf, textOf } from './shapes.ts';

const functionStatement: Rule = (scan, node) => {
  const { tree } = scan;
  const named = tree.child(node, 'function_name');
  if (named < 0) return;
  const end = tree.end(named);
  const name = { start: tree.start(named) + tree.textOf(named).lastIndexOf(':') + 1, end };
  scan.report(named);
  const body = tree.child(node, "'{'");
  scan.define({ kind: 'function', name, node, body, exported: !scan.insideCallable });
};

const member: Rule = (scan, node) => {
  const { tree } = scan;
  const hidden = tree.namedChildren(node).some((child) => /^hidden$/i.test(tree.textOf(child)));
  const name = tree.child(node, 'simple_name');
  const around = scan.symbols[scan.enclosing]?.name.toLowerCase();
  const isConstructor = name >= 0 && tree.textOf(name).toLowerCase() === around;
  const body = tree.child(node, "'{'");
  scan.define({ kind: isConstructor ? 'constructor' : 'method', name, node, body, exported: !hidden });
};

const property: Rule = (scan, node) => {
  const { tree } = scan;
  const variable = tree.child(node, 'variable');
  if (variable < 0) return;
  const hidden = tree.namedChildren(node).some((child) => /^hidden$/i.test(tree.textOf(child)));
  const name = { start: tree.start(variable) + 1, end: tree.end(variable) };
  scan.report(variable);
  scan.define({ kind: 'property', name, node, leaf: true, exported: !hidden });
};

const assigned = /^\$(?:(?:script|global|local|private):)?(?=[A-Za-z_]\w*$)/i;

const assignment: Rule = (scan, node) => {
  const { tree } = scan;
  const left = childOf(tree, node, 'left_assignment_expression');
  if (left < 0 || tree.end(left) - tree.start(left) > 200) return;
  const written = tree.textOf(left);
  const prefix = assigned.exec(written)?.[0];
  if (prefix === undefined || scan.enclosing >= 0) return;
  // In a block that is given to a command it is local.
  if (kindOf(tree, tree.parent(tree.parent(tree.parent(node)))) !== 'program') return;
  const name = { start: tree.start(left) + prefix.length, end: tree.end(left) };
  if (isDefinedAtTop(scan, written.slice(prefix.length))) return;
  scan.define({ kind: 'variable', name, node, leaf: true, value: tree.field(node, 'value'), exported: false });
};

const command: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.child(node, 'command_name');
  if (name < 0) {
    const path = tree.child(node, 'command_name_expr');
    const word = tree.child(node, 'command_invokation_operator');
    if (path >= 0 && textOf(tree, word) === '.') scan.importName(tree.textOf(path), '*', null, node);
    return;
  }
  const word = tree.textOf(name).toLowerCase();
  if (word !== 'using' && word !== 'import-module') {
    if (/^[a-z_][\w.-]*$/.test(word)) scan.refer('call', name);
    return;
  }
  scan.report(name);
  const elements = tree.child(node, 'command_elements');
  const words =
    elements < 0 ? [] : tree.namedChildren(elements).filter((child) => tree.kind(child) === 'generic_token');
  const module = words[word === 'using' ? 1 : 0] ?? none;
  if (module >= 0) scan.importName(tree.textOf(module), '*', null, module);
};

const invocation: Rule = (scan, node) => {
  const { tree } = scan;
  const object = tree.firstChild(node);
  const member = tree.child(node, 'member_name');
  const name = member < 0 ? none : tree.child(member, 'simple_name');
  if (name < 0) return;
  if (kindOf(tree, object) === 'type_literal' && /^new$/i.test(tree.textOf(name))) {
    const end = tree.next(object);
    for (let at = object; at < end; at++) if (tree.kind(at) === 'type_identifier') scan.refer('call', at);
    return;
  }
  scan.refer('call', name, object);
};

export const powershell: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'powershell',
  displayName: 'PowerShell',
  extensions: ['ps1', 'psm1', 'psd1'],
  interpreters: ['pwsh', 'powershell'],
  grammar: 'tree-sitter-powershell.wasm',
  blocks: ['program', 'statement_list', 'script_block', 'script_block_body', 'statement_block', 'class_statement'],
  comments: ['comment'],
  rules: {
    function_statement: functionStatement,
    class_statement: (scan, node) => {
      const { tree } = scan;
      const [name = none, ...bases] = tree.namedChildren(node).filter((child) => tree.kind(child) === 'simple_name');
      scan.define({ kind: 'class', name, node, body: tree.child(node, "'{'"), exported: true });
      for (const base of bases) scan.refer('inherit', base);
    },
    enum_statement: (scan, node) => {
      const { tree } = scan;
      const name = tree.child(node, 'simple_name');
      scan.define({ kind: 'enum', name, node, body: tree.child(node, "'{'"), exported: true });
    },
    enum_member: (scan, node) =>
      void scan.define({ kind: 'enum-member', name: scan.tree.child(node, 'simple_name'), node, exported: true }),
    class_method_definition: member,
    class_property_definition: property,
    script_parameter: (scan, node) => bindLocal(scan, scan.tree.child(node, 'variable')),
    assignment_expression: assignment,
    command,
    invokation_expression: invocation,
    type_identifier: (scan, node) => {
      if (!scan.isReported(node)) scan.refer('type', node);
    },
    attribute_name: (scan, node) => {
      const { tree } = scan;
      const end = tree.next(node);
      for (let at = node; at < end; at++) if (tree.kind(at) === 'type_identifier') scan.refer('decorate', at);
    },
  },
};
