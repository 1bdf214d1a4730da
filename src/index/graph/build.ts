/**
 * Building a graph, from nothing or from the graph before a change.
 *
 * What may be kept of the graph before is decided by what changed: a file is linked again when it is new, when
 * something it looked up says something else now (`relink.ts`), or when an import means other files now. All else is
 * copied to its new place. Both ways give the same graph, which a property test holds.
 */
import { WinnowError } from '../../base/mod.ts';
import type { FileFacts, FileLinks } from '../../code/mod.ts';
import type { FileRecord } from '../types.ts';
import type { Definition, Program } from './evaluate.ts';
import { hashOf } from './hash.ts';
import { type LinkContext, linkFile } from './link-file.ts';
import { shapeOf, withMethodSets } from './method-sets.ts';
import { familyOf, ModuleMap } from './module-map.ts';
import { absent, buildNodes, type NodeTable, outlineOf } from './nodes.ts';
import { noObservations, type Observations } from './observed.ts';
import { comparedIn, Spellings } from './php-case.ts';
import { type ChangedFile, filesToRelink, importsFrom, isNamed } from './relink.ts';
import { Strings } from './strings.ts';
import { type Surface, surfaceOf } from './surface.ts';
import {
  type Dependencies,
  type GraphTables,
  linksOfFile,
  Moved,
  movedLinks,
  packQuestions,
  TableBuilder,
  targetsOfFile,
} from './tables.ts';
import { hasTestAttribute } from './test-names.ts';
import { Units } from './units.ts';
import { World } from './world.ts';

export interface LoadedFile {
  readonly facts: FileFacts;
  readonly links: FileLinks;
  readonly packedBytes: number;
}

export interface BuildInput {
  /** Ascending by path. */
  readonly files: readonly FileRecord[];
  /** Facts and links of a file's version. Asked for several times. */
  load(file: FileRecord): LoadedFile;
  /** Text of a configuration file of the worktree, or `null`. */
  read(path: string): string | null;
  readonly before: BuiltGraph | null;
  /** What runs showed, laid over what is resolved. */
  readonly observe?: (nodes: NodeTable) => Observations;
  readonly onProgress?: (filesDone: number, filesTotal: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface BuiltGraph {
  readonly tables: GraphTables;
  readonly dependencies: Dependencies;
  /** Files that were linked for it. */
  readonly linked: number;
}

export function buildGraph(input: BuildInput): BuiltGraph {
  return new Build(input).run();
}

/** What is kept of a file that was read, beside its nodes. */
interface ReadFile {
  readonly surface: Surface;
  readonly imports: Uint32Array;
  readonly shape: Uint32Array;
  readonly package: string | null;
  readonly test: boolean;
}

class Build {
  readonly #input: BuildInput;
  readonly #paths: readonly string[];
  readonly #before: BuiltGraph | null;
  /** Place in the graph before of a file with the same content, or -1. */
  readonly #sameBefore: Int32Array;
  /** Place in the graph before of a file with the same path, or -1. */
  readonly #pathBefore: Int32Array;
  readonly #strings: Strings;
  readonly #units: Units;
  readonly #read = new Map<number, ReadFile>();
  /** By family and name. */
  readonly #definitions = new Map<string, readonly Definition[]>();
  #spellings: Spellings | null = null;

  constructor(input: BuildInput) {
    this.#input = input;
    this.#before = input.before;
    this.#paths = input.files.map(({ path }) => path);
    this.#sameBefore = new Int32Array(input.files.length).fill(-1);
    this.#pathBefore = new Int32Array(input.files.length).fill(-1);
    this.#strings = input.before?.tables.nodes.strings ?? new Strings();
    this.#units = new Units((file) => this.#load(file));
    if (input.before === null) return;
    const { nodes, files } = input.before.tables;
    // Both are ordered by path.
    for (let old = 0, now = 0; old < nodes.fileCount; old++) {
      const path = nodes.name(nodes.firstNode[old] as number);
      while (now < this.#paths.length && (this.#paths[now] as string) < path) now++;
      if (this.#paths[now] !== path) continue;
      this.#pathBefore[now] = old;
      if (files.version[old] === input.files[now]?.version) this.#sameBefore[now] = old;
    }
  }

  run(): BuiltGraph {
    const nodes = this.#nodes();
    const fileOf = new Map(this.#paths.map((path, file) => [path, file]));
    const world = new World({
      paths: this.#paths,
      read: this.#input.read,
      packageOf: (path) => this.#packageOf(fileOf.get(path) ?? -1),
    });
    const modules = new ModuleMap(world, (path) => fileOf.get(path) ?? -1);
    const moved = this.#before === null ? null : this.#movedNodes(nodes, this.#before.tables.nodes);
    const relink =
      this.#before === null || moved === null ? new Set<number>() : this.#relinked(nodes, modules, moved, this.#before);
    return this.#link({ nodes, modules, moved, relink });
  }

  #load(file: number) {
    const record = this.#input.files[file] as FileRecord;
    const { facts, links, packedBytes } = this.#input.load(record);
    const { language, symbols, imports, traits } = facts;
    const test = traits.test || hasTestAttribute(language, symbols);
    return { file, path: record.path, language, test, symbols, imports, links, packedBytes };
  }

  #nodes(): NodeTable {
    const { files } = this.#input;
    return buildNodes(
      this.#paths,
      (file) => {
        const old = this.#sameBefore[file] as number;
        if (old >= 0) return { kind: 'before', file: old };
        this.#checkSignal();
        const unit = this.#units.get(file);
        const { links } = unit;
        const imports = unit.imports.flatMap(({ module, name }) => [
          this.#strings.intern(module),
          this.#strings.intern(name),
        ]);
        this.#read.set(file, {
          surface: surfaceOf(unit),
          imports: Uint32Array.from(imports),
          shape: shapeOf(unit),
          package: links.package,
          test: unit.test,
        });
        return { kind: 'outline', outline: outlineOf(unit.symbols, links, (files[file] as FileRecord).bytes) };
      },
      this.#before?.tables.nodes ?? null,
      this.#strings,
    );
  }

  #packageOf(file: number): string | null {
    if (file < 0) return null;
    const read = this.#read.get(file);
    if (read !== undefined) return read.package;
    const number = this.#before?.dependencies.packages[this.#sameBefore[file] as number] ?? 0;
    return number === 0 ? null : this.#strings.text(number - 1);
  }

  /** By node before: its number now. Symbols of a changed file are found again by their qualified names. */
  #movedNodes(nodes: NodeTable, before: NodeTable): Moved {
    const moved = new Uint32Array(before.count).fill(absent);
    // Nothing leads to a directory; that they are the same ones lets everything be seen to be in its place.
    if (before.directoryCount === nodes.directoryCount) {
      for (let at = 0; at < nodes.directoryCount; at++) {
        if (before.columns.name[at] === nodes.columns.name[at]) moved[at] = at;
      }
    }
    for (let file = 0; file < this.#paths.length; file++) {
      const old = this.#pathBefore[file] as number;
      if (old < 0) continue;
      const [first, start] = [nodes.firstNode[file] as number, before.firstNode[old] as number];
      if ((this.#sameBefore[file] as number) >= 0) {
        const count = (nodes.firstNode[file + 1] as number) - first;
        for (let at = 0; at < count; at++) moved[start + at] = first + at;
      } else {
        const known = placesByName(nodes, file);
        for (const [name, node] of placesByName(before, old)) moved[node] = known.get(name) ?? absent;
      }
    }
    return new Moved(moved);
  }

  #relinked(nodes: NodeTable, modules: ModuleMap, moved: Moved, before: BuiltGraph): Set<number> {
    const changed: ChangedFile[] = [];
    const kept = new Set<number>();
    let modulesChanged = false;
    for (let file = 0; file < this.#paths.length; file++) {
      const old = this.#pathBefore[file] as number;
      if (old >= 0) kept.add(old);
      if ((this.#sameBefore[file] as number) >= 0) continue;
      changed.push({ now: file, before: old });
      const packageBefore = old < 0 ? 0 : (before.dependencies.packages[old] as number);
      const packageNow = this.#packageOf(file);
      modulesChanged ||= old < 0 || packageBefore !== (packageNow === null ? 0 : this.#strings.intern(packageNow) + 1);
    }
    for (let old = 0; old < before.tables.nodes.fileCount; old++) {
      if (kept.has(old)) continue;
      changed.push({ now: -1, before: old });
      modulesChanged = true;
    }
    for (const [path, hash] of Object.entries(before.dependencies.configurations)) {
      modulesChanged ||= hashOfText(modules.world.read(path)) !== hash;
    }
    const relink = filesToRelink({
      before,
      nodes,
      paths: this.#paths,
      sameBefore: this.#sameBefore,
      changed,
      surfaceOf: (file) => (this.#read.get(file) as ReadFile).surface,
      languageOf: (file) => (this.#input.files[file] as FileRecord).language,
      modules,
      modulesChanged,
    });
    // Whoever led to what is gone looked its name up and is among them already; but nothing may lead nowhere.
    this.#sameBefore.forEach((old, file) => {
      if (old >= 0 && moved.lost(targetsOfFile(before.tables, old))) relink.add(file);
    });
    return relink;
  }

  #link(how: {
    readonly nodes: NodeTable;
    readonly modules: ModuleMap;
    readonly moved: Moved | null;
    readonly relink: ReadonlySet<number>;
  }): BuiltGraph {
    const { nodes, modules, moved, relink } = how;
    const { files, observe } = this.#input;
    const program: Program = {
      modules,
      unit: (file) => this.#units.get(file),
      named: (name, family) => this.#named(nodes, name, family, false),
      defined: (name, family) => this.#named(nodes, name, family, true),
    };
    const tests = Uint32Array.from(files, (_, file) => (this.#isTest(file) ? 1 : 0));
    const context: LinkContext = {
      program,
      nodes,
      pathOf: (file) => this.#paths[file] as string,
      isTest: (file) => tests[file] === 1,
    };
    const builder = new TableBuilder(nodes, this.#before?.tables ?? null);
    const rest = new RestBuilder(this.#strings);
    const observations = observe?.(nodes) ?? noObservations;
    let linked = 0;
    let run: { start: number; end: number } | null = null;
    for (let file = 0; file < files.length; file++) {
      const { path, language } = files[file] as FileRecord;
      const old = this.#sameBefore[file] as number;
      if (old >= 0 && moved !== null && this.#before !== null && !relink.has(file)) {
        rest.keep(this.#before.dependencies, old);
        const { tables } = this.#before;
        if (observations.concern(file, tables.edges, tables.nodes, old)) {
          if (run !== null) builder.copy(tables, run.start, run.end, moved);
          run = null;
          builder.add(observations.lay(file, movedLinks(linksOfFile(tables, old), moved)));
        } else {
          // Neighbours that stay neighbours are copied together.
          if (run === null) run = { start: old, end: old };
          run.end = old + 1;
          if (this.#sameBefore[file + 1] === old + 1 && !relink.has(file + 1)) continue;
          builder.copy(tables, run.start, run.end, moved);
          run = null;
        }
        continue;
      }
      this.#checkSignal();
      const consulted = new Set<number>();
      const links = linkFile(context, this.#units.get(file), consulted);
      linked++;
      const read = this.#read.get(file);
      const surface = read?.surface ?? (this.#before?.dependencies.surfaces[old] as Surface);
      const imports = read?.imports ?? (this.#before?.dependencies.imports[old] as Uint32Array);
      const importPrint = modules.printOf(
        path,
        language,
        importsFrom(imports, (number) => this.#strings.text(number)),
      );
      const questions = packQuestions(modules.takeQuestions(), (text) => this.#strings.intern(text));
      const shape = read?.shape ?? (this.#before?.dependencies.shapes[old] as Uint32Array);
      rest.add({ surface, imports, importPrint, questions, consulted, shape, package: this.#packageOf(file) });
      this.#input.onProgress?.(file + 1, files.length);
      builder.add(observations.lay(file, links));
    }
    const version = Uint32Array.from(files, (record) => record.version);
    const language = Uint32Array.from(files, (record) => this.#strings.intern(record.language));
    const tables = builder.finish({ version, language, test: tests });
    const configurations: Record<string, number> = {};
    for (const [path, text] of modules.world.consulted) configurations[path] = hashOfText(text);
    const dependencies = rest.finish(configurations);
    return { tables: withMethodSets(tables, dependencies.shapes, dependencies.packages), dependencies, linked };
  }

  #isTest(file: number): boolean {
    const read = this.#read.get(file);
    return read?.test ?? this.#before?.tables.files.test[this.#sameBefore[file] as number] === 1;
  }

  #named(nodes: NodeTable, name: string, family: string, values: boolean): readonly Definition[] {
    const key = `${family} ${values} ${comparedIn(family, name)}`;
    const known = this.#definitions.get(key);
    if (known !== undefined) return known;
    const { columns } = nodes;
    const found: Definition[] = [];
    this.#definitions.set(key, found);
    for (const node of this.#nodesNamed(nodes, name, family)) {
      const file = columns.file[node] as number;
      if (!isNamed(nodes, node) || (!values && nodes.kind(node) === 'global')) continue;
      if (familyOf((this.#input.files[file] as FileRecord).language) !== family) continue;
      const inside = columns.parent[node] !== nodes.firstNode[file];
      const qualifiedName = nodes.qualifiedName(node);
      found.push({ file, symbol: columns.symbol[node] as number, qualifiedName, inside });
    }
    return found;
  }

  /** Symbols with a name as the family's languages compare it, ascending. */
  #nodesNamed(nodes: NodeTable, name: string, family: string): Uint32Array {
    if (family !== 'php') return nodes.named(name);
    this.#spellings ??= new Spellings(nodes, (file) => this.#input.files[file]?.language === 'php');
    const [only, ...others] = this.#spellings.of(name);
    if (only === undefined) return new Uint32Array();
    const found = nodes.named(only);
    return others.length === 0
      ? found
      : Uint32Array.from([...found, ...others.flatMap((one) => [...nodes.named(one)])]).sort();
  }

  #checkSignal(): void {
    if (this.#input.signal?.aborted) throw new WinnowError('cancelled', 'Building the graph was cancelled.');
  }
}

const hashOfText = (text: string | null): number => (text === null ? 0 : hashOf(text) + 1);

/** Nodes of a file by qualified name and, among those of one name, by order. */
function placesByName(nodes: NodeTable, file: number): Map<string, number> {
  const places = new Map<string, number>();
  const counts = new Map<string, number>();
  for (let node = nodes.firstNode[file] as number; node < (nodes.firstNode[file + 1] as number); node++) {
    const name = nodes.qualifiedName(node);
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    places.set(`${name} ${count}`, node);
  }
  return places;
}

/** Gathers dependencies, in the order of files. */
class RestBuilder {
  readonly #strings: Strings;
  readonly #surfaces: Surface[] = [];
  readonly #consulted: Uint32Array[] = [];
  readonly #imports: Uint32Array[] = [];
  readonly #shapes: Uint32Array[] = [];
  readonly #importPrints: number[] = [];
  readonly #questions: Uint32Array[] = [];
  readonly #packages: number[] = [];

  constructor(strings: Strings) {
    this.#strings = strings;
  }

  keep(before: Dependencies, file: number): void {
    this.#surfaces.push(before.surfaces[file] as Surface);
    this.#consulted.push(before.consulted[file] as Uint32Array);
    this.#imports.push(before.imports[file] as Uint32Array);
    this.#shapes.push(before.shapes[file] as Uint32Array);
    this.#importPrints.push(before.importPrints[file] as number);
    this.#questions.push(before.questions[file] as Uint32Array);
    this.#packages.push(before.packages[file] as number);
  }

  add(file: {
    readonly surface: Surface;
    readonly imports: Uint32Array;
    readonly importPrint: number;
    readonly questions: Uint32Array;
    readonly consulted: ReadonlySet<number>;
    readonly shape: Uint32Array;
    readonly package: string | null;
  }): void {
    this.#surfaces.push(file.surface);
    this.#consulted.push(Uint32Array.from(file.consulted));
    this.#imports.push(file.imports);
    this.#shapes.push(file.shape);
    this.#importPrints.push(file.importPrint);
    this.#questions.push(file.questions);
    this.#packages.push(file.package === null ? 0 : this.#strings.intern(file.package) + 1);
  }

  finish(configurations: Readonly<Record<string, number>>): Dependencies {
    return {
      surfaces: this.#surfaces,
      consulted: this.#consulted,
      imports: this.#imports,
      shapes: this.#shapes,
      importPrints: Uint32Array.from(this.#importPrints),
      questions: this.#questions,
      packages: Uint32Array.from(this.#packages),
      configurations,
    };
  }
}
