/**
 * What is known of a function's inputs before one is made: calls of tests and of examples in comments, kinds of parameters, literals of programs.
 *
 * Python's own tool tells it (`python/winnow_seeds.py`). Tests and examples of JavaScript are run without a candidate, and say what they call it with; kinds are those that partial execution guesses.
 */
import { readFileSync } from 'node:fs';
import { type GuessedParameter, pythonInference, scriptParameters } from '../../run/mod.ts';
import type { MatrixOptions } from '../matrix.ts';
import { firstCalls } from '../scripts.ts';
import type { MadeBy, MatrixTask } from '../types.ts';
import type { Kind, Parameter } from './generate.ts';
import { type Arguments, float, integer, readArguments, readValue, text, type Value } from './value.ts';

export interface Seeds {
  readonly calls: readonly { readonly args: Arguments; readonly made: MadeBy }[];
  readonly parameters: readonly Parameter[];
  readonly literals: readonly Value[];
}

/** Gives bytes of a grammar by its file name. */
export type LoadGrammar = Parameters<typeof scriptParameters>[3];

/** Candidates that are read for examples, kinds and literals. */
const mostPrograms = 40;
const mostLiterals = 40;
const mostExamples = 60;
/** Of an example's text. */
const mostCharacters = 2_000;

/** @throws WinnowError as `Runner.run` does */
export async function seedsOf(
  task: MatrixTask,
  options: Pick<MatrixOptions, 'runner' | 'signal' | 'backend' | 'callMs'>,
  load: LoadGrammar | null,
): Promise<Seeds> {
  return (task.language ?? 'python') === 'python' ? pythonSeeds(task, options) : scriptSeeds(task, options, load);
}

const file = { path: 'winnow_seeds.py', bytes: readFileSync(new URL('../python/winnow_seeds.py', import.meta.url)) };

async function pythonSeeds(
  { probes, candidates, entryPoint }: MatrixTask,
  { runner, signal }: Pick<MatrixOptions, 'runner' | 'signal'>,
): Promise<Seeds> {
  const asked = {
    probes: probes.map(({ source }) => source),
    candidates: candidates.slice(0, mostPrograms).map(({ source }) => source),
    entryPoint,
  };
  const outcome = await runner.run(
    {
      language: 'python',
      entry: file.path,
      files: [
        file,
        ...(await pythonInference()),
        { path: 'task.json', bytes: new TextEncoder().encode(JSON.stringify(asked)) },
      ],
      limits: { wallMs: 60_000, cpuMs: 60_000, memoryBytes: 2 ** 30 },
    },
    { backend: 'native', signal },
  );
  const made = outcome.files.find(({ path }) => path === 'seeds.json');
  if (made === undefined || !('bytes' in made))
    throw new Error(`no inputs were made: ${new TextDecoder().decode(outcome.stderr.head)}`);
  // Programs were read there and not run, so these are our own tool's words; their values are candidates' and tests'.
  const told = JSON.parse(new TextDecoder().decode(made.bytes)) as {
    calls: { by: 'test' | 'example'; of: number; args: unknown }[];
    parameters: { name: string; from: 'hint' | 'use'; kinds: readonly object[] }[];
    literals: unknown[];
  };
  return {
    calls: told.calls.flatMap(({ by, of, args }) => {
      const read = readArguments(args);
      const id = (by === 'test' ? probes : candidates)[of]?.id ?? '';
      return read === null ? [] : [{ args: read, made: { by, of: id } }];
    }),
    parameters: told.parameters.map(({ name, from, kinds }) => ({ name, from, kinds: kinds.map(kindOf) })),
    literals: told.literals.flatMap((one) => readValue(one) ?? []),
  };
}

function kindOf(told: object): Kind {
  const { kind, of, parts, keys, values } = told as Record<string, readonly object[]> & { kind: string };
  return {
    kind,
    ...(of === undefined ? {} : { of: of.map(kindOf) }),
    ...(parts === undefined ? {} : { parts: parts.map((one) => (one as unknown as object[]).map(kindOf)) }),
    ...(keys === undefined ? {} : { keys: keys.map(kindOf) }),
    ...(values === undefined ? {} : { values: values.flatMap((one) => readValue(one) ?? []) }),
  };
}

async function scriptSeeds(
  task: MatrixTask,
  options: Pick<MatrixOptions, 'runner' | 'signal' | 'backend' | 'callMs'>,
  load: LoadGrammar | null,
): Promise<Seeds> {
  const programs = task.candidates.slice(0, mostPrograms);
  const language = task.language === 'typescript' ? 'typescript' : 'javascript';
  const examples = programs
    .flatMap(({ id, source }) => examplesIn(source, task.entryPoint).map((one) => ({ id, one })))
    .slice(0, mostExamples);
  const told = await firstCalls(
    [...task.probes.map(({ source }) => source), ...examples.map(({ one }) => one)],
    task,
    options,
  );
  const calls = told.flatMap((args, at) => {
    const read = args === null ? null : readArguments(args);
    const example = examples[at - task.probes.length];
    const made: MadeBy =
      example === undefined ? { by: 'test', of: task.probes[at]?.id ?? '' } : { by: 'example', of: example.id };
    return read === null || read.length === 0 ? [] : [{ args: read, made }];
  });
  let parameters: readonly Parameter[] = [];
  for (const { source } of load === null ? [] : programs) {
    const found = await scriptParameters(source, language, task.entryPoint, load as LoadGrammar);
    if (found === null || found.length === 0) continue;
    parameters = found.filter(({ hasDefault }) => !hasDefault).map(parameterOf);
    break;
  }
  return { calls, parameters, literals: programs.flatMap(({ source }) => literalsIn(source)).slice(0, mostLiterals) };
}

const kinds = new Set(['none', 'boolean', 'integer', 'float', 'text', 'list', 'set', 'mapping']);

function parameterOf({ name, guess }: GuessedParameter): Parameter {
  return { name, from: guess.from === 'annotation' ? 'hint' : 'use', kinds: guessedKinds(guess) };
}

function guessedKinds({ type, inner, fields }: GuessedParameter['guess']): readonly Kind[] {
  const named = fields === undefined ? [] : Object.entries(fields);
  if (named.length > 0 && (type === 'mapping' || type === 'instance'))
    return [{ kind: 'mapping', fields: Object.fromEntries(named.map(([key, one]) => [key, guessedKinds(one)])) }];
  if (type === 'iterator') return [{ kind: 'list', of: inner === undefined ? [] : guessedKinds(inner) }];
  if (!kinds.has(type)) return [];
  return [{ kind: type, ...(inner === undefined ? {} : { of: guessedKinds(inner) }) }];
}

/** Calls in comments, `f(1, 2) // 3`, with whatever brackets stand in them. */
function examplesIn(source: string, entry: string): readonly string[] {
  const comments = [...source.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*/g)].map(([one]) => one).join('\n');
  const found: string[] = [];
  for (let at = comments.indexOf(`${entry}(`); at >= 0; at = comments.indexOf(`${entry}(`, at + 1)) {
    let depth = 0;
    for (let end = at + entry.length; end < Math.min(comments.length, at + mostCharacters); end++) {
      if ('([{'.includes(comments[end] as string)) depth++;
      if (')]}'.includes(comments[end] as string) && --depth === 0) {
        found.push(comments.slice(at, end + 1).replaceAll(/\n\s*\*/g, '\n'));
        break;
      }
    }
  }
  return found;
}

/** Numbers and texts that stand in a program; one too many does no harm. */
function literalsIn(source: string): readonly Value[] {
  const found = source
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    .matchAll(/(?<![\w.$])(\d+(?:\.\d+)?)(?![\w.])|'([^'\\\n]{0,60})'|"([^"\\\n]{0,60})"/g);
  const values = new Map<string, Value>();
  for (const [all, digits, one, other] of found)
    values.set(
      all,
      digits === undefined
        ? text((one ?? other) as string)
        : digits.includes('.')
          ? float(Number(digits))
          : integer(BigInt(digits)),
    );
  return [...values.values()];
}
