/**
 * What is wrong with a value, in the words that were typed: `--limit must be at least
 * 1; it was 0.` The schema says what was expected; its own sentences are for
 * programmers. What is not known here is told in the schema's words.
 */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * @param label of the flag or argument as typed: `--limit`, `QUERY`
 * @param given its whole value; a complaint about one of a list names that one
 * @returns one sentence with its full stop
 */
export function complaint(label: string, issue: Issue, given: unknown): string {
  if (given === undefined) return `${label} is required.`;
  const [, ...below] = issue.path;
  const value = below.reduce<unknown>((whole, key) => (whole as Record<PropertyKey, unknown>)?.[key], given);
  return `${label} ${expectation(issue)}; it was ${JSON.stringify(value)}.`;
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return least(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case 'too_big':
      return most(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case 'invalid_value':
      return `must be ${alternatives(issue.values.map(String))}`;
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    default:
      return `is not right (${issue.message})`;
  }
}

/** What the schema library calls the types that a command line can give. */
const kinds: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
};

function least(origin: string, minimum: number, inclusive: boolean): string {
  if (origin === 'string' && minimum === 1) return 'must not be empty';
  return `must be ${inclusive ? 'at least' : 'more than'} ${measured(origin, minimum)}`;
}

function most(origin: string, maximum: number, inclusive: boolean): string {
  return `must be ${inclusive ? 'at most' : 'less than'} ${measured(origin, maximum)}`;
}

function measured(origin: string, bound: number): string {
  const unit = origin === 'string' ? 'character' : origin === 'array' ? 'value' : null;
  return unit === null ? String(bound) : `${bound} ${unit}${bound === 1 ? '' : 's'} long`;
}

/** `a`, `a or b`, `a, b or c`. */
function alternatives(values: readonly string[]): string {
  const last = values.at(-1) ?? '';
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} or ${last}`;
}
