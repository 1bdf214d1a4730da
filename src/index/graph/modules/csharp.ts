/**
 * Modules of C#: namespaces, by what files say that they belong to, wherever they lie.
 *
 * The idea: no file imports another. What a file sees is decided by namespaces, which are spread over the repository and into libraries,
 * so `using` leads to a namespace (a `directory`), and types are asked for by name (`csharp-names.ts`). Only a `using` of one type leads
 * to a file, the one of its name, as the habit of one type a file has it. What a whole project uses is said in some file of it
 * (`global using`) or in its build files (`<Using Include="…" />`, `<ImplicitUsings>`); a project is what lies at and below a `.csproj`.
 *
 * Absent: which project refers to which, conditions in build files and what they import.
 */
import type { ModuleResolver, ModuleRules, ModuleTarget, ModuleWorld } from '../modules.ts';

const external: ModuleTarget = { kind: 'external' };
const missing: ModuleTarget = { kind: 'missing' };
const nobody: readonly string[] = [];

/** What a file says of itself (`FileLinks.package`). */
export interface Said {
  /** `''` alone where the file names none. */
  readonly namespaces: readonly string[];
  /** What all files of its project use. */
  readonly uses: readonly string[];
}

const using = 'using ';
const known = new Map<string, Said>();
/** Different ones that are kept: each is as short as its names. */
const maxKnown = 10_000;

export function saidBy(text: string | null): Said {
  const key = text ?? '';
  let said = known.get(key);
  if (said === undefined) {
    const lines = key.split('\n').filter((line) => line !== '');
    const uses = lines.filter((line) => line.startsWith(using)).map((line) => line.slice(using.length));
    const namespaces = lines.filter((line) => !line.startsWith(using));
    said = { namespaces: namespaces.length === 0 ? [''] : namespaces, uses };
    if (known.size >= maxKnown) known.clear();
    known.set(key, said);
  }
  return said;
}

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

class CsharpModules implements ModuleResolver {
  /** Files by namespace, ascending. */
  readonly #namespaces = new Map<string, string[]>();
  /** Beginnings of namespaces, themselves included. */
  readonly #beginnings = new Set<string>();
  readonly #projects = new Set<string>();
  /** What the files of a project say that it uses, by the project's directory. */
  readonly #using = new Map<string, string[]>();
  /** With what its build files say. */
  readonly #uses = new Map<string, readonly string[]>();
  readonly #world: ModuleWorld;

  constructor(world: ModuleWorld) {
    this.#world = world;
    for (const path of world.paths) if (path.endsWith('.csproj')) this.#projects.add(directoryOf(path));
    for (const path of world.paths) {
      if (!/\.csx?$/.test(path)) continue;
      const { namespaces, uses } = saidBy(world.packageOf(path));
      for (const namespace of namespaces) this.#add(namespace, path);
      if (uses.length === 0) continue;
      const project = this.#projectOf(path);
      this.#using.set(project, [...(this.#using.get(project) ?? []), ...uses]);
    }
  }

  #add(namespace: string, path: string): void {
    const files = this.#namespaces.get(namespace);
    if (files !== undefined) {
      files.push(path);
      return;
    }
    this.#namespaces.set(namespace, [path]);
    for (let dot = namespace.indexOf('.'); dot >= 0; dot = namespace.indexOf('.', dot + 1)) {
      this.#beginnings.add(namespace.slice(0, dot));
    }
    if (namespace !== '') this.#beginnings.add(namespace);
  }

  /** The directory of the nearest project around, or the root. */
  #projectOf(path: string): string {
    let directory = directoryOf(path);
    while (directory !== '' && !this.#projects.has(directory)) directory = directoryOf(directory);
    return directory;
  }

  resolve(_from: string, module: string, name: string): ModuleTarget {
    const whole = name === '*' ? module : module === '' ? name : `${module}.${name}`;
    if (this.#beginnings.has(whole)) return { kind: 'directory', path: whole };
    const names = whole.split('.');
    for (let count = names.length - 1; count > 0; count--) {
      const namespace = names.slice(0, count).join('.');
      if (!this.#beginnings.has(namespace)) continue;
      const type = names[count] as string;
      const files = (this.#namespaces.get(namespace) ?? nobody).filter((path) => path.endsWith(`/${type}.cs`));
      if (files.length === 0) return missing;
      return count === names.length - 1
        ? { kind: 'files', paths: files }
        : { kind: 'files', paths: files, inside: names.slice(count) };
    }
    return external;
  }

  /** A namespace in another; `''` is the outermost. */
  child(of: string, name: string): ModuleTarget | null {
    const path = of === '' ? name : `${of}.${name}`;
    return this.#beginnings.has(path) ? { kind: 'directory', path } : null;
  }

  visible(): readonly string[] {
    return nobody;
  }

  uses(from: string): readonly string[] {
    const project = this.#projectOf(from);
    let uses = this.#uses.get(project);
    if (uses === undefined) {
      const texts = this.#buildFiles(project).map((path) => this.#world.read(path) ?? '');
      const told = texts.flatMap((text) => usedIn(text, 'Include'));
      const taken = new Set(texts.flatMap((text) => usedIn(text, 'Remove')));
      const given = [...implied(texts), ...told].filter((name) => !taken.has(name));
      uses = [...new Set([...(this.#using.get(project) ?? nobody), ...given])].sort();
      this.#uses.set(project, uses);
    }
    return uses;
  }

  /** Those of the project, and what counts for all projects below a directory. */
  #buildFiles(project: string): string[] {
    const found = this.#world.inDirectory(project).filter((path) => path.endsWith('.csproj'));
    for (let directory = project; ; directory = directoryOf(directory)) {
      for (const name of ['Directory.Build.props', 'Directory.Build.targets']) {
        found.push(directory === '' ? name : `${directory}/${name}`);
      }
      if (directory === '') return found;
    }
  }
}

/**
 * What `<ImplicitUsings>` brings, by the project's kit. Microsoft Learn, .NET project SDKs, "Implicit using directives". It counts where
 * the repository itself defines something in these namespaces, as frameworks do.
 */
function implied(texts: readonly string[]): string[] {
  // The project's own file comes first and says it last.
  const said = texts.map((text) => /<ImplicitUsings>\s*(\w+)\s*</.exec(text)?.[1]).find((word) => word !== undefined);
  if (said !== 'enable' && said !== 'true') return [];
  const kit = texts
    .map((text) => /\bSdk="Microsoft\.NET\.Sdk\.(\w+)/.exec(text)?.[1])
    .find((word) => word !== undefined);
  return [...impliedByAll, ...(impliedBy[kit ?? ''] ?? [])];
}

const impliedByAll =
  'System System.Collections.Generic System.IO System.Linq System.Net.Http System.Threading System.Threading.Tasks'.split(
    ' ',
  );

const impliedBy: Readonly<Record<string, readonly string[]>> = {
  Web: (
    'System.Net.Http.Json Microsoft.AspNetCore.Builder Microsoft.AspNetCore.Hosting Microsoft.AspNetCore.Http ' +
    'Microsoft.AspNetCore.Routing Microsoft.Extensions.Configuration Microsoft.Extensions.DependencyInjection ' +
    'Microsoft.Extensions.Hosting Microsoft.Extensions.Logging'
  ).split(' '),
  Worker: (
    'Microsoft.Extensions.Configuration Microsoft.Extensions.DependencyInjection Microsoft.Extensions.Hosting ' +
    'Microsoft.Extensions.Logging'
  ).split(' '),
};

/** What a build file uses for all files, or does not: `<Using Include="A.B" Static="true" />`, several between semicolons. */
function usedIn(text: string, how: 'Include' | 'Remove'): string[] {
  const lists = [...text.matchAll(/<Using\s[^>]{0,400}?\b(Include|Remove)="([^"<>]{1,400})"/g)].flatMap(
    ([, word, list]) => (word === how ? [list as string] : []),
  );
  return lists.flatMap((list) => list.split(';').map((name) => name.trim())).filter((name) => name !== '');
}

export const csharp: ModuleRules = {
  languages: ['csharp'],
  open: (world) => new CsharpModules(world),
};
