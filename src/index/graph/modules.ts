/**
 * The port of a language's modules: which files an import means. One implementation per language family under
 * `modules/`, one line each in `modules/table.ts`; everything else about resolution is common to all.
 *
 * Implementations are pure functions of the set of paths and of a few configuration files, and never touch the disk.
 * When paths or configuration change, imports are asked for again and files whose answers differ are linked anew,
 * so an implementation needs no bookkeeping of its own. It must answer equally for equal worlds, whatever was asked before.
 */

/** What implementations see of a worktree. */
export interface ModuleWorld {
  /** Paths of all indexed files, ascending. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  /** Paths of the files directly in a directory (`''` is the root), ascending. */
  inDirectory(directory: string): readonly string[];
  /** Whether any indexed file lies in the directory or below it. */
  isDirectory(directory: string): boolean;
  /**
   * Text of a configuration file (package.json, tsconfig.json, go.mod, Cargo.toml, composer.json…), indexed or not; `null`
   * when it is not there or not text. Remembered: asking marks it as something resolution depends on.
   */
  read(path: string): string | null;
  /** What the file says it belongs to (`FileLinks.package`), or `null`. */
  packageOf(path: string): string | null;
}

export type ModuleTarget =
  /** The module is these files, best first: one for most, all of a directory for a Go package. Names are looked up in one after the other. */
  | {
      readonly kind: 'files';
      readonly paths: readonly string[];
      /** Types of these files, each in the one before, whose members are meant: `import static a.B.C.f` means `f` in `B`, `C`. */
      readonly inside?: readonly string[];
    }
  /** A namespace without a file of its own (a Python directory without `__init__.py`, a Java package): members are looked up below it by `child`. */
  | { readonly kind: 'directory'; readonly path: string }
  /** Plainly not in the repository: a standard library, a dependency. */
  | { readonly kind: 'external' }
  /** It should be here and is not. */
  | { readonly kind: 'missing' };

export interface ModuleResolver {
  /**
   * What `module` means in the file `from`, as written in `Import.module` (which drops quotes and angle brackets).
   * The resolver then looks `name` up in it, and asks `child` when nothing has that name.
   *
   * @param name the name imported from it, `*` for the module itself
   */
  resolve(from: string, module: string, name: string): ModuleTarget;
  /**
   * A member of a module that is itself a module: `a.b` then `.c`. `null` when there is none.
   *
   * @param of path of a directory target, or of the first file of a files target
   */
  child(of: string, name: string): ModuleTarget | null;
  /**
   * Files whose file-level names the file sees without importing (same Go package, same Java package; a C file's includes are not
   * this). Files that see the same get the same list, which is read once.
   */
  visible(from: string): readonly string[];
  /** Modules all of whose names the file sees without importing them, as other files of its project or its build files tell (C#). */
  uses?(from: string): readonly string[];
  /** The module that an import with name `*` binds, where it is not the module named: Python's `import a.b` binds `a`. */
  bound?(module: string, alias: string): string;
  /** Whether files of the module call it `name`, where that need not be the end of its path (Go). */
  isCalled?(module: Extract<ModuleTarget, { kind: 'files' }>, name: string): boolean;
}

export interface ModuleRules {
  /** Languages, as `FileFacts.language` names them, that share these rules. Names of one never mean definitions of another. */
  readonly languages: readonly string[];
  open(world: ModuleWorld): ModuleResolver;
}
