/**
 * Problem packages of Kattis and the ICPC, read as they stand: `problem.yaml`, `data/sample`, `data/secret`, `output_validators/`.
 *
 * Both versions that are in use: the one called legacy and the drafts since 2023 (icpc.io/problem-package-format). Input validators, statements and
 * submissions of the author are not looked at. What would change verdicts and is not supported is refused by name: interactive and
 * multi-pass problems, submitted answers, validators that have a build script. What would only change points is told as a notice.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Checker, JudgeTest, Problem, TestGroup } from '../types.ts';
import { checkerProgram } from './checkerfiles.ts';
import { badData, filesBelow, testsAmong } from './files.ts';
import { usualLimits } from './plain.ts';
import { readYaml } from './yaml.ts';

type Described = Readonly<Record<string, unknown>>;

/** Where a package does not say, as `problemtools/config/problem.yaml` has it, MiB. */
const usualMemory = 1024;
const usualOutput = 8;

/**
 * @param described what `problem.yaml` holds
 * @throws WinnowError `bad-data`, `unsupported-job` for kinds of problems that cannot be judged
 */
export function readKattisProblem(directory: string, path: string, described: Described): Problem {
  const limits = mapAt(described, 'limits');
  const validation = textAt(described, 'validation').split(/\s+/);
  const types = [described.type ?? 'pass-fail'].flat().map(String);
  refuse(path, types, validation);
  const data = join(directory, 'data');
  const files = filesBelow(data).filter((file) => /^(sample|secret)\//.test(file));
  const { tests, notices } = testsAmong(data, files, true);
  if (tests.length === 0)
    throw badData(data, 'has no tests: files that end in .in were expected below sample and secret.');
  const time = timeLimit(directory, limits);
  const validators = validatorsOf(directory, validation.includes('custom'));
  const flags = textAt(described, 'validator_flags');
  const checkerWith = remembered((more: string) => checkerOf(path, validators, `${flags} ${more}`.trim(), limits));
  const settings = remembered((place: string) => settingsAt(data, place));
  const placed = tests.map((test): JudgeTest => {
    const own = settings(dirname(test.name));
    const more = textAt(own, 'output_validator_flags') || listAt(own, 'output_validator_args').join(' ');
    return { ...test, checker: more === '' ? null : checkerWith(more) };
  });
  const points = types.includes('scoring') ? groupsOf(directory, placed, settings, notices) : [];
  const names = new Set(points.map(({ name }) => name));
  return {
    name: basename(directory),
    title: titleOf(described.name),
    format: 'kattis',
    directory,
    limits: {
      timeMs: time ?? usualLimits.timeMs,
      memoryBytes: (numberAt(limits, 'memory') ?? usualMemory) * 2 ** 20,
      outputBytes: Math.min(numberAt(limits, 'output') ?? usualOutput, 256) * 2 ** 20,
      compileMs: (numberAt(limits, 'compilation_time') ?? 60) * 1000,
    },
    namesTime: time !== null,
    timeFactors: {},
    checker: checkerWith(''),
    tests: placed.map((test) => ({ ...test, group: names.has(dirname(test.name)) ? dirname(test.name) : null })),
    groups: points,
    notices,
  };
}

function refuse(path: string, types: readonly string[], validation: readonly string[]): void {
  const kind = validation.includes('interactive')
    ? 'interactive'
    : types.find((type) => type !== 'pass-fail' && type !== 'scoring');
  if (kind === undefined) return;
  throw badData(
    path,
    `describes a problem of the kind ${JSON.stringify(kind)}, which cannot be judged; pass-fail and scoring ones can.`,
  );
}

/** Of problem.yaml since 2023, of the file that Kattis's tools write, or of DOMjudge's settings; ms. */
function timeLimit(directory: string, limits: Described): number | null {
  const own = numberAt(limits, 'time_limit');
  if (own !== null) return own * 1000;
  const written = join(directory, '.timelimit');
  const ini = join(directory, 'domjudge-problem.ini');
  const text = existsSync(written)
    ? readFileSync(written, 'utf8')
    : existsSync(ini)
      ? (/^\s*timelimit\s*=\s*['"]?([\d.]+)/m.exec(readFileSync(ini, 'utf8'))?.[1] ?? '')
      : '';
  const seconds = Number.parseFloat(text);
  return seconds > 0 ? seconds * 1000 : null;
}

/** Paths of the author's validators; none: the default one. */
function validatorsOf(directory: string, isCustom: boolean): string[] {
  const old = join(directory, 'output_validators');
  const place = existsSync(old) ? old : join(directory, 'output_validator');
  const wanted = isCustom || place !== old;
  if (!wanted) return [];
  if (!existsSync(place)) {
    if (isCustom) throw badData(directory, 'asks for validation by its own program and has no output_validators.');
    return [];
  }
  const entries = readdirSync(place).filter((name) => !name.startsWith('.'));
  const found = entries.map((name) => join(place, name));
  // Since 2023 the directory itself may be the program.
  return found.every((one) => statSync(one).isDirectory()) || found.length === 1 ? found : [place];
}

function checkerOf(path: string, validators: readonly string[], flags: string, limits: Described): Checker {
  const words = flags.split(/\s+/).filter((word) => word !== '');
  const [validator, another] = validators;
  if (validator === undefined) return defaultValidator(path, words);
  if (another !== undefined)
    throw badData(
      path,
      `has several output validators (${basename(validator)}, ${basename(another)}, …); one was expected.`,
    );
  if (existsSync(join(validator, 'build')) || existsSync(join(validator, 'run')))
    throw badData(
      validator,
      'is built or run by a script of its own; a program in a language that runs here was expected.',
    );
  const cpuMs = (numberAt(limits, 'validation_time') ?? 60) * 1000;
  const program = checkerProgram({
    path: validator,
    args: words,
    limits: {
      cpuMs,
      wallMs: 2 * cpuMs + 1000,
      memoryBytes: (numberAt(limits, 'validation_memory') ?? usualMemory) * 2 ** 20,
    },
  });
  return { kind: 'program', protocol: 'kattis', program };
}

/** The flags of the default validator, as `support/default_validator` of problemtools reads them. */
function defaultValidator(path: string, flags: readonly string[]): Checker {
  let [ignoreCase, spaces] = [true, false];
  let absolute: number | null = null;
  let relative: number | null = null;
  for (let at = 0; at < flags.length; at++) {
    const flag = flags[at] as string;
    if (flag === 'case_sensitive') ignoreCase = false;
    else if (flag === 'space_change_sensitive') spaces = true;
    else if (/^float_(absolute_|relative_)?tolerance$/.test(flag)) {
      const value = Number(flags[++at] ?? Number.NaN);
      if (!(value >= 0)) throw badData(path, `gives ${flag} no number.`);
      if (flag !== 'float_relative_tolerance') absolute = value;
      if (flag !== 'float_absolute_tolerance') relative = value;
    } else throw badData(path, `gives the default validator ${JSON.stringify(flag)}, which it does not know.`);
  }
  const isLoose = absolute !== null || relative !== null;
  return { kind: 'tokens', ignoreCase, spaces, tolerance: isLoose ? { absolute, relative } : null };
}

/** Settings of a directory of tests, with those of the directories around it where it says nothing. */
function settingsAt(data: string, place: string): Described {
  const around = place === '.' || place === '' ? {} : settingsAt(data, dirname(place));
  const file = ['testdata.yaml', 'test_group.yaml']
    .map((name) => join(data, place, name))
    .find((one) => existsSync(one));
  return file === undefined ? around : { ...around, ...readYaml(file) };
}

function groupsOf(
  directory: string,
  tests: readonly JudgeTest[],
  settings: (place: string) => Described,
  notices: string[],
): TestGroup[] {
  if (existsSync(join(directory, 'graders'))) {
    notices.push('The package scores by a grader of its own, which is not run; there are no points.');
    return [];
  }
  const places = [...new Set(tests.filter(({ isHidden }) => isHidden).map(({ name }) => dirname(name)))];
  return places.map((name) => {
    const own = settings(name);
    const flags = textAt(own, 'grader_flags').split(/\s+/);
    if (flags.includes('max') || flags.includes('avg'))
      notices.push(
        `${name} is scored by ${flags.includes('max') ? 'max' : 'avg'}, which is taken for the sum of its tests.`,
      );
    const whole = numberAt(own, 'max_score');
    const each = numberAt(own, 'accept_score') ?? 1;
    const count = tests.filter((test) => dirname(test.name) === name).length;
    const way = textAt(own, 'score_aggregation');
    if (flags.includes('min') || way === 'min' || way === 'pass-fail')
      return { name, points: whole ?? each, score: 'least', after: [] };
    return { name, points: whole ?? each * count, score: 'share', after: [] };
  });
}

function titleOf(name: unknown): string | null {
  if (typeof name === 'string') return name;
  if (typeof name !== 'object' || name === null) return null;
  const names = name as Record<string, unknown>;
  const title = names.en ?? Object.values(names)[0];
  return typeof title === 'string' ? title : null;
}

/** Each answer is worked out once: reading the same settings for every test would be most of the time. */
function remembered<Value>(make: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const there = known.get(key);
    if (there !== undefined) return there;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}

function mapAt(described: Described, key: string): Described {
  const value = described[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Described) : {};
}

const textAt = (described: Described, key: string): string =>
  typeof described[key] === 'string' ? (described[key] as string) : '';

const listAt = (described: Described, key: string): readonly string[] =>
  Array.isArray(described[key]) ? (described[key] as unknown[]).map(String) : [];

const numberAt = (described: Described, key: string): number | null =>
  typeof described[key] === 'number' && (described[key] as number) > 0 ? (described[key] as number) : null;
