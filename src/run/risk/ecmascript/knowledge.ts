/** What JavaScript's own functions give: decoding, strings, modules by name. */

import { decodedBy } from '../decode.ts';
import type { Evaluator } from '../evaluate.ts';
import type { Knowledge } from '../knowledge.ts';
import { isSecretName, placeOf } from '../places.ts';
import { arithmetic } from '../python/knowledge.ts';
import { fromCode } from '../python/strings.ts';
import {
  type CallArguments,
  concat,
  hole,
  isKnownText,
  joinLabels,
  type Label,
  labelsOf,
  list,
  named,
  number,
  text,
  textOf,
  textsOf,
  unknown,
  unknownOf,
  type Value,
  type Values,
} from '../values.ts';
import { boundBy, forwardedCall } from './forward.ts';
import { moduleName } from './writes.ts';

const first = ({ positional }: CallArguments): Values => positional[0] ?? unknown;

/** The name by which tables know a thing. */
export function canonical(name: string): string {
  return name
    .replace(/^(?:globalThis|window|global|self|Function\(\)\(\))\.(?=.)/, '')
    .replace(/^node:/, '')
    .replace(/^(\w+(?:\.promises)?)\.default(?=\.|$)/, '$1')
    .replace(/^process\.(?:mainModule\.|(?=getBuiltinModule))/, '')
    .replace(/^fs\.promises\b/, 'fs')
    .replace(/^fs-extra\b/, 'fs')
    .replace(/\(\)\.default\b/, '()');
}

type Pure = (args: CallArguments, evaluator: Evaluator) => Values | null;

const modules: Pure = (args) => {
  const names = textsOf(first(args)).filter((name) => !name.includes(hole));
  return names.length === 0 ? null : names.map((name) => named(moduleName(name)));
};

const joined: Pure = ({ positional }) => {
  let found: Values = [text('')];
  for (const part of positional) {
    const after: Values = found.flatMap((before) =>
      part.slice(0, 4).map((one) => {
        const [a, b] = [textOf(before) ?? hole, textOf(one) ?? hole];
        return text(a === '' ? b : `${a.replace(/\/$/, '')}/${b}`, joinLabels(before.from, labelsOf([one])));
      }),
    );
    found = after.slice(0, 4);
  }
  return found;
};

const codes: Pure = ({ positional }) => {
  const numbers = positional.flat().map((one) => (one.kind === 'number' ? one.number : null));
  if (numbers.includes(null) || numbers.length !== positional.length) return [unknownOf(['built'])];
  return [text(numbers.map((one) => fromCode(one as number)).join(''), ['built'])];
};

const pure: Readonly<Record<string, Pure>> = {
  require: modules,
  import: modules,
  'module.createRequire()': modules,
  'process.getBuiltinModule': modules,
  getBuiltinModule: modules,
  atob: (args) => decodedBy('base64', first(args)),
  unescape: (args) => decodedBy('unquote', first(args)),
  decodeURIComponent: (args) => decodedBy('unquote', first(args)),
  decodeURI: (args) => decodedBy('unquote', first(args)),
  'String.fromCharCode': codes,
  'String.fromCodePoint': codes,
  String: (args) => first(args),
  Number: (args) => first(args),
  parseInt: ({ positional }) => {
    const base = positional[1]?.[0];
    const value = Number.parseInt(
      textOf(first({ positional, named: new Map() })[0] ?? unknownOf()) ?? '',
      base?.kind === 'number' ? base.number : 10,
    );
    return Number.isNaN(value) ? unknown : [number(value)];
  },
  'Buffer.from': ({ positional: [given = unknown, how = unknown] }) => {
    const name = textsOf(how)[0]?.toLowerCase();
    if (name === 'base64' || name === 'base64url') return decodedBy('base64', given);
    if (name === 'hex') return decodedBy('hex', given);
    return given.map((value): Value => {
      if (value.kind !== 'list') return value;
      const numbers = value.items.map(([one]) => (one?.kind === 'number' ? one.number : null));
      return numbers.includes(null)
        ? unknownOf(value.from)
        : text(numbers.map((one) => fromCode(one as number)).join(''), ['built']);
    });
  },
  'path.join': joined,
  'path.resolve': joined,
  'path.normalize': first,
  'os.homedir': () => [text('~')],
  'os.tmpdir': () => [text('/tmp')],
  'process.cwd': () => [text('.')],
  'Object.values': (args) =>
    first(args).map((one) => (one.kind === 'map' ? list([...one.entries.values()]) : unknownOf(one.from))),
  'Array.from': ({ positional: [given = unknown, mapper] }, evaluator) => {
    const items = evaluator.items(given);
    const [only] = mapper ?? [];
    if (items === null) return null;
    return [
      list(
        only === undefined
          ? items
          : items.slice(0, 1024).map((item) => evaluator.result(only, { positional: [item], named: new Map() })),
      ),
    ];
  },
  'Reflect.get': ({ positional: [of = unknown, name = unknown] }, evaluator) =>
    name.flatMap((one) => (isKnownText(one) ? [...evaluator.member(of, one.text, -1)] : unknown)),
  'util.promisify': first,
  'Promise.resolve': first,
};

const isEnvironment = /^process\.env$/;

/** What comes out of these came from elsewhere. */
const origins: readonly (readonly [RegExp, Label])[] = [
  [/^(?:fetch|axios|http|https|net|got|request|node-fetch|undici|WebSocket|XMLHttpRequest|dgram)\b.*\(\)/, 'network'],
  [/^process\.env\b/, 'environment'],
  [/^process\.(?:argv|stdin)\b/, 'input'],
  [/^fs\.\w+\(\)/, 'file'],
];

export const ecmascriptKnowledge: Knowledge = {
  call(given, args, evaluator) {
    const name = canonical(given);
    const known = Object.hasOwn(pure, name) ? pure[name] : undefined;
    if (known !== undefined) return known(args, evaluator);
    if (/^fs\.(?:readFile|readFileSync|createReadStream)$/.test(name)) {
      const isSecret = textsOf(first(args)).some((path) => ['secret', 'startup'].includes(placeOf(path)));
      return [unknownOf(isSecret ? ['file', 'secret'] : ['file'])];
    }
    return boundBy(named(name), args);
  },
  forward: forwardedCall,
  method(self, name, args, evaluator) {
    const { positional } = args;
    if (self.kind === 'list') return listMethod(self, name, args, evaluator);
    if (self.kind !== 'text') {
      return boundBy({ kind: 'method', self, name, from: self.from }, args);
    }
    const words = positional.map(([one]) => (one === undefined ? null : textOf(one)));
    const same = (given: string, labels: readonly Label[] = ['built']): Values => [
      { ...self, text: given, from: joinLabels(self.from, labels) },
    ];
    const numbers = positional.map(([one]) => (one?.kind === 'number' ? one.number : undefined));
    switch (name) {
      case 'toString': {
        const how = words[0];
        return how === 'base64' || how === 'hex' ? [unknownOf(self.from)] : [self];
      }
      case 'trim':
      case 'valueOf':
      case 'normalize':
      case 'trimEnd':
      case 'trimStart':
        return [self];
      case 'toLowerCase':
        return same(self.text.toLowerCase(), []);
      case 'toUpperCase':
        return same(self.text.toUpperCase(), []);
      case 'concat':
        return concat([[self], ...positional]);
      case 'split':
        return words[0] === null || words[0] === undefined || self.text.length > 8192
          ? null
          : [list(self.text.split(words[0]).map((part) => [{ ...self, text: part }]))];
      case 'replace':
      case 'replaceAll':
        return typeof words[0] === 'string' && typeof words[1] === 'string' && words[0] !== ''
          ? same(self.text.replaceAll(words[0], words[1]))
          : [unknownOf(self.from)];
      case 'slice':
      case 'substring':
        return same(self.text.slice(numbers[0], numbers[1]));
      case 'substr':
        return same(self.text.substr(numbers[0] ?? 0, numbers[1]));
      case 'charAt':
      case 'at':
        return same(self.text.at(numbers[0] ?? 0) ?? '');
      case 'charCodeAt':
      case 'codePointAt': {
        const code = self.text.charCodeAt(numbers[0] ?? 0);
        return Number.isNaN(code) ? unknown : [number(code)];
      }
      case 'repeat':
        return self.text.length * (numbers[0] ?? 1) > 65_536
          ? [text(self.text + hole, self.from)]
          : same(self.text.repeat(Math.max(0, Math.floor(numbers[0] ?? 1))));
      default:
        return null;
    }
  },
  member(of, name) {
    if (of.kind === 'text' && name === 'length') return [number(of.text.length)];
    if (of.kind === 'text' && name === 'constructor') return [named('String')];
    if (of.kind === 'list' && name === 'constructor') return [named('Array')];
    if ((of.kind === 'function' || of.kind === 'method') && name === 'constructor') return [named('Function')];
    if (of.kind === 'name' && name === 'constructor')
      return [
        named(/constructor|^(?:String|Array|Object|Number)$/.test(of.name) ? 'Function' : `${of.name}.constructor`),
      ];
    if (of.kind === 'name' && isEnvironment.test(of.name) && (name === 'HOME' || name === 'USERPROFILE'))
      return [text('~')];
    if (of.kind === 'name' && isEnvironment.test(of.name))
      return [unknownOf(isSecretName(name) ? ['environment', 'secret'] : ['environment'])];
    if (of.kind === 'name' && /^(?:call|apply)$/.test(name)) return [{ ...of, name: `${of.name}.${name}` }];
    return null;
  },
  global(name) {
    if (name === '__dirname') return [text('.')];
    if (name === '__filename') return [text('./__file__')];
    if (name === 'this') return [unknownOf()];
    return [named(name)];
  },
  origin: (name) => origins.flatMap(([pattern, label]) => (pattern.test(canonical(name)) ? [label] : [])),
  operator(operator, left, right) {
    if (left.kind !== 'number' || right.kind !== 'number') return null;
    return arithmetic(operator, left.number, right.number);
  },
};

function listMethod(
  self: Value & { kind: 'list' },
  name: string,
  args: CallArguments,
  evaluator: Evaluator,
): Values | null {
  const [callee] = args.positional[0] ?? [];
  switch (name) {
    case 'join': {
      const separator = args.positional.length === 0 ? ',' : (textsOf(args.positional[0] ?? unknown)[0] ?? hole);
      const parts = self.items
        .slice(0, 4096)
        .flatMap((item, place): Values[] => (place === 0 ? [item] : [[text(separator)], item]));
      return concat(parts).map((one) => ({
        ...one,
        from: joinLabels(one.from, separator === '' && self.items.length > 1 ? ['built'] : []),
      }));
    }
    case 'reverse':
    case 'toReversed':
      return [{ ...self, items: [...self.items].reverse() }];
    case 'map':
      if (callee === undefined || self.items.length > 1024) return null;
      return [
        list(
          self.items.map((item, place) =>
            evaluator.result(callee, { positional: [item, [number(place)]], named: new Map() }),
          ),
        ),
      ];
    case 'concat':
      return [list([...self.items, ...args.positional.flatMap(([one]) => (one?.kind === 'list' ? one.items : []))])];
    case 'slice':
    case 'filter':
    case 'flat':
      return [self];
    case 'pop':
    case 'shift':
    case 'at':
      return evaluator.elements([self]);
    default:
      return null;
  }
}
