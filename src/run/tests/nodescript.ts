/**
 * How a project calls its runner: the words of the script in package.json.
 *
 * A script is a line for a shell. Of it only the call of the runner is taken, word by word; reporters, watching and coverage are left out, because
 * they are ours to choose. Variables and substitutions are not worked out.
 */
import type { JobFile } from '../types.ts';

export interface ScriptWords {
  /** Flags with their values, in order. */
  readonly options: readonly string[];
  /** What stands without a flag: files and patterns. */
  readonly rest: readonly string[];
}

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
  /** `jest`, `mocha`: settings may stand in it. */
  readonly keys: readonly string[];
}

export function manifestOf(files: readonly JobFile[]): Manifest | null {
  const file = files.find(({ path }) => path === 'package.json');
  if (file === undefined) return null;
  try {
    const data = JSON.parse(new TextDecoder().decode(file.bytes)) as Record<string, unknown>;
    const record = (value: unknown): Record<string, unknown> =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    const scripts = Object.entries(record(data.scripts)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return {
      scripts: Object.fromEntries(scripts),
      dependencies: [...Object.keys(record(data.dependencies)), ...Object.keys(record(data.devDependencies))],
      keys: Object.keys(record(data)),
    };
  } catch {
    return null;
  }
}

const names: Readonly<Record<string, RegExp>> = {
  node: /^node$/,
  mocha: /(^|\/)_?mocha(\.js)?$/,
  jest: /(^|\/)jest(\.js)?$/,
  vitest: /(^|\/)vitest(\.mjs)?$/,
};

/** Flags that are ours to give; with a value in the next word, or alone. */
const valued = new Set([
  '--reporter',
  '-R',
  '--reporters',
  '--reporter-option',
  '--reporter-options',
  '-O',
  '--test-reporter',
  '--test-reporter-destination',
  '--outputFile',
]);
const alone =
  /^(--test|--watch|--watchAll|-w|--coverage|--cov|--experimental-test-coverage|--no-coverage|--verbose|--silent|--parallel|-p|--ci|--run|--passWithNoTests)$/;
const withValue =
  /^(--reporter|--reporters|--reporter-options?|--test-reporter|--test-reporter-destination|--coverage\.|--outputFile|--test-coverage|--watch)[.=\w-]*=/;
/** Flags whose value is the next word, so that it is no file. */
const takesNext = new Set([
  '--require',
  '-r',
  '--import',
  '--loader',
  '--experimental-loader',
  '--config',
  '-c',
  '--timeout',
  '-t',
  '--ui',
  '-u',
  '--extension',
  '--file',
  '--project',
  '--dir',
  '--root',
  '--conditions',
  '-C',
  '--env-file',
  '--selectProjects',
  '--ignore',
  '--exclude',
  '--testPathPattern',
  '--environment',
  '--spec',
  '--test-concurrency',
]);

/** The script that runs the tests, of those that call this runner. */
export function scriptOf(files: readonly JobFile[], runner: string): string | null {
  const manifest = manifestOf(files);
  if (manifest === null) return null;
  const { scripts } = manifest;
  const all = [
    'test',
    'test:unit',
    'unit',
    'tests',
    'test-unit',
    ...Object.keys(scripts).filter((name) => name.startsWith('test')),
  ];
  return (
    all.map((name) => scripts[name]).find((script) => script !== undefined && callIn(script, runner) !== null) ?? null
  );
}

/** The words after the runner's name; null: it is not called. */
function callIn(script: string, runner: string): string[] | null {
  const name = names[runner];
  for (const part of script.split(/&&|\|\||;|\|/)) {
    const words = (part.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll(/^['"]|['"]$/g, ''));
    const at = words.findIndex((word) => name?.test(word) === true);
    if (at >= 0 && (runner !== 'node' || words.includes('--test'))) return words.slice(at + 1);
  }
  return null;
}

export function scriptWords(files: readonly JobFile[], runner: string): ScriptWords {
  const script = scriptOf(files, runner);
  const words = (script === null ? null : callIn(script, runner)) ?? [];
  const options: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (valued.has(word)) at++;
    else if (alone.test(word) || withValue.test(word)) continue;
    else if (takesNext.has(word)) options.push(word, words[++at] ?? '');
    else if (word.startsWith('-')) options.push(word);
    else if (!(runner === 'vitest' && ['run', 'watch', 'dev'].includes(word))) rest.push(word);
  }
  return { options, rest };
}
