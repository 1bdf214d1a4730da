/**
 * Functions, lambdas and classes of Python: their scopes, parameters, receivers, bases and results.
 *
 * A function's scope is its body alone: defaults, annotations and decorators are read outside, as the language does.
 */
import { definer, type LinkBuilder } from './builder.ts';
import { resultName } from './callables.ts';
import type { LinkRule } from './language.ts';
import { lastName, notesOf, positional } from './python-notes.ts';
import { annotation, declared, typeOf, valueOfType } from './python-types.ts';
import { iterated } from './python-values.ts';

/** Functions that get the class without a decorator that says so. */
const givenTheClass = new Set(['__new__', '__init_subclass__', '__class_getitem__']);

const accessorDecorator = /(property|^setter|^getter|^deleter)$/i;

/** Last names of the decorators of a definition. */
function decoratorsOf(links: LinkBuilder, node: number): string[] {
  const { tree } = links;
  const outer = tree.parent(node);
  if (outer < 0 || tree.kind(outer) !== 'decorated_definition') return [];
  return tree
    .namedChildren(outer)
    .filter((child) => tree.kind(child) === 'decorator')
    .map((child) => lastName(links, decoratorTarget(links, child)));
}

function decoratorTarget(links: LinkBuilder, decorator: number): number {
  const { tree } = links;
  const expression = tree.namedChildren(decorator)[0] ?? -1;
  return expression >= 0 && tree.kind(expression) === 'call' ? tree.field(expression, 'function') : expression;
}

/** A use by what is decorated, and a call by whoever defines that: of what stands there, and of what that gives where it is called itself. */
export const decorator: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const target = decoratorTarget(links, node);
  if (target < 0) return;
  useLast(links, 'decorate', target);
  const name = tree.kind(target) === 'attribute' ? tree.field(target, 'attribute') : target;
  const callee = links.value(target);
  if (name < 0 || callee < 0) return;
  const site = { start: tree.start(name), end: tree.end(name) };
  links.useAt('operate', site, callee, definer);
  if (tree.kind(tree.namedChildren(node)[0] as number) === 'call') {
    links.useAt('operate', site, expressions.call(callee), definer);
  }
};

/** Reports a use of what a name or attribute names. */
export function useLast(links: LinkBuilder, kind: 'call' | 'decorate' | 'inherit' | 'type', node: number): void {
  const { tree } = links;
  if (node < 0) return;
  const written = tree.kind(node);
  if (written === 'identifier') links.use(kind, node, links.value(node));
  else if (written === 'attribute') links.use(kind, tree.field(node, 'attribute'), links.value(node));
}

/** Binds a definition in the scope at hand. @returns its symbol, or -1 */
function define(links: LinkBuilder, name: number): number {
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  links.bind(symbol >= 0 ? 'symbol' : 'variable', links.tree.textOf(name), { symbol });
  return symbol;
}

export const functionDefinition: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const body = tree.field(node, 'body');
  if (name < 0) return;
  const symbol = define(links, name);
  if (body < 0) return;
  const notes = notesOf(links);
  const holder = links.scope;
  notes.inner.add(`${holder} ${tree.textOf(name)}`);
  const scope = links.scopeOf(body, 'function', symbol);
  const decorators = decoratorsOf(links, node);
  const isMethod = links.kindOf(holder) === 'class';
  const givesClass = decorators.includes('classmethod') || givenTheClass.has(tree.textOf(name));
  const isStatic = isMethod && (givesClass || decorators.includes('staticmethod'));
  const kind = givesClass ? 'self-type' : isMethod && !isStatic ? 'self' : null;
  const parameters = tree.field(node, 'parameters');
  bindParameters(links, parameters, { scope, receiver: isMethod ? kind : null, classScope: holder });
  if (decorators.some((one) => one.endsWith('contextmanager'))) notes.managers.add(scope);
  links.describe(symbol, {
    scope,
    static: isStatic,
    accessor: decorators.some((one) => accessorDecorator.test(one)),
    results: [declaredResult(links, node, scope)],
  });
};

/** What an annotation says a call gives, or -1 when there is none. */
function declaredResult(links: LinkBuilder, node: number, scope: number): number {
  const { tree, expressions } = links;
  const { declared: told, managers, receivers } = notesOf(links);
  const written = tree.field(node, 'return_type');
  if (written < 0) return -1;
  const type = annotation(links, written);
  // `def copy(self: T) -> T` gives what it was called on.
  const receiver = receivers.get(scope);
  const first = tree.namedChildren(tree.field(node, 'parameters'))[0] ?? -1;
  const firstType = receiver === undefined || first < 0 ? -1 : tree.field(first, 'type');
  if (receiver !== undefined && firstType >= 0 && tree.textOf(firstType) === tree.textOf(written)) {
    told.add(scope);
    return expressions.self(receiver.kind, receiver.classScope);
  }
  if (type < 0) return -1;
  told.add(scope);
  const value = valueOfType(links, type);
  return managers.has(scope) ? expressions.element(value, 'iterate') : value;
}

interface ParametersOf {
  readonly scope: number;
  /** What the first parameter is, in a method. */
  readonly receiver: 'self' | 'self-type' | null;
  readonly classScope: number;
}

function bindParameters(links: LinkBuilder, parameters: number, of: ParametersOf): void {
  const { tree, expressions } = links;
  if (parameters < 0) return;
  const { receivers, untyped } = notesOf(links);
  let { receiver } = of;
  const free = new Set<string>();
  for (const parameter of tree.namedChildren(parameters)) {
    const kind = tree.kind(parameter);
    const { name, splat } = parameterName(links, parameter);
    if (name < 0) continue;
    links.markUsed(name);
    const written = tree.textOf(name);
    const typeNode = kind.startsWith('typed_') ? tree.field(parameter, 'type') : -1;
    const type = typeNode < 0 ? -1 : annotation(links, typeNode);
    if (receiver !== null && splat === '') {
      receivers.set(of.scope, { name: written, kind: receiver, classScope: of.classScope });
      links.bind('parameter', written, { scope: of.scope, value: expressions.self(receiver, of.classScope) });
    } else if (splat !== '') {
      const value = expressions.collection(splat, type < 0 ? [] : [valueOfType(links, type)]);
      links.bind('parameter', written, { scope: of.scope, value });
    } else {
      if (type < 0) free.add(written);
      const told = declared(links, type);
      const value = told.value >= 0 ? told.value : links.value(tree.field(parameter, 'value'));
      links.bind('parameter', written, { scope: of.scope, type: told.type, value });
    }
    receiver = null;
  }
  untyped.set(of.scope, free);
}

/** Node of a parameter's name, and what its star makes of it. */
function parameterName(links: LinkBuilder, parameter: number): { name: number; splat: '' | 'list' | 'dict' } {
  const { tree } = links;
  switch (tree.kind(parameter)) {
    case 'identifier':
      return { name: parameter, splat: '' };
    case 'default_parameter':
    case 'typed_default_parameter':
      return { name: tree.field(parameter, 'name'), splat: '' };
    case 'typed_parameter': {
      const inner = tree.firstChild(parameter);
      return inner < 0 ? { name: -1, splat: '' } : parameterName(links, inner);
    }
    case 'list_splat_pattern':
      return { name: tree.child(parameter, 'identifier'), splat: 'list' };
    case 'dictionary_splat_pattern':
      return { name: tree.child(parameter, 'identifier'), splat: 'dict' };
    default:
      return { name: -1, splat: '' };
  }
}

export const lambda: LinkRule = (links, node) => {
  const { tree } = links;
  const body = tree.field(node, 'body');
  if (body < 0) return;
  const holder = links.scope;
  const outer = tree.parent(node);
  const isNamed = outer >= 0 && tree.kind(outer) === 'assignment' && tree.isField(node, 'right');
  const symbol = isNamed ? links.symbolAt(tree.field(outer, 'left')) : -1;
  const scope = links.scopeOf(body, 'function', symbol);
  const parameters = tree.field(node, 'parameters');
  // In a class, `x = property(lambda self: …)` has a receiver; by its name, for other lambdas are often there as well.
  const first = parameters < 0 ? -1 : (tree.namedChildren(parameters)[0] ?? -1);
  const isMethod = links.kindOf(holder) === 'class' && first >= 0 && tree.textOf(first) === 'self';
  bindParameters(links, parameters, { scope, receiver: isMethod ? 'self' : null, classScope: holder });
  if (symbol >= 0) links.describe(symbol, { scope, results: [links.within(scope, () => links.value(body))] });
};

export const classDefinition: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const symbol = define(links, name);
  const body = tree.field(node, 'body');
  const written = tree.field(node, 'superclasses');
  const bases = written < 0 ? [] : tree.namedChildren(written).flatMap((base) => basesOf(links, base));
  const scope = body < 0 ? -1 : links.scopeOf(body, 'class', symbol);
  links.describe(symbol, { scope, bases });
};

/** What one argument of a class definition names as bases. */
function basesOf(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  switch (tree.kind(node)) {
    case 'keyword_argument':
      useLast(links, 'type', tree.field(node, 'value'));
      return [];
    case 'identifier':
    case 'attribute':
      useLast(links, 'inherit', node);
      return [links.value(node)];
    case 'subscript': {
      const named = tree.field(node, 'value');
      useLast(links, 'inherit', named);
      const args = tree.namedChildren(node).filter((child) => child !== named);
      return [
        links.expressions.applied(
          links.value(named),
          args.map((arg) => typeOf(links, arg)),
        ),
      ];
    }
    case 'call': {
      // `with_metaclass(Meta, Base)` is how one source served two versions of the language.
      if (lastName(links, tree.field(node, 'function')) !== 'with_metaclass') return [links.value(node)];
      return positional(links, node)
        .slice(1)
        .flatMap((base) => (tree.kind(base) === 'call' ? [] : basesOf(links, base)));
    }
    default:
      return [];
  }
}

/** Adds what the function around the place returns or yields. */
function addResult(links: LinkBuilder, result: (scope: number) => number): void {
  const scope = links.nearest(['function', 'class']);
  if (scope < 0 || links.kindOf(scope) !== 'function' || notesOf(links).declared.has(scope)) return;
  links.describe(links.symbolOf(scope), { results: [result(scope)] });
}

export const returnStatement: LinkRule = (links, node) => {
  const value = links.tree.namedChildren(node)[0] ?? -1;
  if (value < 0) return;
  addResult(links, () => links.value(value));
  const scope = links.nearest(['function', 'class']);
  if (notesOf(links).declared.has(scope)) addReturned(links, scope, value);
};

/** Notes what a function of a declared result returns, if that is a function defined in it. */
function addReturned(links: LinkBuilder, scope: number, node: number): void {
  const { tree } = links;
  const { returned, inner } = notesOf(links);
  const known = returned.get(scope);
  if (known === null) return;
  const isInner = tree.kind(node) === 'identifier' && inner.has(`${scope} ${tree.textOf(node)}`);
  if (!isInner) returned.set(scope, null);
  else if (known === undefined) returned.set(scope, [links.value(node)]);
  else known.push(links.value(node));
}

/** Binds what functions of a declared result return, when all of it is known. */
export function bindReturned(links: LinkBuilder): void {
  for (const [scope, values] of notesOf(links).returned) {
    for (const value of new Set(values)) links.bind('variable', resultName, { scope, value });
  }
}

export const yieldExpression: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const value = tree.namedChildren(node)[0] ?? -1;
  if (value < 0) return;
  addResult(links, (scope) => {
    const given = links.value(value);
    if (tree.child(node, "'from'") >= 0) return expressions.collection('iterator', [iterated(links, given)]);
    if (notesOf(links).managers.has(scope)) return given;
    return given < 0 ? -1 : expressions.collection('iterator', [given]);
  });
};
