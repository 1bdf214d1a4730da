/**
 * JavaScript and TypeScript rewritten so that they run though not all is there: what is missing is asked for where it is used.
 *
 * Names that nothing declares become calls that give a value, or a guess when there is none; members and calls of guessed values need no rewriting, since
 * those are proxies. Modules are loaded by a call that may fail; statements say that they ran, conditions how they were decided, and functions where
 * they are, so that they can be called. Everything that is put in keeps to its line; what a name stood for stays as a comment.
 *
 * At level 1 only statements and errors are told: the program runs as it is.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import { afterDirectives, endOf, nameNode, plainName } from './ecmascriptnodes.ts';
import { elementHook, type WithoutElements } from './jsx.ts';
import { isGuard } from './partialflow.ts';
import { PartialPoints } from './partialpoints.ts';
import { PartialStatements } from './partialstatements.ts';
import type { PartialDecorator, PartialFile, PartialFunction } from './partialtables.ts';
import { isTypePart } from './partialtold.ts';
import { functionKinds } from './variables.ts';

export interface PartialRewriting {
  readonly path: string;
  readonly level: 1 | 2 | 3 | 4;
  readonly isModule: boolean;
  /** Absolute path at which the rewritten program loads its hooks. */
  readonly runtime: string;
  /** Number of the file, for its hooks. */
  readonly file: number;
  /** It is the program's entry: what remains to be done when it has run begins at its end. */
  readonly isEntry: boolean;
  /** A repository's file around: only names and modules that are not there are looked after. */
  readonly isAround: boolean;
  /** Functions say where they are. */
  readonly registers: boolean;
  /** Functions of a file around say when they begin; those of others always do. */
  readonly begins?: boolean;
  /** What an `import` of a file of the job has to say to find it (`./a` stands for `./a.ts` where bundlers read it); null: the job has none. */
  readonly resolves: (specifier: string) => string | null;
  /** Those that were taken out of the source: no engine has them yet. */
  readonly decorators: readonly PartialDecorator[];
  /** Of a source whose elements (JSX) became calls; null: it has none. */
  readonly elements: WithoutElements | null;
}

export interface PartialText {
  readonly text: string;
  readonly table: PartialFile;
}

/** Names that every file, or CommonJS, has; they are no globals. */
const given = new Set([
  elementHook,
  'arguments',
  'undefined',
  'eval',
  'globalThis',
  'NaN',
  'Infinity',
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
  'Symbol',
  'Math',
  'JSON',
  'Promise',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Date',
  'RegExp',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'Function',
  'Proxy',
  'Reflect',
  'parseInt',
  'parseFloat',
  'isNaN',
  'isFinite',
  'BigInt',
  'console',
  'process',
  'Buffer',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'async',
  'new',
]);
/** Nodes that declare and run nothing. */
const declaring = new Set([
  'interface_declaration',
  'type_alias_declaration',
  'ambient_declaration',
  'function_signature',
  'method_signature',
  'abstract_method_signature',
  'index_signature',
  'implements_clause',
]);
const givenCommonjs = new Set(['require', 'module', 'exports', '__filename', '__dirname']);

export function rewritePartial(tree: SyntaxTree, rewriting: PartialRewriting): PartialText {
  return new Rewriter(tree, rewriting).run();
}

class Rewriter {
  readonly #tree: SyntaxTree;
  readonly #given: PartialRewriting;
  readonly #points: PartialPoints;
  readonly #functions = new Map<number, number>();
  readonly #assigned = new Set<string>();

  constructor(tree: SyntaxTree, rewriting: PartialRewriting) {
    this.#tree = tree;
    this.#given = rewriting;
    this.#points = new PartialPoints(tree, rewriting.elements);
  }

  run(): PartialText {
    const tree = this.#tree;
    const { level, isAround, registers, isModule, runtime, file, isEntry, path } = this.#given;
    this.#name();
    const first = tree.namedChildren(0).find((node) => tree.kind(node) === 'hash_bang_line');
    const at = first === undefined ? afterDirectives(tree, 0, 0) : Math.min(tree.end(first) + 1, tree.text.length);
    const bound = isAround ? [] : this.#assignedNames();
    const hooks = `$yc=$yp.c${this.#given.elements === null ? '' : `,${elementHook}=$yp.j`};`;
    const load = isModule
      ? `import{file as $yF}from${JSON.stringify(runtime)};var $yp=$yF(${file}),${hooks}`
      : `var $yp=require(${JSON.stringify(runtime)}).file(${file}),${hooks}`;
    const assigned = level > 1 && bound.length > 0 ? `$yp.D(${JSON.stringify(bound)});` : '';
    const decorators = level > 1 && this.#given.decorators.length > 0;
    if (decorators) this.#points.flow.decorated();
    // A comment or the text's last character may be the file's last.
    const end = isEntry ? `\n;$yp.E();` : '';
    this.#points.put.around(at, tree.text.length, load + (decorators ? '$yp.d();' : '') + assigned, end);
    if (!isAround) {
      const wishes = { resumes: level === 4, registers };
      const statements = new PartialStatements(tree, this.#points, wishes, (node) => this.#functions.get(node) ?? -1);
      statements.list(tree.namedChildren(0), at, true);
      this.#bodies(statements);
      if (statements.imported.length > 0)
        this.#points.put.open(at, statements.imported.map((one) => `$yc[${one}]=1;`).join(''));
    }
    if (isAround && this.#given.begins === true) this.#beginnings();
    if (level > 1) this.#expressions();
    else if (!isAround) this.#conditions();
    return this.#points.finish(path, this.#given);
  }

  /** Numbers of functions, before any is spoken of. */
  #name(): void {
    const tree = this.#tree;
    const open: { readonly end: number; readonly name: string }[] = [];
    for (let node = 1; node < tree.size; node++) {
      while (open.length > 0 && node >= (open.at(-1)?.end ?? 0)) open.pop();
      const kind = tree.kind(node);
      const isClass = /^(class|(abstract_)?class_declaration)$/.test(kind) && tree.isNamed(node);
      if (!isClass && !functionKinds.has(kind)) continue;
      const named = nameNode(tree, node);
      const name = named < 0 ? '' : plainName(tree.textOf(named));
      const qualified = [...open.map((one) => one.name), name || '<anonymous>'].filter((part) => part !== '').join('.');
      if (!isClass) this.#functions.set(node, this.#points.function(node, this.#function(node, qualified)));
      open.push({ end: tree.next(node), name });
    }
  }

  #function(node: number, name: string): Omit<PartialFunction, 'from' | 'to'> {
    const tree = this.#tree;
    const only = tree.field(node, 'parameter');
    const list = tree.field(node, 'parameters');
    const nodes = only >= 0 ? [only] : list < 0 ? [] : tree.namedChildren(list);
    const parameters = nodes
      .filter(
        (one) => tree.kind(one) !== 'comment' && tree.textOf(one) !== 'this' && !/^this\s*:/.test(tree.textOf(one)),
      )
      .map((one) => {
        const kind = tree.kind(one);
        const own = tree.field(one, 'pattern');
        const inner = kind === 'assignment_pattern' ? tree.field(one, 'left') : own >= 0 ? own : one;
        const isRest = tree.kind(inner) === 'rest_pattern';
        const isPattern = /_pattern$/.test(tree.kind(inner)) && !isRest;
        const names = this.#points.variables.namesIn(inner);
        const name = names[0];
        const what = isPattern || name === undefined ? '{}' : (this.#points.told.of(name) ?? tree.textOf(name));
        const guess = this.#points.uses.guess(what);
        return {
          what,
          key: name === undefined ? '' : this.#points.told.keyOf(name),
          ...this.#points.placeOf(one),
          guess: isPattern
            ? { ...guess, type: tree.kind(inner) === 'array_pattern' ? ('list' as const) : ('instance' as const) }
            : guess,
          isRest,
          hasDefault: kind === 'assignment_pattern' || tree.field(one, 'value') >= 0,
          isPattern,
          names: isPattern ? this.#points.told.namesIn(inner) : {},
        };
      });
    const text = tree.textOf(Math.max(tree.field(node, 'body'), 0));
    const own = tree.field(node, 'name');
    const isMethod = tree.kind(node) === 'method_definition';
    const kind = !isMethod
      ? 'function'
      : own >= 0 && tree.textOf(own) === 'constructor'
        ? 'constructor'
        : tree.child(node, "'get'") >= 0
          ? 'getter'
          : tree.child(node, "'set'") >= 0
            ? 'setter'
            : 'method';
    const lastLine = this.#points.put.lineOf(endOf(tree, node));
    const isGenerator = tree.kind(node).startsWith('generator') || tree.child(node, "'*'") >= 0;
    const usesThis = /\bthis\b/.test(text);
    return { name, ...this.#points.placeOf(node), lastLine, parameters, usesThis, isGenerator, kind };
  }

  #bodies(statements: PartialStatements): void {
    const tree = this.#tree;
    for (const [node] of this.#functions) {
      const body = tree.field(node, 'body');
      if (body < 0) continue;
      const isDeclared = /declaration$|^method_definition$/.test(tree.kind(node));
      if (tree.kind(body) === 'statement_block') {
        const number = isDeclared
          ? this.#points.statement(node, Math.max(tree.field(node, 'name'), tree.firstChild(node)))
          : -1;
        const entered = `${number < 0 ? '' : `$yc[${number}]=1;`}$yp.f(${this.#functions.get(node)});`;
        statements.block(body, entered, true);
      } else {
        const [start, end] = [tree.start(body), endOf(tree, body)];
        this.#points.span(body, start, end, -1, this.#points.flow.reads(body));
        this.#points.put.around(start, end, `($yp.f(${this.#functions.get(node)}),`, ')');
      }
    }
  }

  #beginnings(): void {
    const tree = this.#tree;
    for (const [node, number] of this.#functions) {
      const body = tree.field(node, 'body');
      if (body < 0) continue;
      if (tree.kind(body) === 'statement_block')
        this.#points.put.open(afterDirectives(tree, body), `$yp.f(${number});`);
      else this.#points.put.around(tree.start(body), endOf(tree, body), `($yp.f(${number}),`, ')');
    }
  }

  /** Free names that are assigned: in a module, or before they are read, that would end the program. */
  #assignedNames(): string[] {
    const tree = this.#tree;
    const take = (pattern: number): void => {
      if (pattern < 0) return;
      for (const name of this.#points.variables.namesIn(pattern)) {
        const key = this.#points.told.keyOf(name);
        if (key.startsWith('free:') && !given.has(key.slice(5)) && !givenCommonjs.has(key.slice(5)))
          this.#assigned.add(key.slice(5));
      }
    };
    for (let node = 1; node < tree.size; node++) {
      const kind = tree.kind(node);
      if (kind === 'assignment_expression' || kind === 'augmented_assignment_expression')
        take(tree.field(node, 'left'));
      else if (kind === 'update_expression') take(tree.field(node, 'argument'));
      else if (kind === 'for_in_statement' && tree.field(node, 'kind') < 0) take(tree.field(node, 'left'));
    }
    return [...this.#assigned];
  }

  /** At level 1 the ways of conditions are told, so that it is known which never ran. */
  #conditions(): void {
    const tree = this.#tree;
    for (let node = 1; node < tree.size; node++) {
      const kind = tree.kind(node);
      if (isTypePart(kind)) node = tree.next(node) - 1;
      else this.#condition(node, kind);
    }
  }

  #expressions(): void {
    const tree = this.#tree;
    const { isAround } = this.#given;
    for (let node = 1; node < tree.size; node++) {
      const kind = tree.kind(node);
      if (isTypePart(kind) || declaring.has(kind)) {
        node = tree.next(node) - 1;
        continue;
      }
      if (kind === 'import_statement') {
        this.#import(node);
        node = tree.next(node) - 1;
      } else if (kind === 'export_statement' && tree.field(node, 'source') >= 0) {
        const source = tree.field(node, 'source');
        const specifier = tree.textOf(source).slice(1, -1);
        const found = this.#given.resolves(specifier);
        if (found !== null && found !== specifier)
          this.#points.put.around(tree.start(source), tree.end(source), `${quoted(found)}/*`, '*/');
      } else if (kind === 'call_expression') this.#load(node);
      if (kind === 'identifier' || kind === 'shorthand_property_identifier') this.#read(node, kind);
      if (isAround) continue;
      if (kind === 'member_expression' && tree.textOf(node) === 'process.argv') {
        this.#argv(node);
        node = tree.next(node) - 1;
      } else if (functionKinds.has(kind)) this.#registered(node, kind);
      else if (kind === 'object') this.#methods(node);
      else this.#condition(node, kind);
    }
  }

  #condition(node: number, kind: string): void {
    const tree = this.#tree;
    const around = (part: number, before: string, after: string): void =>
      void this.#points.put.around(tree.start(part), endOf(tree, part), before, after);
    const isLoop = kind === 'while_statement' || kind === 'do_statement' || kind === 'for_statement';
    if (isLoop || kind === 'if_statement' || kind === 'ternary_expression') {
      const asked = tree.field(node, 'condition');
      if (asked < 0 || tree.kind(asked) === 'empty_statement') return;
      const inner =
        tree.kind(asked) === 'expression_statement' || tree.kind(asked) === 'parenthesized_expression'
          ? firstNamed(tree, asked)
          : asked;
      if (inner >= 0)
        around(
          inner,
          `$yp.b(${this.#points.condition(inner, isLoop, kind === 'if_statement' && isGuard(tree, node))},(`,
          '))',
        );
    } else if (this.#given.level === 1) return;
    else if (kind === 'unary_expression') {
      const argument = tree.field(node, 'argument');
      if (tree.textOf(tree.firstChild(node)) === '!' && this.#points.told.of(argument) !== null)
        around(argument, '$yp.t(', ')');
    } else if (kind === 'binary_expression') {
      const left = tree.field(node, 'left');
      if (/^(&&|\|\|)$/.test(tree.textOf(tree.field(node, 'operator'))) && this.#points.told.of(left) !== null)
        around(left, '$yp.t(', ')');
    }
  }

  #read(node: number, kind: string): void {
    const tree = this.#tree;
    const name = tree.textOf(node);
    if (given.has(name) || (!this.#given.isModule && givenCommonjs.has(name))) return;
    if (!this.#points.told.keyOf(node).startsWith('free:') || this.#assigned.has(name)) return;
    const parent = tree.parent(node);
    const above = parent < 0 ? '' : tree.kind(parent);
    if (above === 'unary_expression' && /^(typeof|delete)/.test(tree.textOf(parent))) return;
    if (above === 'export_specifier' || above === 'namespace_export' || above.startsWith('jsx_')) return;
    // `namespace A.B`: what begins it is declared by it.
    if (above === 'internal_module' || above === 'nested_identifier') return;
    const site = this.#points.site(name, node);
    if (kind === 'shorthand_property_identifier') {
      this.#points.put.open(tree.end(node), `:$yp.n(${site})`);
      return;
    }
    const isMade = this.#isConstructed(node);
    this.#points.put.around(
      tree.start(node),
      tree.end(node),
      `${isMade ? '(' : ''}$yp.n(${site})/*`,
      `*/${isMade ? ')' : ''}`,
    );
  }

  /** `new name()`, `new name.Inner()`: a call there would be what is constructed. */
  #isConstructed(node: number): boolean {
    const tree = this.#tree;
    let at = node;
    for (let parent = tree.parent(at); parent >= 0; at = parent, parent = tree.parent(at)) {
      if (tree.kind(parent) === 'new_expression') return tree.field(parent, 'constructor') === at;
      if (tree.kind(parent) !== 'member_expression' && tree.kind(parent) !== 'subscript_expression') return false;
      if (tree.field(parent, 'object') !== at) return false;
    }
    return false;
  }

  #argv(node: number): void {
    const site = this.#points.site('process.argv', node);
    this.#points.put.around(this.#tree.start(node), endOf(this.#tree, node), `$yp.g(${site})/*`, '*/');
  }

  #registered(node: number, kind: string): void {
    const tree = this.#tree;
    if (!this.#given.registers || /declaration$|method_definition/.test(kind)) return;
    const number = this.#functions.get(node) ?? -1;
    const named = nameNode(tree, node);
    const name = named < 0 || !/identifier$/.test(tree.kind(named)) ? '' : tree.textOf(named);
    this.#points.put.around(tree.start(node), endOf(tree, node), `$yp.R(${number},${JSON.stringify(name)},`, ')');
  }

  /** Methods of an object say where it is. */
  #methods(node: number): void {
    const tree = this.#tree;
    if (!this.#given.registers) return;
    const methods = tree.namedChildren(node).filter((one) => tree.kind(one) === 'method_definition');
    if (methods.length === 0) return;
    const told = methods.map((one) => this.#functions.get(one)).join();
    this.#points.put.around(tree.start(node), endOf(tree, node), `$yp.o([${told}],`, ')');
  }

  // Modules.

  #load(node: number): void {
    const tree = this.#tree;
    const callee = tree.field(node, 'function');
    const list = tree.field(node, 'arguments');
    const first = list < 0 ? undefined : tree.namedChildren(list)[0];
    if (callee < 0 || first === undefined) return;
    const name = tree.kind(first) === 'string' ? tree.textOf(first).slice(1, -1) : tree.textOf(first).slice(0, 60);
    if (tree.kind(callee) === 'import') {
      const number = this.#points.module(name, node);
      this.#points.put.around(tree.start(node), endOf(tree, node), `$yp.m(${number},()=>`, ')');
      const found = tree.kind(first) === 'string' ? this.#given.resolves(name) : null;
      if (found !== null && found !== name)
        this.#points.put.around(tree.start(first), tree.end(first), `${quoted(found)}/*`, '*/');
    } else if (tree.kind(callee) === 'identifier' && tree.textOf(callee) === 'require' && !this.#given.isModule) {
      const number = this.#points.module(name, node, this.#given.resolves(name));
      this.#points.put.around(tree.start(callee), tree.end(callee), `$yp.q(${number},`, ')');
    }
  }

  /** An import that the job cannot answer becomes one that is tried while the program runs. */
  #import(node: number): void {
    const tree = this.#tree;
    const source = tree.field(node, 'source');
    const clause = tree.namedChildren(node).find((one) => tree.kind(one) === 'import_clause');
    if (source < 0 || !this.#given.isModule || /^import\s+type\b/.test(tree.textOf(node))) return;
    const specifier = tree.textOf(source).slice(1, -1);
    if (tree.textOf(node).includes('*/')) return;
    const found = this.#given.resolves(specifier);
    if (found !== null) {
      if (found !== specifier || /\.[cm]?ts$/.test(this.#given.path)) this.#importFound(node, clause ?? none, found);
      return;
    }
    const number = this.#points.module(specifier, node);
    const loaded = `await $yp.m(${number},()=>import(${JSON.stringify(specifier)}))`;
    const bindings: string[] = [];
    for (const part of clause === undefined ? [] : tree.namedChildren(clause)) {
      const kind = tree.kind(part);
      if (kind === 'identifier')
        bindings.push(
          `${tree.textOf(part)}=$yp.i($ym${number},"default",${number},${JSON.stringify(tree.textOf(part))})`,
        );
      else if (kind === 'namespace_import') {
        const name = tree.namedChildren(part).find((one) => tree.kind(one) === 'identifier');
        if (name !== undefined)
          bindings.push(`${tree.textOf(name)}=$yp.i($ym${number},"*",${number},${JSON.stringify(tree.textOf(name))})`);
      } else if (kind === 'named_imports')
        for (const one of tree.namedChildren(part)) {
          if (tree.kind(one) !== 'import_specifier' || /^type\s/.test(tree.textOf(one))) continue;
          const [name, alias] = [tree.field(one, 'name'), tree.field(one, 'alias')];
          const local = tree.textOf(alias >= 0 ? alias : name);
          const asked = tree.textOf(name).replace(/^(['"])(.*)\1$/, '$2');
          bindings.push(`${local}=$yp.i($ym${number},${JSON.stringify(asked)},${number},${JSON.stringify(local)})`);
        }
    }
    const text = bindings.length === 0 ? `${loaded};` : `var $ym${number}=${loaded},${bindings.join()};`;
    this.#points.put.around(tree.start(node), endOf(tree, node), `${text}/*`, '*/');
  }

  /** An import of a file of the job, without names that only types use: they are in no module that runs. */
  #importFound(node: number, clause: number, found: string): void {
    const tree = this.#tree;
    const parts: string[] = [];
    const named: string[] = [];
    for (const part of clause < 0 ? [] : tree.namedChildren(clause)) {
      const kind = tree.kind(part);
      if (kind === 'identifier' && this.#isValue(part)) parts.unshift(tree.textOf(part));
      else if (kind === 'namespace_import') parts.push(tree.textOf(part));
      else if (kind === 'named_imports')
        for (const one of tree.namedChildren(part)) {
          if (tree.kind(one) !== 'import_specifier' || /^type\s/.test(tree.textOf(one))) continue;
          const alias = tree.field(one, 'alias');
          if (this.#isValue(alias >= 0 ? alias : tree.field(one, 'name'))) named.push(tree.textOf(one));
        }
    }
    if (named.length > 0) parts.push(`{${named.join()}}`);
    if (parts.length === 0 && clause >= 0)
      return void this.#points.put.around(tree.start(node), endOf(tree, node), '/*', '*/');
    const from = parts.length === 0 ? '' : `${parts.join()} from `;
    this.#points.put.around(tree.start(node), endOf(tree, node), `import ${from}${quoted(found)};/*`, '*/');
  }

  /** Whether a name that is imported is read anywhere but in types. */
  #isValue(name: number): boolean {
    this.#readKeys ??= this.#keysRead();
    return this.#readKeys.has(this.#points.told.keyOf(name));
  }

  #readKeys: ReadonlySet<string> | null = null;

  #keysRead(): ReadonlySet<string> {
    const tree = this.#tree;
    const found = new Set<string>();
    for (let node = 1; node < tree.size; node++) {
      const kind = tree.kind(node);
      if (isTypePart(kind) || kind === 'import_statement' || declaring.has(kind)) node = tree.next(node) - 1;
      else if (kind === 'identifier' || kind === 'shorthand_property_identifier')
        found.add(this.#points.told.keyOf(node));
    }
    return found;
  }
}

const quoted = (text: string): string => JSON.stringify(text);

const firstNamed = (tree: SyntaxTree, node: number): number =>
  tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment') ?? none;
