/**
 * The languages that can be run, whatever backend runs them, found by name, alias, file ending or
 * `#!` line. The rows stand in `languagetable.ts`.
 *
 * Which of them run on this machine is a backend's affair, and so is how: this is only what a
 * caller may call them. Not the languages that are parsed, which are `code`'s.
 */
import { nearest, WinnowError } from '../base/mod.ts';
import { runLanguages } from './languagetable.ts';

export interface RunLanguage {
  readonly name: string;
  readonly label: string;
  readonly aliases: readonly string[];
  /** File endings, with the dot, lower case. */
  readonly extensions: readonly string[];
  /** Programs that a `#!` line may name, without a version: `python`, not `python3.11`. */
  readonly interpreters: readonly string[];
  /** The path given to a program that comes without a name. */
  readonly defaultEntry: string;
  /** Reads one line `World` from standard input and prints `Hello, World: 5050` (the sum of 1 to 100, computed) and a line break. */
  readonly known: string | Uint8Array;
}

/** What the known program of each language reads. */
export const knownInput = 'World\n';
/** What it then prints. */
export const knownOutput = 'Hello, World: 5050\n';

const byWord = new Map(
  runLanguages.flatMap((language) => [language.name, ...language.aliases].map((word) => [word, language] as const)),
);
const byExtension = new Map(
  runLanguages.flatMap((language) => language.extensions.map((extension) => [extension, language] as const)),
);
const byInterpreter = new Map(
  runLanguages.flatMap((language) => language.interpreters.map((program) => [program, language] as const)),
);

/**
 * @param name a name, an alias or a file ending, in any case: `python`, `py`, `.py`
 * @throws WinnowError `unknown-language`, with the nearest names
 */
export function runLanguage(name: string): RunLanguage {
  const word = name.trim().toLowerCase();
  const found = byWord.get(word) ?? byExtension.get(word.startsWith('.') ? word : `.${word}`);
  if (found !== undefined) return found;
  const near = [
    ...new Set(
      (word === '' ? [] : nearest(word, [...byWord.keys()])).map((known) => byWord.get(known)?.name as string),
    ),
  ];
  const names = runLanguages.map((language) => language.name);
  const way = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${names.join(', ')}.`;
  throw new WinnowError('unknown-language', `No language that can be run is called ${JSON.stringify(name)}. ${way}`, {
    details: { language: name, nearest: near },
  });
}

/**
 * The language of a program by its file's ending, else by its `#!` line.
 *
 * @param path null when the program has no name
 * @param source its first bytes; only a first line of at most 256 bytes is read (the length Linux reads)
 * @returns null when neither says
 */
export function detectLanguage(path: string | null, source: Uint8Array): RunLanguage | null {
  const ending = path === null ? null : /\.[^./\\]+$/.exec(path)?.[0].toLowerCase();
  const byEnding = ending ? byExtension.get(ending) : undefined;
  return byEnding ?? languageOfShebang(source);
}

function languageOfShebang(source: Uint8Array): RunLanguage | null {
  const [line = ''] = new TextDecoder('latin1').decode(source.subarray(0, 256)).split('\n', 1);
  if (!line.startsWith('#!')) return null;
  const words = line.slice(2).trim().split(/\s+/);
  const names = words.map((word) => word.slice(word.lastIndexOf('/') + 1));
  // `env -S FOO=1 python3 -u`: the first word that is neither a flag nor a variable.
  const program = names[0] === 'env' ? names.slice(1).find((word) => !/^-|=/.test(word)) : names[0];
  return byInterpreter.get((program ?? '').replace(/[\d.]+$/, '')) ?? null;
}
