/**
 * Sampled programs and tests in the layout of CodeT's released data: problems, and lists of samples by prompt.
 *
 * A sample is what a model wrote behind a prompt, so it is cut where something new begins; a sample of tests is taken apart at each `assert`, and those that name the function
 * and that Python takes for statements count, the first five of each sample. As CodeT's released code has it (postprocess.py).
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { WinnowError } from '../../base/mod.ts';
import type { Runner } from '../../run/mod.ts';
import { type MatrixTask, wellFormed } from '../../select/mod.ts';

/** Where a completion ends: a new top-level definition, comment or statement. */
const ends = ['\nclass', '\ndef', '\n#', '\nif', '\nprint'];

export interface SelectionFiles {
  readonly problems: string;
  readonly solutions: string;
  readonly tests: string;
}

export interface SelectionTask {
  readonly matrix: MatrixTask;
  /** Defines `check(candidate)`: hidden, for judging alone. */
  readonly test: string;
  /** A program that is right, where the file has one: hidden as well. */
  readonly reference: string | null;
  /** The program that the hidden tests were made from, where that is another than `reference`. */
  readonly gold?: string;
}

/**
 * @param limit tests of each sample
 * @throws WinnowError `path-not-found`, `bad-data`
 */
export async function readSelection(
  files: SelectionFiles,
  limit: number,
  runner: Runner,
  signal: AbortSignal,
): Promise<readonly SelectionTask[]> {
  const problems = readRows(files.problems, ['task_id', 'prompt', 'entry_point', 'test']);
  if (problems.length === 0)
    throw new WinnowError('bad-data', `Expected problems in ${files.problems}; it has no rows.`);
  const ids = problems.map(({ task_id }) => task_id as string);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined)
    throw new WinnowError('bad-data', `${files.problems}: "task_id" ${JSON.stringify(twice)} stands in it twice.`);
  const solutions = readRows(files.solutions, ['prompt']);
  const tests = readRows(files.tests, ['prompt']);
  const drafts = problems.map((problem) => {
    const prompt = problem.prompt as string;
    const entryPoint = problem.entry_point as string;
    const drawn = solutions.find((row) => row.prompt === prompt);
    const tested = tests.find((row) => (row.prompt as string).startsWith(prompt));
    if (drawn === undefined || tested === undefined)
      throw new WinnowError(
        'bad-data',
        `Expected solutions and tests for the prompt of ${String(problem.task_id)}; ${drawn === undefined ? files.solutions : files.tests} has none.`,
      );
    return {
      problem,
      prompt,
      entryPoint,
      solutions: samplesOf(drawn, files.solutions),
      tests: samplesOf(tested, files.tests),
    };
  });
  const asserts = drafts.map(({ entryPoint, tests: samples }) =>
    samples.map((sample) => assertsOf(sample, entryPoint)),
  );
  const each = [...new Set(asserts.flat(2))];
  const valid = await wellFormed(each, runner, signal);
  const isValid = new Set(each.filter((_, index) => valid[index]));
  return drafts.map(({ problem, prompt, entryPoint, solutions: samples }, index) => {
    const kept = (asserts[index] ?? []).flatMap((list) => list.filter((one) => isValid.has(one)).slice(0, limit));
    return {
      test: problem.test as string,
      reference: typeof problem.canonical_solution === 'string' ? prompt + problem.canonical_solution : null,
      matrix: {
        id: problem.task_id as string,
        entryPoint,
        context: `${prompt}    pass\n`,
        candidates: counted(samples.map((sample) => prompt + cut(sample))).map(([source, drawn], at) => ({
          id: `${at}`,
          source,
          drawn,
        })),
        probes: counted(kept).map(([source, drawn], at) => ({ id: `${at}`, source, drawn })),
      },
    };
  });
}

const cut = (text: string): string => ends.reduce((left, end) => left.split(end)[0] as string, text);

const assertsOf = (sample: string, entryPoint: string): readonly string[] =>
  `assert ${sample}`
    .split('assert ')
    .filter((part) => part.includes(entryPoint) && part.trim() !== '')
    .map((part) => cut(`assert ${part}`.trim()).trim())
    .filter((text) => text.includes('assert'));

function counted(texts: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts];
}

type Row = Readonly<Record<string, unknown>>;

function samplesOf(row: Row, file: string): readonly string[] {
  const { samples } = row;
  if (!Array.isArray(samples) || !samples.every((sample) => typeof sample === 'string'))
    throw new WinnowError('bad-data', `Expected "samples", a list of texts, in each row of ${file}.`);
  return samples;
}

function unpacked(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new WinnowError('bad-data', `Expected gzip in ${file}; it is cut off or damaged.`, { cause });
  }
}

/** Lines of JSON, packed with gzip or not. */
export function readRows(file: string, fields: readonly string[]): readonly Row[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new WinnowError('path-not-found', `Expected a file at ${file}; it cannot be read.`, { cause });
  }
  const text = new TextDecoder().decode(unpacked(bytes, file));
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      row = null;
    }
    const missing = fields.find((field) => typeof (row as Row | null)?.[field] !== 'string');
    if (missing !== undefined)
      throw new WinnowError('bad-data', `${file}, line ${index + 1}: expected an object with "${missing}", a text.`);
    return [row as Row];
  });
}
