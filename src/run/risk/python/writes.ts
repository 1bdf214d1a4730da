/** All writes of names in a Python file: assignments, loops, `with`, parameters, imports, definitions. */
import type { Source, Write } from '../expression.ts';
import type { RiskTree } from '../risktree.ts';

const loops = new Set(['for_statement']);

export function pythonWrites(tree: RiskTree, scopes: ReadonlySet<string>): Write[] {
  const found: Write[] = [];
  const open: number[] = [0];
  const scopeOf = (node: number): number => {
    const around = tree.around(node, scopes);
    return Math.max(around, 0);
  };
  const add = (node: number, scope: number, source: Source, name = tree.text(node)): void => {
    found.push({ name, start: tree.start(node), scope, source });
  };
  /** A target and what it gets: names, members, and patterns of them. */
  const bind = (target: number, scope: number, source: Source): void => {
    switch (tree.kind(target)) {
      case 'identifier':
        add(target, scope, source);
        return;
      case 'attribute':
        add(target, scope, source, `.${tree.text(tree.field(target, 'attribute'))}`);
        return;
      case 'pattern_list':
      case 'tuple_pattern':
      case 'list_pattern':
      case 'tuple':
      case 'list':
      case 'as_pattern_target':
      case 'parenthesized_expression': {
        const parts = tree.children(target);
        const isPattern = tree.kind(target) !== 'as_pattern_target' && tree.kind(target) !== 'parenthesized_expression';
        for (const [place, part] of parts.entries()) bind(part, scope, isPattern ? partOf(source, place) : source);
        return;
      }
      case 'list_splat_pattern':
        for (const part of tree.children(target)) bind(part, scope, { is: 'unknown' });
        return;
      default:
    }
  };
  for (let node = 0; node < tree.size; node++) {
    while (node >= tree.next(open.at(-1) as number) && open.length > 1) open.pop();
    const scope = open.at(-1) as number;
    const field = (name: string): number => tree.field(node, name);
    switch (tree.kind(node)) {
      case 'assignment': {
        const right = field('right');
        if (right < 0) break;
        let value = right;
        while (tree.kind(value) === 'assignment' && tree.field(value, 'right') >= 0) value = tree.field(value, 'right');
        bind(field('left'), scope, { is: 'value', node: value });
        break;
      }
      case 'augmented_assignment': {
        const loop = tree.around(node, loops);
        const isOwn = loop >= 0 && scopeOf(loop) === scope;
        const source: Source = tree.text(field('operator')).startsWith('+')
          ? { is: 'more', node: field('right'), loop: isOwn ? loop : -1 }
          : { is: 'unknown' };
        bind(field('left'), scope, source);
        break;
      }
      case 'named_expression':
        bind(field('name'), scope, { is: 'value', node: field('value') });
        break;
      case 'for_statement':
      case 'for_in_clause':
        bind(field('left'), scope, { is: 'each', node: field('right'), part: null });
        break;
      case 'as_pattern': {
        const [value] = tree.children(node);
        const isCaught = /^except/.test(tree.kind(tree.parent(node)));
        if (value !== undefined)
          bind(field('alias'), scope, isCaught ? { is: 'unknown' } : { is: 'value', node: value });
        break;
      }
      case 'import_statement':
      case 'import_from_statement':
      case 'future_import_statement':
        importsOf(tree, node, (at, name, source) => add(at, scope, source, name));
        break;
      case 'function_definition':
      case 'lambda': {
        const name = field('name');
        if (name >= 0) add(name, scope, { is: 'function', node });
        parametersOf(tree, node, (at, source) => add(at, node, source));
        break;
      }
      case 'class_definition':
        add(field('name'), scope, { is: 'class', node });
        break;
      default:
    }
    if (scopes.has(tree.kind(node))) open.push(node);
  }
  return found;
}

function partOf(source: Source, place: number): Source {
  if (source.is === 'value') return { is: 'part', node: source.node, part: place };
  if (source.is === 'each' && source.part === null) return { is: 'each', node: source.node, part: place };
  return { is: 'unknown' };
}

function importsOf(tree: RiskTree, node: number, tell: (at: number, name: string, source: Source) => void): void {
  const from = tree.field(node, 'module_name');
  const prefix = from < 0 ? '' : `${tree.text(from).replace(/\s/g, '')}.`;
  for (const child of tree.children(node)) {
    if (child === from) continue;
    if (tree.kind(child) === 'aliased_import') {
      const alias = tree.field(child, 'alias');
      const name = prefix + tree.text(tree.field(child, 'name'));
      tell(alias, tree.text(alias), { is: 'import', name });
    } else if (tree.kind(child) === 'dotted_name') {
      // `import a.b` binds `a`.
      const [first] = tree.children(child);
      const whole = tree.text(child);
      const bound = from < 0 && first !== undefined ? tree.text(first) : whole;
      tell(child, bound, { is: 'import', name: prefix + bound });
    } else if (tree.kind(child) === 'wildcard_import') tell(child, '*', { is: 'import', name: prefix.slice(0, -1) });
  }
}

function parametersOf(tree: RiskTree, node: number, tell: (at: number, source: Source) => void): void {
  const parameters = tree.field(node, 'parameters');
  if (parameters < 0) return;
  for (const [place, child] of tree.children(parameters).entries()) {
    const kind = tree.kind(child);
    const isRest = kind === 'list_splat_pattern' || kind === 'dictionary_splat_pattern';
    const name = kind === 'identifier' ? child : tree.field(child, 'name');
    const at = name >= 0 ? name : (tree.children(child).find((one) => tree.kind(one) === 'identifier') ?? -1);
    if (at < 0) continue;
    tell(at, { is: 'parameter', of: node, place, otherwise: tree.field(child, 'value'), isRest });
  }
}
