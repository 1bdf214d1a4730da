/**
 * Values of expressions, found backwards: a name's from the writes that reach it, a parameter's from the calls in the file, a call's from what the
 * function gives back.
 *
 * Each expression is evaluated when something asks, and once. Loops of the program do not loop here: what depends on itself is unknown, but for text
 * that is put together element by element of something known. Where work passes a bound, what is left is unknown; that is told.
 */
import type { CodeFlow } from '../../code/mod.ts';
import type { Expression, Lowering, Source, Write } from './expression.ts';
import type { Invocation, Knowledge } from './knowledge.ts';
import { Reaching } from './reaching.ts';
import type { RiskTree } from './risktree.ts';
import { sliced } from './slices.ts';
import {
  type CallArguments,
  concat,
  joinLabels,
  labelsOf,
  list,
  named,
  number,
  signatureOf,
  textOf,
  union,
  unknown,
  unknownOf,
  type Value,
  type Values,
  withLabels,
} from './values.ts';

type Names = ReadonlyMap<string, Values>;

/** Steps for one reading of a file: 1 MB of ordinary code takes some 200,000. */
const mostSteps = 1_000_000;
/** Of these, steps with values given to a function: they are not kept, so a file full of calls would take them again and again. */
const mostGivenSteps = 200_000;
/** The same where the flow of data is not known, as a name may be anything then that is ever written to it, and following calls tells little more. */
const mostLooseSteps = 40_000;
/** Nested evaluations: past it the stack of this process is at risk. */
const mostDepth = 160;
/** Elements of a list that is worked through one by one: a kilobyte of characters, four times. */
const mostElements = 4096;
const mostWrites = 12;
/** Calls whose arguments a parameter may be; it may be anything where there are more. */
const mostCallers = 24;

export class Evaluator {
  readonly tree: RiskTree;
  readonly #lowering: Lowering;
  readonly #knowledge: Knowledge;
  readonly #known = new Map<number, Values>();
  readonly #running = new Set<number>();
  readonly #reaching: Reaching;
  readonly #callsOf = new Map<number, { args: CallArguments | null; offset: number; at: number }[]>();
  /** What functions of the file give, by their arguments. */
  readonly #applied = new Map<string, Values>();
  readonly #mostGivenSteps: number;
  #steps = 0;
  #givenSteps = 0;
  #depth = 0;
  /** How often something was left unknown because it was being worked out, or too much: what was found meanwhile may be found better later. */
  #cuts = 0;

  constructor(tree: RiskTree, lowering: Lowering, knowledge: Knowledge, flows: readonly CodeFlow[] | null) {
    this.tree = tree;
    this.#lowering = lowering;
    this.#mostGivenSteps = flows === null ? mostLooseSteps : mostGivenSteps;
    this.#knowledge = knowledge;
    this.#reaching = new Reaching(tree, lowering, flows);
  }

  /** Work was given up somewhere: what was not found may still be there. */
  get isExhausted(): boolean {
    return this.#steps > mostSteps;
  }

  expression(node: number): Expression {
    return this.#lowering.lower(this.tree, node);
  }

  writesOf(name: string): readonly Write[] {
    return this.#reaching.named(name);
  }

  /** Calls of a function of the file, told by whoever walks the calls. @param args null: those of the call itself @param at the call */
  noteCall(node: number, args: CallArguments | null, offset: number, at: number): void {
    const calls = this.#callsOf.get(node) ?? [];
    if (calls.length < 64) calls.push({ args, offset, at });
    this.#callsOf.set(node, calls);
  }

  callersOf(node: number): readonly number[] {
    return (this.#callsOf.get(node) ?? []).map(({ at }) => at);
  }

  isCalled(node: number): boolean {
    return this.#callsOf.has(node);
  }

  /** Forgets what was worked out: calls that have been noted since give parameters values. */
  forget(): void {
    this.#known.clear();
    this.#applied.clear();
    this.#steps = 0;
    this.#givenSteps = 0;
  }

  value(node: number, names: Names | null = null): Values {
    if (node < 0) return unknown;
    if (names === null) {
      const known = this.#known.get(node);
      if (known !== undefined) return known;
    }
    if (this.#running.has(node) && names === null) return this.#cut();
    if (++this.#steps > mostSteps || this.#depth >= mostDepth) return this.#cut();
    if (names !== null && ++this.#givenSteps > this.#mostGivenSteps) return this.value(node);
    this.#depth++;
    if (names === null) this.#running.add(node);
    const found = this.#evaluate(node, this.expression(node), names);
    if (names === null) {
      this.#running.delete(node);
      this.#known.set(node, found);
    }
    this.#depth--;
    return found;
  }

  #cut(): Values {
    this.#cuts++;
    return unknown;
  }

  arguments(node: number, names: Names | null = null): CallArguments {
    const expression = this.expression(node);
    if (expression.is !== 'call') return { positional: [], named: new Map() };
    const positional: Values[] = [];
    const byName = new Map<string, Values>();
    for (const { name, node: at, spread } of expression.args) {
      const value = this.value(at, names);
      if (name !== null) byName.set(name, value);
      else if (!spread) positional.push(value);
      else if (value.length === 1 && value[0]?.kind === 'list') positional.push(...value[0].items);
      else if (value.length === 1 && value[0]?.kind === 'map')
        for (const [key, one] of value[0].entries) byName.set(key, one);
      else positional.push(unknown, unknown);
    }
    return { positional, named: byName };
  }

  #evaluate(node: number, expression: Expression, names: Names | null): Values {
    switch (expression.is) {
      case 'constant':
        return [expression.value];
      case 'same':
        return this.value(expression.as, names);
      case 'name':
        return this.#name(expression.name, node, names);
      case 'member':
        return this.member(this.value(expression.of, names), expression.name, node);
      case 'index':
        return this.#index(this.value(expression.of, names), this.value(expression.key, names));
      case 'slice':
        return this.#slice(this.value(expression.of, names), expression.parts, names);
      case 'text':
        return concat(
          expression.parts.map((part) =>
            typeof part === 'string'
              ? [{ kind: 'text' as const, text: part, isPath: false, from: [] }]
              : this.value(part, names),
          ),
        );
      case 'sum':
        return this.#sum(expression.parts.map((part) => this.value(part, names)));
      case 'binary':
        return this.#binary(
          expression.operator,
          this.value(expression.left, names),
          this.value(expression.right, names),
        );
      case 'list':
        return [
          list(
            expression.items.flatMap(({ node: item, spread }) => {
              const value = this.value(item, names);
              if (!spread) return [value];
              const [only] = value;
              return only?.kind === 'list' ? only.items : [unknown];
            }),
          ),
        ];
      case 'map':
        return [
          {
            kind: 'map',
            from: [],
            entries: new Map(
              expression.entries.flatMap(({ key, value }) => {
                const names_ =
                  typeof key === 'string' ? [key] : this.value(key, names).flatMap((one) => textOf(one) ?? []);
                return names_.map((name) => [name, this.value(value, names)] as const);
              }),
            ),
          },
        ];
      case 'either':
        return union(expression.of.map((one) => this.value(one, names)));
      case 'function':
        return [{ kind: 'function', node: expression.node, from: [] }];
      case 'class':
        return [{ kind: 'class', node: expression.node, from: [] }];
      case 'each':
        return this.#each(expression, names);
      case 'call':
        return this.#call(node, expression, names);
      case 'other':
        return [unknownOf(labelsOf(expression.parts.slice(0, 16).flatMap((part) => [...this.value(part, names)])))];
    }
  }

  #name(name: string, node: number, names: Names | null): Values {
    const given = names?.get(name);
    if (given !== undefined) return given;
    const writes = this.#reaching.of(name, node);
    if (writes.length === 0) {
      if (this.#reaching.isLocal(name, node)) return unknown;
      const fromStar = this.#reaching.star.map((module) => named(`${module}.${name}`));
      return fromStar.length > 0 && !this.#isPlain(name) ? union([fromStar]) : this.#knowledge.global(name);
    }
    return union(writes.slice(0, mostWrites).map((write) => this.written(write, names)));
  }

  /** A name of the language itself goes before what `from module import *` may bring. */
  #isPlain(name: string): boolean {
    return (
      this.#reaching.star.every((module) => this.#knowledge.origin(`${module}.${name}`).length === 0) &&
      this.#knowledge.global(name)[0]?.kind === 'name' &&
      name.length > 2 &&
      /^(open|eval|exec|print|compile|input|__import__|getattr|range|len|str|int|map|chr|ord)$/.test(name)
    );
  }

  written(write: Write, names: Names | null): Values {
    const { source } = write;
    switch (source.is) {
      case 'value':
        return this.value(source.node, names);
      case 'part':
        return this.part(this.value(source.node, names), source.part);
      case 'inner':
        return this.part(this.written({ ...write, source: source.of }, names), source.part);
      case 'each': {
        const element = this.elements(this.value(source.node, names));
        return source.part === null ? element : this.part(element, source.part);
      }
      case 'more':
        return this.#more(write, source, names);
      case 'parameter':
        return this.#parameter(source, write.name);
      case 'import':
        return [named(source.name)];
      case 'function':
        return [{ kind: 'function', node: source.node, from: [] }];
      case 'class':
        return [{ kind: 'class', node: source.node, from: [] }];
      case 'unknown':
        return unknown;
    }
  }

  #more(write: Write, source: Source & { is: 'more' }, names: Names | null): Values {
    const key = -1 - write.start;
    if (this.#running.has(key)) return this.#cut();
    this.#running.add(key);
    try {
      const { writes, isRepeated } = this.#reaching.before(write);
      const first = writes.length === 0 ? unknown : union(writes.map((one) => this.written(one, names)));
      if (source.loop < 0 || !isRepeated) return this.#sum([first, this.value(source.node, names)]);
      const variable = this.tree.field(source.loop, 'left');
      const items = this.#items(this.value(this.tree.field(source.loop, 'right'), names));
      if (items === null) return this.#sum([first, [unknownOf(labelsOf(this.value(source.node, names)))]]);
      const parts = items.map((item) => this.value(source.node, this.#with(variable, item, names)));
      return this.#sum([first, ...parts]);
    } finally {
      this.#running.delete(key);
    }
  }

  #parameter({ of, place, otherwise, isRest }: Source & { is: 'parameter' }, name: string): Values {
    const key = -(2 ** 40) - of * 64 - Math.min(place, 63);
    if (this.#running.has(key)) return this.#cut();
    this.#running.add(key);
    const calls = this.#callsOf.get(of) ?? [];
    const own = otherwise >= 0 ? [this.value(otherwise)] : [];
    const given = calls.slice(0, mostCallers).map(({ args: noted, offset, at }) => {
      const args = noted ?? this.arguments(at);
      const found = isRest ? undefined : (args.named.get(name) ?? args.positional[place - offset]);
      return found ?? own[0] ?? unknown;
    });
    if (calls.length > mostCallers) given.push(unknown);
    this.#running.delete(key);
    return given.length === 0 ? union([...own, unknown]) : union(given);
  }

  /** Elements of a value that is known as a whole; null: it is not. */
  #items(values: Values): readonly Values[] | null {
    const [only] = values;
    if (values.length !== 1 || only === undefined) return null;
    if (only.kind === 'list') return only.items.length > mostElements ? null : only.items;
    if (only.kind !== 'text' || only.text.length > mostElements) return null;
    return [...only.text].map((letter) => [{ ...only, text: letter }]);
  }

  items(values: Values): readonly Values[] | null {
    return this.#items(values);
  }

  #with(variable: number, item: Values, names: Names | null): Names {
    const parts = this.tree.children(variable);
    const isPattern = this.tree.kind(variable) !== 'identifier' && parts.length > 0;
    const bound: [string, Values][] = isPattern
      ? parts.map((part, place) => [this.tree.text(part), this.part(item, place)])
      : [[this.tree.text(variable), item]];
    return new Map([...(names ?? []), ...bound]);
  }

  #each({ body, variable, over, isSure }: Expression & { is: 'each' }, names: Names | null): Values {
    const given = this.value(over, names);
    const items = isSure ? this.#items(given) : null;
    if (items === null || this.#depth > 40) {
      const one = this.value(body, this.#with(variable, this.elements(given), names));
      return [{ ...unknownOf(joinLabels(labelsOf(given), labelsOf(one))) }];
    }
    return [list(items.map((item) => this.value(body, this.#with(variable, item, names))))];
  }

  /** What may stand in it: of a list all elements, of what is not known the name of its elements. */
  elements(values: Values): Values {
    return union(
      values.map((value): Values => {
        if (value.kind === 'list') return value.items.length === 0 ? unknown : union(value.items.slice(0, 16));
        if (value.kind === 'map')
          return [...value.entries.keys()]
            .slice(0, 16)
            .map((key) => ({ kind: 'text' as const, text: key, isPath: false, from: value.from }));
        if (value.kind === 'name') return [named(`${value.name}[]`, null, value.from)];
        return [unknownOf(value.from)];
      }),
    );
  }

  part(values: Values, part: number | string): Values {
    return union(
      values.map((value): Values => {
        if (value.kind === 'list' && typeof part === 'number') return value.items.at(part) ?? unknown;
        if (value.kind === 'map') return value.entries.get(String(part)) ?? [unknownOf(value.from)];
        if (value.kind === 'text' && typeof part === 'number') {
          const letter = value.text.at(part);
          return letter === undefined ? unknown : [{ ...value, text: letter, from: joinLabels(value.from, ['built']) }];
        }
        if (typeof part === 'string') return this.member([value], part, -1);
        return value.kind === 'name' ? [named(`${value.name}[${part}]`, null, value.from)] : [unknownOf(value.from)];
      }),
    );
  }

  #index(of: Values, key: Values): Values {
    return union(
      key.flatMap((one) => {
        if (one.kind === 'number') return [this.part(of, one.number)];
        const name = one.kind === 'text' ? one.text : null;
        if (name === null) return [this.elements(of)];
        return [
          union(
            of.map((value): Values => {
              if (value.kind === 'map') return value.entries.get(name) ?? [unknownOf(value.from)];
              const labels = joinLabels(value.from, one.from);
              return withLabels(this.member([value], name, -1), labels);
            }),
          ),
        ];
      }),
    );
  }

  #slice(of: Values, parts: readonly [number, number, number], names: Names | null): Values {
    const places = parts.map((part) => {
      const [only] = part < 0 ? [] : this.value(part, names);
      return only?.kind === 'number' ? only.number : part < 0 ? undefined : null;
    });
    if (places.includes(null)) return [unknownOf(labelsOf(of))];
    const [from, to, step = 1] = places as (number | undefined)[];
    return of.map((value) => {
      if (value.kind !== 'text' && value.kind !== 'list') return unknownOf(value.from);
      const all: readonly unknown[] = value.kind === 'text' ? [...value.text] : value.items;
      const cut = sliced(all, from, to, step);
      return value.kind === 'text'
        ? { ...value, text: (cut as string[]).join(''), from: joinLabels(value.from, ['built']) }
        : { ...value, items: cut as Values[] };
    });
  }

  #sum(parts: readonly Values[]): Values {
    const flat = parts.map((part) => (part.length === 1 ? part[0] : undefined));
    if (flat.every((value) => value?.kind === 'number'))
      return [number(flat.reduce((sum, value) => sum + (value as { number: number }).number, 0))];
    if (flat.every((value) => value?.kind === 'list'))
      return [list(flat.flatMap((value) => (value as { items: readonly Values[] }).items))];
    const isText = parts.some((part) => part.some((value) => value.kind === 'text'));
    return isText ? withLabels(concat(parts), ['built']) : [unknownOf(labelsOf(parts.flat()))];
  }

  #binary(operator: string, left: Values, right: Values): Values {
    if (left.length * right.length > 64) return [unknownOf(labelsOf([...left, ...right]))];
    return union([
      left.flatMap((a) => right.map((b) => this.#knowledge.operator(operator, a, b) ?? unknownOf(labelsOf([a, b])))),
    ]);
  }

  member(of: Values, name: string, node: number): Values {
    return union(of.map((value): Values => this.#memberOf(value, name, node)));
  }

  #memberOf(value: Value, name: string, node: number): Values {
    const known = this.#knowledge.member(value, name);
    if (known !== null) return known;
    switch (value.kind) {
      case 'name': {
        const full = `${value.name}.${name}`;
        return [
          { kind: 'name', name: full, args: value.args, from: joinLabels(value.from, this.#knowledge.origin(full)) },
        ];
      }
      case 'map':
        return value.entries.get(name) ?? [{ kind: 'method', self: value, name, from: value.from }];
      case 'instance':
      case 'class':
      case 'unknown': {
        const own = this.#ownMember(value, name, node);
        return own ?? [{ kind: 'method', self: value, name, from: value.from }];
      }
      default:
        return [{ kind: 'method', self: value, name, from: value.from }];
    }
  }

  /** Members by their name alone: what any class of the file gives it. */
  #ownMember(value: Value, name: string, node: number): Values | null {
    const members = this.#reaching.named(`.${name}`).filter((write) => write.source.is !== 'unknown');
    const methods = this.#reaching.named(name).filter((write) => {
      const isMember = write.source.is === 'function' || write.source.is === 'value';
      if (!isMember || !/class/.test(this.tree.kind(write.scope))) return false;
      return value.kind !== 'instance' && value.kind !== 'class'
        ? true
        : write.scope === value.node || members.length === 0;
    });
    const writes = [...members, ...methods];
    if (writes.length === 0 || node === -2) return null;
    return withLabels(union(writes.slice(0, mostWrites).map((write) => this.written(write, null))), value.from);
  }

  #call(node: number, expression: Expression & { is: 'call' }, names: Names | null): Values {
    const callees = this.value(expression.callee, names);
    const args = this.arguments(node, names);
    return union(callees.map((callee) => this.result(callee, args)));
  }

  /** What a call calls in truth: arguments that were bound go before those given, and what calls another thing for its caller stands aside. */
  invoked(callee: Value, args: CallArguments, depth = 0): readonly Invocation[] {
    if (depth > 4) return [[callee, args]];
    if (callee.kind === 'bound') {
      const positional = [...callee.args.positional, ...args.positional];
      return this.invoked(callee.to, { positional, named: new Map([...callee.args.named, ...args.named]) }, depth + 1);
    }
    const forwarded = this.#knowledge.forward(callee, args);
    return forwarded === null
      ? [[callee, args]]
      : forwarded.slice(0, mostWrites).flatMap(([value, given]) => this.invoked(value, given, depth + 1));
  }

  /** What a call gives. */
  result(callee: Value, args: CallArguments): Values {
    return union(this.invoked(callee, args).map(([value, given]) => this.#resultOf(value, given)));
  }

  #resultOf(callee: Value, args: CallArguments): Values {
    const labels = (): Value['from'] => labelsOf([...args.positional.flat(), ...[...args.named.values()].flat()]);
    switch (callee.kind) {
      case 'name': {
        const known = this.#knowledge.call(callee.name, args, this);
        if (known !== null)
          return withLabels(
            known,
            callee.from.filter((label) => label === 'secret' || label === 'network'),
          );
        const name = `${callee.name}()`;
        return [named(name, args, joinLabels(joinLabels(callee.from, this.#knowledge.origin(name)), labels()))];
      }
      case 'method': {
        const known = this.#knowledge.method(callee.self, callee.name, args, this);
        return known ?? [unknownOf(joinLabels(labelsOf([callee.self]), labels()))];
      }
      case 'class':
        return [{ kind: 'instance', node: callee.node, from: labels() }];
      case 'function':
        return this.apply(callee.node, args);
      default:
        return [unknownOf(joinLabels(callee.from, labels()))];
    }
  }

  /** A function of the file with these arguments. */
  apply(node: number, args: CallArguments): Values {
    const key = -(2 ** 41) - node;
    if (this.#running.has(key) || this.#depth > mostDepth / 2) return this.#cut();
    const signature = signatureOf(args);
    const place = signature === null ? null : `${node} ${signature}`;
    const known = place === null ? undefined : this.#applied.get(place);
    if (known !== undefined) return known;
    const cuts = this.#cuts;
    this.#running.add(key);
    const names = new Map<string, Values>();
    let hasParameters = false;
    for (const write of this.#reaching.parametersOf(node)) {
      hasParameters = true;
      const { source, name } = write;
      if (source.is !== 'parameter' || source.isRest) continue;
      const given = args.named.get(name) ?? args.positional[source.place];
      const isRewritten = this.#reaching.countIn(name, node) > 1;
      if (given !== undefined && !isRewritten) names.set(name, given);
    }
    const values = this.#lowering.returns(this.tree, node).slice(0, mostWrites);
    const found =
      values.length === 0
        ? [named('None')]
        : union(values.map((one) => this.value(one, hasParameters && names.size > 0 ? names : null)));
    this.#running.delete(key);
    if (place !== null && cuts === this.#cuts) this.#applied.set(place, found);
    return found;
  }
}
