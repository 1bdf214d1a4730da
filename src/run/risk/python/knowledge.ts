/** What Python's own functions give, as far as text can be followed through them: decoding, paths, strings, imports by name. */
import { decodedBy } from '../decode.ts';
import type { Evaluator } from '../evaluate.ts';
import type { Knowledge } from '../knowledge.ts';
import { isSecretName, placeOf } from '../places.ts';
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
  union,
  unknown,
  unknownOf,
  type Value,
  type Values,
} from '../values.ts';
import { fromCode } from './strings.ts';

const decoderNames: Readonly<Record<string, string>> = {
  'base64.b64decode': 'base64',
  'base64.standard_b64decode': 'base64',
  'base64.urlsafe_b64decode': 'base64',
  'base64.decodebytes': 'base64',
  'binascii.a2b_base64': 'base64',
  'base64.b32decode': 'base32',
  'base64.b16decode': 'hex',
  'binascii.unhexlify': 'hex',
  'binascii.a2b_hex': 'hex',
  'bytes.fromhex': 'hex',
  'bytearray.fromhex': 'hex',
  'base64.b85decode': 'base85',
  'base64.a85decode': 'base85',
  'zlib.decompress': 'zlib',
  'gzip.decompress': 'gzip',
  'bz2.decompress': 'other',
  'lzma.decompress': 'other',
  'marshal.loads': 'other',
  'urllib.parse.unquote': 'unquote',
  'urllib.parse.unquote_plus': 'unquote',
};

const codecs: Readonly<Record<string, string>> = {
  rot13: 'rot13',
  rot_13: 'rot13',
  hex: 'hex',
  hex_codec: 'hex',
  base64: 'base64',
  base64_codec: 'base64',
  zlib: 'zlib',
  zlib_codec: 'zlib',
};

const isPathValue = (value: Value): boolean => value.kind === 'text' && value.isPath;
const asPath = (values: Values): Values =>
  values.map((value) =>
    value.kind === 'text'
      ? { ...value, isPath: true }
      : value.kind === 'unknown'
        ? text(hole, value.from, true)
        : value,
  );

/** Parts of a path; a part that is absolute begins anew. */
function joined(parts: readonly Values[], isPath: boolean): Values {
  let found: Values = [text('', [], isPath)];
  for (const part of parts)
    found = found.slice(0, 4).flatMap((before) =>
      part.slice(0, 4).map((one): Value => {
        const [a, b] = [textOf(before) ?? hole, textOf(one) ?? hole];
        const from = joinLabels(before.from, labelsOf([one]));
        if (a === '' || b.startsWith('/') || b.startsWith('~')) return text(b, from, isPath);
        return text(a.endsWith('/') ? a + b : `${a}/${b}`, from, isPath);
      }),
    );
  return found;
}

type Pure = (args: CallArguments, evaluator: Evaluator) => Values | null;

const first = ({ positional }: CallArguments): Values => positional[0] ?? unknown;

const modules = (args: CallArguments): Values | null => {
  const names = textsOf(first(args)).filter((name) => !name.includes(hole));
  return names.length === 0 ? null : names.map((name) => named(name, null, []));
};

const pure: Readonly<Record<string, Pure>> = {
  __import__: modules,
  'importlib.import_module': modules,
  'importlib.__import__': modules,
  getattr: ({ positional }, evaluator) => {
    const [of = unknown, name = unknown, otherwise] = positional;
    const found = name.flatMap((one): Value[] =>
      isKnownText(one) ? [...evaluator.member(of, one.text, -1)] : [unknownOf(labelsOf([one]))],
    );
    return union([found, ...(otherwise === undefined ? [] : [otherwise])]);
  },
  'operator.attrgetter': () => null,
  vars: (args) => first(args),
  globals: () => [named('<globals>')],
  locals: () => [named('<globals>')],
  chr: (args) =>
    first(args).map((one) =>
      one.kind === 'number' ? text(fromCode(one.number), joinLabels(one.from, ['built'])) : unknownOf(labelsOf([one])),
    ),
  ord: (args) =>
    first(args).map((one) => {
      const code = one.kind === 'text' ? one.text.codePointAt(0) : one.kind === 'number' ? one.number : undefined;
      return code === undefined ? unknownOf(labelsOf([one])) : number(code, one.from);
    }),
  int: ({ positional }) => {
    const base = positional[1]?.[0];
    const radix = base?.kind === 'number' && base.number >= 2 && base.number <= 36 ? base.number : 10;
    return first({ positional, named: new Map() }).map((one) => {
      const given = textOf(one);
      const value = given === null ? Number.NaN : Number.parseInt(given.replace(/^0[xob]/i, ''), radix);
      return Number.isNaN(value) ? unknownOf(labelsOf([one])) : number(value, one.from);
    });
  },
  str: (args) => first(args).map((one) => (one.kind === 'number' ? text(String(one.number), one.from) : one)),
  repr: (args) => first(args),
  bytes: (args) => bytesOfList(first(args)),
  bytearray: (args) => bytesOfList(first(args)),
  memoryview: first,
  list: (args) => first(args),
  tuple: (args) => first(args),
  set: (args) => first(args),
  iter: (args) => first(args),
  sorted: (args) => first(args),
  reversed: (args, evaluator) => {
    const items = evaluator.items(first(args));
    return items === null ? null : [list([...items].reverse(), labelsOf(first(args)))];
  },
  enumerate: (args, evaluator) => {
    const items = evaluator.items(first(args));
    return items === null ? null : [list(items.map((item, place) => [list([[number(place)], item])]))];
  },
  zip: ({ positional }, evaluator) => {
    const lists = positional.map((one) => evaluator.items(one));
    if (lists.some((one) => one === null) || lists.length === 0) return null;
    const length = Math.min(...lists.map((one) => one?.length ?? 0));
    return [list(Array.from({ length }, (_, place) => [list(lists.map((one) => one?.[place] ?? unknown))]))];
  },
  range: ({ positional }) => {
    const [a, b, c] = positional.map(([one]) => (one?.kind === 'number' ? one.number : null));
    if (a === null || a === undefined || b === null || c === null) return null;
    const [from, to, step] = b === undefined ? [0, a, 1] : [a, b, c ?? 1];
    const length = step === 0 ? 0 : Math.ceil((to - from) / step);
    if (length > 4096 || length < 0) return null;
    return [list(Array.from({ length }, (_, place) => [number(from + place * step)]))];
  },
  map: ({ positional: [callee = unknown, over = unknown] }, evaluator) => {
    const items = evaluator.items(over);
    const [only] = callee;
    if (items === null || only === undefined || callee.length !== 1 || items.length > 1024) return null;
    return [list(items.map((item) => evaluator.result(only, { positional: [item], named: new Map() })))];
  },
  'os.path.join': ({ positional }) => joined(positional, false),
  'os.path.expanduser': (args) => first(args),
  'os.path.expandvars': (args) => first(args),
  'os.path.abspath': (args) => first(args),
  'os.path.realpath': (args) => first(args),
  'os.path.normpath': (args) => first(args),
  'os.path.dirname': (args) => above(first(args)),
  'os.fspath': (args) => first(args),
  'os.getcwd': () => [text('.')],
  'os.getenv': (args) => variable(first(args)),
  'os.environ.get': (args) => variable(first(args)),
  'tempfile.gettempdir': () => [text('/tmp')],
  'tempfile.mkdtemp': () => [text(`/tmp/${hole}`)],
  'tempfile.mktemp': () => [text(`/tmp/${hole}`)],
  'pathlib.Path': ({ positional }) =>
    positional.length === 0 ? [text('.', [], true)] : asPath(joined(positional, true)),
  'pathlib.Path.home': () => [text('~', [], true)],
  'pathlib.Path.cwd': () => [text('.', [], true)],
  input: () => [unknownOf(['input'])],
  compile: (args) => first(args),
  'textwrap.dedent': (args) => first(args),
  'shlex.split': (args) => first(args),
  'shlex.quote': (args) => first(args),
  'codecs.decode': ({ positional: [given = unknown, codec = unknown] }) => coded(given, codec),
  'functools.partial': ({ positional: [callee = unknown, ...given], named: byName }) =>
    callee.map((to) => ({ kind: 'bound', to, args: { positional: given, named: byName }, from: to.from })),
  'str.join': ({ positional: [self = unknown, parts = unknown] }, evaluator) => join(self, parts, evaluator),
  eval: (args) => {
    // `eval('os.system')` gives the thing itself; other text is read as code elsewhere.
    const [only] = first(args);
    if (only === undefined || !isKnownText(only)) return [unknownOf(labelsOf(first(args)))];
    return /^[A-Za-z_][\w.]*$/.test(only.text) ? [named(only.text)] : unknown;
  },
};

for (const name of ['PurePath', 'PosixPath', 'PurePosixPath', 'WindowsPath'])
  (pure as Record<string, Pure>)[`pathlib.${name}`] = pure['pathlib.Path'] as Pure;

function above(values: Values): Values {
  return values.map((value) => {
    if (value.kind !== 'text') return value;
    const cut = value.text.replace(/\/[^/]*$/, '');
    return { ...value, text: cut === value.text ? '.' : cut === '' ? '/' : cut };
  });
}

function variable(names: Values): Values {
  return names.map((name) => {
    const given = textOf(name);
    if (given === 'HOME' || given === 'USERPROFILE') return text('~');
    return unknownOf(given !== null && isSecretName(given) ? ['environment', 'secret'] : ['environment']);
  });
}

function bytesOfList(values: Values): Values {
  return values.map((value) => {
    if (value.kind !== 'list') return value;
    const codes = value.items.map((item) => (item.length === 1 && item[0]?.kind === 'number' ? item[0].number : null));
    if (codes.includes(null) || codes.length === 0) return unknownOf(labelsOf([value]));
    return text(codes.map((code) => fromCode(code as number)).join(''), ['built']);
  });
}

function coded(given: Values, codec: Values): Values {
  const name = codecs[(textsOf(codec)[0] ?? '').toLowerCase().replaceAll('-', '_')];
  return name === undefined ? given : decodedBy(name, given);
}

function join(self: Values, parts: Values, evaluator: Evaluator): Values {
  const separator = self[0] === undefined ? '' : (textOf(self[0]) ?? hole);
  const items = evaluator.items(parts);
  if (items === null) return [unknownOf(labelsOf(parts))];
  const all = items.flatMap((item, place): Values[] => (place === 0 ? [item] : [[text(separator)], item]));
  const labels: readonly Label[] = separator === '' && items.length > 1 ? ['built'] : [];
  return concat(all).map((one) => ({ ...one, from: joinLabels(one.from, labels) }));
}

/** Methods of text that give text. */
function textMethod(
  self: Value & { kind: 'text' },
  name: string,
  args: CallArguments,
  evaluator: Evaluator,
): Values | null {
  const { positional } = args;
  const same = (given: string, labels: readonly Label[] = []): Values => [
    { ...self, text: given, from: joinLabels(self.from, labels) },
  ];
  const words = positional.map(([one]) => (one === undefined ? null : textOf(one)));
  switch (name) {
    case 'decode':
    case 'encode':
      return words[0] === null || words[0] === undefined ? [self] : coded([self], positional[0] ?? unknown);
    case 'lower':
    case 'casefold':
      return same(self.text.toLowerCase());
    case 'upper':
      return same(self.text.toUpperCase());
    case 'swapcase':
      return same(
        [...self.text].map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join(''),
        ['built'],
      );
    case 'strip':
    case 'lstrip':
    case 'rstrip':
    case 'expanduser':
    case 'resolve':
    case 'absolute':
    case 'as_posix':
    case 'with_suffix':
    case 'tobytes':
    case 'tolist':
    case '__str__':
    case 'removeprefix':
    case 'removesuffix':
    case 'title':
      return [self];
    case 'replace': {
      const [a, b] = words;
      if (self.isPath && words.length === 1) return null;
      return typeof a === 'string' && typeof b === 'string' && a !== ''
        ? same(self.text.replaceAll(a, b), ['built'])
        : unknown;
    }
    case 'join':
      return join([self], positional[0] ?? unknown, evaluator);
    case 'joinpath':
      return joined([[self], ...positional], true);
    case 'split':
    case 'rsplit':
    case 'splitlines': {
      const separator = words[0];
      const parts =
        separator === undefined || separator === null
          ? self.text.split(/\s+/).filter((one) => one !== '')
          : separator === ''
            ? [self.text]
            : self.text.split(separator);
      return parts.length > 4096 ? null : [list(parts.map((part) => [{ ...self, text: part }]))];
    }
    case 'format':
      return formatted(self, args);
    case 'zfill':
    case 'ljust':
    case 'rjust':
    case 'center':
      return [self];
    case 'fromhex':
      return decodedBy('hex', positional[0] ?? unknown);
    default:
      return null;
  }
}

function formatted(self: Value & { kind: 'text' }, { positional, named: byName }: CallArguments): Values {
  let place = 0;
  const parts: Values[] = [];
  let last = 0;
  for (const found of self.text.matchAll(/\{\{|\}\}|\{([\w]*)[^{}]*\}/g)) {
    parts.push([text(self.text.slice(last, found.index))]);
    last = found.index + found[0].length;
    const [whole, key] = found;
    if (whole === '{{' || whole === '}}') parts.push([text(whole[0] as string)]);
    else if (key === '' || key === undefined) parts.push(positional[place++] ?? unknown);
    else parts.push((/^\d+$/.test(key) ? positional[Number(key)] : byName.get(key)) ?? unknown);
    if (parts.length > 200) break;
  }
  parts.push([text(self.text.slice(last))]);
  return concat(parts).map((one) => ({ ...one, from: joinLabels(one.from, self.from) }));
}

/** Names that come out of what gives data from elsewhere. */
const origins: readonly (readonly [RegExp, Label])[] = [
  [
    /^(?:requests|httpx|aiohttp|urllib3?|http\.client|socket|ftplib|telnetlib|paramiko|websockets?|urllib2|smtplib|imaplib|poplib|asyncio\.open_connection)\b.*\(\)/,
    'network',
  ],
  [/^os\.environ\b/, 'environment'],
  [/^(?:sys\.argv|sys\.stdin|fileinput|flask\.request|request\.(?:args|form|json|data|values))\b/, 'input'],
  [/^(?:open|io\.open|codecs\.open)\(\)\./, 'file'],
  [/^(?:random|secrets|uuid)\./, 'random'],
];

/** Modules whose names are built-in or stand for others. */
const aliases: Readonly<Record<string, string>> = {
  builtins: '',
  __builtins__: '',
  __builtin__: '',
  posix: 'os',
  nt: 'os',
  posixpath: 'os.path',
  ntpath: 'os.path',
  _socket: 'socket',
  cPickle: 'pickle',
  _pickle: 'pickle',
  'urllib.urlopen': 'urllib.request.urlopen',
  'urllib2.urlopen': 'urllib.request.urlopen',
  'io.open': 'open',
  commands: 'subprocess',
};

/** The name by which tables know a thing. */
export function canonical(name: string): string {
  const dot = name.indexOf('.');
  const head = dot < 0 ? name : name.slice(0, dot);
  const whole = aliases[name];
  if (whole !== undefined && whole !== '') return whole;
  const other = aliases[head];
  if (other === undefined || dot < 0) return name;
  return other === '' ? name.slice(dot + 1) : other + name.slice(dot);
}

export const pythonKnowledge: Knowledge = {
  forward: () => null,
  call(given, args, evaluator) {
    const name = canonical(given);
    const decoder = decoderNames[name];
    if (decoder !== undefined) return decodedBy(decoder, first(args));
    const known = Object.hasOwn(pure, name) ? pure[name] : undefined;
    if (known !== undefined) return known(args, evaluator);
    // A file that is read is a source of what it holds.
    if (name === 'open' || name === 'codecs.open' || name === 'os.popen') {
      const isSecret = textsOf(first(args)).some((path) => ['secret', 'startup'].includes(placeOf(path)));
      return [named(`${name}()`, args, isSecret ? ['file', 'secret'] : [])];
    }
    return null;
  },
  method(self, name, args, evaluator) {
    if (self.kind === 'text') {
      const known = textMethod(self, name, args, evaluator);
      if (known !== null) return known;
      if (self.isPath && /^(?:read_text|read_bytes|open)$/.test(name))
        return [unknownOf(placeOf(self.text) === 'secret' ? ['file', 'secret'] : ['file'])];
      return null;
    }
    if (self.kind === 'map' && name === 'get')
      return evaluator.part([self], textOf((args.positional[0] ?? unknown)[0] ?? unknownOf()) ?? '');
    if (self.kind === 'map' && name === 'values') return [list([...self.entries.values()])];
    if (self.kind === 'map' && name === 'items')
      return [list([...self.entries].map(([key, value]) => [list([[text(key)], value])]))];
    if (self.kind === 'map' && name === 'keys') return [list([...self.entries.keys()].map((key) => [text(key)]))];
    if (self.kind === 'number' && name === 'to_bytes') return [unknownOf(['built'])];
    return null;
  },
  member(of, name) {
    if (of.kind === 'text' && of.isPath) {
      if (name === 'parent') return above([of]);
      if (name === 'name' || name === 'stem') return [text(of.text.replace(/^.*\//, ''), of.from)];
      return null;
    }
    if (of.kind !== 'name') return null;
    if (name === '__dict__' || name === '__call__') return [of];
    if (of.name === '<globals>') return [named(name)];
    if (of.name === 'sys.modules' || of.name === '__builtins__')
      return [named(canonical(`${of.name === 'sys.modules' ? '' : 'builtins.'}${name}`))];
    if (of.name === 'os.environ' && (name === 'HOME' || name === 'USERPROFILE')) return [text('~')];
    if (of.name === 'os.environ' && isSecretName(name)) return [unknownOf(['environment', 'secret'])];
    return null;
  },
  global(name) {
    if (name === '__file__') return [text('./__file__')];
    if (name === '__name__') return [text('__main__')];
    return [named(name)];
  },
  origin: (name) => origins.flatMap(([pattern, label]) => (pattern.test(canonical(name)) ? [label] : [])),
  operator(operator, left, right) {
    if (operator === '/' && isPathValue(left)) return joined([[left], [right]], true)[0] ?? null;
    if (operator === '%' && left.kind === 'text') return percent(left, right);
    if (operator === '*') return repeated(left, right);
    if (left.kind !== 'number' || right.kind !== 'number') return null;
    return arithmetic(operator, left.number, right.number);
  },
};

export function arithmetic(operator: string, a: number, b: number): Value | null {
  const done: Readonly<Record<string, () => number>> = {
    '-': () => a - b,
    '*': () => a * b,
    '/': () => a / b,
    '//': () => Math.floor(a / b),
    '%': () => ((a % b) + b) % b,
    '**': () => a ** b,
    '^': () => a ^ b,
    '&': () => a & b,
    '|': () => a | b,
    '<<': () => a * 2 ** b,
    '>>': () => Math.floor(a / 2 ** b),
  };
  const value = done[operator]?.();
  return value === undefined || !Number.isFinite(value) ? null : number(value);
}

function percent(left: Value & { kind: 'text' }, right: Value): Value | null {
  const given = right.kind === 'list' ? right.items : [[right]];
  let place = 0;
  const parts = left.text.split(/(%(?:\(\w+\))?[-+0-9.]*[a-zA-Z%])/).map((part, index): Values => {
    if (index % 2 === 0) return [text(part)];
    if (part === '%%') return [text('%')];
    const key = /^%\((\w+)\)/.exec(part)?.[1];
    if (key !== undefined) return right.kind === 'map' ? (right.entries.get(key) ?? unknown) : unknown;
    return given[place++] ?? unknown;
  });
  return concat(parts)[0] ?? null;
}

function repeated(left: Value, right: Value): Value | null {
  if (left.kind === 'number' && right.kind === 'number') return number(left.number * right.number);
  const [one, times] = left.kind === 'number' ? [right, left] : [left, right];
  if (times.kind !== 'number' || (one.kind !== 'text' && one.kind !== 'list')) return null;
  if (one.kind === 'list') return unknownOf(one.from);
  const length = one.text.length * times.number;
  return length > 65_536 || length < 0
    ? text(one.text + hole, one.from)
    : { ...one, text: one.text.repeat(Math.floor(times.number)) };
}
