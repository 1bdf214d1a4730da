/**
 * Names in stack traces, as the source would write them.
 *
 * Compilers and runtimes decorate: `<RunAsync>d__5.MoveNext`, `lambda$add$0`, `{{closure}}`, `block in Basket#add`. What is wanted
 * is the definition that a person would open: owners and function with dots between, `Basket.add`. A closure counts as the
 * function around it; where none is told the name is `null`, and the line has to say. Argument types are dropped.
 */

/** Stands for a constructor, whatever the language calls it. */
export const constructorName = '<init>';

/** Without what stands in pairs of brackets: arguments of types, of calls. */
export function withoutBrackets(text: string, open: string, close: string): string {
  let depth = 0;
  let out = '';
  for (const character of text) {
    if (character === open) depth++;
    else if (character === close && depth > 0) depth--;
    else if (depth === 0) out += character;
  }
  return out;
}

/** Joins parts; `null` when the last says nothing. */
function joined(parts: readonly string[]): string | null {
  const told = parts.filter((part) => part !== '');
  return told.length === 0 ||
    !/^(?:[\p{L}_$~#][\p{L}\p{N}_$!?=~-]*|<init>|operator.{1,3})$/u.test(told.at(-1) as string)
    ? null
    : told.join('.');
}

export function pythonName(name: string): string | null {
  // IPython prints qualified names, `f.<locals>.g`.
  const [outer = ''] = name.split('.<locals>');
  return outer.startsWith('<') ? null : outer;
}

/** `Basket.add`, `new Basket`, `async main`, `Object.<anonymous>`, `Foo.bar [as baz]`, Firefox's `m/</x`. */
export function javascriptName(name: string): string | null {
  const plain = name
    .replace(/^(?:async\*?|async )\s*/, '')
    .replace(/ \[as [^\]]*\]$/, '')
    .replace(/[/<].*$/, '')
    .replace(/\.$/, '')
    .trim();
  if (/^new [\w$.]+$/.test(plain)) return `${plain.slice(4)}.${constructorName}`;
  if (name.includes('<anonymous>') || name.includes('<computed>')) return null;
  const parts = plain.replace(/^(?:get|set) /, '').split('.');
  if (/^(?:eval|Object|Module|exports|global code|module code)$/.test(plain)) return null;
  return joined(/^(?:Object|Module|Function|exports|module)$/.test(parts[0] ?? '') ? parts.slice(1) : parts);
}

/** @param owner `com.acme.Basket$Item`, with or without module @returns package folders and a name */
export function javaName(owner: string, method: string): { readonly folder: string; readonly name: string | null } {
  const type = owner.replace(/^.*\//, '');
  const dot = type.lastIndexOf('.');
  const folder = dot < 0 ? '' : type.slice(0, dot).replaceAll('.', '/');
  const owners = type.slice(dot + 1).split('$');
  // Kotlin's coroutine `Basket$load$2.invokeSuspend` is the body of load; anonymous classes are numbers.
  const outerTypes = owners.filter((part, at) => at === 0 || /^[A-Z]/.test(part));
  const around = owners.filter((part, at) => at > 0 && /^[a-z]\w*$/.test(part) && part !== 'lambda');
  const top = (outerTypes[0] ?? '').replace(/Kt$/, '');
  const lambda = /^lambda\$(\w+?)\$\d+$|^(\w+)\$lambda|^\$?anonfun\$(\w+)\$|^access\$(\w*[a-z]\w*)$/.exec(method);
  let name = lambda?.slice(1).find((part) => part !== undefined) ?? method;
  if (/^(?:invoke|invokeSuspend|doCall|apply|accept|run|call)$/.test(method) && around.length > 0)
    name = around[0] as string;
  if (name === 'new' || name === '<init>' || name === '<clinit>') name = constructorName;
  return { folder, name: joined([top, ...outerTypes.slice(1), name]) };
}

/** `main.(*Shop).Add.func1`, `example.com/shop.TestAdd.(*Shop).Add.func1`, `main.(*Basket[...]).Price`. */
export function goName(name: string): string | null {
  const own = withoutBrackets(name.slice(name.lastIndexOf('/') + 1), '[', ']').replace(/-fm$/, '');
  const parts = own.split('.').slice(1);
  while (parts.length > 0 && /^(?:func\d*|gowrap\d+|\d+|deferwrap\d+|init\.\d+)$/.test(parts.at(-1) as string))
    parts.pop();
  // An inlined function stands behind the one it was written into.
  const pointer = parts.findLastIndex((part) => part.startsWith('(*'));
  const kept = pointer >= 0 ? parts.slice(pointer) : parts.slice(-2);
  return joined(kept.map((part) => part.replace(/^\(\*?|\)$/g, '')));
}

/** `<krate::Basket as krate::Add>::add::{{closure}}`, `krate::Basket<T>::price::h0123456789abcdef`. */
export function rustName(name: string): string | null {
  return joined(rustParts(name).slice(rustOwner(name)));
}

/** The crate and the modules in front of `rustName`: `krate`, `shop` of `krate::shop::Basket::price`. */
export const rustModules = (name: string): readonly string[] => rustParts(name).slice(0, rustOwner(name));

/** Where the name begins, from the end: a type before it, in capitals as Rust has them, is its owner. */
const rustOwner = (name: string): -1 | -2 => (/^[A-Z]/.test(rustParts(name).at(-2) ?? '') ? -2 : -1);

function rustParts(name: string): string[] {
  const plain = name
    .trim()
    .replace(/^<(.+?) as .+?>(?=::)/, '$1')
    .replace(/<impl (.+? for )?(.+?)>(?=::)/, '$2')
    .replace(/^<((?:\w+::)*\w+(?:<.*>)?)>(?=::)/, '$1')
    .replace(/::h[0-9a-f]{16}$/, '')
    .replace(/::\{\{?[^{}]*\}?\}(?:#\d+)?/g, '');
  return withoutBrackets(plain, '<', '>')
    .split('::')
    .filter((part) => part !== '');
}

/** `Shop\Basket->add`, `Shop\Basket::Shop\{closure}`, PHP 8.4's `{closure:Shop\Basket::add():12}`. */
export function phpName(name: string): string | null {
  const within = /\{closure:([^(]+)\(\):\d+\}/.exec(name)?.[1];
  const parts = (within ?? name).split(/->|::/).map((part) => part.replace(/^.*\\/, ''));
  return joined(parts.map((part) => (part === '__construct' ? constructorName : part)));
}

/** `block (2 levels) in Shop::Basket#add`, `rescue in add`, `<main>`, `<class:Basket>`. */
export function rubyName(name: string): string | null {
  const own = name.replace(/^(?:(?:block|rescue|ensure)(?: \(\d+ levels\))? in )+/, '');
  const parts = own.split(/::|[#.]/);
  return joined(parts.slice(-2).map((part) => (part === 'initialize' ? constructorName : part)));
}

/** `Ns.Basket`1[T].<RunAsync>d__5.MoveNext`, `Ns.P.<Main>g__Go|0_1`, `Ns.Basket..ctor`, `Ns.Outer+Inner.get_Count`. */
export function csharpName(name: string): string | null {
  const plain = withoutBrackets(name.replace(/`\d+/g, ''), '[', ']');
  // Closures, iterators and local functions stand in classes and methods named after the method around them.
  const around = /\.<(\w+)>[a-z_]/.exec(plain)?.[1];
  if (around !== undefined) return joined([...plain.slice(0, plain.indexOf('.<')).split(/[.+]/), around].slice(-2));
  if (/\.\.c?ctor$/.test(plain))
    return joined([...plain.replace(/\.\.c?ctor$/, '').split(/[.+]/), constructorName].slice(-2));
  const parts = withoutArguments(plain).split(/[.+]/).slice(-2);
  return joined(parts.map((part) => part.replace(/^(?:get|set|add|remove)_(?=\w)/, '')));
}

/**
 * What stands around `csharpName`, namespaces and types. The method of an interface that a class implements under the interface's
 * name is printed as `Ns.Basket.Ns.IAdd.Add`: the class is only told here.
 */
export function csharpAround(name: string): readonly string[] {
  const plain = withoutArguments(withoutBrackets(name.replace(/`\d+/g, ''), '[', ']'));
  return plain.split(/[.+]/).slice(0, -2);
}

/** Without types in angle brackets; a name in them, as `.<Main>$` is, says what the compiler made it from. */
const withoutArguments = (name: string): string => (name.includes('.<') ? name : withoutBrackets(name, '<', '>'));

/** `shop::Box<int>::get(int) const`, `void shop::f<int>(int)`, `operator()`, a mangled `_ZN4shop6Basket5priceEv`. */
export function cppName(name: string): string | null {
  const mangled = /^_ZNK?(?=\d)/.exec(name);
  if (mangled !== null) return joined(mangledParts(name.slice(mangled[0].length)).slice(-2));
  const lambda = name.replace(/::\{lambda.*$|::operator\(\).*$/, '');
  const bare = withoutBrackets(withoutBrackets(lambda, '<', '>'), '(', ')').replace(
    / (?:const|volatile|\[clone.*)$/g,
    '',
  );
  const parts = (bare.trim().split(' ').at(-1) ?? '').split('::').slice(-2);
  return joined(parts.length === 2 && parts[0] === parts[1] ? [parts[0] as string, constructorName] : parts);
}

/** `4shop6Basket5priceEv` as `shop`, `Basket`, `price`. */
function mangledParts(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; ; ) {
    const digits = /^\d{1,3}/.exec(text.slice(at, at + 3))?.[0];
    if (digits === undefined) return parts;
    at += digits.length;
    parts.push(text.slice(at, at + Number(digits)));
    at += Number(digits);
  }
}
