/**
 * Which paths a worktree leaves out: `.gitignore`, `.winnowignore` and `.git/info/exclude`.
 *
 * Rules form a chain from a directory up to the root; the nearest file that says
 * anything about a path decides, and every `.winnowignore` counts before every
 * `.gitignore`, so that it can both hide tracked files and bring ignored ones in.
 * Patterns are compiled when a path is first asked about: most directories of an
 * already indexed tree never are (see `scan.ts`).
 *
 * What git tracks is not ignored by `.gitignore` (`tracked.ts`). Not looked at: the user's
 * global excludes file, which differs from machine to machine.
 */
import ignore from 'ignore';

/** git's own default: names differ by case except where file systems fold it. */
const foldCase = process.platform === 'darwin' || process.platform === 'win32';

/** The patterns of one file, and the files of its kind above it. */
export class RuleFile {
  readonly #text: string;
  /** Root-relative directory with a final slash, or empty. */
  readonly #base: string;
  /** What leads from the file's directory to the root when it lies above: with a final slash, or empty. */
  readonly #from: string;
  readonly above: RuleFile | null;
  #matcher: ignore.Ignore | null = null;

  constructor(text: string, base: string, above: RuleFile | null, from = '') {
    this.#text = text;
    this.#base = base;
    this.#from = from;
    this.above = above;
  }

  /** true: left out; false: brought in; null: says nothing. */
  says(path: string): boolean | null {
    this.#matcher ??= ignore({ ignorecase: foldCase, allowRelativePaths: true }).add(this.#text);
    const { ignored, unignored } = this.#matcher.test(this.#from + path.slice(this.#base.length));
    return ignored ? true : unignored ? false : null;
  }
}

export class IgnoreRules {
  static readonly none = new IgnoreRules(null, null);
  readonly #git: RuleFile | null;
  readonly #winnow: RuleFile | null;

  private constructor(git: RuleFile | null, winnow: RuleFile | null) {
    this.#git = git;
    this.#winnow = winnow;
  }

  /** @param directory root-relative, with a final slash, or empty for the root */
  withGit(text: string, directory: string): IgnoreRules {
    return new IgnoreRules(new RuleFile(text, directory, this.#git), this.#winnow);
  }

  withWinnow(text: string, directory: string): IgnoreRules {
    return new IgnoreRules(this.#git, new RuleFile(text, directory, this.#winnow));
  }

  /** Whether `.winnowignore` alone leaves a file out, itself or by a directory above it. */
  winnowIgnores(path: string): boolean {
    for (let link = this.#winnow; link !== null; link = link.above) {
      const said = link.says(path);
      if (said !== null) return said;
    }
    return false;
  }

  /** @param path root-relative; directories end with a slash; no parent of it may be ignored */
  ignores(path: string): boolean {
    for (const chain of [this.#winnow, this.#git]) {
      for (let link = chain; link !== null; link = link.above) {
        const said = link.says(path);
        if (said !== null) return said;
      }
    }
    return false;
  }
}
