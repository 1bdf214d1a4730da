/**
 * Capitals in PHP: they do not count in names of classes, methods, functions and namespaces, and do in those of variables and constants.
 *
 * The idea: names keep the capitals that the source has, so that answers show them, and are compared without. Which kind a name is of it says
 * itself (`code/links/php-names.ts`): `$order` is a variable or a property, `const \Shop\LIMIT` a constant whose namespace alone has no capitals.
 * PHP itself folds letters of ASCII alone; no names were seen that count on it, so all are folded here. What is done to a property, `$total=`
 * where it is set, does not count either.
 */
import type { NodeTable } from './nodes.ts';

/** How a constant's name begins. */
export const constantMark = 'const ';

const isDone = /[=?!]$/;

/** What names came to: each is compared hundreds of times, and a text that was made anew is hashed anew. Then they are forgotten. */
const known = new Map<string, string>();
/** With their texts some megabytes. */
const namesKnown = 100_000;

/** A name of PHP as it is compared. */
export function folded(name: string): string {
  const before = known.get(name);
  if (before !== undefined) return before;
  const made = fold(name);
  if (known.size >= namesKnown) known.clear();
  known.set(name, made);
  return made;
}

function fold(name: string): string {
  if (name.startsWith('$')) return isDone.test(name) ? name.slice(0, -1) : name;
  if (!name.startsWith(constantMark)) return name.toLowerCase();
  const end = name.lastIndexOf('\\');
  return name.slice(0, end).toLowerCase() + name.slice(end);
}

/** How a name is compared in files of a family. */
export const comparedIn = (family: string, name: string): string => (family === 'php' ? folded(name) : name);

/** Ways in which files write the names of their nodes, by what they come to; for one table of nodes. */
export class Spellings {
  readonly #nodes: NodeTable;
  readonly #isCounted: (file: number) => boolean;
  #byName: Map<string, string[]> | null = null;

  /** @param isCounted which files it is for */
  constructor(nodes: NodeTable, isCounted: (file: number) => boolean) {
    this.#nodes = nodes;
    this.#isCounted = isCounted;
  }

  of(name: string): readonly string[] {
    this.#byName ??= this.#gather();
    return this.#byName.get(folded(name)) ?? [];
  }

  #gather(): Map<string, string[]> {
    const { columns, strings, firstNode, fileCount } = this.#nodes;
    const numbers = new Set<number>();
    for (let file = 0; file < fileCount; file++) {
      if (!this.#isCounted(file)) continue;
      const end = firstNode[file + 1] as number;
      for (let node = (firstNode[file] as number) + 1; node < end; node++) numbers.add(columns.name[node] as number);
    }
    const byName = new Map<string, string[]>();
    for (const number of numbers) {
      const name = strings.text(number);
      const key = folded(name);
      const known = byName.get(key);
      if (known === undefined) byName.set(key, [name]);
      else known.push(name);
    }
    for (const known of byName.values()) known.sort();
    return byName;
  }
}
