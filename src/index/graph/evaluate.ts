/**
 * What expressions stand for, across files.
 *
 * The idea: abstract evaluation without order. A name has all the values that its scope binds it to, a call has the
 * results of what it calls, a member is looked up in whatever its object may be. Everything is computed when a use asks
 * for it and kept while one file is linked, and nothing longer: so what a file's links come to is a function of that
 * file and of the names that were looked up on the way (`consulted`), whatever was linked before it. That makes
 * linking one file anew equal to linking all of them.
 *
 * Cycles (a function that returns its own result, modules that import each other) contribute nothing where they
 * close. Work is bounded by steps per use and per file; what is beyond is unknown.
 */
import { callOf, elementOf, instanceOf, isType } from './apply.ts';
import { membersOf } from './classes.ts';
import { placeOf } from './csharp-namespaces.ts';
import { calledWith, isCall } from './csharp-overloads.ts';
import { type Entity, nothing, outside, Possibilities, unknown, unknownOnly } from './entities.ts';
import { hashOf, mixText } from './hash.ts';
import { holdsValue, lookUp } from './lookup.ts';
import { familyOf, type ModuleMap } from './module-map.ts';
import { comparedIn } from './php-case.ts';
import { settled } from './settle.ts';
import type { Unit } from './unit.ts';

export interface Definition {
  readonly file: number;
  readonly symbol: number;
  readonly qualifiedName: string;
  /** Of another definition: a method, or what is local to a function. */
  readonly inside: boolean;
}

/** What resolution needs of the repository. */
export interface Program {
  readonly modules: ModuleMap;
  unit(file: number): Unit;
  /** Callables and types of that name in files of the family: their file and symbol. */
  named(name: string, family: string): readonly Definition[];
  /** As `named`, with values that are no members. */
  defined(name: string, family: string): readonly Definition[];
}

/** Deeper look-ups are unknown: real ones stay below 20; the stack of a thread holds ten times as much. */
const maxDepth = 48;
/** Steps for one use. On the Python standard library 99.9% of uses need fewer than 300. */
const stepsPerUse = 3_000;
/** Steps for an operator, of which there are as many as calls: SymPy's took 33 s of processor time with 3,000 and 7 s with 100, for 0.3% fewer edges. */
const stepsPerOperation = 100;
/** Steps for all uses of a file, on average per use, before each gets only a few. */
const stepsPerFile = { base: 20_000, perUse: 200, afterwards: 100 };

const spaces = { expression: 0, name: 1, value: 2, results: 3, part: 4, class: 5 } as const;

/** Tells apart what is worked out once: a file has at most 100,000 expressions, bindings or symbols (`limits.symbolsPerFile`). */
export const keyOf = (space: keyof typeof spaces, file: number, index: number): number =>
  (spaces[space] * 2 ** 24 + file) * 2 ** 20 + index;

/** Stands for the definitions of a name anywhere in files of a family. */
export const namedKey = (name: string, family: string): number => mixText(hashOf(family), comparedIn(family, name));

export class Evaluator {
  readonly program: Program;
  /** The file that is linked. */
  readonly home: number;
  /** Keys of the names that were looked up in other files. */
  readonly consulted: Set<number>;
  /** Results, and the depths of what is being worked out. */
  readonly #memo = new Map<number | string, readonly Entity[] | number>();
  readonly #facts = new Map<number | string, unknown>();
  /** What is taken for the result of something while it is being worked out. */
  readonly #supposed = new Map<number | string, readonly Entity[]>();
  #depth = 0;
  /** The outermost evaluation that something below the current one waits for. */
  #cut = Number.POSITIVE_INFINITY;
  #steps = 0;
  #limit = stepsPerUse;
  #stepsOfFile: number;

  constructor(program: Program, home: Unit, consulted: Set<number>) {
    this.program = program;
    this.home = home.file;
    this.consulted = consulted;
    this.#stepsOfFile = stepsPerFile.base + stepsPerFile.perUse * home.links.uses.length;
  }

  /** Opens the account of a use, or the smaller one of an operator. */
  begin(kind: 'use' | 'operation' = 'use'): void {
    this.#limit = kind === 'use' ? stepsPerUse : stepsPerOperation;
    this.#stepsOfFile -= this.#steps;
    this.#steps = 0;
    this.#depth = 0;
    this.#cut = Number.POSITIVE_INFINITY;
  }

  get exhausted(): boolean {
    return this.#steps > (this.#stepsOfFile > 0 ? this.#limit : stepsPerFile.afterwards);
  }

  /** Notes that a result rests on something of another file. */
  consult(unit: Unit, key: number): void {
    if (unit.file !== this.home) this.consulted.add(key);
  }

  /** What an expression denotes: a variable stands for itself. Nothing where a cycle closes. */
  denote(file: number, expression: number): readonly Entity[] {
    if (expression < 0) return unknownOnly;
    return this.guarded(keyOf('expression', file, expression), () => this.#denote(file, expression));
  }

  /** What an expression's value may be. */
  evaluate(file: number, expression: number): readonly Entity[] {
    return this.settle(this.denote(file, expression));
  }

  settle(entities: readonly Entity[]): readonly Entity[] {
    return settled(this, entities);
  }

  /**
   * Runs `work` at most once at a time and keeps its result, unless a cycle or the end of the account took part in it.
   *
   * @param key from `keyOf`, or any text
   */
  guarded(key: number | string, work: () => readonly Entity[]): readonly Entity[] {
    const known = this.#memo.get(key);
    if (typeof known === 'number') {
      this.#cut = Math.min(this.#cut, known);
      return this.#supposed.get(key) ?? nothing;
    }
    if (known !== undefined) return known;
    this.#steps++;
    if (this.#depth >= maxDepth || this.exhausted) {
      this.#cut = -1;
      return unknownOnly;
    }
    const depth = this.#depth++;
    this.#memo.set(key, depth);
    const result = work();
    this.#depth--;
    this.#supposed.delete(key);
    if (this.#cut < depth) this.#memo.delete(key);
    else {
      this.#memo.set(key, result);
      this.#cut = Number.POSITIVE_INFINITY;
    }
    return result;
  }

  /**
   * Says what a result has come to so far, for those that ask for it while it is being worked out: `x = x.copy()` is worth
   * what `copy` gives of the values of `x` before.
   *
   * @param key of a `guarded` at work
   */
  suppose(key: number, soFar: readonly Entity[]): void {
    if (soFar.length > 0) this.#supposed.set(key, soFar);
  }

  /** As `guarded`, for what is no list of entities. @param meanwhile what it is taken for while it is being worked out */
  remembered<T>(key: number | string, meanwhile: T, work: () => T): T {
    const known = this.#facts.get(key);
    if (known !== undefined) return known as T;
    this.#facts.set(key, meanwhile);
    const result = work();
    // At the end of an account the bases of a class may be missing, which the next use finds.
    if (this.exhausted) this.#facts.delete(key);
    else this.#facts.set(key, result);
    return result;
  }

  /** Callables and types with a name. */
  named(name: string, language: string): readonly Definition[] {
    const family = familyOf(language);
    this.consulted.add(namedKey(name, family));
    return this.program.named(name, family);
  }

  /** Callables, types and values that are no members, with a name. */
  defined(name: string, language: string): readonly Definition[] {
    const family = familyOf(language);
    this.consulted.add(namedKey(name, family));
    return this.program.defined(name, family);
  }

  #denote(file: number, index: number): readonly Entity[] {
    const unit = this.program.unit(file);
    const expression = unit.expression(index);
    switch (expression.kind) {
      case 'name':
        return lookUp(this, unit, expression.scope, expression.name);
      case 'member':
        if (expression.object < 0) return unknownOnly;
        return membersOf(
          this,
          this.evaluate(file, expression.object),
          expression.name,
          placeOf(unit, expression.object),
        );
      case 'call':
        return callOf(this, this.evaluate(file, expression.callee), false);
      case 'new':
        return callOf(this, this.evaluate(file, expression.callee), true);
      case 'instance':
        return instanceOf(this, this.evaluate(file, expression.type));
      case 'self':
      case 'self-type':
      case 'super':
        return ownClass(unit, expression.scope, expression.kind);
      case 'object':
        return [{ kind: 'object', file, scope: expression.scope }];
      case 'applied':
        if (isCall(unit, expression.base)) {
          return calledWith(this, unit, expression.base, { file, expressions: expression.args });
        }
        return applied(this.evaluate(file, expression.base), file, expression.args);
      case 'element':
        return elementOf(this, this.evaluate(file, expression.object), expression.how, expression.index);
      case 'collection':
        return [{ kind: 'collection', type: expression.type, elements: { file, expressions: expression.elements } }];
      case 'either': {
        const all = new Possibilities();
        for (const option of expression.options) all.addAll(this.denote(file, option));
        return all.take();
      }
      case 'first':
        return this.#first(file, expression.options);
      case 'literal':
        return [outside(expression.type, true)];
    }
  }

  #first(file: number, options: readonly number[]): readonly Entity[] {
    let otherwise = unknownOnly;
    let closes = true;
    for (const option of options) {
      const found = this.denote(file, option);
      closes &&= found.length === 0;
      const known = this.settle(found).filter(({ kind }) => kind !== 'unknown');
      if (known.some((one) => one.kind !== 'outside' || one.args !== null)) return found;
      // What the language's own method gives may be told better by a later option.
      const isLiteral = this.program.unit(file).expression(option).kind === 'literal';
      if ((otherwise === unknownOnly || isLiteral) && known.length > 0) otherwise = found;
    }
    return closes ? nothing : otherwise;
  }
}

function ownClass(unit: Unit, scope: number, kind: 'self' | 'self-type' | 'super'): readonly Entity[] {
  const { symbol } = unit.scope(scope);
  const { file } = unit;
  // The methods of an object written out have that object for themselves.
  const isObject = symbol < 0 || (holdsValue(unit, symbol) && !isType(unit, symbol));
  if (isObject) return kind === 'self' ? [{ kind: 'object', file, scope }] : unknownOnly;
  if (kind === 'super') return [{ kind: 'super', file, symbol }];
  if (kind === 'self') return [{ kind: 'instance', file, symbol, rule: 'self', args: null, own: true }];
  return [{ kind: 'symbol', file, symbol, rule: 'self', receiver: null, args: null, own: true }];
}

function applied(bases: readonly Entity[], file: number, expressions: readonly number[]): readonly Entity[] {
  const args = { file, expressions };
  const all = new Possibilities();
  for (const base of bases) {
    if (base.kind === 'symbol') all.add({ ...base, args });
    // An alias of an applied type keeps what it is applied to; its own parameters are not put in.
    else if (base.kind === 'outside') all.add(outside(base.name, false, base.args ?? args));
    else if (base.kind === 'object' || base.kind === 'instance') all.add(base);
    else if (base.kind === 'unknown') all.add(outside('?', false, args));
  }
  return all.isEmpty ? [unknown] : all.take();
}
