/**
 * Hints of operations name flags of the command line (`--limit`); whoever asks over a socket gives parameters. So in messages and notices a flag
 * becomes the parameter that it stands for. Whole commands (`winnow index --rebuild`) stay: they are for a shell. So do flags of other commands,
 * such as those a server is started with.
 */
import type { Operation } from '../operations/types.ts';

/** How whoever asks calls an operation's property; null: has no such parameter. */
export type ParameterName = (property: string) => string | null;

const command = /(`winnow [^`]*`|\bwinnow(?: [a-z][a-z-]*)+(?: [A-Z][A-Z-]*)*(?: --[a-z-]+)+)/;

/** @param text of a message, never of a repository: what looks like a flag there is none */
export function inParameters(text: string, { name, input }: Operation, parameter: ParameterName): string {
  if (!text.includes('--')) return text;
  const { shape } = input as { shape?: Readonly<Record<string, unknown>> };
  const told = (part: string): string =>
    part.replace(/(?<![\w-])--(no-)?([a-z][a-z0-9]*(?:-[a-z0-9]+)*)/g, (flag, no, rest, at) => {
      const [property, isOff] = [propertyOf(flag), propertyOf(rest)].map((one) => Object.hasOwn(shape ?? {}, one));
      if (!property && !(no !== undefined && isOff)) return flag;
      const own = parameter(propertyOf(property ? flag : rest));
      const word = own === null ? `winnow ${name} ${flag}` : property ? own : `${own}: false`;
      const isQuoted = part.slice(0, at).split('`').length % 2 === 0;
      return isQuoted ? word : `\`${word}\``;
    });
  return text
    .split(command)
    .map((part, at) => (at % 2 === 1 ? part : told(part)))
    .join('');
}

/** `--budget-tokens` and `budget-tokens` are `budgetTokens`. */
const propertyOf = (flag: string): string =>
  flag.replace(/^--/, '').replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
