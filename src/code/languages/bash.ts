/**
 * Bash and its relatives (sh, ksh; zsh as far as it is written alike). A command is a call, whatever it turns out to be: a function
 * of another file or a program. What a script assigns outside of functions is a variable; the first place counts.
 */
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { isDefinedAtTop, kindOf, maybeUse, textOf } from './shapes.ts';

const variable: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (kindOf(tree, name) !== 'variable_name') return;
  const parent = tree.parent(node);
  const isDeclared = kindOf(tree, parent) === 'declaration_command';
  const word = isDeclared ? textOf(tree, tree.firstChild(parent)) : '';
  if (scan.insideCallable) {
    if (word === 'local' || word === 'declare' || word === 'typeset') bindLocal(scan, name);
    return;
  }
  // `NAME=value command` is for that command alone.
  if (kindOf(tree, parent) === 'command' || isDefinedAtTop(scan, tree.textOf(name))) return;
  scan.define({
    kind: word === 'readonly' ? 'constant' : 'variable',
    name,
    node: isDeclared ? parent : node,
    leaf: true,
    value: tree.field(node, 'value'),
    exported: word === 'export',
  });
};

const commandName = /^[A-Za-z_][\w.:-]*$/;

const command: Rule = (scan, node) => {
  const { tree } = scan;
  const named = tree.field(node, 'name');
  const name = named < 0 ? none : tree.firstChild(named);
  if (kindOf(tree, name) !== 'word') return;
  const word = tree.textOf(name);
  const argument = tree.field(node, 'argument');
  if (word === 'source' || word === '.') {
    scan.report(name);
    if (argument >= 0) scan.importName(tree.textOf(argument).replaceAll(/^["']|["']$/g, ''), '*', null, argument);
  } else if (word === 'alias') defineAlias(scan, node);
  else if (commandName.test(word)) scan.refer('call', name);
};

function defineAlias(scan: Scan, node: number): void {
  const { tree } = scan;
  for (const argument of tree.namedChildren(node)) {
    const name = /^[\w.:-]+(?==)/.exec(tree.textOf(argument))?.[0];
    if (name === undefined || scan.insideCallable) continue;
    const start = tree.start(argument);
    scan.define({
      kind: 'function',
      name: { start, end: start + name.length },
      node: argument,
      leaf: true,
      exported: true,
    });
  }
}

export const bash: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'bash',
  displayName: 'Bash',
  extensions: ['sh', 'bash', 'zsh', 'ksh', 'bats', 'ebuild', 'eclass', 'command'],
  fileNames: [
    '.bashrc',
    '.bash_profile',
    '.bash_aliases',
    '.bash_logout',
    '.bash_login',
    '.profile',
    '.zshrc',
    '.zshenv',
    '.zprofile',
    '.zlogin',
    '.kshrc',
    '.envrc',
    'pkgbuild',
    'apkbuild',
  ],
  interpreters: ['bash', 'sh', 'dash', 'ksh', 'zsh', 'ash', 'bats'],
  grammar: 'tree-sitter-bash.wasm',
  blocks: [
    'program',
    'compound_statement',
    'do_group',
    'if_statement',
    'elif_clause',
    'else_clause',
    'case_item',
    'list',
  ],
  comments: ['comment'],
  rules: {
    function_definition: (scan, node) => {
      const { tree } = scan;
      const name = tree.field(node, 'name');
      scan.define({ kind: 'function', name, node, body: tree.field(node, 'body'), exported: !scan.insideCallable });
    },
    variable_assignment: variable,
    command,
    word: (scan, node) => {
      if (kindOf(scan.tree, scan.tree.parent(node)) === 'command') maybeUse(scan, node);
    },
    variable_name: (scan, node) => {
      const parent = kindOf(scan.tree, scan.tree.parent(node));
      if (parent === 'simple_expansion' || parent === 'expansion' || parent === 'subscript') maybeUse(scan, node);
    },
  },
};
