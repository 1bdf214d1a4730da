/**
 * What a missing value of JavaScript is taken for, and how evidence is weighed.
 *
 * Every use of a value says something of its type: what is joined to a text is likely one, what `push` is called on is a list. Evidence has a source and a
 * weight; the type with the most wins, and what falls short of `enough` stays an instance, which takes on whatever is asked of it. Sources rank before
 * weights: an annotation is believed before uses, uses before names.
 */

/** Those of the words of partial execution (`run`) that evidence in JavaScript can ask for. */
export type GuessedType =
  | 'none'
  | 'boolean'
  | 'integer'
  | 'float'
  | 'text'
  | 'bytes'
  | 'list'
  | 'set'
  | 'mapping'
  | 'callable'
  | 'class'
  | 'error'
  | 'iterator'
  | 'awaitable'
  | 'regex'
  | 'time'
  | 'instance';

export type GuessedFrom = 'annotation' | 'default' | 'library' | 'use' | 'neighbour' | 'name' | 'nothing';

export interface Evidence {
  readonly type: GuessedType;
  readonly from: GuessedFrom;
  /** About 1 for what is all but sure, 0.3 for a hint. */
  readonly weight: number;
  /** In words, with its line. */
  readonly why: string;
  /** A value that it names: a literal that it is compared with, or its default. */
  readonly literal?: LiteralValue;
  /** Items that a pattern takes. */
  readonly count?: number;
  /** Of its elements, of what it gives when it is called, or of what it is awaited for. */
  readonly inner?: Guess;
  readonly fields?: Readonly<Record<string, Guess>>;
}

export type LiteralValue = string | number | boolean | null;

export interface Guess {
  readonly type: GuessedType;
  readonly from: GuessedFrom;
  /** The weightiest first, at most three. */
  readonly why: readonly string[];
  readonly literal?: LiteralValue;
  readonly count?: number;
  readonly inner?: Guess;
  readonly fields?: Readonly<Record<string, Guess>>;
}

/** Evidence below this is no ground for a concrete value: a name alone (0.35 to 0.5) is, a condition that it stands in (0.25) is not. */
const enough = 0.3;

/** How much less a later source is believed: sure uses outweigh a default only together. */
const trust: Readonly<Record<GuessedFrom, number>> = {
  annotation: 8,
  default: 2,
  library: 1.2,
  use: 1,
  neighbour: 1,
  name: 0.6,
  nothing: 0,
};

/** Types that are one in JavaScript, for weighing. */
const family = (type: GuessedType): string => (type === 'float' ? 'integer' : type);

export function decide(evidence: readonly Evidence[], named: Evidence | null): Guess {
  const all = named === null ? evidence : [...evidence, named];
  const sums = new Map<string, number>();
  for (const { type, from, weight } of all)
    sums.set(family(type), (sums.get(family(type)) ?? 0) + weight * trust[from]);
  // Whatever is called is callable, and an instance is that too: what has more to say of it wins.
  const ranked = [...sums].toSorted((a, b) => b[1] - a[1]);
  const [best, sum] = ranked[0] ?? ['instance', 0];
  if (sum < enough) return { type: 'instance', from: 'nothing', why: [] };
  const of = all
    .filter(({ type }) => family(type) === best)
    .toSorted((a, b) => b.weight * trust[b.from] - a.weight * trust[a.from]);
  const first = of[0] as Evidence;
  const literal = of.find((one) => one.literal !== undefined)?.literal;
  const count = Math.max(0, ...of.map((one) => one.count ?? 0));
  const inner = of.find((one) => one.inner !== undefined)?.inner;
  const fields = of.find((one) => one.fields !== undefined)?.fields;
  return {
    type: of.some(({ type }) => type === 'float') ? 'float' : first.type,
    from: first.from,
    why: [...new Set(of.map(({ why }) => why))].slice(0, 3),
    ...(literal === undefined ? {} : { literal }),
    ...(count === 0 ? {} : { count }),
    ...(inner === undefined ? {} : { inner }),
    ...(fields === undefined ? {} : { fields }),
  };
}

const endings: readonly (readonly [RegExp, GuessedType, number])[] = [
  [/^(is|has|should|can|will|did|does|are|was|allow|enable|disable|use)[A-Z_]/, 'boolean', 0.9],
  [
    /^(enabled|disabled|visible|hidden|checked|selected|active|required|loading|debug|verbose|async|force|silent|done|found|valid|strict)$/i,
    'boolean',
    0.7,
  ],
  [
    /^(i|j|k|n|x|y|z|w|h|idx|num|count|total|size|length|width|height|index|offset|start|end|from|to|min|max|age|year|month|day|hour|limit|depth|level|line|column|port|timeout|delay|duration|amount|price|score|step|radius|angle|row|col|pos|position|len|precision|version|capacity|status)$/i,
    'integer',
    0.75,
  ],
  [
    /(Count|Index|Length|Size|Width|Height|Offset|Number|Num|Total|Limit|Timeout|Ms|Depth|Line|Column|Position|_count|_index|_size)$/,
    'integer',
    0.75,
  ],
  [
    /^(s|str|text|string|name|title|label|message|msg|path|url|uri|href|key|prefix|suffix|word|char|c|ch|content|source|src|code|input|line|lang|locale|email|password|username|token|description|slug|host|hostname|file|filename|dir|dirname|template|selector|tag|tagName|className|id|type|kind|format|encoding|prop|property|attr|method|body|html|css|str1|str2|separator|delimiter|color)$/i,
    'text',
    0.75,
  ],
  [
    /(Name|Path|Url|Uri|Text|String|Str|Key|Message|Title|Label|Prefix|Suffix|Dir|File|Id|Type|Html|Code|_name|_path|_url|_id|_key)$/,
    'text',
    0.7,
  ],
  [
    /^(arr|array|list|items|values|args|elements|nodes|entries|rows|lines|results|children|keys|parts|tokens|words|numbers|nums|matrix|stack|queue|rest|points|path|files)$/i,
    'list',
    0.8,
  ],
  [/(List|Array|Items|Arr|Stack|Queue|s)$/, 'list', 0.55],
  [
    /^(cb|fn|func|callback|handler|done|resolve|reject|listener|iteratee|predicate|comparator|compare|iterator|visitor|mapper|reducer|selector|factory|transform|on[A-Z]\w*|then|dispatch|emit|log|warn)$/,
    'callable',
    0.8,
  ],
  [/(Callback|Handler|Fn|Func|Listener|Function|Factory|Predicate)$/, 'callable', 0.8],
  [/^(re|regex|regexp|pattern)$|(Regex|RegExp|RE)$/, 'regex', 0.6],
  [/^(date|now|timestamp|createdAt|updatedAt)$|Date$/, 'time', 0.6],
  [/^(err|error|ex|exception)$|(Error|Exception)$/, 'error', 0.55],
  [/^(map|cache|dict|lookup|registry)$|Map$/, 'instance', 0.55],
];

/** What a name alone says. @param name the last part: `userName` of `request.userName` */
export function evidenceOfName(name: string): Evidence | null {
  if (/^[A-Z][a-z]/.test(name) && !/Error$/.test(name)) return null;
  const plain = name.replace(/^[_$#]+/, '').replace(/^get(?=[A-Z])/, '');
  const asked = plain === '' ? '' : (plain[0] as string).toLowerCase() + plain.slice(1);
  for (const [pattern, type, weight] of endings)
    if (pattern.test(asked)) return { type, from: 'name', weight, why: `its name is ${name.slice(0, 60)}` };
  return null;
}

const words = (text: string): readonly string[] => text.split(' ');

/** What members say of the value that has them; those that several types have say less. ECMA-262, chapters 20 to 27. */
const memberTypes = new Map<string, readonly [type: GuessedType, weight: number]>();
const says = (type: GuessedType, weight: number, names: string): void => {
  for (const name of words(names)) memberTypes.set(name, [type, weight]);
};
says(
  'list',
  1,
  'map filter forEach reduce reduceRight push unshift shift splice some every findIndex findLast findLastIndex flatMap flat sort reverse toSorted fill copyWithin',
);
says('list', 0.6, 'pop join find');
says('list', 0.4, 'concat slice indexOf includes at lastIndexOf');
says(
  'text',
  1,
  'split trim trimStart trimEnd trimLeft trimRight toLowerCase toUpperCase startsWith endsWith replaceAll charAt charCodeAt codePointAt substring substr padStart padEnd localeCompare normalize toLocaleLowerCase toLocaleUpperCase matchAll',
);
says('text', 0.8, 'replace match repeat search');
says('float', 1, 'toFixed toPrecision toExponential');
says('awaitable', 1, 'then');
says('awaitable', 0.7, 'catch finally');
says('callable', 1, 'apply call bind');
says('regex', 0.9, 'exec lastIndex');
says('regex', 0.6, 'test');
says(
  'time',
  1,
  'getTime getFullYear getMonth getDate getDay getHours getMinutes getSeconds getMilliseconds toISOString setDate setFullYear setHours setMonth getTimezoneOffset getUTCFullYear',
);
says('mapping', 0.8, 'hasOwnProperty propertyIsEnumerable');

/** @returns null when a member says only that it is an object */
export const memberType = (name: string): readonly [type: GuessedType, weight: number] | null =>
  memberTypes.get(name) ?? null;

/** What functions of the language and of Node take, by position. */
const parameters = new Map<string, readonly (GuessedType | null)[]>(
  Object.entries({
    parseInt: ['text', 'integer'],
    parseFloat: ['text'],
    isNaN: ['float'],
    encodeURIComponent: ['text'],
    decodeURIComponent: ['text'],
    encodeURI: ['text'],
    setTimeout: ['callable', 'integer'],
    setInterval: ['callable', 'integer'],
    setImmediate: ['callable'],
    queueMicrotask: ['callable'],
    'process.nextTick': ['callable'],
    'JSON.parse': ['text'],
    'Object.keys': ['mapping'],
    'Object.values': ['mapping'],
    'Object.entries': ['mapping'],
    'Object.fromEntries': ['list'],
    'Object.freeze': ['mapping'],
    'Array.from': ['list'],
    'Promise.all': ['list'],
    'Promise.race': ['list'],
    'Promise.allSettled': ['list'],
    'String.fromCharCode': ['integer'],
    'Number.isInteger': ['integer'],
    'Number.isNaN': ['float'],
    'Number.parseInt': ['text', 'integer'],
    'Number.parseFloat': ['text'],
    'Buffer.from': ['text', 'text'],
    'new Date': [null],
    'new RegExp': ['text', 'text'],
    'new URL': ['text', 'text'],
    'new Promise': ['callable'],
    'new Set': ['list'],
    'new Error': ['text'],
    'new TypeError': ['text'],
    'new RangeError': ['text'],
    'path.join': ['text', 'text', 'text', 'text'],
    'path.resolve': ['text', 'text', 'text', 'text'],
    'path.basename': ['text', 'text'],
    'path.dirname': ['text'],
    'path.extname': ['text'],
    'path.relative': ['text', 'text'],
    'fs.readFileSync': ['text', 'text'],
    'fs.writeFileSync': ['text', 'text'],
    'fs.existsSync': ['text'],
    'fs.statSync': ['text'],
    'fs.mkdirSync': ['text'],
    'fs.readdirSync': ['text'],
    'fs.readFile': ['text'],
    'document.getElementById': ['text'],
    'document.querySelector': ['text'],
    'document.createElement': ['text'],
    fetch: ['text'],
  }),
);

/** @param callee as it is told: `JSON.parse`, `new Date` */
export function argumentType(callee: string, position: number): GuessedType | null {
  if (/^Math\.\w+$/.test(callee)) return 'float';
  return parameters.get(callee)?.[position] ?? null;
}

/** What is known of what calls and members of libraries give, by the end of the told text. */
const results: readonly (readonly [RegExp, GuessedType])[] = [
  [/\.(getElementById|querySelector|createElement|getContext|appendChild|closest)\(\)$/, 'instance'],
  [/\.(querySelectorAll|getElementsByTagName|getElementsByClassName|childNodes|children)(\(\))?$/, 'list'],
  [/\.(getAttribute|textContent|innerHTML|innerText|tagName|nodeName|className|toString)(\(\))?$/, 'text'],
  [
    /(offsetWidth|offsetHeight|clientWidth|clientHeight|scrollTop|innerWidth|innerHeight|clientX|clientY|pageX|pageY|keyCode|statusCode)$/,
    'integer',
  ],
  [
    /(^|\.)(hasAttribute|contains|hasClass|existsSync|isArray|isEmpty|isEqual|isString|isFunction|isObject|isPlainObject)\(\)$/,
    'boolean',
  ],
  [/(^|\.)fetch\(\)$|^axios(\.\w+)?\(\)$/, 'awaitable'],
  [/\.(json|text|arrayBuffer|blob)\(\)$/, 'awaitable'],
  [/^(performance|Date)\.now\(\)$/, 'integer'],
  [/\.(localStorage|sessionStorage)\.getItem\(\)$/, 'text'],
  [/^(location|window\.location)\.(href|pathname|search|hash|host|hostname|protocol|origin)$/, 'text'],
  [/^navigator\.(userAgent|language|platform)$/, 'text'],
  [/\.(stack|message)$/, 'text'],
];

export function evidenceOfLibrary(told: string): Evidence | null {
  for (const [pattern, type] of results)
    if (pattern.test(told))
      return { type, from: 'library', weight: 0.7, why: `${told.slice(-40)} is known to give this` };
  return null;
}
