/**
 * What links of C# call things that the language tells apart by more than a name, so that the graph finds them by one: types by
 * how many parameters they have, parts of a type, indexers, and methods that extend a type written elsewhere.
 */

/**
 * `Box<T>` is called ``Box`1``, and `Box` is ``Box`0`` where only a type can stand: a property may have the name of its type.
 *
 * @param takes type parameters
 */
export const typeName = (name: string, takes: number): string => `${name}\`${takes}`;

/** `Box` of ``Box`1``; any other name as it is. */
export function bareTypeName(name: string): string {
  const at = name.lastIndexOf('`');
  return at < 0 ? name : name.slice(0, at);
}

/** A call that says what the method's type parameters are: `Read<Foo>(a)` looks up `Read(1;1)`. @param name as `callableName` gives it */
export const toldName = (name: string, told: number): string => (told === 0 ? name : `${name.slice(0, -1)};${told})`);

/** Bound in the scope of a type of which other files may have more. */
export const partOfType = '(partial)';

/** What an operator is bound as, which is its name as a definition. */
export const operatorName = (written: string): string => `operator ${written}`;

/** What an indexer is bound as. */
export const indexerName = 'this[]';

/** What an extension method is called like on an object: `.Foo(1)` for `Foo(this Bar bar, int a)`. @param name as `callableName` gives it for an object */
export const extensionName = (name: string): string => `.${name}`;

/** A name looked up from the outermost namespace: `global::A`. */
export const globalPrefix = 'global::';

/** In the scope of a namespace, or of a file that is in one: a literal whose type is the namespace's whole name. */
export const namespaceName = '(namespace)';

/** What a `using` without a name of its own is bound as, where it stands. */
export const usingName = '(using)';

/** What says of a name that it is a type parameter of a class: bound beside it, with the class and, as a literal, its place. */
export const typeParameterName = (name: string): string => `<${name}>`;
