/** Hostile jobs rather than programs: what a caller passes on from a stranger (names, arguments, variables) and a sandbox could take for its own. */
import type { Job } from '../../src/run/mod.ts';

interface HostileJob {
  readonly name: string;
  readonly tries: string;
  readonly job: Job;
  readonly endings: readonly string[];
  readonly prints: string | null;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);
const echo = bytes('import sys\nprint(sys.argv[1:])\nprint("done")\n');
const python = (more: Partial<Job>): Job => ({
  language: 'python',
  entry: 'main.py',
  files: [{ path: 'main.py', bytes: echo }],
  ...more,
});
const file = (path: string): Job => python({ entry: path, files: [{ path, bytes: echo }] });
/** Each would leave a mark if a shell or a tool's own flags saw it. */
const words = [
  '; touch /tmp/winnow-owned',
  '$(touch /tmp/winnow-owned)',
  '`touch /tmp/winnow-owned`',
  '| tee /usr/winnow-owned',
  '--bind',
  '--',
  '-c',
  '\n--dev-bind / /\n',
  '\'"\\',
  '\x1b[2J',
  '%s%n',
  '{"ending":1}',
];

export const hostileJobs: readonly HostileJob[] = [
  { name: 'job: arguments', tries: 'arguments that a shell would run', job: python({ args: words }) },
  {
    name: 'job: variables',
    tries: 'variables that make loaders and interpreters run something else',
    job: python({
      env: {
        LD_PRELOAD: '/work/evil.so',
        LD_LIBRARY_PATH: '/work',
        PYTHONPATH: '/work/evil',
        PYTHONSTARTUP: '/work/evil.py',
        PYTHONHOME: '',
        PYTHONINSPECT: '',
        NODE_OPTIONS: '--require /work/evil.js',
        BASH_ENV: '/work/evil.sh',
        ENV: '/work/evil.sh',
        IFS: 'x',
        PATH: '/work:/usr/bin:/bin',
        'BASH_FUNC_ls%%': '() { touch /tmp/winnow-owned; }',
        LANG: '$(touch /tmp/winnow-owned)',
        TMPDIR: '/usr',
      },
    }),
    endings: ['exited'],
    prints: null,
  },
  ...[
    '-c',
    '--help',
    '; touch x',
    '$(touch x)',
    'line\nbreak.py',
    "quote'.py",
    '\x1b[31m.py',
    'a b.py',
    '-rf',
    '~',
    '*.py',
  ].map((name) => ({
    name: `job: entry ${JSON.stringify(name)}`,
    tries: 'a file name that a tool would misread',
    job: file(name),
  })),
  ...['../main.py', '/tmp/winnow-owned', 'a/../../main.py', 'a\0b.py', '', '.', 'a//b'].map((name) => ({
    name: `job: path ${JSON.stringify(name)}`,
    tries: 'a file name that leaves the work directory',
    job: file(name),
    endings: ['refused bad-job'],
    prints: null,
  })),
  {
    name: 'job: modules',
    tries: "files with the names of modules that the sandbox's own code may import",
    job: python({
      files: [
        { path: 'main.py', bytes: bytes('print("done")\n') },
        ...[
          'os',
          'sys',
          'json',
          'signal',
          'struct',
          'random',
          'site',
          'sitecustomize',
          'encodings/__init__',
          'warden',
          'js',
        ].map((name) => ({
          path: `${name}.py`,
          bytes: bytes('print("forged", __name__)\n'),
        })),
      ],
    }),
    endings: ['exited'],
    prints: null,
  },
  {
    name: 'job: start files',
    tries: 'files that shells and interpreters read at their start, and files where the sandbox keeps its own',
    job: python({
      files: [
        { path: 'main.py', bytes: echo },
        ...[
          '.bashrc',
          '.profile',
          '.pythonrc',
          'pyvenv.cfg',
          '.pth',
          'winnow.pth',
          '.npmrc',
          'package.json',
          'main.pyc',
          '__main__.py',
        ].map((path) => ({
          path,
          bytes: bytes('home = /\ntouch /tmp/winnow-owned\n'),
        })),
      ],
    }),
  },
  {
    name: 'job: thousands of files',
    tries: 'as many files as a job may have',
    job: python({
      files: [
        { path: 'main.py', bytes: echo },
        ...Array.from({ length: 3000 }, (_, number) => ({ path: `d${number % 50}/f${number}`, bytes: bytes('x') })),
      ],
    }),
  },
  {
    name: 'job: read grant',
    tries: 'a grant that is not a plain path',
    job: python({ grants: { read: ['/tmp/../root'] } }),
    endings: ['refused bad-job'],
    prints: null,
  },
].map((job) => ({ endings: ['exited 0'], prints: 'done', ...job }));
