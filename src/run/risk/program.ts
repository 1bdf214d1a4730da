/**
 * Findings of one program in Python or JavaScript: every call is looked at with the values of what is called and given.
 *
 * First calls of the file's own functions are noted, so that parameters have values; then effects are told. Texts that are code are
 * gathered for whoever reads on (`assess.ts`); nothing is parsed here.
 */
import type { CodeFlow } from '../../code/mod.ts';
import type { Effect, SeenCall, Told } from './effects.ts';
import { Evaluator } from './evaluate.ts';
import type { Lowering } from './expression.ts';
import type { Knowledge } from './knowledge.ts';
import type { RiskTree } from './risktree.ts';
import { type CallArguments, named, unknown, type Value } from './values.ts';

/** A place at which something was seen. */
export interface Seen extends Told {
  readonly node: number;
}

export interface TextOfCode {
  readonly language: 'python' | 'javascript' | 'bash';
  readonly text: string;
  readonly what: string;
  readonly node: number;
}

export interface ProgramReading {
  readonly found: readonly Seen[];
  readonly unread: readonly { readonly reason: string; readonly node: number }[];
  readonly texts: readonly TextOfCode[];
  /** Files of the program's own that it runs as code. */
  readonly started: readonly {
    readonly path: string;
    readonly language: TextOfCode['language'] | null;
    readonly node: number;
  }[];
  /** Functions that something in the file calls. */
  isCalled(node: number): boolean;
  /** Calls, and the functions of the file that they may reach. */
  readonly links: readonly { readonly call: number; readonly definition: number }[];
  readonly isExhausted: boolean;
}

export interface ProgramLanguage {
  readonly lowering: Lowering;
  readonly knowledge: Knowledge;
  effectOf(name: string): Effect | null;
  /** What is told of a node that is no call; calls as well, before their effects. */
  look(node: number, evaluator: Evaluator, tell: (told: Told) => void): void;
  /** Of a method of a text or an unknown thing: the name under which its effect is known. */
  methodName(self: Value, name: string): string | null;
  /** The function that making an object calls, and how many parameters come before its arguments. */
  constructorOf(tree: RiskTree, node: number): { readonly node: number; readonly offset: number } | null;
  /** Parameters of a method that its caller does not write: Python's `self`. */
  readonly ownParameters: number;
  /** Calls that the language makes by itself of what a definition gives back. */
  impliedCalls(node: number, evaluator: Evaluator): readonly { readonly callee: Value; readonly args: CallArguments }[];
  /** A loop that goes on for ever. */
  isEndless(tree: RiskTree, node: number): boolean;
  readonly loops: ReadonlySet<string>;
}

/** Findings of one file past these say no more. */
const mostFindings = 2000;

export function readProgram(
  tree: RiskTree,
  language: ProgramLanguage,
  flows: readonly CodeFlow[] | null,
): ProgramReading {
  const evaluator = new Evaluator(tree, language.lowering, language.knowledge, flows);
  const calls: number[] = [];
  for (let node = 0; node < tree.size; node++) if (language.lowering.isCall(tree.kind(node))) calls.push(node);
  const links: { call: number; definition: number }[] = [];
  for (const node of calls)
    noteCall(node, tree, evaluator, language, (definition) => links.push({ call: node, definition }));
  evaluator.forget();
  const found: Seen[] = [];
  const unread: { reason: string; node: number }[] = [];
  const texts: TextOfCode[] = [];
  const seen = new Set<string>();
  const tellAt =
    (node: number) =>
    (told: Told): void => {
      const key = `${node} ${told.category} ${told.act} ${told.target} ${told.reason}`;
      if (seen.has(key) || found.length >= mostFindings) return;
      seen.add(key);
      found.push({ ...told, node });
    };
  const endless = endlessLoops(tree, language);
  const isCall = new Set(calls);
  for (let node = 0; node < tree.size; node++) {
    language.look(node, evaluator, tellAt(node));
    const act = (callee: Value, given: CallArguments, depth: number): void => {
      const self = callee.kind === 'method' ? callee.self : callee.kind === 'name' ? callee : null;
      const name =
        callee.kind === 'name'
          ? callee.name
          : callee.kind === 'method'
            ? language.methodName(callee.self, callee.name)
            : null;
      const effect = name === null ? null : language.effectOf(name);
      if (name !== null && effect !== null) {
        const call: SeenCall = {
          name,
          args: given,
          self,
          isEndless: endless.has(node),
          tell: tellAt(node),
          read: (to, text, what) => {
            const key = `${to} ${text}`;
            if (texts.length < 200 && !seen.has(`${node} ${key}`)) {
              seen.add(`${node} ${key}`);
              texts.push({ language: to, text, what, node });
            }
          },
          unread: (reason) => {
            if (!seen.has(`${node} ${reason}`) && unread.length < mostFindings) unread.push({ reason, node });
            seen.add(`${node} ${reason}`);
          },
        };
        effect(call);
      }
      if (depth > 0) return;
      for (const [handed, forwarded] of handedOn(callee, given, evaluator))
        for (const [value, whole] of evaluator.invoked(handed, forwarded)) act(value, whole, depth + 1);
    };
    for (const { callee, args } of language.impliedCalls(node, evaluator)) act(callee, args, 0);
    if (!isCall.has(node)) continue;
    const args = evaluator.arguments(node);
    const expression = evaluator.expression(node);
    if (expression.is !== 'call') continue;
    for (const callee of evaluator.value(expression.callee))
      for (const [value, given] of evaluator.invoked(callee, args)) act(value, given, 0);
  }
  return {
    found,
    unread,
    texts,
    started: [],
    isCalled: (node) => evaluator.isCalled(node),
    links,
    isExhausted: evaluator.isExhausted,
  };
}

/** Things with effects that are given to another function, which may call them: `Thread(target=os.system, args=(…))`, `map(os.remove, names)`. */
function* handedOn(
  callee: Value,
  args: CallArguments,
  evaluator: Evaluator,
): Generator<readonly [Value, CallArguments]> {
  if (callee.kind === 'function' || callee.kind === 'class') return;
  // A promise of a module hands on the module: `import('fs').then((fs) => …)`.
  const promised = callee.kind === 'name' ? /^(.*[^)])\.then$/.exec(callee.name)?.[1] : undefined;
  const given = [...args.positional.entries()].map(([place, values]) => ({ place, values }));
  const byName = [...args.named].map(([name, values]) => ({ place: name === 'target' ? 0 : -1, values }));
  for (const { place, values } of [...given, ...byName]) {
    for (const value of values) {
      if (value.kind !== 'name' && value.kind !== 'function' && value.kind !== 'method' && value.kind !== 'bound')
        continue;
      if (value.kind === 'name' && value.name.endsWith(')')) continue;
      if (place < 0 && value.kind === 'name') continue;
      if (promised !== undefined && place === 0) {
        yield [value, { positional: [[named(promised)]], named: new Map() }];
        continue;
      }
      const rest = args.positional.slice(place + 1);
      const own = callee.kind === 'method' && callee.self.kind === 'list' && place === 0 ? callee.self : null;
      const listed = args.named.get('args') ?? (own === null ? (rest.length === 1 ? rest[0] : undefined) : [own]);
      const items = listed === undefined ? null : evaluator.items(listed);
      const isEach =
        (callee.kind === 'name' || callee.kind === 'method') &&
        (callee.kind === 'name' || own !== null) &&
        /(?:^|\.)(?:map|filter|imap|starmap|apply_async|forEach|submit|some|every|find|flatMap)$/.test(callee.name);
      if (isEach && items !== null)
        for (const item of items.slice(0, 16)) yield [value, { positional: [item], named: new Map() }];
      else
        yield [
          value,
          items !== null
            ? { positional: items, named: new Map() }
            : rest.length > 0
              ? { positional: rest, named: new Map() }
              : { positional: [unknown], named: new Map() },
        ];
    }
  }
}

/** Expressions that may be a function which is handed on. */
const maybeFunctions: ReadonlySet<string> = new Set(['name', 'member', 'function', 'index', 'either', 'same']);

function noteCall(
  node: number,
  tree: RiskTree,
  evaluator: Evaluator,
  language: ProgramLanguage,
  link: (definition: number) => void,
): void {
  const expression = evaluator.expression(node);
  if (expression.is !== 'call') return;
  const callees = evaluator.value(expression.callee);
  const note = (callee: Value, given: CallArguments | null): void => {
    if (callee.kind === 'function') {
      link(callee.node);
      const owner = tree.around(callee.node, language.lowering.scopes);
      const isMember = owner >= 0 && /class/.test(tree.kind(owner));
      const isMethod = isMember && evaluator.expression(expression.callee).is === 'member';
      evaluator.noteCall(callee.node, given, isMethod ? language.ownParameters : 0, node);
    } else if (callee.kind === 'class') {
      const made = language.constructorOf(tree, callee.node);
      if (made === null) return;
      link(made.node);
      evaluator.noteCall(made.node, given, made.offset, node);
    }
  };
  const handed = expression.args.some(({ node: at }) => {
    if (!maybeFunctions.has(evaluator.expression(at).is)) return false;
    return evaluator.value(at).some(({ kind }) => kind === 'function' || kind === 'method' || kind === 'class');
  });
  for (const callee of callees) {
    if (callee.kind === 'function' || callee.kind === 'class') note(callee, null);
    else for (const [value, given] of evaluator.invoked(callee, evaluator.arguments(node))) note(value, given);
    if (handed)
      for (const [value, given] of handedOn(callee, evaluator.arguments(node), evaluator))
        for (const [one, whole] of evaluator.invoked(value, given)) note(one, whole);
  }
}

/** Nodes in loops without an end. */
function endlessLoops(tree: RiskTree, language: ProgramLanguage): { has(node: number): boolean } {
  const marked = new Uint8Array(tree.size);
  for (let node = 0; node < tree.size; node++)
    if (marked[node] === 0 && language.loops.has(tree.kind(node)) && language.isEndless(tree, node))
      marked.fill(1, node + 1, tree.next(node));
  return { has: (node) => marked[node] === 1 };
}
