/** All writes of names in JavaScript and TypeScript: declarations, patterns, parameters, imports, members of `this`. */
import type { Source, Write } from '../expression.ts';
import type { RiskTree } from '../risktree.ts';

const loops = new Set(['for_in_statement']);

export const moduleName = (written: string): string => written.replace(/^node:/, '').replaceAll('/', '.');

export function ecmascriptWrites(tree: RiskTree, scopes: ReadonlySet<string>): Write[] {
  const found: Write[] = [];
  const open: number[] = [0];
  const add = (node: number, scope: number, source: Source, name = tree.text(node)): void => {
    found.push({ name, start: tree.start(node), scope, source });
  };
  const bind = (target: number, scope: number, source: Source): void => {
    switch (tree.kind(target)) {
      case 'identifier':
      case 'shorthand_property_identifier_pattern':
        add(target, scope, source);
        return;
      case 'member_expression':
        add(target, scope, source, `.${tree.text(tree.field(target, 'property'))}`);
        return;
      case 'assignment_pattern':
      case 'object_assignment_pattern':
        bind(tree.field(target, 'left'), scope, source);
        return;
      case 'array_pattern':
        for (const [place, part] of tree.children(target).entries()) bind(part, scope, partOf(source, place));
        return;
      case 'object_pattern':
        for (const part of tree.children(target)) {
          const kind = tree.kind(part);
          if (kind === 'shorthand_property_identifier_pattern') bind(part, scope, partOf(source, tree.text(part)));
          else if (kind === 'pair_pattern')
            bind(tree.field(part, 'value'), scope, partOf(source, tree.text(tree.field(part, 'key'))));
          else if (kind === 'object_assignment_pattern')
            bind(part, scope, partOf(source, tree.text(tree.field(part, 'left'))));
          else for (const inner of tree.children(part)) bind(inner, scope, { is: 'unknown' });
        }
        return;
      case 'rest_pattern':
        for (const part of tree.children(target)) bind(part, scope, { is: 'unknown' });
        return;
      default:
    }
  };
  for (let node = 0; node < tree.size; node++) {
    while (open.length > 1 && node >= tree.next(open.at(-1) as number)) open.pop();
    const scope = open.at(-1) as number;
    const field = (name: string): number => tree.field(node, name);
    const kind = tree.kind(node);
    switch (kind) {
      case 'variable_declarator':
        if (field('value') >= 0) bind(field('name'), scope, { is: 'value', node: field('value') });
        break;
      case 'assignment_expression':
        bind(field('left'), scope, { is: 'value', node: field('right') });
        break;
      case 'augmented_assignment_expression': {
        const loop = tree.around(node, loops);
        const isPlus = tree.text(field('operator')) === '+=';
        bind(field('left'), scope, isPlus ? { is: 'more', node: field('right'), loop } : { is: 'unknown' });
        break;
      }
      case 'for_in_statement':
        if (field('left') >= 0)
          bind(
            field('left'),
            scope,
            tree.text(field('operator')) === 'of'
              ? { is: 'each', node: field('right'), part: null }
              : { is: 'unknown' },
          );
        break;
      case 'field_definition':
      case 'public_field_definition':
        if (field('value') >= 0)
          add(
            tree.children(node)[0] ?? node,
            scope,
            { is: 'value', node: field('value') },
            `.${tree.text(tree.children(node)[0] ?? node)}`,
          );
        break;
      case 'import_statement':
        imports(tree, node, (at, name) => add(at, scope, { is: 'import', name }));
        break;
      case 'class_declaration':
        if (field('name') >= 0) add(field('name'), scope, { is: 'class', node });
        break;
      default:
        if (!scopes.has(kind) || kind === 'class') break;
        if (field('name') >= 0) add(field('name'), scope, { is: 'function', node });
        parameters(tree, node, (target, source) => {
          bind(target, node, source);
          // TypeScript: a parameter that is a member as well.
          const isMember = /^(?:public|private|protected|readonly|override)\s/.test(tree.text(tree.parent(target)));
          if (isMember && tree.kind(target) === 'identifier') add(target, node, source, `.${tree.text(target)}`);
        });
    }
    if (scopes.has(kind)) open.push(node);
  }
  return found;
}

function partOf(source: Source, part: number | string): Source {
  if (source.is === 'value') return { is: 'part', node: source.node, part };
  if (source.is === 'import') return { is: 'import', name: `${source.name}.${part}` };
  if (source.is === 'each' && typeof part === 'number') return { is: 'each', node: source.node, part };
  return source.is === 'unknown' ? source : { is: 'inner', of: source, part };
}

function parameters(tree: RiskTree, node: number, tell: (target: number, source: Source) => void): void {
  const list = tree.field(node, 'parameters');
  const single = tree.field(node, 'parameter');
  const all = list >= 0 ? tree.children(list) : single >= 0 ? [single] : [];
  for (const [place, child] of all.entries()) {
    const pattern = tree.field(child, 'pattern');
    const target = pattern >= 0 ? pattern : child;
    const isRest = tree.kind(target) === 'rest_pattern';
    const otherwise =
      tree.kind(target) === 'assignment_pattern' ? tree.field(target, 'right') : tree.field(child, 'value');
    tell(target, { is: 'parameter', of: node, place, otherwise, isRest });
  }
}

function imports(tree: RiskTree, node: number, tell: (at: number, name: string) => void): void {
  const from = tree.field(node, 'source');
  const clause = tree.child(node, 'import_clause');
  if (from < 0 || clause < 0) return;
  const module = moduleName(tree.text(from).slice(1, -1));
  for (const child of tree.children(clause)) {
    if (tree.kind(child) === 'identifier') tell(child, module);
    else if (tree.kind(child) === 'namespace_import') tell(tree.children(child)[0] ?? child, module);
    else
      for (const one of tree.children(child)) {
        const name = tree.field(one, 'name');
        const alias = tree.field(one, 'alias');
        if (name >= 0)
          tell(alias >= 0 ? alias : name, tree.text(name) === 'default' ? module : `${module}.${tree.text(name)}`);
      }
  }
}
