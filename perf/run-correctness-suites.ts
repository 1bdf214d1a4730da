/** What the public suites ask, as programs with the output that each must give. Pure, but for asking a real Python what it does with a buggy program. */
import { gunzipSync } from 'node:zlib';

export interface Check {
  readonly suite: string;
  readonly name: string;
  readonly program: string;
  readonly stdin?: string;
  readonly files?: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** What it must print; or how to find out. */
  readonly expected: string | (() => Promise<string>);
  readonly same?: (expected: string, got: string) => boolean;
  /** It may never end: a second of work tells as much as ten. */
  readonly endless?: boolean;
}

type RealPython = (program: string, files: Check['files'], stdin: string) => Promise<string>;

function lines<Line>(bytes: Buffer, first: number): Line[] {
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, first)
    .map((line) => JSON.parse(line, keptFloat) as Line);
}

/** 3.0 and 3 are one number here and two types in Python: what was written with a point stays so. */
function keptFloat(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  return typeof value === 'number' && source !== undefined && /[.eE]/.test(source) ? rawJson(source) : value;
}

/** TypeScript's library does not know it yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** The recorded output is a literal and may be written otherwise than `repr` does, so both sides are printed by the same Python. */
export function cruxevalChecks(bytes: Buffer, first: number): Check[] {
  interface Sample {
    readonly id: string;
    readonly code: string;
    readonly input: string;
    readonly output: string;
  }
  return lines<Sample>(bytes, first).map(({ id, code, input, output }) => ({
    suite: 'CRUXEval',
    name: id,
    program: `${code}\n__got = f(${input})\n__expected = ${output}\nprint(repr(__got))\nprint(repr(__expected))\n`,
    expected: output,
    same: (_, got) => {
      const [left, right, ...rest] = got.split('\n');
      return rest.length === 1 && rest[0] === '' && left === right;
    },
  }));
}

export function avatarChecks(bytes: Buffer, first: number): Check[] {
  interface Program {
    readonly id: string;
    readonly code: string;
    readonly tests: readonly { readonly input: string; readonly output: string }[];
  }
  return lines<Program>(bytes, first).flatMap(({ id, code, tests }) =>
    tests.map(({ input, output }, number) => ({
      suite: 'Avatar',
      name: `${id} #${number + 1}`,
      program: code,
      stdin: input,
      expected: output,
      same: (expected: string, got: string) => trimmed(expected) === trimmed(got),
    })),
  );
}

const trimmed = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();

interface QuixBug {
  readonly name: string;
  readonly buggy_python: string;
  readonly correct_python: string;
  readonly testcases: readonly (readonly [input: unknown, expected: unknown])[] | null;
  readonly python_test: string;
}

/** What the drivers of graph programs expect of a node, by the names they use. */
const nodeModule = `class Node:
    def __init__(self, value=None, successor=None, successors=None, predecessors=None, incoming_nodes=None, outgoing_nodes=None):
        self.value = value
        self.successor = successor
        self.successors = successors or []
        self.predecessors = predecessors or []
        self.incoming_nodes = incoming_nodes or []
        self.outgoing_nodes = outgoing_nodes or []

    def successors(self):
        return self.successors
`;

export function quixbugsChecks(bytes: Buffer, first: number, real: RealPython): Check[] {
  return lines<QuixBug>(bytes, first).flatMap((bug) => [
    ...versionChecks(bug, 'correct', bug.correct_python, real),
    ...versionChecks(bug, 'buggy', bug.buggy_python, real),
  ]);
}

function versionChecks(bug: QuixBug, version: string, code: string, real: RealPython): Check[] {
  if (bug.testcases === null) {
    const files = [
      { path: 'programs/__init__.py', bytes: Buffer.from('') },
      { path: 'programs/node.py', bytes: Buffer.from(nodeModule) },
      { path: `programs/${bug.name}.py`, bytes: Buffer.from(code) },
      { path: 'programs/driver.py', bytes: Buffer.from(bug.python_test) },
    ];
    const program = 'from programs.driver import main\nmain()\n';
    return [
      {
        suite: 'QuixBugs',
        name: `${bug.name} ${version}`,
        program,
        files,
        endless: version === 'buggy',
        expected: () => real(program, files, ''),
      },
    ];
  }
  return bug.testcases.map(([input, expected], number) => {
    const name = `${bug.name} ${version} #${number + 1}`;
    const call = `${bug.name}(*json.loads(${JSON.stringify(JSON.stringify(input))}))`;
    const program = `import json\n${code}\n__got = ${call}\nprint(json.dumps(list(__got) if hasattr(__got, '__next__') else __got))\n`;
    // The one case that the suite itself leaves out because it takes minutes in every Python.
    const slow = bug.name === 'levenshtein' && JSON.stringify(input).includes('docnoteidissent');
    if (version === 'buggy' || slow)
      return { suite: 'QuixBugs', name, program, endless: true, expected: () => real(program, undefined, '') };
    const most = bug.name === 'sqrt' ? Number(JSON.stringify((input as unknown[])[1])) : 0;
    return {
      suite: 'QuixBugs',
      name,
      program,
      expected: JSON.stringify(expected),
      same: (a: string, b: string) => alike(a, b, most),
    };
  });
}

/** Equal as JSON values (4.0 is 4); numbers as near as the suite asks. */
function alike(expected: string, got: string, most: number): boolean {
  try {
    const [left, right] = [JSON.parse(expected), JSON.parse(got)];
    if (typeof left === 'number' && typeof right === 'number') return Math.abs(left - right) <= most;
    return JSON.stringify(left) === JSON.stringify(right);
  } catch {
    return expected === got;
  }
}
