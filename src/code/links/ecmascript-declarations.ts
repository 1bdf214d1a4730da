/** Where names of a file are declared, and where functions are made members: one pass over the tree for each, when first asked. */
import type { LinkBuilder } from './builder.ts';
import { type Declaration, notesOf, type Placement } from './ecmascript-notes.ts';

/** Node of what a name is declared to be where it stands, or -1. */
export function declarationOf(links: LinkBuilder, identifier: number): number {
  const notes = notesOf(links);
  notes.declarations ??= declarationsOf(links);
  let best: Declaration | null = null;
  for (const one of notes.declarations.get(links.tree.textOf(identifier)) ?? []) {
    if (identifier < one.from || identifier >= one.until) continue;
    if (best === null || one.from > best.from || (one.from === best.from && best.value < 0)) best = one;
  }
  return best === null || best.value === identifier ? -1 : best.value;
}

/** Where a name becomes a member of something. */
export function placementsOf(links: LinkBuilder, name: number): readonly Placement[] {
  if (name < 0) return [];
  const notes = notesOf(links);
  notes.placements ??= allPlacements(links);
  return notes.placements.get(links.tree.textOf(name)) ?? [];
}

function allPlacements(links: LinkBuilder): Map<string, Placement[]> {
  const { tree } = links;
  const found = new Map<string, Placement[]>();
  const add = (name: number, owner: number): void => {
    if (name < 0 || owner < 0) return;
    const known = found.get(tree.textOf(name));
    if (known === undefined) found.set(tree.textOf(name), [{ name, owner }]);
    else if (known.length < maxDeclarations) known.push({ name, owner });
  };
  const isName = (node: number): boolean => node >= 0 && tree.kind(node) === 'identifier';
  for (let node = 0; node < tree.size; node++) {
    switch (tree.kind(node)) {
      case 'shorthand_property_identifier':
        add(node, tree.parent(node));
        break;
      case 'pair': {
        const value = tree.field(node, 'value');
        if (isName(value)) add(value, tree.parent(node));
        break;
      }
      case 'assignment_expression': {
        const [left, right] = [tree.field(node, 'left'), tree.field(node, 'right')];
        if (isName(right) && tree.kind(left) === 'member_expression') add(right, tree.field(left, 'object'));
        break;
      }
      default:
    }
  }
  return found;
}

/** Of one name, so that a file of nothing but one name takes no time of its square. */
const maxDeclarations = 64;

/** Every name that the file declares, with the function around it. */
function declarationsOf(links: LinkBuilder): Map<string, Declaration[]> {
  const { tree } = links;
  const found = new Map<string, Declaration[]>();
  /** Functions around the place: node and end. */
  const open: { from: number; until: number }[] = [{ from: 0, until: tree.size }];
  const add = (name: number, value: number, of: { from: number; until: number }): void => {
    if (name < 0 || (tree.kind(name) !== 'identifier' && tree.kind(name) !== 'type_identifier')) return;
    const text = tree.textOf(name);
    const known = found.get(text);
    if (known === undefined) found.set(text, [{ ...of, value }]);
    else if (known.length < maxDeclarations) known.push({ ...of, value });
  };
  for (let node = 0; node < tree.size; node++) {
    while (open.length > 1 && node >= (open.at(-1) as { until: number }).until) open.pop();
    const around = open.at(-1) as { from: number; until: number };
    const kind = tree.kind(node);
    switch (kind) {
      case 'variable_declarator':
        add(tree.field(node, 'name'), tree.field(node, 'value'), around);
        break;
      case 'class_declaration':
      case 'abstract_class_declaration':
        add(tree.field(node, 'name'), node, around);
        break;
      case 'function_declaration':
      case 'generator_function_declaration':
      case 'function_expression':
      case 'generator_function':
      case 'arrow_function':
      case 'method_definition': {
        const inner = { from: node, until: tree.next(node) };
        if (kind.endsWith('declaration')) add(tree.field(node, 'name'), node, around);
        else if (kind !== 'method_definition') add(tree.field(node, 'name'), node, inner);
        add(tree.field(node, 'parameter'), -1, inner);
        const parameters = tree.field(node, 'parameters');
        for (
          let child = parameters < 0 ? -1 : tree.firstChild(parameters);
          child >= 0;
          child = tree.nextSibling(child)
        ) {
          const pattern = tree.field(child, 'pattern');
          add(pattern < 0 ? child : pattern, -1, inner);
        }
        open.push(inner);
        break;
      }
      default:
    }
  }
  return found;
}
