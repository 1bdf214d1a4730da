/** What a function of JavaScript or TypeScript takes, by its annotations and by how it uses what it gets: as partial execution would guess it, with nothing run. */
import { createPartialInstrumenter, type Guess, type LoadFile, type PartialInstrumenter } from '../../../code/mod.ts';

let instrumenter: Promise<PartialInstrumenter> | null = null;

export interface GuessedParameter {
  readonly name: string;
  readonly hasDefault: boolean;
  readonly guess: Guess;
}

/** @returns null where the text has no such function, or cannot be read */
export async function scriptParameters(
  source: string,
  language: 'javascript' | 'typescript',
  name: string,
  load: LoadFile,
): Promise<readonly GuessedParameter[] | null> {
  instrumenter ??= createPartialInstrumenter(load);
  const { rewrite } = await instrumenter;
  const path = language === 'typescript' ? 'candidate.ts' : 'candidate.js';
  const rewriting = {
    ...({ path, level: 3, file: 0, isEntry: true, isAround: false, registers: true } as const),
    resolves: () => null,
  };
  const found = await rewrite(rewriting, new TextEncoder().encode(source), path, (isModule) => ({
    isModule,
    runtime: '',
  }));
  const known = found?.table.functions.find((one) => one.name === name);
  if (known === undefined) return null;
  return known.parameters.map(({ what, hasDefault, isRest, guess }) => ({
    name: what,
    hasDefault: hasDefault || isRest,
    guess,
  }));
}
