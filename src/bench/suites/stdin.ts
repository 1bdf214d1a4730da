/**
 * Problems of programs that read standard input, in the shapes that APPS and CodeContests are given away in, and as rows of `{id, tests}`.
 *
 * Words are compared, numbers within 1e-6 where the key's is no whole number: neither data set comes with its problems' own checkers. Problems of APPS that ask for a function (`fn_name`), or have no tests, are excluded and named.
 */
import type { Checker, JudgeTest, Problem } from '../../judge/mod.ts';
import { runLanguage } from '../../run/mod.ts';
import { shown, wrongRow } from '../tablerows.ts';
import { idOf, listOf, maybeText, textOf } from './fields.ts';
import type { DataRow, Program, Suite } from './types.ts';

interface Case {
  readonly input: string;
  readonly output: string;
}

export const stdin: Suite = {
  name: 'stdin',
  title: 'stdin problems (APPS, CodeContests)',
  source: 'Hendrycks et al. 2021, arXiv:2105.09938; Li et al. 2022, arXiv:2203.07814',
  sets: ['canonical'],
  read: (rows) =>
    rows.map((row) => {
      const id = idOf(row, 'task_id', 'problem_id', 'name', 'id');
      const unfit = isOfFunction(row)
        ? 'it asks for a function (fn_name), and not for a program that reads input'
        : null;
      const cases = unfit === null ? casesOf(row) : [];
      if (cases.length === 0 && !('input_output' in row.row))
        throw wrongRow(row.path, row.line, 'one test at least', 'none');
      const why = unfit ?? (cases.length === 0 ? 'it has no tests' : null);
      const seconds = (row.row.time_limit as { seconds?: unknown } | null | undefined)?.seconds;
      const timeMs = typeof seconds === 'number' && seconds > 0 ? 1000 * seconds : 10_000;
      const canonical = referenceOf(row);
      return {
        id,
        prompt: maybeText(row, 'question') ?? maybeText(row, 'description') ?? '',
        cpuMs: timeMs,
        hidden: cases.map(({ input }) => input.trim()),
        ...(why === null ? {} : { unfit: why }),
        key: { kind: 'stdin', problem: problemOf(row, id, cases, timeMs) },
        programs: canonical === null ? {} : { canonical },
        program: (source, _, language) => ({ source, language: language ?? 'python' }),
      };
    }),
};

/** CodeContests' names of languages by their numbers: Python 2, C++, Python 3, Java. */
const numbered: readonly (string | null)[] = [null, null, 'cpp', 'python', 'java'];

function referenceOf(row: DataRow): Program | null {
  const code = maybeText(row, 'code');
  if (code !== null) return { source: code, language: runLanguage(maybeText(row, 'lang') ?? 'python').name };
  const { solutions } = row.row;
  const list = typeof solutions === 'string' ? jsonOf(row, 'solutions') : solutions;
  if (Array.isArray(list)) return typeof list[0] === 'string' ? { source: list[0], language: 'python' } : null;
  const { language, solution } = (list ?? {}) as { language?: unknown[]; solution?: unknown[] };
  const at = language?.findIndex((one) => (numbered[Number(one)] ?? null) !== null) ?? -1;
  const source = solution?.[at];
  return typeof source === 'string' ? { source, language: numbered[Number(language?.[at])] as string } : null;
}

function casesOf(row: DataRow): readonly Case[] {
  if ('tests' in row.row)
    return (listOf(row, 'tests') as Case[]).map((one) => {
      if (typeof one?.input !== 'string' || typeof one.output !== 'string')
        throw wrongRow(row.path, row.line, '"tests" of {"input", "output"}, texts', shown(one));
      return one;
    });
  if ('input_output' in row.row) {
    const told = inputOutputOf(row);
    // APPS has an empty text where a problem has no tests.
    if (told === null) return [];
    return pairsOf(row, 'input_output', told.inputs, told.outputs);
  }
  return ['public_tests', 'private_tests', 'generated_tests'].flatMap((field) => {
    const told = row.row[field] as { input?: unknown; output?: unknown } | null | undefined;
    return told === null || told === undefined ? [] : pairsOf(row, field, told.input, told.output);
  });
}

function inputOutputOf(row: DataRow): { inputs?: unknown; outputs?: unknown; fn_name?: unknown } | null {
  const { input_output: told } = row.row;
  const read = typeof told === 'string' ? jsonOf(row, 'input_output') : told;
  if (read === undefined || read === null) return null;
  if (typeof read !== 'object') throw wrongRow(row.path, row.line, '"input_output", an object', shown(read));
  return read;
}

const isOfFunction = (row: DataRow): boolean => (inputOutputOf(row)?.fn_name ?? null) !== null;

function pairsOf(row: DataRow, field: string, inputs: unknown, outputs: unknown): readonly Case[] {
  const isTexts = (list: unknown): list is readonly string[] =>
    Array.isArray(list) && list.every((one) => typeof one === 'string');
  if (!isTexts(inputs) || !isTexts(outputs) || inputs.length !== outputs.length)
    throw wrongRow(row.path, row.line, `"${field}" with as many inputs as outputs, texts`, shown({ inputs, outputs }));
  return inputs.map((input, at) => ({ input, output: outputs[at] as string }));
}

function jsonOf(row: DataRow, field: string): unknown {
  const text = textOf(row, field);
  try {
    return text === '' ? null : JSON.parse(text);
  } catch (cause) {
    throw wrongRow(row.path, row.line, `"${field}", JSON as a text`, `${shown(text)} (${(cause as Error).message})`);
  }
}

const tolerant: Extract<Checker, { kind: 'tokens' }> = {
  kind: 'tokens',
  ignoreCase: false,
  spaces: false,
  tolerance: { absolute: 1e-6, relative: 1e-6 },
};

function problemOf(row: DataRow, name: string, cases: readonly Case[], timeMs: number): Problem {
  const bytes = (text: string): { bytes: Uint8Array } => ({ bytes: new TextEncoder().encode(text) });
  const tests = cases.map(
    ({ input, output }, at): JudgeTest => ({
      name: `${at + 1}`,
      input: bytes(input),
      args: [],
      key: { answer: bytes(output) },
      isHidden: true,
      group: null,
      // Whole numbers are compared digit for digit: 1e-6 of a large one would be more than 1.
      checker: /\d\.\d/.test(output) ? tolerant : { ...tolerant, tolerance: null },
    }),
  );
  const limit = row.row.memory_limit_bytes;
  return {
    name,
    title: null,
    format: 'plain',
    directory: row.path,
    limits: {
      timeMs,
      memoryBytes: typeof limit === 'number' && limit > 0 ? limit : 512 * 2 ** 20,
      outputBytes: 16 * 2 ** 20,
      compileMs: 60_000,
    },
    namesTime: true,
    timeFactors: { python: 3, java: 2 },
    checker: tolerant,
    tests,
    groups: [],
    notices: [],
  };
}
