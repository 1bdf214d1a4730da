/** Modules by number of file: the rules of all languages behind one door, with answers kept for one state of the worktree. */
import { mix, mixText } from './hash.ts';
import { moduleRules } from './modules/table.ts';
import type { ModuleResolver, ModuleTarget } from './modules.ts';
import type { World } from './world.ts';

export type ModuleAnswer =
  /** `inside`: types of these files, each in the one before, whose members are meant. */
  | { readonly kind: 'module'; readonly files: readonly number[]; readonly inside?: readonly string[] }
  | { readonly kind: 'directory'; readonly path: string; readonly language: string }
  | { readonly kind: 'external' }
  | { readonly kind: 'missing' };

const external: ModuleAnswer = { kind: 'external' };
const missing: ModuleAnswer = { kind: 'missing' };

/** Languages whose names may mean each other's definitions have one family. */
export const familyOf = (language: string): string => families.get(language) ?? language;

const families = new Map(
  moduleRules.flatMap(({ languages }) => languages.map((language) => [language, languages[0] as string] as const)),
);

/** Files whose imports' answers are kept: with tens of imports each, some megabytes. */
const filesRemembered = 512;

interface Visible {
  readonly files: ReadonlyMap<number, number>;
  readonly print: number;
}

const noPaths: readonly string[] = [];

/** A question about modules that no import asks, with what the answer was: about one below another, or of a path that code spells out in a file. */
export interface ModuleQuestion {
  readonly kind: (typeof questionKinds)[number];
  readonly of: string;
  readonly language: string;
  readonly name: string;
  readonly print: number;
}

/** Kept by number: append only. */
export const questionKinds = ['child', 'path'] as const;

export class ModuleMap {
  readonly world: World;
  /** What was asked beside imports since they were last taken; each once. */
  #questions = new Map<string, ModuleQuestion>();
  readonly #fileOf: (path: string) => number;
  readonly #resolvers = new Map<string, ModuleResolver | null>();
  /** By list: many files see the same. */
  readonly #visibleBy = new WeakMap<readonly string[], Visible>();
  /** By importing file. */
  readonly #answers = new Map<string, Map<string, ModuleAnswer>>();

  /** @param fileOf number of a path's file, or -1 */
  constructor(world: World, fileOf: (path: string) => number) {
    this.world = world;
    this.#fileOf = fileOf;
  }

  resolve(from: string, language: string, module: string, name: string): ModuleAnswer {
    let answers = this.#answers.get(from);
    if (answers === undefined) {
      if (this.#answers.size >= filesRemembered) this.#answers.clear();
      answers = new Map();
      this.#answers.set(from, answers);
    }
    const key = `${module}\0${name}`;
    let answer = answers.get(key);
    if (answer === undefined) {
      const target = this.#resolver(language)?.resolve(from, module, name);
      answer = target === undefined ? missing : this.#answer(target, language);
      answers.set(key, answer);
    }
    return answer;
  }

  /** @param of path of a directory or of a module's first file */
  child(of: string, language: string, name: string): ModuleAnswer | null {
    const target = this.#resolver(language)?.child(of, name) ?? null;
    const answer = target === null ? null : this.#answer(target, language);
    this.#note('child', of, language, name, answer);
    return answer;
  }

  /** What a path means that a file's code spells out, without an import to be asked again. */
  path(from: string, language: string, path: string): ModuleAnswer {
    const answer = this.resolve(from, language, path, '*');
    this.#note('path', from, language, path, answer);
    return answer;
  }

  #note(kind: ModuleQuestion['kind'], of: string, language: string, name: string, answer: ModuleAnswer | null): void {
    const key = `${kind} ${of}\0${name}`;
    if (!this.#questions.has(key)) this.#questions.set(key, { kind, of, language, name, print: this.#print(answer) });
  }

  takeQuestions(): ModuleQuestion[] {
    const taken = [...this.#questions.values()];
    this.#questions.clear();
    return taken;
  }

  /** Whether a question is answered otherwise than it was. */
  isOtherwise({ kind, of, language, name, print }: ModuleQuestion): boolean {
    const answer = kind === 'child' ? this.child(of, language, name) : this.path(of, language, name);
    this.#questions.clear();
    return this.#print(answer) !== print;
  }

  /** Files whose names the file sees; to each its place among them. */
  visible(from: string, language: string): ReadonlyMap<number, number> {
    return this.#visible(this.#resolver(language)?.visible(from) ?? noPaths).files;
  }

  uses(from: string, language: string): readonly string[] {
    return this.#resolver(language)?.uses?.(from) ?? noPaths;
  }

  bound(language: string, module: string, alias: string): string {
    return this.#resolver(language)?.bound?.(module, alias) ?? module;
  }

  isCalled(language: string, { files }: Extract<ModuleAnswer, { kind: 'module' }>, name: string): boolean {
    const paths = files.map((file) => this.world.paths[file] as string);
    return this.#resolver(language)?.isCalled?.({ kind: 'files', paths }, name) ?? false;
  }

  #resolver(language: string): ModuleResolver | null {
    let resolver = this.#resolvers.get(language);
    if (resolver === undefined) {
      const rules = moduleRules.find(({ languages }) => languages.includes(language));
      resolver = rules?.open(this.world) ?? null;
      for (const sharing of rules?.languages ?? [language]) this.#resolvers.set(sharing, resolver);
    }
    return resolver;
  }

  #answer(target: ModuleTarget, language: string): ModuleAnswer {
    switch (target.kind) {
      case 'files': {
        const files = target.paths.map(this.#fileOf).filter((file) => file >= 0);
        if (files.length === 0) return missing;
        return target.inside === undefined
          ? { kind: 'module', files }
          : { kind: 'module', files, inside: target.inside };
      }
      case 'directory':
        return { kind: 'directory', path: target.path, language };
      case 'external':
        return external;
      case 'missing':
        return missing;
    }
  }

  /** Fingerprint of which files a file's imports, and what it sees without them, are. */
  printOf(
    from: string,
    language: string,
    imports: readonly { readonly module: string; readonly name: string }[],
  ): number {
    let hash = 0;
    for (const { module, name } of imports) hash = mix(hash, this.#print(this.resolve(from, language, module, name)));
    for (const module of this.uses(from, language)) hash = mixText(hash, module);
    return mix(hash, this.#visible(this.#resolver(language)?.visible(from) ?? noPaths).print);
  }

  #visible(paths: readonly string[]): Visible {
    let known = this.#visibleBy.get(paths);
    if (known === undefined) {
      const numbers = paths.map(this.#fileOf).filter((file) => file >= 0);
      const files = new Map(numbers.map((file, place) => [file, place]));
      known = { files, print: paths.reduce((hash, path) => mixText(hash, path), 0) };
      this.#visibleBy.set(paths, known);
    }
    return known;
  }

  #print(answer: ModuleAnswer | null): number {
    if (answer === null) return 1;
    if (answer.kind === 'directory') return mixText(2, answer.path);
    if (answer.kind !== 'module') return answer.kind === 'external' ? 3 : 4;
    const inside = (answer.inside ?? []).reduce(mixText, 5);
    return answer.files.reduce((hash, file) => mixText(hash, this.world.paths[file] as string), inside);
  }
}
