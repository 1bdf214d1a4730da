/**
 * What an operation looks like on a command line: its arguments and flags, drawn
 * from the input schema. Parser, help, reference page and completions all read this,
 * so they cannot disagree.
 *
 * The schema is read as JSON Schema, which is also what other faces publish; so an
 * input may hold strings, numbers, booleans, enums, lists of strings, and lists of booleans for switches that count; no more.
 */
import { z } from 'zod';
import type { Operation } from '../operations/types.ts';

export interface Flag {
  /** Property of the input. */
  readonly property: string;
  /** With dashes: `--limit`, or `--no-body` for a boolean that is true by default. */
  readonly name: string;
  /** With its dash: `-n`. */
  readonly short: string | null;
  /** Stands for the value in help: `N`, `TEXT`; `null` for a switch. */
  readonly value: string | null;
  readonly kind: 'switch' | 'number' | 'text';
  /** May be given several times; of a switch each counts. */
  readonly repeats: boolean;
  /** The only values there are. */
  readonly choices: readonly string[];
  /** Values to offer in completions: the choices, or well-known ones among many. */
  readonly offers: readonly string[];
  /** What the value is when the flag is not given, for a reader; `null` when there is none. */
  readonly fallback: string | null;
  readonly help: string;
}

export interface Argument {
  readonly property: string;
  readonly label: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly choices: readonly string[];
  readonly offers: readonly string[];
  readonly fallback: string | null;
  readonly help: string;
}

export interface Shape {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly Argument[];
  /** The operation's own flags, then those of every verb. */
  readonly flags: readonly Flag[];
}

/** The parts of JSON Schema that an input may use. */
interface Property {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly examples?: readonly string[];
  readonly items?: Property;
}

const everyVerb: readonly Flag[] = [
  everyVerbSwitch('json', null, 'Print the answer as JSON: stable, versioned by its "schema" property'),
  everyVerbSwitch('help', '-h', 'Print this help'),
  everyVerbSwitch('debug', null, 'Show the stack of an unexpected error'),
];

export function shapeOf(operation: Operation): Shape {
  const schema = z.toJSONSchema(operation.input, { io: 'input' });
  const properties = (schema.properties ?? {}) as Record<string, Property>;
  const required = new Set(schema.required ?? []);
  const positional = new Set(operation.positional.map((row) => row.property));
  return {
    name: operation.name,
    summary: operation.summary,
    arguments: operation.positional.map((row) => {
      const property = properties[row.property];
      if (property === undefined) throw new Error(`${operation.name}: argument ${row.property} is not in the input`);
      return {
        property: row.property,
        label: row.label,
        required: required.has(row.property),
        variadic: row.variadic ?? false,
        choices: choicesOf(property),
        offers: offersOf(property),
        fallback: shown(property.default),
        help: property.description ?? '',
      };
    }),
    flags: [
      ...Object.entries(properties)
        .filter(([name]) => !positional.has(name))
        .map(([name, property]) => flagOf(name, property, operation)),
      ...everyVerb,
    ],
  };
}

function flagOf(name: string, property: Property, { shortFlags, labels }: Operation): Flag {
  const short = shortFlags?.[name];
  const repeats = property.type === 'array';
  const inner = repeats ? (property.items ?? {}) : property;
  const kind =
    inner.type === 'boolean' ? 'switch' : inner.type === 'integer' || inner.type === 'number' ? 'number' : 'text';
  const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    property: name,
    name: kind === 'switch' && property.default === true ? `--no-${dashed}` : `--${dashed}`,
    short: short === undefined ? null : `-${short}`,
    value:
      kind === 'switch'
        ? null
        : (labels?.[name] ?? (kind === 'number' ? 'N' : (dashed.split('-').at(-1) ?? dashed).toUpperCase())),
    kind,
    repeats,
    choices: choicesOf(property),
    offers: offersOf(property),
    fallback: kind === 'switch' ? null : shown(property.default),
    help: property.description ?? '',
  };
}

function everyVerbSwitch(property: string, short: string | null, help: string): Flag {
  return {
    property,
    name: `--${property}`,
    short,
    value: null,
    kind: 'switch',
    repeats: false,
    choices: [],
    offers: [],
    fallback: null,
    help,
  };
}

function choicesOf(property: Property): readonly string[] {
  return property.enum ?? property.items?.enum ?? [];
}

function offersOf(property: Property): readonly string[] {
  const choices = choicesOf(property);
  return choices.length > 0 ? choices : (property.examples ?? property.items?.examples ?? []);
}

function shown(value: unknown): string | null {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return null;
  return Array.isArray(value) ? value.join(', ') : String(value);
}
