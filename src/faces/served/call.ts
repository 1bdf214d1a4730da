/**
 * One request for an operation, whoever asks: its input is read and held against the table of offers and the roots, its surroundings are
 * made, and its answer is what `--json` prints.
 *
 * A request has no standard input and no terminal. Text that a command would be given so, and programs that are nowhere on the
 * disk, come with it: `$stdin` is what `-` reads; `$files` are put into a directory of their own, which is the request's current
 * directory and is gone afterwards.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { nearest, WinnowError } from '../../base/mod.ts';
import { operationTable } from '../operations/table.ts';
import type { Context, Operation, Settings } from '../operations/types.ts';
import { type Offer, offers, whyAbsent } from './offers.ts';
import { inParameters, type ParameterName } from './parameters.ts';
import type { WarmRepositories } from './warm.ts';
import { type Roots, requirePattern, requireWithin } from './within.ts';

/** What a process that answers others knows of its surroundings. */
export interface Surroundings {
  /** Directory that relative paths of requests are relative to. */
  readonly cwd: string;
  readonly settings: Settings;
  readonly roots: Roots;
  /** Operations that write, and sessions, are offered as well. */
  readonly allowWrite: boolean;
  readonly warm: WarmRepositories;
}

/** Whoever waits for an answer. */
export interface Asker {
  readonly signal: AbortSignal;
  readonly progress: Context['progress'];
  readonly notice: Context['notice'];
  /** What it calls properties of the input; as the operation does where it says nothing. */
  readonly parameter?: ParameterName;
}

export interface Answer {
  readonly output: unknown;
  /** As the command's: 1 for a negative answer. */
  readonly exit: number;
}

/** Files that may come with a request; more is better put where a root is. */
const mostFiles = 200;

const besideSchema = z.strictObject({
  $stdin: z.string().optional().describe('Text that stands for standard input, where the input names it by "-"'),
  $files: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      'Files that come with the request: texts by their relative paths. They lie in a directory of their own, which relative paths of the input start from',
    ),
});

export type Beside = z.output<typeof besideSchema>;

/** What goes beside an operation's own input. */
export const beside = besideSchema.shape;

/** @throws WinnowError `unknown-operation` with the nearest names, `not-offered` with the reason */
export async function offeredOperation(
  name: string,
  { allowWrite }: Pick<Surroundings, 'allowWrite'>,
): Promise<{ readonly operation: Operation; readonly offer: Offer }> {
  const row = operationTable.find((one) => one.name === name);
  if (row === undefined) {
    const near = nearest(
      name,
      operationTable.map((one) => one.name),
    );
    throw new WinnowError(
      'unknown-operation',
      `There is no operation ${JSON.stringify(name)}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''} GET /api/v1/operations lists them.`,
      { details: { operation: name, nearest: near } },
    );
  }
  const offer = Object.hasOwn(offers, name) ? offers[name] : undefined;
  if (offer === undefined) throw notOffered(name, whyAbsent(name));
  if (offer.writes && !allowWrite) throw notOffered(name, needsFlag);
  return { operation: await row.load(), offer };
}

export const needsFlag =
  'It writes, or starts what outlives a request; a server that was started with --allow-write offers it.';

function notOffered(name: string, why: string): WinnowError {
  return new WinnowError('not-offered', `${name} is not offered here. ${why}`, { details: { operation: name } });
}

/**
 * @param given the operation's input as JSON, with `$stdin` and `$files` beside it
 * @throws WinnowError as the operation; `bad-usage`, `not-offered`, `path-refused`
 */
export async function answer(
  offered: { readonly operation: Operation; readonly offer: Offer },
  given: unknown,
  surroundings: Surroundings,
  asker: Asker,
): Promise<Answer> {
  const { operation } = offered;
  const told = (text: string): string => inParameters(text, operation, asker.parameter ?? ((property) => property));
  try {
    const notice = (text: string): void => asker.notice(told(text));
    const { output, exit } = await answered(offered, given, surroundings, { ...asker, notice });
    const { notices } = output as { notices?: unknown };
    if (!Array.isArray(notices) || !notices.every((text) => typeof text === 'string')) return { output, exit };
    return { output: { ...(output as object), notices: notices.map(told) }, exit };
  } catch (error) {
    // Names that long are nobody's but the caller's, whichever operation looks for them.
    if ((error as NodeJS.ErrnoException).code === 'ENAMETOOLONG')
      throw new WinnowError('bad-usage', 'Expected paths of a length that the system takes; one that came is longer.', {
        cause: error,
      });
    if (!(error instanceof WinnowError)) throw error;
    throw new WinnowError(error.code, told(error.message), { details: error.details, cause: error });
  }
}

async function answered(
  { operation, offer }: { readonly operation: Operation; readonly offer: Offer },
  given: unknown,
  surroundings: Surroundings,
  { parameter: _, ...asker }: Asker,
): Promise<Answer> {
  const { $stdin, $files, ...own } = asObject(given);
  const extra = parsed(besideSchema, { $stdin, $files });
  const input = parsed(operation.input, own) as Record<string, unknown>;
  const { settings, warm } = surroundings;
  const place = extra.$files === undefined ? null : await placeOf(extra.$files);
  try {
    const cwd = place ?? surroundings.cwd;
    const roots = [...surroundings.roots.all(), ...(place === null ? [] : [place])];
    // An index is one of a place that stays.
    if (place !== null && typeof input.directory === 'string')
      input.directory = resolve(surroundings.cwd, input.directory);
    const checked = permitted(input, offer, freeTextsOf(operation), {
      cwd,
      roots,
      allowWrite: surroundings.allowWrite,
    });
    const context: Context = {
      cwd,
      settings: { ...settings, color: false },
      ...asker,
      stdinIsFile: false,
      readStdin: async (limitBytes) => stdinOf(extra.$stdin, limitBytes),
      canAsk: false,
      ask: async () => null,
      openRepository: warm.open,
      openGrams: warm.openGrams,
    };
    const output = await operation.run(checked, context);
    return { output: operation.output.parse(output), exit: operation.exit(output, checked) };
  } finally {
    if (place !== null) await rm(place, { recursive: true, force: true });
  }
}

function asObject(given: unknown): Record<string, unknown> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Record<string, unknown>;
  throw new WinnowError('bad-usage', `Expected the operation’s input as a JSON object; came ${kindOf(given)}.`);
}

const kindOf = (given: unknown): string =>
  given === null ? 'null' : Array.isArray(given) ? 'a list' : `a ${typeof given}`;

/** @throws WinnowError `bad-usage` that names each property */
function parsed<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const told = result.error.issues
    .slice(0, 10)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw new WinnowError('bad-usage', `The input does not fit the operation. ${told.join('. ')}.`, {
    details: {
      issues: result.error.issues.slice(0, 10).map(({ path, message }) => ({ path: path.map(String), message })),
    },
  });
}

/** The input with its paths held against the roots, and patterns of paths in their places. */
export function permitted(
  input: Readonly<Record<string, unknown>>,
  offer: Offer,
  freeTexts: ReadonlySet<string>,
  { cwd, roots, allowWrite }: { readonly cwd: string; readonly roots: readonly string[]; readonly allowWrite: boolean },
): Record<string, unknown> {
  const alsoPaths = Object.entries(offer.pathsWith ?? {})
    .filter(([property]) => isGiven(input[property]))
    .flatMap(([, names]) => names);
  const paths = new Set([...(offer.paths ?? []), ...alsoPaths]);
  const texts = new Set(offer.texts ?? []);
  return Object.fromEntries(
    Object.entries(input).map(([property, value]) => {
      if (!isGiven(value)) return [property, value];
      if (offer.guarded?.includes(property) && !allowWrite && !(offer.harmless?.[property] ?? []).includes(value))
        throw new WinnowError('not-offered', `${property} is not offered here. ${needsFlag}`, {
          details: { property },
        });
      if (paths.has(property)) {
        if (value === '-') return [property, value];
        if (typeof value === 'string') requireWithin(value, cwd, roots);
        else if (Array.isArray(value))
          return [property, value.flatMap((one) => (one === '-' ? [one] : requirePattern(String(one), cwd, roots)))];
        return [property, value];
      }
      if (!freeTexts.has(property) || texts.has(property) || isListed(offer, property)) return [property, value];
      throw new WinnowError(
        'not-offered',
        `${property} is not offered here: nobody has said yet whether it names a file.`,
        { details: { property } },
      );
    }),
  );
}

const isGiven = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);

const isListed = ({ guarded, harmless }: Offer, property: string): boolean =>
  guarded?.includes(property) === true || harmless?.[property] !== undefined;

const freeTexts = new WeakMap<Operation, ReadonlySet<string>>();

/** Properties of an input that may hold any text, and so a path. */
export function freeTextsOf(operation: Operation): ReadonlySet<string> {
  const known = freeTexts.get(operation);
  if (known !== undefined) return known;
  const { properties } = z.toJSONSchema(operation.input, { io: 'input' });
  const isText = (schema: unknown): boolean => {
    const { type, enum: values, items } = (schema ?? {}) as { type?: string; enum?: unknown; items?: unknown };
    if (type === 'array') return isText(items);
    return values === undefined && !['boolean', 'integer', 'number'].includes(type ?? '');
  };
  const found = new Set(Object.entries(properties ?? {}).flatMap(([name, schema]) => (isText(schema) ? [name] : [])));
  freeTexts.set(operation, found);
  return found;
}

function stdinOf(text: string | undefined, limitBytes: number): Uint8Array {
  if (text === undefined)
    throw new WinnowError(
      'bad-usage',
      'A request has no standard input. What "-" stands for comes with it, as "$stdin".',
    );
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= limitBytes) return bytes;
  throw new WinnowError('bad-usage', `$stdin has more than the ${limitBytes} bytes that are allowed.`);
}

/** A directory with these files in it; whoever asked for it removes it. */
async function placeOf(files: Readonly<Record<string, string>>): Promise<string> {
  const entries = Object.entries(files);
  if (entries.length > mostFiles)
    throw new WinnowError('bad-usage', `$files may hold ${mostFiles} files; ${entries.length} came.`);
  for (const [path] of entries)
    if (
      path.length > 200 ||
      !/^[^/\\\0]+(\/[^/\\\0]+)*$/.test(path) ||
      path.split('/').some((part) => /^\.{1,2}$/.test(part))
    )
      throw new WinnowError(
        'bad-usage',
        `$files: expected relative paths with forward slashes and no "..", of at most 200 characters; came ${JSON.stringify(path.slice(0, 200))}.`,
      );
  const place = await realpath(await mkdtemp(join(tmpdir(), 'winnow-request-')));
  try {
    for (const [path, text] of entries) {
      await mkdir(dirname(join(place, path)), { recursive: true });
      await writeFile(join(place, path), text, { flag: 'wx' });
    }
    return place;
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENAMETOOLONG' || code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EILSEQ')
      throw new WinnowError('bad-usage', `$files holds paths that cannot lie beside each other (${code}).`, {
        cause: error,
      });
    throw error;
  }
}
