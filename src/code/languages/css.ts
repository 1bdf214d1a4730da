/**
 * CSS. Classes and ids are keys where a rule is for them: the last ones of each of its selectors, since what stands before
 * only says where. Custom properties are variables, `var(--name)` uses them.
 */
import type { Scan } from '../scan.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { childOf, textOf } from './shapes.ts';

const nameKinds = new Set(['class_name', 'id_name']);

/** Names of the last compound of a selector, innermost first: `.a .b.c:hover` is about `b` and `c`. */
function subjectsOf({ tree }: Scan, selector: number): number[] {
  const found: number[] = [];
  let at = selector;
  // Bounded: a selector is a chain of nodes, each in the one before.
  for (let depth = 0; at >= 0 && depth < 50; depth++) {
    const kind = tree.kind(at);
    const children = tree.namedChildren(at);
    if (kind === 'class_selector' || kind === 'id_selector') {
      const name = children.findLast((child) => nameKinds.has(tree.kind(child)));
      if (name !== undefined) found.push(name);
      at = children.find((child) => tree.kind(child).endsWith('_selector')) ?? -1;
    } else if (/^(descendant|child|sibling|adjacent_sibling)_selector$/.test(kind)) at = children.at(-1) ?? -1;
    else if (kind === 'pseudo_class_selector' || kind === 'pseudo_element_selector' || kind === 'attribute_selector')
      at = children.find((child) => tree.kind(child).endsWith('_selector')) ?? -1;
    else break;
  }
  return found.reverse();
}

const ruleSet: Rule = (scan, node) => {
  const { tree } = scan;
  const selectors = tree.child(node, 'selectors');
  const body = tree.child(node, 'block');
  if (selectors < 0) return;
  const names = tree.namedChildren(selectors).flatMap((selector) => subjectsOf(scan, selector));
  const seen = new Set<string>();
  const fresh = names.filter((name) => !seen.has(tree.textOf(name)) && seen.add(tree.textOf(name)));
  for (const name of fresh)
    scan.define({ kind: 'key', name, node, leaf: fresh.length > 1, exported: true, ...(body < 0 ? {} : { body }) });
};

const declaration: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.child(node, 'property_name');
  if (!textOf(tree, name).startsWith('--')) return;
  // Named for itself: it holds wherever the selector around it does.
  scan.define({ kind: 'variable', name, node, leaf: true, exported: true, qualifier: '' });
};

const call: Rule = (scan, node) => {
  const { tree } = scan;
  if (textOf(tree, tree.child(node, 'function_name')) !== 'var') return;
  const list = tree.child(node, 'arguments');
  const name = childOf(tree, list, 'plain_value');
  if (name >= 0) scan.refer('use', name);
};

export const css: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'css',
  displayName: 'CSS',
  extensions: ['css', 'pcss', 'postcss', 'wxss'],
  grammar: 'tree-sitter-css.wasm',
  blocks: ['stylesheet', 'block', 'keyframe_block_list'],
  comments: ['comment', 'js_comment'],
  rules: {
    import_statement: (scan, node) => {
      const { tree } = scan;
      const written = /(?:url\(\s*)?["']?([^"')\s;]+)/.exec(tree.textOf(node).replace(/^@import\s*/i, ''))?.[1];
      if (written !== undefined) scan.importName(written, '*', null, node);
    },
    rule_set: ruleSet,
    keyframes_statement: (scan, node) => {
      const { tree } = scan;
      const body = tree.child(node, 'keyframe_block_list');
      scan.define({ kind: 'key', name: tree.child(node, 'keyframes_name'), node, body, exported: true });
    },
    declaration,
    call_expression: call,
  },
};
