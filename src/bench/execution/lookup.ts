/**
 * What an expression was worth at a moment of a run, out of its trace: `x`, `self.items[0]`, `(i, j)`.
 *
 * Names, attributes, indices (with `+` and `-`) and tuples of them, over what the trace has said up to then. Nothing is run. A value that the recording cut, and
 * one that no literal can say (a function, an object of a class of the program's), is `unknown`: then nothing is asked about it.
 */
import type { FrameState, TraceCode, TraceStates, Value } from '../../run/mod.ts';
import { keyOf, type Literal } from './literal.ts';

export type Found =
  | { readonly kind: 'value'; readonly value: Value }
  /** There is no such variable, key or index then. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

export interface Held {
  /** Variables of the frame, before those of the file. */
  readonly variables: ReadonlyMap<string, Value>;
  readonly globals: ReadonlyMap<string, Value>;
  readonly objects: TraceStates['objects'];
}

/** What an activation sees: its own variables, and those of its file, which are the own ones of the activation that ran the file. */
export function heldIn(frame: FrameState, states: TraceStates, codes: readonly TraceCode[]): Held {
  const file = codes[frame.code]?.file;
  const outer = [...states.frames.values()].filter(
    ({ code }) => codes[code]?.kind === 'module' && codes[code]?.file === file,
  );
  const globals = new Map([...outer.flatMap(({ variables }) => [...variables]), ...states.globals]);
  return { variables: frame.variables, globals, objects: states.objects };
}

const none: Found = { kind: 'none' };
const unknown: Found = { kind: 'unknown' };

/** @param expression in the language of this file's header; anything else is `unknown` */
export function lookUp(expression: string, held: Held): Found {
  const reader = new Expression(expression, held);
  const found = reader.whole();
  return found ?? unknown;
}

class Expression {
  readonly #tokens: readonly string[];
  readonly #held: Held;
  #at = 0;

  constructor(text: string, held: Held) {
    this.#tokens = text.match(/[A-Za-z_]\w*|\d+|'[^'\\]*'|"[^"\\]*"|\S/g) ?? [];
    this.#held = held;
  }

  whole(): Found | null {
    const found = this.#list();
    return found !== null && this.#at === this.#tokens.length ? found : null;
  }

  #takes(mark: string): boolean {
    if (this.#tokens[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  /** One, or a tuple of several. */
  #list(): Found | null {
    const items: Found[] = [];
    let isTuple = false;
    do {
      const item = this.#sum();
      if (item === null) return null;
      items.push(item);
      if (this.#tokens[this.#at] === ',') isTuple = true;
    } while (this.#takes(','));
    if (!isTuple) return items[0] as Found;
    const bad = items.find(({ kind }) => kind !== 'value');
    if (bad !== undefined) return bad;
    return { kind: 'value', value: { t: 'tuple', items: items.map((item) => (item as { value: Value }).value) } };
  }

  #one(): Found | null {
    const token = this.#tokens[this.#at++] ?? '';
    let found: Found;
    if (/^\d+$/.test(token)) return { kind: 'value', value: Number(token) };
    if (/^['"]/.test(token)) return { kind: 'value', value: token.slice(1, -1) };
    if (token === '-') {
      const inner = this.#one();
      return inner?.kind === 'value' && typeof inner.value === 'number' ? { kind: 'value', value: -inner.value } : null;
    }
    if (token === '(') {
      const inner = this.#list();
      if (inner === null || !this.#takes(')')) return null;
      found = inner;
    } else if (/^[A-Za-z_]/.test(token)) {
      const value = this.#held.variables.get(token) ?? this.#held.globals.get(token);
      found = value === undefined ? none : { kind: 'value', value };
    } else return null;
    for (;;) {
      if (this.#takes('.')) found = this.#part(found, this.#tokens[this.#at++] ?? '', true);
      else if (this.#takes('[')) {
        const key = this.#list();
        if (key === null || !this.#takes(']')) return null;
        found = key.kind === 'value' ? this.#part(found, key.value, false) : key;
      } else return found;
    }
  }

  /** `i - 1`: what indices are made of. */
  #sum(): Found | null {
    let left = this.#one();
    for (
      let sign = this.#tokens[this.#at];
      left !== null && (sign === '+' || sign === '-');
      sign = this.#tokens[this.#at]
    ) {
      this.#at++;
      const right = this.#one();
      if (right === null) return null;
      if (left.kind !== 'value' || right.kind !== 'value') return left.kind === 'value' ? right : left;
      if (typeof left.value !== 'number' || typeof right.value !== 'number') return unknown;
      left = { kind: 'value', value: left.value + (sign === '+' ? right.value : -right.value) };
    }
    return left;
  }

  #part(of: Found, key: Value, isAttribute: boolean): Found {
    if (of.kind !== 'value') return of;
    const { value } = of;
    if (value === null || typeof value !== 'object') return unknown;
    if ('items' in value) return indexed(value.items, key, value.n ?? value.items.length);
    if (!('r' in value)) return unknown;
    const object = this.#held.objects.get(value.r);
    if (object === undefined || isAttribute !== (object.form === 'record') || object.form === 'set') return unknown;
    const entries = [...object.entries.values()];
    if (object.form === 'sequence')
      return indexed(
        entries.map((entry) => entry.value),
        key,
        object.size,
      );
    const wanted = this.#key(key);
    const at = wanted === null ? undefined : entries.find((entry) => this.#key(entry.key) === wanted);
    if (at !== undefined) return { kind: 'value', value: at.value };
    return wanted === null || object.size > entries.length ? unknown : none;
  }

  #key(value: Value): string | null {
    const literal = literalOf(value, this.#held.objects);
    return literal === null ? null : keyOf(literal, 'equal');
  }
}

function indexed(items: readonly Value[], key: Value, size: number): Found {
  if (typeof key !== 'number' || !Number.isInteger(key)) return unknown;
  const at = key < 0 ? size + key : key;
  if (at < 0 || at >= size) return none;
  const value = items[at];
  return value === undefined ? unknown : { kind: 'value', value };
}

/** A value of a trace of Python as a literal. @returns null when a part was cut, or is of a kind that no literal says */
export function literalOf(
  value: Value,
  objects: TraceStates['objects'],
  around: readonly number[] = [],
): Literal | null {
  if (value === null) return { kind: 'None' };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (typeof value === 'number') return { kind: 'int', value: BigInt(value) };
  if (typeof value === 'string') return { kind: 'str', value };
  if ('f' in value)
    return {
      kind: 'float',
      value: Number(({ inf: Infinity, '-inf': -Infinity } as Record<string, number>)[value.f] ?? value.f),
    };
  if ('items' in value) {
    if (value.t !== 'tuple' || value.n !== undefined) return null;
    const items = all(value.items.map((item) => literalOf(item, objects, around)));
    return items === null ? null : { kind: 'tuple', items };
  }
  if ('t' in value) {
    if (value.n !== undefined) return null;
    if (value.t === 'int') return { kind: 'int', value: BigInt(value.v) };
    return value.t === 'bytes' ? { kind: 'bytes', value: value.v } : null;
  }
  const held = objects.get(value.r);
  // One that holds itself cannot be written.
  if (held === undefined || around.includes(value.r) || held.size > held.entries.size) return null;
  const inside = [...around, value.r];
  const entries = [...held.entries.values()];
  const values = all(entries.map((entry) => literalOf(entry.value, objects, inside)));
  if (values === null) return null;
  if (held.form === 'sequence' || held.form === 'set') {
    if (held.type === 'list' || held.type === 'set' || held.type === 'frozenset')
      return { kind: held.type, items: values };
    return held.type === 'deque' ? { kind: 'object', name: 'deque', items: [{ kind: 'list', items: values }] } : null;
  }
  if (held.form !== 'mapping') return null;
  const keys = all(entries.map((entry) => literalOf(entry.key, objects, inside)));
  if (keys === null) return null;
  const dict: Literal = { kind: 'dict', entries: keys.map((key, at) => [key, values[at] as Literal]) };
  if (held.type === 'dict') return dict;
  return /^(Counter|OrderedDict|defaultdict)$/.test(held.type)
    ? { kind: 'object', name: held.type, items: [dict] }
    : null;
}

const all = <T>(values: readonly (T | null)[]): T[] | null =>
  values.every((value) => value !== null) ? (values as T[]) : null;

/** What Python's `type(value).__name__` says, where the trace knows. */
export function typeOf(value: Value, objects: TraceStates['objects']): string | null {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'string') return 'str';
  if ('f' in value) return 'float';
  return 't' in value ? value.t : (objects.get(value.r)?.type ?? null);
}
