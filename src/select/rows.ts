/**
 * Candidates and probes as people hand them in: lines of JSON, one program or one test each.
 *
 *     {"task": "add", "id": "a1", "source": "def add(a, b):\n    return a + b\n"}
 *     {"task": "add", "test": "assert add(1, 2) == 3"}       an expectation
 *     {"task": "add", "input": "add(2, 2)"}                  an input alone
 *     {"task": "sum", "stdin": "1 2\n", "expected": "3\n"}   for whole programs
 */
import { readFileSync } from 'node:fs';
import { WinnowError } from '../base/mod.ts';
import { runLanguage } from '../run/mod.ts';
import { type Candidate, type MatrixTask, type Probe, type ProbeRole, probeRoles } from './types.ts';

export interface RowFiles {
  readonly candidates: string;
  readonly probes: string;
}

export interface RowSettings {
  /** Name of the function; null: found in candidates and probes. */
  readonly entryPoint: string | null;
  readonly context: string;
  /** Of candidates that do not say. */
  readonly language: string;
}

type Row = Readonly<Record<string, unknown>>;
type Read<Made> = Made & { readonly task: string; readonly line: number };

/** @throws WinnowError `path-not-found`, `bad-data` with file, line and field */
export function readTasks(files: RowFiles, settings: RowSettings): readonly MatrixTask[] {
  const candidates = readRows(files.candidates, candidateOf);
  const probes = readRows(files.probes, probeOf);
  if (candidates.length === 0)
    throw new WinnowError('bad-data', `${files.candidates}: expected at least one candidate; it has no rows.`);
  if (probes.length === 0)
    throw new WinnowError('bad-data', `${files.probes}: expected at least one probe; it has no rows.`);
  const known = new Set(candidates.map(({ task }) => task));
  for (const { task, line } of probes)
    if (!known.has(task))
      throw new WinnowError(
        'bad-data',
        `${files.probes}, line ${line}: "task" is ${JSON.stringify(task)}, and no candidate of ${files.candidates} is of that task.`,
      );
  return [...known].map((id) => {
    const drawn = candidates.filter(({ task }) => task === id);
    const asked = probes.filter(({ task }) => task === id);
    if (asked.length === 0)
      throw new WinnowError(
        'bad-data',
        `${files.probes}: expected probes of task ${JSON.stringify(id)}; there are none.`,
      );
    const [first] = drawn as [(typeof drawn)[number]];
    const language = first.language ?? settings.language;
    for (const { language: other, line } of drawn)
      if ((other ?? settings.language) !== language)
        throw new WinnowError(
          'bad-data',
          `${files.candidates}, line ${line}: expected "language" ${language}, as the first candidate of task ${JSON.stringify(id)} has; it is ${other}.`,
        );
    const mixed = asked.find(({ isProgram }) => isProgram !== asked[0]?.isProgram);
    if (mixed !== undefined)
      throw new WinnowError(
        'bad-data',
        `${files.probes}, line ${mixed.line}: expected ${asked[0]?.isProgram === true ? '"stdin"' : '"test" or "input"'}, as the first probe of task ${JSON.stringify(id)} has; a task takes one or the other.`,
      );
    refuseTwice(drawn, files.candidates);
    refuseTwice(asked, files.probes);
    return {
      id,
      language,
      entryPoint:
        asked[0]?.isProgram === true
          ? ''
          : entryOf(drawn, asked, settings.entryPoint, { task: id, language: runLanguage(language).name }),
      context: settings.context,
      candidates: drawn.map(({ id: name, source, drawn: times }) => ({ id: name, source, drawn: times })),
      probes: asked.map(({ id: name, source, drawn: times, expected, role, isProgram }) => ({
        id: name,
        source,
        drawn: times,
        ...(isProgram ? { expected: expected ?? null } : {}),
        ...(role === undefined ? {} : { role }),
      })),
    };
  });
}

function candidateOf(row: Row, line: number): Candidate & { language: string | null } {
  const source = row.source ?? row.code;
  if (typeof source !== 'string') throw wrong('"source", the program’s text', source);
  return {
    id: idOf(row, line),
    source,
    drawn: drawnOf(row),
    language: optionalText(row, 'language'),
  };
}

function probeOf(row: Row, line: number): Probe & { isProgram: boolean } {
  const given = (['test', 'input', 'stdin'] as const).filter((field) => row[field] !== undefined);
  const [field] = given;
  if (field === undefined || given.length > 1)
    throw wrong('one of "test", "input" and "stdin"', given.length === 0 ? undefined : given.join(' and '));
  const source = row[field];
  if (typeof source !== 'string') throw wrong(`"${field}", a text`, source);
  const expected = optionalText(row, 'expected');
  if (expected !== null && field !== 'stdin') throw wrong('"expected" beside "stdin" alone', expected);
  return { id: idOf(row, line), source, drawn: drawnOf(row), expected, ...roleOf(row), isProgram: field === 'stdin' };
}

function roleOf(row: Row): { role?: ProbeRole } {
  const role = optionalText(row, 'role');
  if (role === null) return {};
  const known = probeRoles.find((one) => one === role);
  if (known === undefined) throw wrong(`"role", one of ${probeRoles.join(', ')}`, role);
  return { role: known };
}

/** What a row should have had; becomes an error with file and line. */
class WrongRow extends Error {}

const wrong = (expected: string, found: unknown): WrongRow =>
  new WrongRow(`expected ${expected}; found ${found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 60)}`);

function idOf({ id }: Row, line: number): string {
  if (id === undefined) return `${line}`;
  if (typeof id === 'string' || typeof id === 'number') return `${id}`;
  throw wrong('"id", a text', id);
}

function drawnOf({ drawn }: Row): number {
  if (drawn === undefined) return 1;
  if (typeof drawn === 'number' && Number.isSafeInteger(drawn) && drawn >= 1) return drawn;
  throw wrong('"drawn", a whole number from 1', drawn);
}

function optionalText(row: Row, field: string): string | null {
  const value = row[field];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  throw wrong(`"${field}", a text`, value);
}

function readRows<Made>(file: string, make: (row: Row, line: number) => Made): readonly Read<Made>[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WinnowError('path-not-found', `Expected a file at ${file}; it cannot be read.`, { cause });
  }
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      try {
        const row: unknown = readJson(line);
        if (typeof row !== 'object' || row === null || Array.isArray(row)) throw wrong('an object of JSON', line);
        const task = optionalText(row as Row, 'task') ?? 'task';
        return [{ ...make(row as Row, index + 1), task, line: index + 1 }];
      } catch (error) {
        if (error instanceof WrongRow)
          throw new WinnowError('bad-data', `${file}, line ${index + 1}: ${error.message}.`);
        throw error;
      }
    });
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw wrong('an object of JSON', line);
  }
}

function refuseTwice(rows: readonly Read<{ id: string }>[], file: string): void {
  const seen = new Set<string>();
  for (const { id, line, task } of rows) {
    if (seen.has(id))
      throw new WinnowError(
        'bad-data',
        `${file}, line ${line}: "id" ${JSON.stringify(id)} stands twice in task ${JSON.stringify(task)}.`,
      );
    seen.add(id);
  }
}

/** The function that most probes call, of those that candidates define. */
function entryOf(
  candidates: readonly Candidate[],
  probes: readonly Probe[],
  given: string | null,
  { task, language }: { readonly task: string; readonly language: string },
): string {
  if (given !== null) {
    if (probes.some(({ source }) => wordOf(given).test(source))) return given;
    throw new WinnowError(
      'bad-usage',
      `Task ${JSON.stringify(task)}: expected --entry to name a function that its probes call; none names ${given}.`,
    );
  }
  if (!called.includes(language))
    throw new WinnowError(
      'unsupported-job',
      `Functions are called in Python, JavaScript and TypeScript; those of task ${JSON.stringify(task)} are ${language}. Candidates of any language can be whole programs, with probes of "stdin".`,
    );
  const defined = new Set(
    candidates.flatMap(({ source }) =>
      [...source.matchAll(language === 'python' ? pythonFunction : scriptFunction)].map(
        ([, one, two, three]) => (one ?? two ?? three) as string,
      ),
    ),
  );
  const calls = [...defined].map((name) => ({
    name,
    probes: probes.filter(({ source }) => wordOf(name, '\\s*\\(').test(source)).length,
  }));
  const [best] = calls.sort((a, b) => b.probes - a.probes);
  if (best === undefined || best.probes === 0)
    throw new WinnowError(
      'bad-data',
      `Task ${JSON.stringify(task)}: expected candidates to define a function that probes call; none of ${[...defined].slice(0, 5).join(', ') || '(none)'} is called. Name it by --entry.`,
    );
  return best.name;
}

/** Languages whose functions are called. */
const called = ['python', 'javascript', 'typescript'];
const pythonFunction = /^def +([\p{L}\p{N}_]+)/gmu;
const scriptFunction =
  /^(?:export +(?:default +)?)?(?:async +)?function *\*? *([\p{L}\p{N}_$]+)|^(?:export +)?(?:const|let|var) +([\p{L}\p{N}_$]+) *(?::[^=\n]+)?= *(?:async\b|function\b|\(|[\p{L}\p{N}_$]+ *=>)|^(?:module\.)?exports\.([\p{L}\p{N}_$]+) *=/gmu;

/** Finds a name of Python, which has letters of all scripts, with what follows it. */
const wordOf = (name: string, then = '(?![\\p{L}\\p{N}_])'): RegExp =>
  new RegExp(
    `(?<![\\p{L}\\p{N}_])${name.replace(/[^\p{L}\p{N}_]/gu, (other) => `\\u{${other.codePointAt(0)?.toString(16)}}`)}${then}`,
    'u',
  );
