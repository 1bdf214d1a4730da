/**
 * Ties a rule to a language: whatever cannot be meant is refused here, before any file is read.
 *
 * Utilities may refer to each other, but not in a circle of `matches`, `all`, `any` and `not`: such a rule would ask itself about the same node for ever.
 * Through a relation it asks about another node, which ends.
 */
import { nearest, WinnowError } from '../../base/mod.ts';
import type { Grammar } from '../tree/engine.ts';
import { errorSymbol } from '../tree/tree.ts';
import { readPattern } from './goal.ts';
import type { ReadRegex, Relation, Rule } from './rule.ts';
import type { PatternSpec, RelationSpec, RuleSet, RuleSpec } from './spec.ts';

export interface CompiledRule {
  readonly rule: Rule;
  readonly constraints: ReadonlyMap<string, Rule>;
  /** What patterns lack and the parser put in. */
  readonly supposed: readonly string[];
}

/** @throws WinnowError `bad-query`, with where in the rule and what would be right */
export function compileRule(grammar: Grammar, language: string, set: RuleSet, readRegex: ReadRegex): CompiledRule {
  return new Compiling(grammar, language, set, readRegex).all();
}

class Compiling {
  readonly #grammar: Grammar;
  readonly #language: string;
  readonly #set: RuleSet;
  readonly #readRegex: ReadRegex;
  readonly #supposed = new Set<string>();
  readonly #utilities = new Map<string, { rule: Rule | null }>();

  constructor(grammar: Grammar, language: string, set: RuleSet, readRegex: ReadRegex) {
    this.#grammar = grammar;
    this.#language = language;
    this.#set = set;
    this.#readRegex = readRegex;
  }

  all(): CompiledRule {
    const { rule, utils, constraints } = this.#set;
    for (const name of utils.keys()) refuseCircle(name, utils, []);
    for (const name of utils.keys()) this.#utilities.set(name, { rule: null });
    for (const [name, spec] of utils) (this.#utilities.get(name) as { rule: Rule | null }).rule = this.#rule(spec);
    const compiled = this.#rule(rule);
    const limited = new Map([...constraints].map(([name, spec]) => [name, this.#rule(spec)]));
    const names = new Set<string>();
    for (const one of [compiled, ...limited.values(), ...[...this.#utilities.values()].map((utility) => utility.rule)])
      namesIn(one as Rule, names);
    for (const [name, spec] of constraints)
      if (!names.has(name))
        throw fault(
          spec,
          `no pattern has $${name}, which is constrained.${names.size === 0 ? '' : ` There is ${[...names].map((one) => `$${one}`).join(', ')}.`}`,
        );
    return { rule: compiled, constraints: limited, supposed: [...this.#supposed] };
  }

  /** Its conditions in the order that ast-grep asks them: the node itself, combinations, then its surroundings. */
  #rule(spec: RuleSpec): Rule {
    const rules: Rule[] = [];
    const { pattern, kind, regex, nthChild, all, any, not, matches } = spec;
    if (pattern !== undefined) rules.push(this.#pattern(pattern, spec));
    if (kind !== undefined) rules.push({ kind: 'kind', symbols: this.#symbols(kind, spec) });
    if (regex !== undefined) rules.push({ kind: 'regex', test: this.#regex(regex, spec), source: regex });
    if (nthChild !== undefined) {
      const { step, offset, reverse, ofRule } = nthChild;
      rules.push({
        kind: 'nth-child',
        step,
        offset,
        reverse,
        ofRule: ofRule === undefined ? null : this.#rule(ofRule),
      });
    }
    if (all !== undefined) rules.push({ kind: 'all', rules: all.map((part) => this.#rule(part)) });
    if (any !== undefined) rules.push({ kind: 'any', rules: any.map((part) => this.#rule(part)) });
    if (not !== undefined) rules.push({ kind: 'not', rule: this.#rule(not) });
    if (matches !== undefined) rules.push({ kind: 'matches', utility: this.#utility(matches, spec) });
    for (const name of ['inside', 'has', 'precedes', 'follows'] as const) {
      const relation = spec[name];
      if (relation !== undefined) rules.push({ kind: name, relation: this.#relation(relation, spec) });
    }
    if (rules.length === 0) throw fault(spec, 'a rule has no condition; give it a pattern, a kind or a regex.');
    return rules.length === 1 ? (rules[0] as Rule) : { kind: 'all', rules };
  }

  #pattern(pattern: PatternSpec, spec: RuleSpec): Rule {
    const meanings = readPattern(this.#grammar, this.#language, pattern, spec.at);
    for (const { supposed } of meanings) for (const kind of supposed) this.#supposed.add(kind);
    const rules = meanings.map((meaning): Rule => ({ kind: 'pattern', pattern: meaning }));
    return rules.length === 1 ? (rules[0] as Rule) : { kind: 'any', rules };
  }

  #symbols(kind: string, spec: RuleSpec): ReadonlySet<number> {
    if (kind === 'ERROR') return new Set([errorSymbol]);
    const { kinds, named } = this.#grammar.names;
    const symbols = new Set(kinds.flatMap((name, id) => (name === kind && named[id] === 1 ? [id] : [])));
    if (symbols.size === 0) {
      const all = kinds.filter((_, id) => named[id] === 1);
      throw unknown(spec, `${this.#language} has no kind "${kind}".`, kind, all);
    }
    return symbols;
  }

  #regex(source: string, spec: RuleSpec): (text: string) => boolean {
    try {
      return this.#readRegex(source);
    } catch (cause) {
      if (cause instanceof WinnowError) throw fault(spec, cause.message);
      throw cause;
    }
  }

  #utility(name: string, spec: RuleSpec): { rule: Rule | null } {
    const utility = this.#utilities.get(name);
    if (utility === undefined)
      throw unknown(spec, `no rule "${name}" is among the utils.`, name, [...this.#utilities.keys()]);
    return utility;
  }

  #relation({ rule, stopBy, field }: RelationSpec, spec: RuleSpec): Relation {
    const { fields } = this.#grammar.names;
    const number = field === undefined ? null : fields.get(field);
    if (number === undefined)
      throw unknown(spec, `${this.#language} has no field "${field}".`, field as string, [...fields.keys()]);
    return { rule: this.#rule(rule), stopBy: typeof stopBy === 'string' ? stopBy : this.#rule(stopBy), field: number };
  }
}

const fault = ({ at }: RuleSpec, message: string): WinnowError => new WinnowError('bad-query', `${at}: ${message}`);

function unknown({ at }: RuleSpec, message: string, wanted: string, known: readonly string[]): WinnowError {
  const near = [...new Set(nearest(wanted, known))].slice(0, 5);
  const hint = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : '';
  return new WinnowError('bad-query', `${at}: ${message}${hint}`, { details: { wanted, nearest: near } });
}

/** @throws WinnowError when a utility asks itself about the same node */
function refuseCircle(name: string, utils: ReadonlyMap<string, RuleSpec>, above: readonly string[]): void {
  const spec = utils.get(name);
  if (spec === undefined) return;
  if (above.includes(name))
    throw fault(
      spec,
      `the utils ${[...above.slice(above.indexOf(name)), name].join(' → ')} refer to each other in a circle.`,
    );
  const visit = ({ matches, all = [], any = [], not }: RuleSpec): void => {
    if (matches !== undefined) refuseCircle(matches, utils, [...above, name]);
    for (const part of [...all, ...any, ...(not === undefined ? [] : [not])]) visit(part);
  };
  visit(spec);
}

function namesIn(rule: Rule, names: Set<string>): void {
  if (rule.kind === 'pattern') for (const name of rule.pattern.names) names.add(name);
  else if (rule.kind === 'all' || rule.kind === 'any') for (const part of rule.rules) namesIn(part, names);
  else if (rule.kind === 'not') namesIn(rule.rule, names);
  else if (rule.kind === 'nth-child') {
    if (rule.ofRule !== null) namesIn(rule.ofRule, names);
  } else if ('relation' in rule) {
    namesIn(rule.relation.rule, names);
    if (typeof rule.relation.stopBy !== 'string') namesIn(rule.relation.stopBy, names);
  }
}
