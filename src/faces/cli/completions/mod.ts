/** Completion scripts, made from the operations table. One file per shell; each is pure: verbs in, script out. */
import { knownLanguages } from '../../../code/mod.ts';
import { operationTable } from '../../operations/table.ts';
import { type Shape, shapeOf } from '../shape.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** @returns the script, to be sourced or put where the shell looks for completions */
export async function completionScript(shell: keyof typeof scripts): Promise<string> {
  const shapes = await Promise.all(operationTable.map(async (row) => withLanguages(shapeOf(await row.load()))));
  return scripts[shell](groupByWord(shapes));
}

/** Languages are not in the schema of a search's `--lang`: it should not load their table. */
async function withLanguages(shape: Shape): Promise<Shape> {
  const names = (await knownLanguages()).map(({ name }) => name);
  return {
    ...shape,
    flags: shape.flags.map((flag) =>
      flag.property === 'lang' && flag.offers.length === 0 ? { ...flag, offers: names } : flag,
    ),
  };
}

/** A first word and what can follow: one verb, or the verb's parts (`bench retrieval`). */
export interface Group {
  readonly word: string;
  readonly summary: string;
  /** The verb that the word alone names. */
  readonly verb: Shape | null;
  readonly parts: readonly { readonly word: string; readonly shape: Shape }[];
}

function groupByWord(shapes: readonly Shape[]): Group[] {
  const words = [...new Set(shapes.map((shape) => shape.name.split(' ')[0] as string))];
  return words.map((word) => {
    const verb = shapes.find((shape) => shape.name === word) ?? null;
    const parts = shapes
      .filter((shape) => shape.name.startsWith(`${word} `))
      .map((shape) => ({ word: shape.name.slice(word.length + 1), shape }));
    return { word, verb, parts, summary: verb?.summary ?? parts.map((part) => part.shape.summary).join('; ') };
  });
}

/** Whether the value of an argument or flag, by its name in help, is a directory. */
export function isDirectory(label: string): boolean {
  return label === 'PATH' || label === 'DIR';
}

/** Whether it is a file. */
export function isFile(label: string): boolean {
  return label === 'FILE';
}

/** A word in single quotes for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
