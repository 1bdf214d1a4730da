/**
 * From words to an operation's input, without side effects: commander splits the
 * words, the input schema checks the values. Every complaint is `bad-usage` and names
 * the flag or argument as the person typed it.
 */
import { Argument, Command, CommanderError, Option } from 'commander';
import { WinnowError } from '../../base/mod.ts';
import type { Operation } from '../operations/types.ts';
import { complaint } from './complaint.ts';
import type { Shape } from './shape.ts';

export interface Parsed {
  readonly json: boolean;
  readonly debug: boolean;
  readonly input: unknown;
}

/**
 * @param words what follows the verb
 * @throws WinnowError `bad-usage`
 */
export function parseWords(operation: Operation, shape: Shape, words: readonly string[]): Parsed {
  const { json, debug, ...raw } = splitWords(operation, shape, words);
  const checked = operation.input.safeParse(raw);
  if (!checked.success) {
    // One for each value: the last is the schema's own, after those that hold for every whole number.
    const issues = new Map(checked.error.issues.map((issue) => [JSON.stringify(issue.path), issue]));
    const complaints = [...issues.values()].map((issue) => {
      const property = String(issue.path[0] ?? '');
      return complaint(labelOf(shape, property), issue, raw[property]);
    });
    throw badUsage(shape, complaints.join(' '));
  }
  return { json: json === true, debug: debug === true, input: checked.data };
}

function splitWords(operation: Operation, shape: Shape, words: readonly string[]): Record<string, unknown> {
  const command = new Command(`winnow ${shape.name}`)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} })
    .helpOption(false)
    .allowExcessArguments(false);
  for (const argument of shape.arguments) {
    const name = `${argument.label}${argument.variadic ? '...' : ''}`;
    command.addArgument(new Argument(argument.required ? `<${name}>` : `[${name}]`));
  }
  const counted = new Map<string, readonly boolean[]>();
  for (const flag of shape.flags) {
    const spelled = [flag.short, flag.value === null ? flag.name : `${flag.name} <${flag.value}>`];
    const option = new Option(spelled.filter((part) => part !== null).join(', '));
    if (flag.repeats && flag.kind !== 'switch')
      option.argParser((value: string, before?: string[]) => [...(before ?? []), value]);
    else if (flag.kind === 'number') option.argParser(numberIn);
    command.addOption(option);
    if (flag.kind !== 'switch' || !flag.repeats) continue;
    // Each time that it is given counts: -uu.
    const times: boolean[] = [];
    counted.set(flag.property, times);
    command.on(`option:${option.name()}`, () => times.push(true));
  }
  try {
    command.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError)
      throw badUsage(shape, lackOf(operation, error.message) ?? sentence(error.message));
    throw error;
  }
  const input: Record<string, unknown> = {};
  const options = command.opts<Record<string, unknown>>();
  for (const flag of shape.flags) {
    const given = flag.name.startsWith('--no-')
      ? options[flag.property] !== true
      : options[flag.property] !== undefined;
    if (given) input[flag.property] = counted.get(flag.property) ?? options[flag.property];
  }
  shape.arguments.forEach((argument, index) => {
    const value: unknown = command.processedArgs[index];
    if (value !== undefined) input[argument.property] = value;
  });
  return input;
}

/** A number where it is one, `1e9` too; else the text, so that the schema can complain about what was typed. */
function numberIn(text: string): number | string {
  return /^[-+]?\d+(\.\d+)?(e\+?\d{1,2})?$/i.test(text) ? Number(text) : text;
}

/** @returns why there is no such flag, where the verb says; `-rX` and `--replace=X` are those without their values */
function lackOf({ lacks }: Operation, message: string): string | null {
  const typed = /unknown option '(--[^'=]+|-[^-'])/.exec(message)?.[1];
  const told = typed === undefined || lacks === undefined || !Object.hasOwn(lacks, typed) ? undefined : lacks[typed];
  return told === undefined ? null : `There is no ${typed}: ${told}`;
}

/** Commander's `error: unknown option '--limt'\n(Did you mean --limit?)` as a sentence of ours. */
function sentence(message: string): string {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const hint = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  const way = first.startsWith('unknown option')
    ? ' A word that starts with a dash and is no flag goes after "--".'
    : first.startsWith('too many arguments')
      ? ' Words with spaces between them need quotes around them.'
      : '';
  return `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.$/, '')}.${hint ? ` ${hint}` : way}`;
}

function labelOf(shape: Shape, property: string): string {
  const argument = shape.arguments.find((row) => row.property === property);
  const flag = shape.flags.find((row) => row.property === property);
  return argument?.label ?? flag?.name ?? property;
}

function badUsage(shape: Shape, message: string): WinnowError {
  return new WinnowError('bad-usage', `${message} See \`winnow ${shape.name} --help\`.`, {
    details: { verb: shape.name },
  });
}
