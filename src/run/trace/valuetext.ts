/**
 * Values of a trace as a person writes them in the language that ran.
 *
 * An object is written out to a given depth, as the states say it is at that time; within itself it is `…`. What the recording cut is cut here
 * too, and shows `…`.
 */
import { keyText, type ObjectState, type TraceStates } from './states.ts';
import type { Value } from './types.ts';

export interface ValueTextOptions {
  /** Objects within objects that are written out. */
  readonly depth: number;
  /** Characters at most; the rest is `…`. */
  readonly length: number;
}

export function valueText(
  value: Value,
  states: Pick<TraceStates, 'objects'>,
  language: string,
  { depth, length }: ValueTextOptions,
): string {
  const text = new Writer(states, language).text(value, depth, []);
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}

/** Words of languages that differ. */
const words: Readonly<Record<string, { readonly none: string; readonly yes: string; readonly no: string }>> = {
  python: { none: 'None', yes: 'True', no: 'False' },
  ruby: { none: 'nil', yes: 'true', no: 'false' },
  lua: { none: 'nil', yes: 'true', no: 'false' },
};
const usual = { none: 'null', yes: 'true', no: 'false' };

class Writer {
  readonly #states: Pick<TraceStates, 'objects'>;
  readonly #words: { readonly none: string; readonly yes: string; readonly no: string };
  readonly #isPython: boolean;

  constructor(states: Pick<TraceStates, 'objects'>, language: string) {
    this.#states = states;
    this.#words = words[language] ?? usual;
    this.#isPython = language === 'python';
  }

  text(value: Value, depth: number, around: readonly number[]): string {
    if (value === null) return this.#words.none;
    if (typeof value === 'boolean') return value ? this.#words.yes : this.#words.no;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string') return this.#string(value);
    if ('r' in value) return this.#object(value.r, depth, around);
    if ('f' in value) return this.#fraction(value.f);
    if ('items' in value) {
      const items = value.items.map((item) => this.text(item, depth, around));
      if (value.n !== undefined && value.n > items.length) items.push('…');
      const inside = items.length === 1 && value.t === 'tuple' ? `${items[0]},` : items.join(', ');
      return value.t === 'tuple' ? `(${inside})` : `${value.t}(${inside})`;
    }
    return this.#other(value);
  }

  #string(text: string): string {
    const quoted = JSON.stringify(text);
    if (!this.#isPython || text.includes("'")) return quoted;
    return `'${quoted.slice(1, -1).replaceAll('\\"', '"')}'`;
  }

  #fraction(f: number | string): string {
    if (typeof f === 'string') return f === '-0' && this.#isPython ? '-0.0' : f;
    const text = String(f).replace(/e([+-])(\d)$/, 'e$10$2');
    return this.#isPython && /^-?\d+$/.test(text) ? `${text}.0` : text;
  }

  #other({ t, v, n }: { readonly t: string; readonly v: string; readonly n?: number }): string {
    if (t === 'int' || t === 'bigint' || t === 'complex' || t === 'range' || t === 'ellipsis') return v;
    if (t === 'str' || t === 'string') return `${this.#string(v)}…`;
    if (t === 'bytes') return `b${this.#string(v)}${n === undefined ? '' : '…'}`;
    if (t === 'undefined') return t;
    if (v === '' && n !== undefined) return `<${t} of ${n}>`;
    return v === '' ? `<${t}>` : `<${t} ${v}>`;
  }

  #object(number: number, depth: number, around: readonly number[]): string {
    const held = this.#states.objects.get(number);
    if (held === undefined) return '<?>';
    if (around.includes(number)) return '…';
    if (depth <= 0 && held.size > 0) return `<${held.type} of ${held.size}>`;
    return this.#written(held, depth - 1, [...around, number]);
  }

  #written(held: ObjectState, depth: number, around: readonly number[]): string {
    const { type, form, size } = held;
    const entries = [...held.entries.values()];
    const parts = entries.map(({ key, value }) => {
      const text = this.text(value, depth, around);
      if (form === 'sequence' || form === 'set') return text;
      if (form === 'record')
        return `${typeof key === 'string' ? key : keyText(form, key)}${type === 'Object' ? ': ' : '='}${text}`;
      return `${this.text(key, depth, around)}: ${text}`;
    });
    if (size > entries.length) parts.push('…');
    const inside = parts.join(', ');
    if (form === 'record') return type === 'Object' ? `{${inside}}` : `${type}(${inside})`;
    if (form === 'sequence') return plainSequences.has(type) ? `[${inside}]` : `${type}([${inside}])`;
    if (form === 'set') return type === 'set' ? (size === 0 ? 'set()' : `{${inside}}`) : `${type}({${inside}})`;
    return type === 'dict' || type === 'Hash' || type === 'table' ? `{${inside}}` : `${type}({${inside}})`;
  }
}

const plainSequences = new Set(['list', 'Array', 'table']);
