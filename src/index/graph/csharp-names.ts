/**
 * Names of C# across files: what namespaces hold that many files add to, what `using` makes visible, the parts of a type, and methods
 * that extend a type written elsewhere.
 *
 * A namespace may have thousands of types, so none is listed: those who define a name are asked for by name, and count when
 * they stand in a namespace that is seen (`csharp-namespaces.ts`). Files are looked at for that by what they say of themselves, before
 * they are read. A name stands in the namespace around it, then in those that are used there, and so on outwards.
 *
 * Absent: what `internal` hides from another project.
 */
import {
  bareTypeName,
  extensionName,
  globalPrefix,
  isCallableName,
  nameOfVariadic,
  partOfType,
  plainName,
  typeName,
} from '../../code/mod.ts';
import { isBuiltinMethod } from './builtin-methods.ts';
import { ancestryOf, inClass, membersOf } from './classes.ts';
import { levelOf, levelScope, levelsFrom, namespaceOf, type Place, saidOf } from './csharp-namespaces.ts';
import { type ClassRef, type Entity, outside, Possibilities, unknown } from './entities.ts';
import type { Definition, Evaluator } from './evaluate.ts';
import { lookUp } from './lookup.ts';
import { sharedLength } from './paths.ts';
import type { ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

const language = 'csharp';

/**
 * What a name means by the namespaces and usings of one level; `null` where the levels around it are to be asked.
 *
 * @param scope of a namespace, or of the file
 */
export function nameAtLevel(evaluator: Evaluator, unit: Unit, scope: number, name: string): readonly Entity[] | null {
  if (name.startsWith(globalPrefix)) {
    return scope > 0 ? null : ofNamespace(evaluator, '', name.slice(globalPrefix.length));
  }
  return evaluator.remembered(`name ${unit.file} ${scope} ${name}`, null as readonly Entity[] | null, () => {
    const { namespaces, used } = levelOf(evaluator, unit, scope);
    if (isCallableName(name)) return fromStatic(evaluator, used, name);
    for (const namespace of namespaces) {
      const found = typeIn(evaluator, unit, name, (one) => one === namespace, 'package');
      if (found !== null) return found;
      const below = evaluator.program.modules.child(namespace, language, bareTypeName(name));
      if (below?.kind === 'directory') return [below];
    }
    return typeIn(evaluator, unit, name, (one) => used.has(one), 'import') ?? fromStatic(evaluator, used, name);
  });
}

/** What the file's own level has under a name; what nobody sees there is not the repository's, though some namespace may have it. */
const nameOfFile = (evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] =>
  nameAtLevel(evaluator, unit, 0, name) ?? [outside(bareTypeName(name), false)];

/** Types of a name that stand in namespaces that are wanted: the nearest, and of a type in parts its first. */
function typeIn(
  evaluator: Evaluator,
  from: Unit,
  name: string,
  wanted: (namespace: string) => boolean,
  rule: ResolutionRule,
): readonly Entity[] | null {
  const found = evaluator.defined(bareTypeName(name), language).filter(({ file, symbol, inside }) => {
    if (inside || !saidOf(evaluator, file).namespaces.some(wanted)) return false;
    return wanted(namespaceOf(evaluator, { file, symbol })) && isBoundAs(evaluator, { file, symbol }, name);
  });
  const [first, ...others] = found;
  if (first === undefined) return null;
  const { paths } = evaluator.program.modules.world;
  const shared = ({ file }: Definition): number => sharedLength(paths[file] as string, from.path);
  const nearest = others.reduce((best, one) => (shared(one) > shared(best) ? one : best), first);
  return [
    symbolEntity(evaluator, isPart(evaluator, nearest) ? (partsOf(evaluator, nearest)[0] as ClassRef) : nearest, rule),
  ];
}

/** Whether a definition has a name where it stands: of a type with how many parameters it takes. */
function isBoundAs(evaluator: Evaluator, { file, symbol }: ClassRef, name: string): boolean {
  const unit = evaluator.program.unit(file);
  const { scope } = unit.binding(unit.bindingOf(symbol)) ?? { scope: 0 };
  evaluator.consult(unit, unit.nameKey(scope, name));
  return unit.bindings(scope, name).some((index) => unit.binding(index).symbol === symbol);
}

function symbolEntity(evaluator: Evaluator, { file, symbol }: ClassRef, rule: ResolutionRule): Entity {
  const unit = evaluator.program.unit(file);
  evaluator.consult(unit, unit.symbolKey(symbol));
  return { kind: 'symbol', file, symbol, rule, receiver: null, args: null, own: false };
}

/** Members of types that are used by `using static`. */
function fromStatic(evaluator: Evaluator, used: ReadonlySet<string>, name: string): readonly Entity[] | null {
  for (const path of used) {
    const dot = path.lastIndexOf('.');
    const type = path.slice(dot + 1);
    const namespace = dot < 0 ? '' : path.slice(0, dot);
    if (evaluator.defined(type, language).length === 0) continue;
    const unit = evaluator.program.unit(evaluator.home);
    const [found] = typeIn(evaluator, unit, typeName(type, 0), (one) => one === namespace, 'import') ?? [];
    const members = found?.kind === 'symbol' ? inClass(evaluator, found, name, { rule: 'import' }) : null;
    if (members !== null) return members;
  }
  return null;
}

/** What a namespace has under a name. */
export function ofNamespace(evaluator: Evaluator, namespace: string, name: string): readonly Entity[] {
  const home = evaluator.program.unit(evaluator.home);
  const found = typeIn(evaluator, home, name, (one) => one === namespace, 'import');
  if (found !== null) return found;
  const below = evaluator.program.modules.child(namespace, language, bareTypeName(name));
  return below?.kind === 'directory' ? [below] : [outside(bareTypeName(name), false)];
}

/** `using Foo = A.B.Foo<int>;`, whose import does not say how many parameters the type has. */
export function usingAlias(evaluator: Evaluator, unit: Unit, index: number): readonly Entity[] {
  const { module, name } = unit.imports[index] as { module: string; name: string };
  return evaluator.guarded(`using ${unit.file} ${index}`, () => {
    const words = module === '' ? [] : module.split('.');
    const holders = words
      .slice(1)
      .reduce(
        (found, word) => membersOf(evaluator, evaluator.settle(found), word),
        words.length === 0 ? [] : lookUp(evaluator, unit, 0, words[0] as string),
      );
    const asked = (written: string): readonly Entity[] =>
      words.length === 0
        ? nameOfFile(evaluator, unit, written)
        : membersOf(evaluator, evaluator.settle(holders), written);
    const all = [0, 1, 2].map((takes) => asked(typeName(name, takes)));
    return (
      all.find((found) => found.some(({ kind }) => kind !== 'outside' && kind !== 'unknown')) ??
      (all[0] as readonly Entity[])
    );
  });
}

function isPart(evaluator: Evaluator, { file, symbol }: ClassRef): boolean {
  const unit = evaluator.program.unit(file);
  const scope = unit.linksOf(symbol)?.scope ?? -1;
  return scope >= 0 && unit.bindings(scope, partOfType).length > 0;
}

/** A type with its other parts, by path; of a type in one part that one. */
export function partsOf(evaluator: Evaluator, of: ClassRef): readonly ClassRef[] {
  const unit = evaluator.program.unit(of.file);
  if (unit.language !== language) return [of];
  evaluator.consult(unit, unit.symbolKey(of.symbol));
  if (!isPart(evaluator, of)) return [of];
  return evaluator.remembered(`parts ${of.file} ${of.symbol}`, [of], () => {
    const { name, qualifiedName } = unit.symbol(of.symbol);
    const namespace = namespaceOf(evaluator, of);
    const written = boundAs(unit, of.symbol);
    const found = evaluator.defined(name, language).filter(({ file, symbol }) => {
      if (file === of.file && symbol === of.symbol) return true;
      if (!saidOf(evaluator, file).namespaces.includes(namespace)) return false;
      if (namespaceOf(evaluator, { file, symbol }) !== namespace) return false;
      const other = evaluator.program.unit(file);
      if (other.symbol(symbol).qualifiedName !== qualifiedName) return false;
      evaluator.consult(other, other.symbolKey(symbol));
      return boundAs(other, symbol) === written && isPart(evaluator, { file, symbol });
    });
    return found.length === 0 ? [of] : found;
  });
}

function boundAs(unit: Unit, symbol: number): string {
  const binding = unit.bindingOf(symbol);
  return binding < 0 ? '' : unit.binding(binding).name;
}

type Extended = Extract<Entity, { kind: 'instance' | 'outside' | 'collection' }>;

/**
 * Methods that extend the type of a value and are seen in the file that is linked, or `null`: what the value has of itself comes first.
 *
 * @param name as it is looked up: the number of arguments chooses
 * @param from where the call stands
 */
export function extensionsOf(
  evaluator: Evaluator,
  of: Extended,
  name: string,
  from: Place = { file: evaluator.home, scope: -1 },
): readonly Entity[] | null {
  const home = evaluator.program.unit(from.file);
  const plain = plainName(name);
  if (home.language !== language || !isCallableName(name)) return null;
  if (of.kind !== 'instance' && isBuiltinMethod(language, plain)) return null;
  const scope = from.scope < 0 ? -1 : levelScope(home, from.scope);
  const methods = evaluator.remembered(`extending ${home.file} ${scope} ${name}`, [] as readonly Definition[], () =>
    extending(evaluator, home, scope, name),
  );
  if (methods.length === 0) return null;
  const all = new Possibilities();
  let doubt = false;
  for (const { file, symbol } of methods) {
    const unit = evaluator.program.unit(file);
    const fits = extendsType(evaluator, evaluator.evaluate(file, unit.linksOf(symbol)?.receiver ?? -1), of);
    if (fits === 'no') continue;
    doubt ||= fits === 'maybe';
    all.add(symbolEntity(evaluator, { file, symbol }, 'member'));
  }
  if (all.isEmpty) return null;
  if (doubt) all.add(unknown);
  return all.take();
}

/** Extension methods of a name that a file sees and that can be called with as many arguments. */
function extending(evaluator: Evaluator, home: Unit, scope: number, name: string): readonly Definition[] {
  const seen = new Set(levelsFrom(evaluator, home, scope).flatMap(({ namespaces, used }) => [...namespaces, ...used]));
  const variadic = nameOfVariadic(name);
  const asked = (variadic === null ? [name] : [name, variadic]).map(extensionName);
  return evaluator.named(plainName(name), language).filter(({ file, symbol }) => {
    if (!saidOf(evaluator, file).namespaces.some((one) => seen.has(one))) return false;
    if (!seen.has(namespaceOf(evaluator, { file, symbol }))) return false;
    const unit = evaluator.program.unit(file);
    evaluator.consult(unit, unit.symbolKey(symbol));
    if ((unit.linksOf(symbol)?.receiver ?? -1) < 0) return false;
    const { scope } = unit.binding(unit.bindingOf(symbol));
    return asked.some((written) => {
      evaluator.consult(unit, unit.nameKey(scope, written));
      return unit.bindings(scope, written).some((index) => unit.binding(index).symbol === symbol);
    });
  });
}

const mappings = /Dictionary$/;
/** What the library's sequences and mappings are as well. */
const sequences =
  /^(array|List|IList|ICollection|IReadOnlyList|IReadOnlyCollection|HashSet|ISet|SortedSet|Queue|Stack|LinkedList|Collection|ReadOnlyCollection|ObservableCollection|IQueryable|IOrderedEnumerable|ImmutableArray|ImmutableList|ConcurrentBag|ConcurrentQueue|string|String)$|Dictionary$/;

/** Whether a method that extends what its first parameter evaluates to may be called on a value. */
function extendsType(evaluator: Evaluator, extended: readonly Entity[], of: Extended): 'yes' | 'maybe' | 'no' {
  let fits: 'yes' | 'maybe' | 'no' = 'no';
  for (const one of extended) {
    // A type parameter stands for anything that its bound allows; without a bound nothing is known of it.
    if (one.kind === 'unknown' || one.kind === 'variable') return 'yes';
    if (one.kind === 'symbol') {
      if (of.kind !== 'instance') continue;
      const wanted = partsOf(evaluator, one);
      const isBehind = ancestryOf(evaluator, of).classes.some((behind) =>
        wanted.some(({ file, symbol }) => file === behind.file && symbol === behind.symbol),
      );
      if (isBehind) return 'yes';
    } else if (one.kind === 'outside') {
      if (one.name === 'object' || one.name === 'Object') return 'yes';
      if (of.kind === 'instance') {
        if (ancestryOf(evaluator, of).outside) fits = 'maybe';
        continue;
      }
      const name = of.kind === 'collection' ? of.type : of.name;
      // `IDbConnection` is what `DbConnection` implements.
      if (one.name.toLowerCase() === name.toLowerCase() || one.name === `I${name}`) return 'yes';
      const isSequence = one.name === 'IEnumerable' && (of.kind === 'collection' || sequences.test(name));
      if (isSequence || (mappings.test(one.name) && mappings.test(name))) return 'yes';
      // The library's other types may be each other's; those of the language are nobody's.
      if (!predefined.has(name) && !predefined.has(one.name)) fits = 'maybe';
    }
  }
  return fits;
}

const predefined = new Set(
  'string String int Int32 long bool Boolean char double float decimal byte null void Type'.split(' '),
);
