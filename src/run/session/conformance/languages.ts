/**
 * Small cells of each language, by what they do. A part that is null is not to be had in the language, and the checks that need it are skipped.
 *
 * `said` is what a cell gives that says something: its result's text, or else what it printed.
 */
import type { SessionLanguage } from '../types.ts';

export interface SessionParts {
  readonly language: SessionLanguage;
  /** Sets a name to 41. */
  readonly set: string;
  /** Says 42 when it was set, and fails or says something else when it was not. */
  readonly get: string;
  /** A last expression whose value as JSON is 42. */
  readonly value: string | null;
  /** Writes `one` to standard output, `two` to standard error, `three` to standard output, a line each. */
  readonly streams: string | null;
  /** Whether these come in the order in which they were written. */
  readonly keepsOrder: boolean;
  /** Writes `early`, a line, waits for half a second, and writes `late`. */
  readonly slow: string | null;
  /** Gives a table: columns a and b, rows 1 2 and 3 4. */
  readonly table: string | null;
  /** Shows a picture of one pixel. */
  readonly picture: string | null;
  /** Fails in its line 2. */
  readonly error: string;
  /** Declares something that fails in its line 2 when it is used by `use`. */
  readonly fails: { readonly declare: string; readonly use: string } | null;
  /** Is not of the language. */
  readonly broken: string;
  /** Never returns. */
  readonly loop: string;
  /** Never returns, whatever one asks. */
  readonly stubborn: string | null;
  /** Writes without end. */
  readonly loud: string | null;
  /** Ends its kernel with code 3. */
  readonly exit: string | null;
  /** Has the operating system kill its kernel. */
  readonly kill: string | null;
  /** Takes memory without end. */
  readonly hungry: string | null;
  /** Writes a file of 64 MiB. */
  readonly fill: string | null;
  /** Says what is in `given.txt`. */
  readonly read: string | null;
  /** Writes `made` to `made.txt`, and a line to `given.txt`. */
  readonly write: string | null;
  /** Says a number of chance. */
  readonly random: string | null;
  /** Gives a value of ten million characters. */
  readonly huge: string | null;
  /** Gives a value that fails when it is shown. */
  readonly shy: string | null;
}

/** One transparent pixel. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const python: SessionParts = {
  language: 'python',
  set: 'x = 41',
  get: 'x + 1',
  value: '6 * 7',
  streams: 'import sys\nprint("one")\nprint("two", file=sys.stderr)\nprint("three")',
  keepsOrder: true,
  slow: 'import time\nprint("early", flush=True)\ntime.sleep(0.5)\nprint("late")',
  table: '[{"a": 1, "b": 2}, {"a": 3, "b": 4}]',
  picture: `import base64\nclass Pixel:\n    def _repr_png_(self):\n        return base64.b64decode("${pixel}")\nPixel()`,
  error: 'a = 1\nb = a / 0',
  fails: { declare: 'def late():\n    return undefined_name', use: '\n\nlate()' },
  broken: 'a = 1\nb = = 2',
  loop: 'while True: pass',
  stubborn: 'while True:\n    try:\n        while True: pass\n    except BaseException: pass',
  loud: 'while True: print("loud" * 1000)',
  exit: 'import sys\nsys.exit(3)',
  kill: 'import os\nos.kill(os.getpid(), 9)',
  hungry: 'held = []\nwhile True: held.append(bytearray(1 << 20))',
  fill: 'with open("full.bin", "wb") as file:\n    for _ in range(64): file.write(b"x" * (1 << 20))',
  read: 'open("given.txt").read()',
  write: 'open("made.txt", "w").write("made")\nopen("given.txt", "a").write("more\\n")\nNone',
  random: 'import random\nrandom.random()',
  huge: '"h" * 10_000_000',
  shy: 'class Shy:\n    def __repr__(self):\n        raise ValueError("shy")\nShy()',
};

const javascript: SessionParts = {
  language: 'javascript',
  set: 'let x = 41;',
  get: 'x + 1',
  value: '6 * 7',
  streams: 'console.log("one"); console.error("two"); console.log("three");',
  keepsOrder: true,
  slow: 'console.log("early"); await new Promise((resolve) => setTimeout(resolve, 500)); console.log("late");',
  table: '[{ a: 1, b: 2 }, { a: 3, b: 4 }]',
  picture: `({ _repr_png_: () => Uint8Array.from(atob("${pixel}"), (one) => one.charCodeAt(0)) })`,
  error: 'let a = 1;\nnull.name;',
  fails: { declare: 'function late() {\n  return undefinedName;\n}', use: '\n\nlate()' },
  broken: 'let a = 1;\nlet b = = 2;',
  loop: 'for (;;);',
  stubborn: 'for (;;) { try { for (;;); } finally { continue; } }',
  loud: 'for (;;) console.log("loud".repeat(1000));',
  exit: 'process.exit(3)',
  kill: 'process.kill(process.pid, "SIGKILL"); for (;;);',
  hungry: 'globalThis.held = []; for (;;) held.push(new Uint8Array(1 << 20).fill(1));',
  fill: 'require("fs").writeFileSync("full.bin", Buffer.alloc(64 << 20, 1))',
  read: 'require("fs").readFileSync("given.txt", "utf8")',
  write: 'require("fs").writeFileSync("made.txt", "made"); require("fs").appendFileSync("given.txt", "more\\n");',
  random: 'Math.random()',
  huge: '"h".repeat(10_000_000)',
  shy: '({ get [Symbol.toStringTag]() { throw new Error("shy"); }, [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("shy"); } })',
};

export const sessionParts: readonly SessionParts[] = [
  python,
  javascript,
  {
    ...javascript,
    language: 'typescript',
    set: 'let x: number = 41;',
    get: 'x + 1 as number',
    error: 'let a: number = 1;\n(null as any).name;',
    fails: { declare: 'function late(): never {\n  return undefinedName;\n}', use: '\n\nlate()' },
    broken: 'let a: number = 1;\nlet b: = 2;',
    // Its kernel is that of JavaScript, with which these are tried: no type is left when a cell runs.
    ...{ stubborn: null, loud: null, exit: null, kill: null, hungry: null, fill: null },
    ...{ read: null, write: null, random: null, huge: null, shy: null, picture: null },
  },
  {
    language: 'bash',
    set: 'x=41',
    get: 'echo $((x + 1))',
    value: null,
    streams: 'echo one; echo two >&2; echo three',
    // Built-in commands write at once, and nothing tells which pipe was written to first.
    keepsOrder: false,
    slow: 'echo early; sleep 0.5; echo late',
    table: null,
    picture: null,
    error: 'a=1\n(exit 4)',
    fails: null,
    broken: 'a=1\nif then',
    loop: 'while :; do :; done',
    stubborn: `trap '' INT; while :; do :; done`,
    loud: 'while :; do echo loudloudloudloudloudloudloudloudloudloudloudloudloud; done',
    exit: 'exit 3',
    kill: 'kill -9 $$',
    hungry: 'held=x; while :; do held=$held$held; done',
    fill: 'head -c 67108864 /dev/zero > full.bin',
    read: 'cat given.txt',
    write: 'printf made > made.txt; echo more >> given.txt',
    random: 'echo $RANDOM',
    huge: null,
    shy: null,
  },
  {
    language: 'sql',
    set: 'drop table if exists t; create table t (x); insert into t values (41);',
    get: 'select x + 1 as said from t;',
    value: null,
    streams: null,
    keepsOrder: true,
    slow: null,
    table: 'select 1 as a, 2 as b union all select 3, 4;',
    picture: null,
    error: 'select 1;\nselect nothing from nowhere;',
    fails: null,
    broken: 'select 1;\nselect = 2;',
    loop: 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;',
    stubborn: null,
    loud: null,
    exit: null,
    kill: null,
    hungry: null,
    fill: null,
    read: null,
    write: null,
    random: 'select random() as said;',
    huge: "select printf('%.10000000c', 'h');",
    shy: null,
  },
];

/** Where the embedded engine of a language cannot do what the native one does, or needs other words for it. */
export const embeddedParts: readonly SessionParts[] = sessionParts.map((parts) => {
  switch (parts.language) {
    // It hands its output on when a cell ends, and its `/dev/zero` is empty; what it writes to files by redirection counts as output.
    case 'bash':
      return {
        ...parts,
        slow: null,
        fill: 'printf "%01000000d" 0 > full.bin; for i in $(seq 64); do cp full.bin full$i.bin; done',
      };
    // It gives what fails without a call the line of the function around it.
    case 'javascript':
      return { ...parts, fails: { declare: 'function late() {\n  throw new Error("late");\n}', use: '\n\nlate()' } };
    case 'typescript':
      return {
        ...parts,
        fails: { declare: 'function late(): never {\n  throw new Error("late");\n}', use: '\n\nlate()' },
      };
    default:
      return parts;
  }
});
