/**
 * What commit messages say about the functions that they changed.
 *
 * A line that a commit added and that still stands, in one function of the file alone, marks that function as changed by it. So nothing is
 * parsed but the files as they are now; what was rewritten since is forgotten, as it should be, for the message no longer tells of it.
 */
import { proseOf, tells } from './prose.ts';

/** A commit as a miner wants it. */
export interface ToldChange {
  readonly message: string;
  readonly files: readonly { readonly path: string; readonly added: readonly string[] }[];
}

export interface ChangeSaying {
  readonly sentence: string;
  /** Number of the definition that was changed. */
  readonly of: number;
}

/** Commits that changed more functions than this say nothing of each. */
const mostFunctions = 3;
const leastWords = 4;
/** `fix(parser): `, `[core]`, `GH-12:`, `(#123)`: where, not what. */
const lead =
  /^(?:\[[^\]]*\]|[A-Z]+-\d+|\w+\([^)]*\)!?(?=:)|(?:fix|feat|chore|docs|perf|refactor|test|build|ci|style)!?(?=:)|[\w./-]+(?=: ))[:\s]*/;
const reference = /\s*\(?(?:#|GH-|gh-)\d+\)?|\bbpo-\d+:?\s*/g;
const routine =
  /^(merge|revert|bump|release|version|update (change|depend|version)|prepare|typo|fix (typo|lint|test|build|format)|format|lint|clean ?up|refactor$|initial|wip|apply|address|(some |a )?(minor|small|few|couple|more)|(this|these|they|it|also|for)\b|\d)/i;

/**
 * The function that each distinct line stands in, by path.
 *
 * Lines in two functions are nobody's.
 */
export class LineOwners {
  readonly #byPath = new Map<string, Map<string, number>>();
  readonly #wanted: ReadonlySet<string>;

  /** @param changes whose files are looked at; lines of others are not kept */
  constructor(changes: readonly ToldChange[]) {
    this.#wanted = new Set(changes.flatMap(({ files }) => files.map(({ path }) => path)));
  }

  /** @param of number of the definition */
  add(path: string, body: string, of: number): void {
    if (!this.#wanted.has(path)) return;
    let lines = this.#byPath.get(path);
    if (lines === undefined) {
      lines = new Map();
      this.#byPath.set(path, lines);
    }
    for (const line of body.split('\n')) {
      const key = lineKey(line);
      if (key === null) continue;
      const owner = lines.get(key);
      lines.set(key, owner === undefined || owner === of ? of : -1);
    }
  }

  /** @returns numbers of definitions in which added lines stand */
  changedBy({ files }: ToldChange): number[] {
    const found = new Set<number>();
    for (const { path, added } of files) {
      const lines = this.#byPath.get(path);
      for (const line of added) {
        const key = lineKey(line);
        const owner = key === null ? undefined : lines?.get(key);
        if (owner !== undefined && owner >= 0) found.add(owner);
      }
    }
    return [...found];
  }
}

/** Shorter lines stand everywhere. */
const leastLine = 14;

function lineKey(line: string): string | null {
  const trimmed = line.trim();
  return trimmed.length < leastLine ? null : trimmed;
}

export function changeSayings(changes: readonly ToldChange[], owners: LineOwners): ChangeSaying[] {
  return changes.flatMap((change) => {
    const functions = owners.changedBy(change);
    if (functions.length === 0 || functions.length > mostFunctions) return [];
    const sentences = sentencesOf(change.message);
    return functions.flatMap((of) => sentences.map((sentence) => ({ sentence, of })));
  });
}

/** The subject, and where there is one the first sentence below it, which often says what was wrong: text like that of an issue. */
export function sentencesOf(message: string): string[] {
  const [subject = '', ...rest] = message.split('\n');
  const said = subject.replace(lead, '').replace(reference, '').trim();
  const below = rest
    .filter((line) => !/^(\w+-)+by:|^(fix(e[sd])?|close[sd]?|refs?|see|reverts?)\b.{0,12}#|^\s*[*-]\s/i.test(line))
    .join('\n')
    .trim();
  const { sentence } = proseOf(below.slice(0, 1000));
  return [said, sentence].filter(
    (text) => tells(text) && !routine.test(text) && text.split(/\s+/).length >= leastWords,
  );
}
