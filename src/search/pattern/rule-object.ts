/**
 * A rule object as it stands in YAML, read into plain data.
 *
 * Names are ast-grep's. A name that is not known is refused, because a condition that is ignored lets everything through; what is known there and absent
 * here (`range`, selectors of several kinds) is refused by name.
 */
import { nearest, WinnowError } from '../../base/mod.ts';
import { type NthChildSpec, type RelationSpec, type RuleSpec, type Strictness, strictnesses } from '../../code/mod.ts';

/** What YAML says, each part with its line. */
export type Value =
  | { readonly kind: 'scalar'; readonly line: number; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly Value[] }
  | { readonly kind: 'map'; readonly line: number; readonly entries: ReadonlyMap<string, Value> };

/** Where a fault is told: the file, and the line in it. */
export interface Source {
  readonly file: string;
}

export const placeOf = ({ file }: Source, { line }: { readonly line: number }): string => `${file}, line ${line}`;

export const fault = (source: Source, value: { readonly line: number }, message: string): WinnowError =>
  new WinnowError('bad-data', `${placeOf(source, value)}: ${message}`, {
    details: { file: source.file, line: value.line },
  });

const relations = ['inside', 'has', 'precedes', 'follows'] as const;
const conditions = ['pattern', 'kind', 'regex', 'nthChild', 'all', 'any', 'not', 'matches', ...relations];

export class RuleReader {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  /** @param beside names that may stand beside the conditions */
  rule(value: Value, beside: readonly string[] = []): RuleSpec {
    const entries = this.map(value, 'a rule', [...conditions, ...beside]);
    const get = <T>(name: string, read: (value: Value) => T): T | undefined => {
      const given = entries.get(name);
      return given === undefined ? undefined : read(given);
    };
    const rules = (list: Value): RuleSpec[] => this.list(list, 'rules').map((part) => this.rule(part));
    const spec: RuleSpec = {
      at: placeOf(this.#source, value),
      pattern: get('pattern', (given) => this.#pattern(given)),
      kind: get('kind', (given) => this.#kind(given)),
      regex: get('regex', (given) => this.text(given, 'a regular expression')),
      nthChild: get('nthChild', (given) => this.#nthChild(given)),
      all: get('all', rules),
      any: get('any', rules),
      not: get('not', (given) => this.rule(given)),
      matches: get('matches', (given) => this.text(given, 'the name of a rule in `utils`')),
      inside: get('inside', (given) => this.#relation(given, true)),
      has: get('has', (given) => this.#relation(given, true)),
      precedes: get('precedes', (given) => this.#relation(given, false)),
      follows: get('follows', (given) => this.#relation(given, false)),
    };
    if (!conditions.some((name) => entries.has(name)))
      throw fault(this.#source, value, 'a rule has no condition; give it a pattern, a kind or a regex.');
    return spec;
  }

  #pattern(value: Value): NonNullable<RuleSpec['pattern']> {
    if (value.kind !== 'map') return { text: this.text(value, 'a pattern'), strictness: 'smart' };
    const entries = this.map(value, 'a pattern', ['context', 'selector', 'strictness']);
    const context = entries.get('context');
    if (context === undefined) throw fault(this.#source, value, 'a pattern of several parts needs its `context`.');
    const selector = entries.get('selector');
    const strictness = entries.get('strictness');
    return {
      text: this.text(context, 'a pattern'),
      selector: selector === undefined ? undefined : this.text(selector, 'a kind'),
      strictness: strictness === undefined ? 'smart' : this.#strictness(strictness),
    };
  }

  #strictness(value: Value): Strictness {
    const text = this.text(value, 'a strictness');
    const known = strictnesses.find((one) => one === text);
    if (known === undefined) throw this.#unknown(value, `"${text}" is no strictness.`, text, strictnesses);
    return known;
  }

  #kind(value: Value): string {
    const kind = this.text(value, 'a kind');
    if (!/^[\w]+$/.test(kind))
      throw fault(
        this.#source,
        value,
        `"${kind}" is no single kind; selectors of several are not read here. Use \`inside\`, \`has\` or \`follows\`.`,
      );
    return kind;
  }

  #relation(value: Value, field: boolean): RelationSpec {
    const rule = this.rule(value, field ? ['stopBy', 'field'] : ['stopBy']);
    const entries = value.kind === 'map' ? value.entries : new Map<string, Value>();
    const stop = entries.get('stopBy');
    const named = entries.get('field');
    return {
      rule,
      stopBy: stop === undefined ? 'neighbor' : this.#stopBy(stop),
      field: named === undefined ? undefined : this.text(named, 'the name of a field'),
    };
  }

  #stopBy(value: Value): RelationSpec['stopBy'] {
    if (value.kind === 'map') return this.rule(value);
    const text = this.text(value, 'neighbor, end or a rule');
    if (text !== 'neighbor' && text !== 'end')
      throw fault(this.#source, value, `\`stopBy\` is neighbor, end or a rule; it says "${text}".`);
    return text;
  }

  #nthChild(value: Value): NthChildSpec {
    if (value.kind !== 'map') return { ...this.#position(value), reverse: false };
    const entries = this.map(value, '`nthChild`', ['position', 'ofRule', 'reverse']);
    const position = entries.get('position');
    if (position === undefined) throw fault(this.#source, value, '`nthChild` needs its `position`.');
    const ofRule = entries.get('ofRule');
    const reverse = entries.get('reverse');
    return {
      ...this.#position(position),
      ofRule: ofRule === undefined ? undefined : this.rule(ofRule),
      reverse: reverse?.kind === 'scalar' && reverse.value === true,
    };
  }

  /** A number, or CSS's `2n+1`: one that some child can have, the first being 1. */
  #position(value: Value): { step: number; offset: number } {
    const position = this.#readPosition(value);
    if (position.step <= 0 && position.offset < 1)
      throw fault(this.#source, value, 'no child has this position; the first one is 1.');
    return position;
  }

  #readPosition(value: Value): { step: number; offset: number } {
    const text = value.kind === 'scalar' ? String(value.value).replaceAll(' ', '') : '';
    const whole = /^[+-]?\d{1,6}$/.exec(text);
    if (whole !== null) return { step: 0, offset: Number(text) };
    const [, sign, step, offset] = /^([+-]?)(\d{0,6})n([+-]\d{1,6})?$/i.exec(text) ?? [];
    if (sign === undefined) throw fault(this.#source, value, 'a position is a number or of the form 2n+1.');
    return { step: Number(`${sign}${step === '' ? 1 : step}`), offset: Number(offset ?? 0) };
  }

  map(value: Value, what: string, known: readonly string[]): ReadonlyMap<string, Value> {
    if (value.kind !== 'map') throw fault(this.#source, value, `expected ${what} with its parts by name.`);
    for (const [name, part] of value.entries)
      if (!known.includes(name)) throw this.#unknown(part, `${what} has no part "${name}" here.`, name, known);
    return value.entries;
  }

  list(value: Value, what: string): readonly Value[] {
    if (value.kind !== 'list') throw fault(this.#source, value, `expected a list of ${what}.`);
    return value.items;
  }

  text(value: Value, what: string): string {
    if (value.kind !== 'scalar' || value.value === null) throw fault(this.#source, value, `expected ${what}.`);
    return String(value.value);
  }

  #unknown(value: Value, message: string, wanted: string, known: readonly string[]): WinnowError {
    const near = nearest(wanted, known);
    return fault(this.#source, value, `${message}${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`);
  }
}
