/**
 * Edges of one file: what its uses and imports lead to, what its methods override, what its tests exercise.
 *
 * What a call's state means here: `resolved` is exactly one definition and no doubt left. Several, or one beside something
 * unknown, are ambiguous, in the order in which the rules found them. A method found on a class is resolved even if derived
 * classes override it: which of them runs is told by `overrides` edges, and by what was observed. Constructing a class is
 * two edges at one site, both of rank 0: to the class, and to the constructor that runs, if the repository has one.
 */
import { bareTypeName, nameOfVariadic, plainName } from '../../code/mod.ts';
import { functionTypes, isType } from './apply.ts';
import { functionsBehind, valuesOf, withoutDeclarations } from './behind.ts';
import { candidatesFor } from './candidates.ts';
import { definitionsOf, isCfamily } from './cfamily-names.ts';
import { ancestryOf, inClass, ownMembers } from './classes.ts';
import { partsOf } from './csharp-names.ts';
import { chosenOf, isCall, overriddenBy } from './csharp-overloads.ts';
import { type Arguments, type ClassRef, type Entity, maxCandidates } from './entities.ts';
import { Evaluator, type Program } from './evaluate.ts';
import { possible, standInFor } from './lacking.ts';
import { LinkedBuilder, type LinkedFile } from './linked.ts';
import { holdsValue, importEntities } from './lookup.ts';
import type { NodeTable } from './nodes.ts';
import { behindComments, guarding, isOfKnown, isOfThoseAlone } from './php-members.ts';
import { asDefined } from './php-names.ts';
import { asOfFile } from './rust-paths.ts';
import { linkTestNames } from './test-names.ts';
import type { EdgeKind, ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

export interface LinkContext {
  readonly program: Program;
  readonly nodes: NodeTable;
  pathOf(file: number): string;
  isTest(file: number): boolean;
}

/** A definition that a use may mean. */
export interface Target {
  readonly node: number;
  readonly rule: ResolutionRule;
}

/** What a use comes to. */
interface Outcome {
  readonly targets: readonly Target[];
  readonly doubt: boolean;
  readonly reason: 'external' | 'unknown';
}

/** A constructor by its name, and what it is given where that may choose between several. */
interface Constructor {
  readonly name: string;
  readonly given: Arguments | null;
}

interface Site {
  readonly start: number;
  readonly end: number;
}

/** @param consulted gets the keys of what was looked up elsewhere */
export function linkFile(context: LinkContext, unit: Unit, consulted: Set<number>): LinkedFile {
  return new FileLinker(context, unit, consulted).run();
}

export class FileLinker {
  readonly context: LinkContext;
  readonly unit: Unit;
  readonly evaluator: Evaluator;
  readonly out = new LinkedBuilder();
  /** Node that stands for each symbol: its own, or that of what it is in. */
  readonly #nodeOf: Int32Array;
  /** Pairs that have a `tests` edge. */
  readonly tested = new Set<string>();

  constructor(context: LinkContext, unit: Unit, consulted: Set<number>) {
    this.context = context;
    this.unit = unit;
    this.evaluator = new Evaluator(context.program, unit, consulted);
    this.#nodeOf = new Int32Array(unit.symbols.length);
    const file = context.nodes.nodeOf(unit.file, -1);
    unit.symbols.forEach(({ parent }, symbol) => {
      const own = context.nodes.nodeOf(unit.file, symbol);
      this.#nodeOf[symbol] = own >= 0 ? own : parent >= 0 ? (this.#nodeOf[parent] as number) : file;
    });
  }

  run(): LinkedFile {
    this.#imports();
    for (const { kind, expression, from, span } of this.unit.links.uses) {
      this.evaluator.begin(kind === 'operate' ? 'operation' : 'use');
      const node = this.node(from);
      if (kind === 'call') this.#call(node, expression, span);
      else if (kind === 'operate') this.#operation(node, expression, span);
      else if (kind !== 'use' || !this.#guarded(from, expression, span)) this.#mention(kind, node, expression, span);
    }
    this.#hung();
    this.evaluator.begin();
    this.#overrides();
    if (this.unit.test) linkTestNames(this);
    const { firstNode } = this.context.nodes;
    const first = firstNode[this.unit.file] as number;
    return this.out.take(first, (firstNode[this.unit.file + 1] as number) - first);
  }

  node(symbol: number): number {
    return symbol < 0 ? this.context.nodes.nodeOf(this.unit.file, -1) : (this.#nodeOf[symbol] as number);
  }

  /** From the file to each module, and to what is imported by name. */
  #imports(): void {
    const { unit, evaluator } = this;
    const from = this.node(-1);
    const { modules } = this.context.program;
    const seen = new Set<string>();
    const add = (to: number, { start, end }: Site): void => {
      const key = `${to} ${start}`;
      if (to < 0 || to === from || seen.has(key)) return;
      seen.add(key);
      this.out.edge(from, to, start, {
        kind: 'imports',
        ambiguous: false,
        rule: 'import',
        rank: 0,
        length: end - start,
      });
    };
    unit.imports.forEach(({ module, name, span }, index) => {
      evaluator.begin();
      const meant = unit.language === 'rust' ? asOfFile(unit, index) : module;
      const answer = modules.resolve(unit.path, unit.language, meant, name);
      if (answer.kind === 'module')
        for (const file of answer.files.slice(0, maxCandidates)) add(this.context.nodes.nodeOf(file, -1), span);
      if (name === '*') return;
      for (const entity of importEntities(evaluator, unit, index)) {
        if (entity.kind === 'module') add(this.context.nodes.nodeOf(entity.files[0] as number, -1), span);
        else if (entity.kind === 'symbol') {
          // A class of PHP is loaded from its file, which its name alone need not tell.
          if (unit.language === 'php') add(this.context.nodes.nodeOf(entity.file, -1), span);
          add(this.nodeOfEntity(entity), span);
        }
      }
    });
  }

  #call(from: number, expression: number, site: Site): void {
    const { counts } = this.out;
    counts.sites++;
    const bare = this.#withoutArguments(expression);
    const written = this.unit.expression(bare);
    const made = this.#constructs(expression);
    const first = written.kind === 'first' ? this.unit.expression(written.options[0] as number) : written;
    const name = bareTypeName(made?.name ?? ('name' in first ? plainName(first.name) : ''));
    const outcome = this.#callees(made?.type ?? expression);
    const { reason } = outcome;
    let { targets, doubt } = outcome;
    if (targets.length === 0 && made === null) {
      targets = functionsBehind(this.evaluator, this.unit, expression).flatMap((one) => this.#targetOf(one));
      doubt = false;
    }
    if (targets.length === 0 && made === null && this.unit.language === 'php') {
      const found = behindComments(this.evaluator, this.unit, expression);
      targets = found.flatMap((one) => this.#targetOf(one));
      doubt = found.some(({ kind }) => kind === 'unknown');
    }
    if (targets.length === 0 && made === null && reason === 'unknown') {
      targets = standInFor(this.evaluator, this.unit, expression).flatMap((one) => this.#targetOf(one));
    }
    if (targets.length === 0) {
      const guesses = this.#guesses(made?.type ?? bare, reason);
      if (guesses.length === 0) {
        counts[reason]++;
        this.#open(from, name, site, reason);
        return;
      }
      doubt = true;
      this.#callEdges(from, guesses, true, site, made?.constructor ?? null);
    } else {
      const isPhp = this.unit.language === 'php';
      if (doubt && isPhp && isOfThoseAlone(this.evaluator, this.unit, expression)) doubt = false;
      doubt ||= targets.length > 1;
      this.#callEdges(
        from,
        isPhp ? standInsLast(targets, this.context.nodes) : targets,
        doubt,
        site,
        made?.constructor ?? null,
      );
    }
    counts[doubt ? 'ambiguous' : 'resolved']++;
    if (doubt) this.#open(from, name, site, 'ambiguous');
  }

  #open(from: number, name: string, site: Site, state: 'ambiguous' | 'external' | 'unknown'): void {
    const known = this.unit.language === 'php' ? asDefined(this.evaluator, name) : name;
    this.out.open(from, this.context.nodes.strings.intern(known), site, state);
  }

  #targetOf(entity: Entity): Target[] {
    const node = this.nodeOfEntity(entity);
    return node < 0 || entity.kind !== 'symbol' ? [] : [{ node, rule: entity.rule }];
  }

  /** `new Foo(a)` where the number of arguments chooses the constructor: the type, its name, and the constructor's. */
  #constructs(expression: number): { type: number; name: string; constructor: Constructor } | null {
    const { unit } = this;
    const bare = this.#withoutArguments(expression);
    const written = unit.expression(bare);
    if (written.kind !== 'member' || written.object < 0 || !written.name.startsWith('constructor(')) return null;
    let type = unit.expression(written.object);
    // `this(…)` and `super(…)` make nothing.
    if (type.kind === 'self-type' || type.kind === 'super') return null;
    if (type.kind === 'first') type = unit.expression(type.options[0] as number);
    if (type.kind === 'applied') type = unit.expression(type.base);
    const whole = unit.expression(expression);
    const given = whole.kind === 'applied' ? { file: unit.file, expressions: whole.args } : null;
    return { type: written.object, name: 'name' in type ? type.name : '', constructor: { name: written.name, given } };
  }

  /** What is called, without what it is given (C#). */
  #withoutArguments(expression: number): number {
    const written = this.unit.expression(expression);
    return written.kind === 'applied' && isCall(this.unit, written.base) ? written.base : expression;
  }

  #callEdges(
    from: number,
    targets: readonly Target[],
    ambiguous: boolean,
    { start, end }: Site,
    constructor: Constructor | null,
  ): void {
    targets.slice(0, maxCandidates).forEach(({ node, rule }, rank) => {
      this.out.edge(from, node, start, { kind: 'calls', ambiguous, rule, rank, length: end - start });
      this.#constructors(from, node, { ambiguous, rank, start, end }, constructor);
      if (rank === 0) this.tests(from, node, start, { ambiguous, rule, length: end - start });
    });
  }

  /** A test file's code exercises what it calls outside of tests. */
  tests(
    from: number,
    to: number,
    start: number,
    how: { ambiguous: boolean; rule: ResolutionRule; length: number },
  ): void {
    if (!this.unit.test || this.context.isTest(this.context.nodes.columns.file[to] as number)) return;
    const key = `${from} ${to}`;
    if (this.tested.has(key)) return;
    this.tested.add(key);
    this.out.edge(from, to, start, { kind: 'tests', rank: 0, ...how });
  }

  #constructors(
    from: number,
    node: number,
    at: { ambiguous: boolean; rank: number; start: number; end: number },
    constructor: Constructor | null,
  ): void {
    const { columns } = this.context.nodes;
    if (this.context.nodes.kind(node) !== 'class') return;
    const of = { file: columns.file[node] as number, symbol: columns.symbol[node] as number };
    for (const found of constructor === null ? this.#constructorsOf(of) : this.#ownConstructors(of, constructor)) {
      const several = found.length > 1;
      found.forEach((to, place) => {
        const rank = Math.min(several ? at.rank + place : at.rank, maxCandidates - 1);
        const ambiguous = at.ambiguous || several;
        const length = at.end - at.start;
        this.out.edge(from, to, at.start, { kind: 'calls', ambiguous, rule: 'constructor', rank, length });
      });
    }
  }

  /** Constructors of the class itself that take the arguments. */
  #ownConstructors(of: ClassRef, { name, given }: Constructor): readonly (readonly number[])[] {
    const { evaluator } = this;
    let otherwise: readonly Entity[] | null = null;
    for (const one of [name, nameOfVariadic(name)]) {
      const found = one === null ? null : ownMembers(evaluator, of, one, 'constructor');
      if (found === null) continue;
      const meant = given === null ? found : chosenOf(evaluator, found, given);
      otherwise ??= found;
      if (meant !== null) return [this.#nodesOf(meant)];
    }
    return otherwise === null ? [] : [this.#nodesOf(otherwise)];
  }

  #nodesOf(entities: readonly Entity[]): readonly number[] {
    return entities.map((entity) => this.nodeOfEntity(entity)).filter((to) => to >= 0);
  }

  /** What runs when a class is made an instance of: for each kind of constructor the nearest, with its overloads. */
  #constructorsOf(of: ClassRef): readonly (readonly number[])[] {
    const { evaluator } = this;
    return evaluator.remembered(`c${of.file}:${of.symbol}`, [], () => {
      const line = ancestryOf(evaluator, of).classes;
      const { language } = this.context.program.unit(of.file);
      return (constructorNames[language] ?? [null]).flatMap((name) => {
        for (const one of line) {
          const written = name ?? this.context.program.unit(one.file).symbol(one.symbol).name;
          const found = ownMembers(evaluator, one, written, 'constructor') ?? [];
          const defined =
            language === 'cpp'
              ? found.flatMap((one) => (one.kind === 'symbol' ? definitionsOf(evaluator, one) : []))
              : found;
          const nodes = defined.map((entity) => this.nodeOfEntity(entity)).filter((to) => to >= 0);
          if (nodes.length > 0) return [nodes];
        }
        return [];
      });
    });
  }

  /** What a callee's expression leads to. */
  #callees(expression: number): Outcomes {
    const denoted = this.evaluator.denote(this.unit.file, expression);
    const found = new Outcomes();
    this.#collect(withoutDeclarations(this.evaluator, denoted), found, 0);
    return found;
  }

  #collect(entities: readonly Entity[], found: Outcomes, depth: number): void {
    if (entities.length === 0) found.doubt = true;
    for (const entity of entities) {
      // A module cannot be called: beside it stands a function of its name.
      if (entity.kind === 'module' && entities.length > 1) continue;
      switch (entity.kind) {
        case 'symbol': {
          const unit = this.context.program.unit(entity.file);
          // A name may be a type's and a value's at once; what is called is the value.
          if (entities.length > 1 && uncallable.has(unit.symbol(entity.symbol).kind)) break;
          const accessor = unit.linksOf(entity.symbol)?.accessor ?? false;
          const isVariant = unit.language === 'rust' && unit.symbol(entity.symbol).kind === 'enum-member';
          if (isCfamily(unit.language) && !holdsValue(unit, entity.symbol)) {
            for (const one of definitionsOf(this.evaluator, entity)) found.add(this.nodeOfEntity(one), entity.rule);
          } else if (isVariant || (!accessor && !holdsValue(unit, entity.symbol)))
            found.add(this.nodeOfEntity(entity), entity.rule);
          else if (depth < maxIndirections) this.#collect(this.evaluator.settle([entity]), found, depth + 1);
          else found.doubt = true;
          break;
        }
        case 'variable':
          if (depth < maxIndirections) this.#collect(this.evaluator.settle([entity]), found, depth + 1);
          else found.doubt = true;
          break;
        case 'instance': {
          const { language } = this.context.program.unit(entity.file);
          const called = language === 'php' ? '__invoke' : '__call__';
          const method = inClass(this.evaluator, entity, called, { rule: entity.rule });
          if (method !== null && depth < maxIndirections) this.#collect(method, found, depth + 1);
          else if (ancestryOf(this.evaluator, entity).outside) found.external = true;
          else found.doubt = true;
          break;
        }
        case 'outside':
          // A value that is known to be a function and nothing else may be the repository's.
          if (entity.value && entity.args !== null && functionTypes.has(entity.name)) found.doubt = true;
          // In PHP a text that is called names a function, and one that an object is made of a class.
          else if (this.unit.language === 'php' && entity.value && entity.name === 'string') found.doubt = true;
          else found.external = true;
          break;
        case 'collection':
          // So does an array that holds an object and the name of its method.
          if (entity.type === 'array' && this.unit.language === 'php') found.doubt = true;
          else found.external = true;
          break;
        case 'super':
          found.external = true;
          break;
        default:
          found.doubt = true;
      }
    }
  }

  /** Names alone: what a call on something unknown may mean. */
  #guesses(expression: number, reason: 'external' | 'unknown'): readonly Target[] {
    const written = this.unit.expression(expression);
    if (reason === 'external' || !('name' in written)) return [];
    if (this.unit.language === 'php' && isOfKnown(this.evaluator, this.unit, expression)) return [];
    const denoted = this.evaluator.denote(this.unit.file, expression);
    if (denoted.length > 0 && denoted.every((one) => one.kind === 'unknown' && one.missing)) {
      return this.#possible(expression, candidatesFor(this, 'name' in written ? written.name : '', true));
    }
    if (written.kind === 'name') {
      // A parameter or a local that is called holds anything, whatever its name.
      if (denoted.some(({ kind }) => kind !== 'unknown')) return [];
    } else if (written.kind !== 'member') return [];
    return candidatesFor(this, written.name, written.kind === 'member');
  }

  /** Of guesses at what is missing those that a receiver may have all the same. */
  #possible(expression: number, guesses: readonly Target[]): readonly Target[] {
    const { file, symbol } = this.context.nodes.columns;
    const refs = guesses.map((target) => {
      return { target, file: file[target.node] as number, symbol: symbol[target.node] as number };
    });
    return possible(this.evaluator, this.unit, expression, refs).map(({ target }) => target);
  }

  /** Functions that a call plainly gives. */
  #given(expression: number): Pick<Outcomes, 'targets' | 'doubt' | 'external'> {
    const found = this.evaluator.denote(this.unit.file, expression);
    const plain = found.filter((one) => {
      if (one.kind !== 'symbol') return false;
      const unit = this.context.program.unit(one.file);
      return !isType(unit, one.symbol) && !holdsValue(unit, one.symbol);
    });
    const functions = plain.length === found.length ? plain : functionsBehind(this.evaluator, this.unit, expression);
    return { targets: functions.flatMap((one) => this.#targetOf(one)), doubt: false, external: false };
  }

  /** What an operator calls, if the object is known to have it. */
  #operation(from: number, expression: number, { start, end }: Site): void {
    // What a maker of decorators says that it gives may be more than the function that it gives.
    const isGiven = this.unit.expression(expression).kind === 'call';
    const { targets, doubt, external } = isGiven ? this.#given(expression) : this.#callees(expression);
    // Text, arrays and numbers are asked for nothing: a value that may be one of them may ask for nothing.
    const ambiguous = doubt || targets.length > 1 || (external && this.unit.language === 'php');
    targets.slice(0, maxCandidates).forEach(({ node, rule }, rank) => {
      // A class that has the name of a method is no method, and no method stands in for what an operator asks for.
      if (this.context.nodes.kind(node) === 'class' || isStandIn(this.context.nodes, node)) return;
      this.out.edge(from, node, start, { kind: 'calls', ambiguous, rule, rank, length: end - start });
    });
  }

  /** A property of PHP that is not there or hidden, where a method stands in for it. */
  #guarded(from: number, expression: number, { start, end }: Site): boolean {
    if (this.unit.language !== 'php') return false;
    const found = guarding(this.evaluator, this.unit, expression, from);
    const targets = found.flatMap((one) => this.#targetOf(one));
    const ambiguous = found.length > 1;
    targets.forEach(({ node, rule }, rank) => {
      this.out.edge(this.node(from), node, start, { kind: 'calls', ambiguous, rule, rank, length: end - start });
    });
    return targets.length > 0;
  }

  #mention(
    kind: 'inherit' | 'implement' | 'type' | 'decorate' | 'use',
    from: number,
    expression: number,
    site: Site,
  ): void {
    const all = this.evaluator.denote(this.unit.file, expression);
    const denoted = kind === 'use' ? valuesOf(this.evaluator, all) : all;
    const found = new Outcomes();
    let calls = false;
    for (const entity of denoted) {
      if (entity.kind === 'symbol') {
        const unit = this.context.program.unit(entity.file);
        calls ||= kind === 'use' && (unit.linksOf(entity.symbol)?.accessor ?? false);
        found.add(this.nodeOfEntity(entity), entity.rule);
      } else if (entity.kind === 'unknown') found.doubt = true;
    }
    const edge: EdgeKind = calls ? 'calls' : mentionEdges[kind];
    const ambiguous = found.doubt || found.targets.length > 1;
    found.targets.forEach(({ node, rule }, rank) => {
      if (node === from) return;
      this.out.edge(from, node, site.start, { kind: edge, ambiguous, rule, rank, length: site.end - site.start });
    });
  }

  /** From each method that is written outside of its type to the type; the graph shows it the other way round. */
  #hung(): void {
    const { unit, evaluator } = this;
    if (!hangsMethods.has(unit.language)) return;
    const { columns } = this.context.nodes;
    for (const { symbol, receiver, scope } of unit.links.symbols) {
      if (unit.language === 'rust' && scope >= 0 && isType(unit, symbol)) this.#implemented(symbol, scope);
      const from = receiver < 0 ? -1 : this.context.nodes.nodeOf(unit.file, symbol);
      if (from < 0) continue;
      evaluator.begin();
      const found = new Outcomes();
      for (const entity of evaluator.evaluate(unit.file, receiver)) {
        if (entity.kind === 'symbol') found.add(this.nodeOfEntity(entity), entity.rule);
        else found.doubt = true;
      }
      const { name, qualifiedName } = unit.symbol(symbol);
      const types = found.targets.filter(({ node }) => {
        if (this.context.nodes.kind(node) !== 'class' || columns.parent[from] === node) return false;
        // A type parameter of Rust leads to its bounds, which do not get the method: the name tells, as it does for calls (`hungOn`).
        return isCfamily(unit.language) || qualifiedName.endsWith(`${this.context.nodes.name(node)}.${name}`);
      });
      const ambiguous = found.doubt || found.targets.length > 1;
      types.slice(0, maxCandidates).forEach(({ node, rule }, rank) => {
        this.out.edge(from, node, 0, { kind: 'contains', ambiguous, rule, rank, length: 0 });
      });
    }
  }

  /** What `impl` gives a type of the same file is bound in the type's scope. */
  #implemented(symbol: number, scope: number): void {
    const { columns } = this.context.nodes;
    const type = this.node(symbol);
    const members = new Set(this.unit.bindingsIn(scope).map((index) => this.unit.binding(index).symbol));
    for (const member of members) {
      const from = member < 0 ? -1 : this.context.nodes.nodeOf(this.unit.file, member);
      if (from < 0 || from === type || columns.parent[from] === type) continue;
      this.out.edge(from, type, 0, { kind: 'contains', ambiguous: false, rule: 'scope', rank: 0, length: 0 });
    }
  }

  /** From each method to the nearest one of its name behind its class. */
  #overrides(): void {
    const { unit, evaluator } = this;
    for (const { symbol, bases, scope } of unit.links.symbols) {
      if (scope < 0 || !isType(unit, symbol)) continue;
      const of = { file: unit.file, symbol };
      evaluator.begin();
      if (bases.length === 0 && partsOf(evaluator, of).length < 2) continue;
      for (const index of unit.bindingsIn(scope)) {
        const binding = unit.binding(index);
        // A method may be bound under several names (`callables.ts`); the first tells how many arguments it takes.
        if (binding.symbol < 0 || unit.bindingOf(binding.symbol) !== index) continue;
        const from = this.context.nodes.nodeOf(unit.file, binding.symbol);
        if (from < 0 || this.context.nodes.kind(from) !== 'method') continue;
        if (unit.symbol(binding.symbol).kind === 'constructor') continue;
        const named = inClass(evaluator, of, binding.name, { skipOwn: true }) ?? [];
        const isCsharp = unit.language === 'csharp';
        const found = isCsharp ? overriddenBy(evaluator, { file: unit.file, symbol: binding.symbol }, named) : named;
        found.forEach((entity, rank) => {
          const to = this.nodeOfEntity(entity);
          if (to < 0 || this.context.nodes.kind(to) !== 'method') return;
          const ambiguous = found.length > 1;
          this.out.edge(from, to, 0, { kind: 'overrides', ambiguous, rule: 'structure', rank, length: 0 });
        });
      }
    }
  }

  nodeOfEntity(entity: Entity): number {
    if (entity.kind !== 'symbol') return -1;
    if (entity.file !== this.unit.file) {
      const unit = this.context.program.unit(entity.file);
      this.evaluator.consult(unit, unit.symbolKey(entity.symbol));
    }
    return this.context.nodes.nodeOf(entity.file, entity.symbol);
  }
}

class Outcomes implements Outcome {
  readonly targets: Target[] = [];
  doubt = false;
  external = false;

  add(node: number, rule: ResolutionRule): void {
    if (node < 0) this.doubt = true;
    else if (!this.targets.some((target) => target.node === node)) this.targets.push({ node, rule });
  }

  get reason(): 'external' | 'unknown' {
    return this.external && !this.doubt ? 'external' : 'unknown';
  }
}

/** Methods of PHP that are called for those that a class has not got: those that one has are likelier. */
const isStandIn = (nodes: NodeTable, node: number): boolean => /^__call(static)?$/i.test(nodes.name(node));

const standInsLast = (targets: readonly Target[], nodes: NodeTable): readonly Target[] => [
  ...targets.filter(({ node }) => !isStandIn(nodes, node)),
  ...targets.filter(({ node }) => isStandIn(nodes, node)),
];

/** Languages whose methods may be written outside of their type. What C# calls a receiver is the type that a method of another extends. */
const hangsMethods = new Set(['go', 'rust', 'c', 'cpp']);

/** Types that nothing calls, nor makes anything of. */
const uncallable = new Set(['interface', 'type', 'trait']);

/** Variables that hold variables that hold functions… */
const maxIndirections = 4;

const mentionEdges = {
  inherit: 'inherits',
  implement: 'implements',
  type: 'uses',
  decorate: 'uses',
  use: 'uses',
} as const satisfies Record<string, EdgeKind>;

/** What constructors are called; elsewhere they have the name of their class. Python runs two of them. */
const constructorNames: Readonly<Record<string, readonly string[]>> = {
  python: ['__new__', '__init__'],
  javascript: ['constructor'],
  typescript: ['constructor'],
  tsx: ['constructor'],
  rust: [],
  c: [],
  cpp: ['{constructor}'],
  ruby: ['initialize'],
  php: ['__construct'],
  kotlin: ['constructor'],
  go: [],
};
