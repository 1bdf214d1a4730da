/**
 * Expressions of one file, each kept once.
 *
 * Equal expressions have equal numbers, so a name read a hundred times in a function is one entry, and comparing is
 * comparing numbers. Keys are numbers too: names are numbered, and kind, name and operand fit into 48 bits.
 */
import { limits } from '../../base/mod.ts';
import type { ElementKind, Expression } from './types.ts';

/** Operands nest at most this deep: a resolver may recurse over them, and real chains of calls stay below 20. */
const maxHeight = 32;

/** As `types.ts` promises for `either`, `first` and `collection`. */
export const maxOptions = 8;

/** Names and numbers of expressions stay below this: a file of 4 MiB has no more names than half its bytes. */
const radix = 2 ** 21;

const code = {
  name: 0,
  member: 1,
  call: 2,
  new: 3,
  instance: 4,
  self: 5,
  'self-type': 6,
  super: 7,
  literal: 8,
  subscript: 9,
  iterate: 10,
  unwrap: 11,
  object: 12,
  parameter: 13,
} as const;

export class Expressions {
  readonly list: Expression[] = [];
  /** Something was dropped because of `limits.symbolsPerFile`. */
  cut = false;
  readonly #heights: number[] = [];
  readonly #names = new Map<string, number>();
  readonly #known = new Map<number, number>();
  readonly #knownLists = new Map<string, number>();

  name(name: string, scope: number): number {
    const key = this.#key(code.name, this.#number(name), scope);
    return this.#known.get(key) ?? this.#add(key, { kind: 'name', name, scope }, 0);
  }

  /** @param object -1 when unknown */
  member(object: number, name: string): number {
    const key = this.#key(code.member, this.#number(name), object + 1);
    return this.#known.get(key) ?? this.#add(key, { kind: 'member', object, name }, this.#above(object));
  }

  call(callee: number): number {
    return this.#unary('call', callee, () => ({ kind: 'call', callee }));
  }

  new(callee: number): number {
    return this.#unary('new', callee, () => ({ kind: 'new', callee }));
  }

  instance(type: number): number {
    return this.#unary('instance', type, () => ({ kind: 'instance', type }));
  }

  /** @param index place in the container, or -1 */
  element(object: number, how: ElementKind, index = -1): number {
    if (object < 0) return -1;
    const at = index < 64 ? index : -1;
    const key = this.#key(code[how], at + 1, object);
    return this.#known.get(key) ?? this.#add(key, { kind: 'element', object, how, index: at }, this.#above(object));
  }

  /** @param scope the class scope itself; -1 outside classes gives -1 */
  self(kind: 'self' | 'self-type' | 'super' | 'object', scope: number): number {
    if (scope < 0) return -1;
    const key = this.#key(code[kind], 0, scope);
    return this.#known.get(key) ?? this.#add(key, { kind, scope }, 0);
  }

  literal(type: string): number {
    const key = this.#key(code.literal, this.#number(type), 0);
    return this.#known.get(key) ?? this.#add(key, { kind: 'literal', type }, 0);
  }

  applied(base: number, args: readonly number[]): number {
    const known = args.filter((arg) => arg >= 0).slice(0, maxOptions);
    if (base < 0 || known.length === 0) return base;
    return this.#ofList(`a ${base}`, [base, ...known], () => ({ kind: 'applied', base, args: known }));
  }

  collection(type: string, elements: readonly number[]): number {
    const known = type === 'tuple' ? elements.slice(0, maxOptions) : distinct(elements);
    if (!known.some((element) => element >= 0)) return this.literal(type);
    return this.#ofList(`c ${type}`, known, () => ({ kind: 'collection', type, elements: known }));
  }

  /** @returns the only option when there is one, -1 when there is none */
  either(options: readonly number[]): number {
    return this.#options('either', options);
  }

  first(options: readonly number[]): number {
    return this.#options('first', options);
  }

  #options(kind: 'either' | 'first', options: readonly number[]): number {
    const known = distinct(options);
    if (known.length < 2) return known[0] ?? -1;
    return this.#ofList(kind, known, () => ({ kind, options: known }));
  }

  #unary(kind: 'call' | 'new' | 'instance', operand: number, make: () => Expression): number {
    if (operand < 0) return -1;
    const key = this.#key(code[kind], 0, operand);
    return this.#known.get(key) ?? this.#add(key, make(), this.#above(operand));
  }

  #ofList(prefix: string, operands: readonly number[], make: () => Expression): number {
    const key = `${prefix} ${operands.join(' ')}`;
    const known = this.#knownLists.get(key);
    if (known !== undefined) return known;
    let height = 0;
    for (const operand of operands) height = Math.max(height, this.#above(operand));
    const index = this.#push(make(), height);
    this.#knownLists.set(key, index);
    return index;
  }

  #add(key: number, expression: Expression, height: number): number {
    const index = this.#push(expression, height);
    this.#known.set(key, index);
    return index;
  }

  #push(expression: Expression, height: number): number {
    if (height > maxHeight) return -1;
    if (this.list.length >= limits.symbolsPerFile) {
      this.cut = true;
      return -1;
    }
    this.list.push(expression);
    this.#heights.push(height);
    return this.list.length - 1;
  }

  #above(operand: number): number {
    return operand < 0 ? 1 : (this.#heights[operand] as number) + 1;
  }

  #key(kind: number, a: number, b: number): number {
    return (a * radix + b) * 16 + kind;
  }

  #number(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const fresh = this.#names.size;
    this.#names.set(name, fresh);
    return fresh;
  }
}

function distinct(options: readonly number[]): number[] {
  const out: number[] = [];
  for (const option of options) {
    if (option >= 0 && out.length < maxOptions && !out.includes(option)) out.push(option);
  }
  return out;
}
