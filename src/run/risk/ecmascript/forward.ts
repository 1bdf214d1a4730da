/** What a call of `call`, `apply`, `bind` or `Reflect.apply` calls in truth, also where they are applied to each other. */
import type { Invocation } from '../knowledge.ts';
import { type CallArguments, named, type Value, type Values } from '../values.ts';

type Way = 'call' | 'apply' | 'bind';

const plain = (positional: readonly Values[]): CallArguments => ({ positional, named: new Map() });

/** Elements of an argument list; none where they are not known. */
const itemsOf = (values: Values | undefined): readonly Values[] =>
  values?.length === 1 && values[0]?.kind === 'list' ? values[0].items : [];

/** `f.call`: what it is of, and how. `Function.prototype.call` is of nothing yet. */
function wayOf(callee: Value): { readonly way: Way; readonly of: Value } | null {
  if (callee.kind === 'method' && /^(?:call|apply|bind)$/.test(callee.name))
    return { way: callee.name as Way, of: callee.self };
  const [, base, way] = callee.kind === 'name' ? (/^(.+)\.(call|apply|bind)$/.exec(callee.name) ?? []) : [];
  return base === undefined ? null : { way: way as Way, of: { ...callee, name: base } as Value };
}

/** @returns null: the call is of what is written */
export function forwardedCall(callee: Value, args: CallArguments): readonly Invocation[] | null {
  if (callee.kind === 'name' && /^(?:\w+\.)?Reflect\.apply$/.test(callee.name))
    return (args.positional[0] ?? []).map((target) => [target, plain(itemsOf(args.positional[2]))]);
  const found = wayOf(callee);
  if (found === null || found.way === 'bind') return null;
  const given = found.way === 'call' ? args.positional.slice(1) : itemsOf(args.positional[1]);
  const inner = wayOf(found.of);
  // What it gives is for `boundBy` to say.
  if (inner?.way === 'bind') return null;
  // `call.call(f, this, x)`: what `call` is called on is given.
  if (inner !== null)
    return (args.positional[0] ?? []).map((target) => [
      target,
      plain(inner.way === 'call' ? given.slice(1) : itemsOf(given[1])),
    ]);
  return [[found.of, plain(given)]];
}

/** What `f.bind(this, a)` gives, and `bind.call(f, this, a)`; null: it is no such call. */
export function boundBy(callee: Value, args: CallArguments): Values | null {
  const found = wayOf(callee);
  if (found === null) return null;
  const bind = (of: Value, given: readonly Values[]): Value =>
    given.length === 0 ? of : { kind: 'bound', to: of, args: plain(given), from: of.from };
  const inner = wayOf(found.of);
  if (found.way !== 'bind') {
    if (inner?.way !== 'bind') return null;
    const given = found.way === 'call' ? args.positional.slice(1) : itemsOf(args.positional[1]);
    return (args.positional[0] ?? []).map((target) => bind(target, given.slice(1)));
  }
  // `call.bind(f)` is `f.call`.
  if (inner !== null && inner.way !== 'bind' && args.positional[0] !== undefined)
    return args.positional[0].map((target) =>
      target.kind === 'name'
        ? named(`${target.name}.${inner.way}`, null, target.from)
        : { kind: 'method', self: target, name: inner.way, from: target.from },
    );
  return [bind(found.of, args.positional.slice(1))];
}
