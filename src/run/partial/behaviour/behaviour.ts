/**
 * Whether two versions of a function do the same: both run on the same inferred inputs, and what comes of it is compared.
 *
 * What is missing is a stand-in whose values follow from where it stands (`winnow_stands.py`), so both versions meet the same world whatever they ask first. Results, exceptions,
 * effects on stand-ins, arguments, globals, output and files are compared; texts of exceptions and log lines are not. One job holds both: each version is loaded once and
 * every few inputs fork from there (`winnow_compare.py`).
 *
 * No branch is forced here: an input that no caller could give would tell of a difference that nobody sees. And nothing is proved: `preserved` is said of a budget.
 *
 * After ChangeGuard (Gröninger, Souza and Pradel, FSE 2025), which compares by injected values as well; there a neural model gives the values, here the two texts do.
 */
import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WinnowError } from '../../../base/mod.ts';
import { ownFile, writtenBytes } from '../../owndirectory.ts';
import type { Runner, RunOptions } from '../../runner.ts';
import type { Job, JobFile } from '../../types.ts';
import { isCount, isRecord } from '../../untrusted.ts';
import { partialDirectory } from '../types.ts';
import { diffEcmascript, isEcmascript } from './ecmascript.ts';
import type {
  BehaviourDifference,
  BehaviourEnd,
  BehaviourOptions,
  BehaviourReport,
  BehaviourVersion,
} from './types.ts';

/** Half of the differences that `bench diff-behaviour` tells come within 8 inputs; what is learned from earlier ones (texts, numbers and types at a place) needs some fifty to be of use. */
export const defaultInputs = 144;
export const defaultBehaviourMs = 20_000;
/** Loading both versions, and ending. */
const aroundMs = 30_000;
const rowFile = `${partialDirectory}/behaviour.jsonl`;
const behaviours = ['changed', 'preserved', 'undecided'] as const;
/** Decisions that are told. */
const mostAssumed = 20;
/** Parts that are told to be left out. */
const mostGaps = 20;
/** Characters of a text in the row. */
const mostText = 1_000;

/**
 * @throws WinnowError `bad-job` when a version has too much around it, `toolchain-missing` where there is no native Python, and as `Runner.run` does
 */
export async function diffBehaviour(
  [one, other]: readonly [BehaviourVersion, BehaviourVersion],
  options: BehaviourOptions,
  runner: Runner,
  how: Omit<RunOptions, 'backend'> = {},
): Promise<BehaviourReport> {
  const wallMs = options.wallMs ?? defaultBehaviourMs;
  if (isEcmascript(one.path)) return diffEcmascript([one, other], { ...options, wallMs }, runner, how, readRow);
  const shares = isShared(one, other);
  const plan = {
    versions: [
      { path: one.path, function: one.function, text: one.text, tree: 'one' },
      { path: other.path, function: other.function, text: other.text, tree: shares ? 'one' : 'other' },
    ],
    seed: options.seed ?? 1,
    inputs: options.inputs ?? defaultInputs,
    wallMs,
    callers: options.callers ?? [],
    packages: options.packages ?? [],
  };
  const job: Job = {
    language: 'python',
    files: [
      ...below('one', one.files),
      ...(shares ? [] : below('other', other.files)),
      ...(await pythonInference()),
      { path: `${partialDirectory}/compare.json`, bytes: new TextEncoder().encode(JSON.stringify(plan)) },
    ],
    entry: `${partialDirectory}/winnow_compare.py`,
    rescue: true,
    grants: { read: [...(options.packages ?? [])] },
    limits: { wallMs: wallMs + aroundMs, cpuMs: wallMs + aroundMs, memoryBytes: 1024 ** 3 },
  };
  // A process for each input is what makes them independent, and only real ones fork.
  const outcome = await runner.run(job, { ...how, backend: 'native' });
  const row = readRow(writtenBytes(outcome, rowFile));
  if (row !== null) return row;
  const said = new TextDecoder().decode(outcome.stderr.tail.length > 0 ? outcome.stderr.tail : outcome.stderr.head);
  const last = said.trim().split('\n').at(-1) ?? '';
  return nothingSaid(
    `the comparison itself ended without an answer (${outcome.ending.kind})${last === '' ? '' : `: ${last}`}`,
  );
}

const nothingSaid = (why: string): BehaviourReport => ({
  behaviour: 'undecided',
  why: why.slice(0, mostText),
  gaps: [],
  inputs: 0,
  equal: 0,
  failed: 0,
  flaky: 0,
  lost: 0,
  reached: [false, false],
  difference: null,
});

const below = (directory: string, files: readonly JobFile[]): JobFile[] =>
  files.map((file) => ({ ...file, path: `${directory}/${file.path}` }));

/** The file itself is told as text, so surroundings that differ in it alone are the same. */
function isShared(one: BehaviourVersion, other: BehaviourVersion): boolean {
  if (one.path !== other.path || one.files.length !== other.files.length) return false;
  const known = new Map(one.files.map(({ path, bytes }) => [path, bytes]));
  return other.files.every(({ path, bytes }) => {
    const mine = known.get(path);
    return mine !== undefined && (path === one.path || Buffer.compare(mine, bytes) === 0);
  });
}

let known: Promise<readonly JobFile[]> | null = null;

/** Own files in the sandbox: these, and those of partial execution that read a file's text. They lie below `partialDirectory`. */
export function pythonInference(): Promise<readonly JobFile[]> {
  known ??= Promise.all([filesOf('./'), filesOf('../python/')]).then((parts) => parts.flat());
  return known;
}

async function filesOf(where: string): Promise<JobFile[]> {
  const directory = fileURLToPath(new URL(where, import.meta.url));
  const names = (await readdir(directory)).filter((name) => /^winnow_\w+\.py$/.test(name)).sort();
  return Promise.all(names.map((name) => ownFile(pathToFileURL(`${directory}/${name}`), partialDirectory)));
}

/** The row is written in the sandbox: nothing in it is believed to have the right form. */
function readRow(bytes: Uint8Array): BehaviourReport | null {
  let row: unknown;
  try {
    row = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  if (!isRecord(row)) return null;
  const behaviour = behaviours.find((one) => one === row.behaviour);
  if (behaviour === undefined) return null;
  const count = (name: string): number => (isCount(row[name]) ? (row[name] as number) : 0);
  const reached = Array.isArray(row.reached) ? row.reached : [];
  const difference = behaviour === 'changed' ? readDifference(row.difference, textOf(row.why)) : null;
  if (behaviour === 'changed' && difference === null) return null;
  return {
    behaviour,
    why: textOf(row.why),
    gaps: (Array.isArray(row.gaps) ? row.gaps : []).slice(0, mostGaps).map(textOf),
    inputs: count('inputs'),
    equal: count('equal'),
    failed: count('failed'),
    flaky: count('flaky'),
    lost: count('lost'),
    reached: [reached[0] === true, reached[1] === true],
    difference,
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, mostText) : '');

function readDifference(value: unknown, what: string): BehaviourDifference | null {
  if (!isRecord(value)) return null;
  const input = isRecord(value.input) ? Object.entries(value.input).slice(0, 100) : [];
  return {
    what,
    sure: value.sure === 'strong' ? 'strong' : 'weak',
    input: Object.fromEntries(input.map(([name, text]) => [name.slice(0, 100), textOf(text)])),
    ends: [readEnd(value.one), readEnd(value.other)],
    assumed: (Array.isArray(value.assumed) ? value.assumed : []).slice(0, mostAssumed).map(textOf),
  };
}

function readEnd(value: unknown): BehaviourEnd {
  const pairs = (Array.isArray(value) ? value : []).filter((one) => Array.isArray(one)).slice(0, 10);
  const told = pairs.map((one) => ({ what: textOf(one[0]), text: textOf(one[1]) }));
  return {
    ends: told.find(({ what }) => what === 'ends')?.text ?? '',
    rest: told.filter(({ what }) => what !== 'ends'),
  };
}

/** @throws WinnowError `bad-usage` when functions of such a file, or of two such files, cannot be compared */
export function requireComparable(path: string, other = path): void {
  const isPython = (one: string): boolean => /\.pyw?$/.test(one);
  for (const one of [path, other])
    if (!isPython(one) && !isEcmascript(one))
      throw new WinnowError(
        'bad-usage',
        `Functions of Python, JavaScript and TypeScript can be compared; ${one} is no such file (.py, .js, .ts).`,
      );
  if (isPython(path) !== isPython(other))
    throw new WinnowError('bad-usage', `Two versions of a function are in one language; ${path} and ${other} are not.`);
}
