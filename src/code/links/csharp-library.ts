/**
 * What well-known members of .NET's library give and pass on, of sequences, mappings, tasks and options with plain elements.
 *
 * A type of the repository that has such a member answers for itself: `first` takes its word before these.
 */
import type { LinkBuilder } from './builder.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** They give an element; of a mapping a value. */
const givesElement = words(`
  First FirstOrDefault Last LastOrDefault Single SingleOrDefault ElementAt ElementAtOrDefault Min Max MinBy MaxBy Aggregate Find FindLast
  Dequeue Pop Peek Take TakeLast GetOrAdd AddOrUpdate GetValueOrDefault GetResult GetValue
  FirstAsync FirstOrDefaultAsync SingleAsync SingleOrDefaultAsync LastAsync LastOrDefaultAsync FindAsync
`);

/** They give something with the same elements. */
const givesSame = words(`
  Where OrderBy OrderByDescending ThenBy ThenByDescending Reverse Skip SkipWhile SkipLast TakeWhile Distinct DistinctBy Concat Union
  Intersect Except Append Prepend ToList ToArray ToHashSet AsEnumerable AsQueryable AsParallel AsReadOnly AsSpan AsMemory ToImmutableArray
  ToImmutableList DefaultIfEmpty GetEnumerator ConfigureAwait GetAwaiter FindAll GetRange AsNoTracking Include ThenInclude ToListAsync
  ToArrayAsync Order OrderDescending Clone WithCancellation
`);

/** They pass elements to the function that they are given. */
const passesElements = words(`
  Where Select SelectMany OrderBy OrderByDescending ThenBy ThenByDescending GroupBy ToDictionary ToLookup ToHashSet First FirstOrDefault Last
  LastOrDefault Single SingleOrDefault Any All Count LongCount Sum Average Min Max MinBy MaxBy SkipWhile TakeWhile DistinctBy ForEach Find FindAll
  FindIndex FindLast Exists RemoveAll TrueForAll ConvertAll Sort ContinueWith
`);

/** They give what the function gives that they are given. */
const givesMapped = words('Select ConvertAll');

/** Properties that give an element, or what a task, an option or a pair holds. */
const holdsElement = words('Value Result Current');

/** Generic methods that give a sequence of what they are told. */
const givesSequenceTold = words('OfType Cast Empty Repeat Query QueryAsync GetServices GetCustomAttributes Set ToList');

/** Methods that give a type of the language, whatever they are called on. */
const plainResults = new Map(
  Object.entries({
    string:
      'ToString Trim TrimStart TrimEnd Substring Replace ToLower ToUpper ToLowerInvariant ToUpperInvariant PadLeft PadRight Join Format ReadToEnd ReadLine',
    bool: 'Any All Contains ContainsKey StartsWith EndsWith IsNullOrEmpty IsNullOrWhiteSpace Equals TryGetValue ReferenceEquals',
    int: 'IndexOf LastIndexOf CompareTo GetHashCode',
    Type: 'GetType',
  }).flatMap(([type, names]) => names.split(' ').map((name) => [name, type] as const)),
);

/** What a property of the library holds, or -1. */
export function libraryProperty(links: LinkBuilder, object: number, name: string): number {
  const { expressions } = links;
  if (object < 0) return -1;
  if (holdsElement.has(name)) return expressions.element(object, 'subscript');
  switch (name) {
    case 'Count':
    case 'Length':
      return expressions.literal('int');
    case 'Key':
      return expressions.element(object, 'iterate');
    case 'Keys':
      return expressions.collection('ICollection', [
        expressions.element(expressions.element(object, 'iterate'), 'iterate'),
      ]);
    case 'Values':
      return expressions.collection('ICollection', [expressions.element(object, 'subscript')]);
    default:
      return -1;
  }
}

/** What a call of the method gives by the library's meaning of its name, or -1. @param told what it is told in angle brackets */
export function libraryResult(
  links: LinkBuilder,
  call: number,
  object: number,
  name: string,
  told: readonly number[],
): number {
  const { expressions } = links;
  if (told.length === 1) {
    const value = expressions.instance(told[0] as number);
    return givesSequenceTold.has(name) ? expressions.collection('IEnumerable', [value]) : value;
  }
  const plain = plainResults.get(name);
  if (plain !== undefined) return expressions.literal(plain);
  if (object < 0) return -1;
  if (givesMapped.has(name)) return expressions.collection('IEnumerable', [mappedBy(links, call)]);
  if (name === 'SelectMany') {
    return expressions.collection('IEnumerable', [expressions.element(mappedBy(links, call), 'iterate')]);
  }
  if (givesElement.has(name)) return expressions.element(object, 'subscript');
  return givesSame.has(name) ? object : -1;
}

/** What the lambda that is the first argument gives. */
function mappedBy(links: LinkBuilder, call: number): number {
  const { tree } = links;
  const list = tree.field(call, 'arguments');
  const [argument = -1] = list < 0 ? [] : tree.namedChildren(list);
  const lambda = argument < 0 ? -1 : tree.child(argument, 'lambda_expression');
  const body = lambda < 0 ? -1 : tree.field(lambda, 'body');
  if (body < 0 || tree.kind(body) === 'block') return -1;
  return links.within(links.scopeOf(lambda, 'function'), () => links.value(body));
}

/** What the library passes to a function that is written as an argument of one of its methods, or -1. */
export function givenToLambda(links: LinkBuilder, object: number, name: string, place: number): number {
  const { expressions } = links;
  if (object < 0) return -1;
  // Of two parameters the second is a place, but where things are compared.
  if (place > 0 && name !== 'Sort') return -1;
  if (name === 'ContinueWith') return object;
  return passesElements.has(name) ? expressions.element(object, 'iterate') : -1;
}

/** What the library puts into an argument that is passed `out`, or -1. */
export function givenOut(links: LinkBuilder, object: number, name: string): number {
  const gives =
    name === 'TryGetValue' || name === 'TryDequeue' || name === 'TryPop' || name === 'TryPeek' || name === 'TryRemove';
  return gives ? links.expressions.element(object, 'subscript') : -1;
}
